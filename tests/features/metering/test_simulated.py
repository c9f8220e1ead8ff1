"""A display reads the meter, once both have proved who they are (SEC-6)."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.features.metering.scale import INSTANTANEOUS_DEMAND
from sebridge.features.metering.simulated import DemandOnDisplay
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.radio.ether import AirFrame
from sebridge.zcl.identifiers import METERING
from tests.api.home import DISPLAY, METER, Collections, Home, address, house_security


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    kept = Collections()
    home = Home(clock, [METER, DISPLAY], kept, house=house_security(kept))
    yield home
    await home.stop()


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


async def test_without_certificates_nobody_watches(clock: VirtualClock) -> None:
    home = Home(clock, [METER, DISPLAY])

    assert home.house.household.find(DemandOnDisplay) == {}
