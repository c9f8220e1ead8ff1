"""A simulated device and its key with the trust centre; tests/scenarios has the whole story."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.features.keys.simulated import TrustCenterLink
from sebridge.network.signals import KeyEstablished
from sebridge.simulator.device import SimulatedDevice
from tests.api.home import METER, Collections, Home, address, house_security


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
