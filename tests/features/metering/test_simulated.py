"""A display reads the meter, once both have proved who they are (SEC-6)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.features.metering.scale import INSTANTANEOUS_DEMAND
from sebridge.features.metering.simulated import DemandOnDisplay
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.gateway.local_attributes import LocalAttribute
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Outgoing
from sebridge.zcl.frame import READ_ATTRIBUTES_RESPONSE, Frame
from sebridge.zcl.identifiers import METERING
from tests.api.home import DISPLAY, METER, Collections, Home, address, house_security
from tests.gateway.radio_side import RecordingSender, Trust, heard, peer


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    kept = Collections()
    home = Home(clock, [METER, DISPLAY], kept, house=house_security(kept))
    yield home
    await home.stop()


async def test_a_meter_that_tells_no_demand_shows_none(clock: VirtualClock) -> None:
    sender = RecordingSender()
    exchange = Trust().exchange(sender, clock)

    def refuse(out: Outgoing) -> None:
        statuses = b"".join(out.data[at : at + 2] + b"\x86" for at in range(3, len(out.data), 2))
        answer = Frame(READ_ATTRIBUTES_RESPONSE, out.data[1], statuses, from_server=True)
        assert exchange.answered(heard(answer, METERING), answer)

    sender.answer = refuse
    station: Any = Known()
    shown = DemandOnDisplay(station, peer, 9, exchange, clock)
    await shown.start()

    await clock.advance(minutes=2)

    assert len(sender.sent) >= 1
    assert shown.power is None
    await shown.stop()


async def test_a_meter_that_sleeps_is_not_read_by_a_display(clock: VirtualClock) -> None:
    kept = Collections()
    home = Home(clock, [METER, DISPLAY], kept, house=house_security(kept), meter={"mirrored": True})
    await home.start()
    to_meter: list[AirFrame] = []
    nwk = home.ether.nwk_of(address(METER))
    home.ether.watch(lambda f: to_meter.append(f) if f.destination_nwk == nwk else None)

    await clock.advance(minutes=3)

    assert watch_of(home).power is None
    assert [f for f in to_meter if f.source == address(DISPLAY)] == []
    await home.stop()


class Known:
    """A radio that has a key with everybody."""

    def is_established(self, partner: Eui64) -> bool:
        del partner
        return True

    async def request_partner_key(self, partner: Eui64) -> None:
        raise AssertionError(f"there is a key with {partner}")


def watch_of(home: Home) -> DemandOnDisplay:
    (watch,) = home.house.household.find(DemandOnDisplay).values()
    return watch


async def test_the_demand_is_read_once_a_minute_under_a_key_of_their_own(
    home: Home, clock: VirtualClock
) -> None:
    between: list[AirFrame] = []

    def watch(frame: AirFrame) -> None:
        if frame.cluster_id == METERING and frame.source == address(DISPLAY):
            between.append(frame)

    home.ether.watch(watch)
    await home.start()

    await clock.advance(minutes=3)

    (meter,) = home.house.household.find(MeterServer).values()
    shown = meter.attributes.read(INSTANTANEOUS_DEMAND)
    assert watch_of(home).power == pytest.approx(shown.value, rel=0.5)
    assert len(between) == 3
    keys = {frame.lock.key for frame in between if frame.lock is not None}
    assert len(keys) == 1
    assert keys.isdisjoint(k.key for k in home.collections.kept["established_keys"].values())


async def test_a_meter_that_has_not_proved_itself_is_not_read(
    home: Home, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await home.start()
    await home.gateway.manager.remove(address(METER))

    await clock.advance(minutes=3)

    assert watch_of(home).power is None
    assert "was not read" in caplog.text


async def test_a_display_shows_no_demand_of_a_meter_that_does_not_know_its_scale(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    (meter,) = home.house.household.find(MeterServer).values()
    await clock.advance(minutes=2)
    before = watch_of(home).power

    meter.attributes.show([LocalAttribute(0x0302, 0x22, 0xFFFFFF)])
    await clock.advance(minutes=2)

    assert before is not None
    assert watch_of(home).power is None


async def test_without_certificates_nobody_watches(clock: VirtualClock) -> None:
    home = Home(clock, [METER, DISPLAY])

    assert home.house.household.find(DemandOnDisplay) == {}
