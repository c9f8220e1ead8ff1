"""A simulated device and its key with the trust centre; tests/scenarios has the whole story."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.features.keys.simulated import TrustCenterLink
from sebridge.network.peer import Peer
from sebridge.network.signals import KeyEstablished
from sebridge.radio.ether import Ether
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.household import link_key_of
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, TIME
from tests.api.home import METER, Collections, Home, address, house_security
from tests.gateway.radio_side import RecordingSender, Trust


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    kept = Collections()
    home = Home(clock, [METER], kept, house=house_security(kept))
    yield home
    await home.stop()


def meter_of(home: Home) -> SimulatedDevice:
    (device,) = home.house.household.devices.values()
    return device


async def test_the_device_keeps_its_key_under_its_own_address(home: Home) -> None:
    told: list[KeyEstablished] = []
    meter_of(home).bus.listen(KeyEstablished, told.append)

    await home.start()

    ours = home.collections.kept["established_keys"][address(METER)]
    theirs = home.collections.kept["simulated_keys"][address(METER)]
    assert ours.key == theirs.key
    assert told == [KeyEstablished(home.gateway.radio.network.address, 1)]


async def test_it_speaks_of_secured_things_only_with_those_it_has_a_key_with(home: Home) -> None:
    await home.start()
    meter = meter_of(home)

    assert meter.key_trust.count(home.gateway.radio.network.address)
    assert not meter.key_trust.count(address("display"))


async def test_nobody_else_may_begin_with_it(home: Home, clock: VirtualClock) -> None:
    await home.start()
    failed: list[KeyEstablishmentFailed] = []
    home.bus.listen(KeyEstablishmentFailed, failed.append)
    link = meter_of(home).find(TrustCenterLink)

    assert link is not None
    assert not link.accepts(address("display"))
    assert link.accepts(home.gateway.radio.network.address)
    await clock.settle()


async def test_a_device_that_comes_back_asks_under_the_key_it_has(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    told: list[KeyEstablished] = []
    home.bus.listen(KeyEstablished, told.append)
    await meter_of(home).stop()

    await meter_of(home).start()
    await clock.advance(30)

    assert meter_of(home).is_joined
    assert told == []


async def test_on_a_network_that_was_formed_anew_it_speaks_under_a_key_again(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()

    await home.gateway.network_settings.change(extended_pan_id=77)
    await clock.advance(10)
    await home.gateway.trust_center.open(240)
    await clock.advance(minutes=5)

    meter = address(METER)
    assert home.gateway.trust_center.is_established(meter)
    heard_at = home.gateway.directory.last_seen(meter)
    assert heard_at is not None
    assert clock.utc() - heard_at < 60


class Unserved:
    """A trust centre that is there, and serves nothing."""

    def __init__(self) -> None:
        self.device = address("display")
        self.asked: list[int] = []

    async def find(self, cluster_id: int) -> Peer | None:
        self.asked.append(cluster_id)
        return None


async def test_a_key_that_nobody_confirms_is_established_anew(clock: VirtualClock) -> None:
    kept = Collections()
    ether, servers = Ether(clock), Unserved()
    station = SimulatedRadio(ether, address(METER), link_key_of(address(METER)), [], {})
    security = house_security(kept).of(address(METER))
    counters = FrameCounters()
    await station.establish_link_key(servers.device, link_key_of(address(METER)), counters)
    exchange = Trust().exchange(RecordingSender(), clock)
    found: Any = servers
    link = TrustCenterLink(
        security, station, 9, found, exchange=exchange, clock=clock, bus=SignalBus()
    )

    securing = asyncio.ensure_future(link.secure())
    await clock.settle()

    assert servers.asked == [TIME, KEY_ESTABLISHMENT]
    securing.cancel()
