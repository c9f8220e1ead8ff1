"""The network gets another key, and a device misses it: it comes back by its link key, or not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.features.metering.signals import MeterRead
from sebridge.network.link_keys import KeyKind
from sebridge.network.signals import KeyEstablished
from sebridge.radio.ether_network import Membership
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.household import link_key_of
from tests.api.home import METER, Collections, Home, address, house_security

SUB_METER = "sub_meter"


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a home with a meter that has proved who it is and a plug, to which nobody joins."""
    collections = Collections()
    home = Home(clock, (METER, SUB_METER), collections, house=house_security(collections))
    await home.start()
    await home.call("enable_joining", join_time=0)
    yield home
    await home.stop()


def device(home: Home, kind: str) -> SimulatedDevice:
    (found,) = (d for d in home.house.household.devices.values() if d.eui64 == address(kind))
    return found


def network_key(home: Home) -> Secret:
    assert home.ether.network is not None
    return home.ether.network.network_key


def link_key(home: Home) -> Secret:
    established = home.gateway.trust_center.established(address(METER))
    assert established is not None
    return established.key


def readings(home: Home) -> list[Eui64]:
    """Return from now on who was read."""
    found: list[Eui64] = []
    home.bus.listen(MeterRead, lambda signal: found.append(signal.device))
    return found


async def nobody_hears_of_another_key(home: Home) -> None:
    air, home.ether.air = home.ether.air, AirOptions(delay=0, loss=1)
    await home.call("change_network_key")
    home.ether.air = air


async def test_a_meter_comes_back_with_the_key_that_it_established(home: Home) -> None:
    established: list[KeyEstablished] = []
    home.bus.listen(KeyEstablished, established.append)
    before = link_key(home)
    await nobody_hears_of_another_key(home)
    assert home.ether.is_astray(address(METER))
    heard = readings(home)

    await home.clock.advance(minutes=20)

    assert device(home, METER).is_joined
    assert not home.ether.is_astray(address(METER))
    assert address(METER) in heard
    assert home.gateway.directory.is_active(address(METER))
    assert established == []
    assert link_key(home) == before
    assert home.gateway.gate.statistics.not_established == 0


async def test_a_meter_that_was_off_meanwhile_comes_back_as_well(home: Home) -> None:
    meter = device(home, METER)
    await meter.stop()
    await home.call("change_network_key")

    await meter.start()
    heard = readings(home)
    await home.clock.advance(minutes=20)

    assert meter.is_joined
    assert address(METER) in heard
    assert home.gateway.trust_center.kind(address(METER)) is KeyKind.ESTABLISHED


async def test_nobody_comes_in_its_name_with_what_stands_on_it(home: Home) -> None:
    old = network_key(home)
    await device(home, METER).stop()
    await home.call("change_network_key")
    label = link_key_of(address(METER))
    thief = SimulatedRadio(home.ether, address(METER), label, (), {})

    joining = asyncio.create_task(home.ether.join(thief, label, Membership(old, label)))
    await home.clock.advance(1)
    with pytest.raises(NotJoinedError, match="its link key is not the one in use"):
        await joining

    assert home.ether.nwk_of(address(METER)) is None
    assert home.gateway.trust_center.kind(address(METER)) is KeyKind.ESTABLISHED


async def test_a_meter_that_was_removed_meanwhile_stays_outside(home: Home) -> None:
    await nobody_hears_of_another_key(home)
    await home.call("remove_device", device_address=str(address(METER)))

    await home.clock.advance(minutes=20)

    assert not device(home, METER).is_joined
    assert address(METER) not in home.gateway.directory


async def test_a_plug_that_has_only_the_common_key_waits_until_the_network_is_open(
    home: Home,
) -> None:
    await nobody_hears_of_another_key(home)
    await home.clock.advance(minutes=20)
    closed = device(home, SUB_METER).is_joined

    await home.call("enable_joining", join_time=60)
    heard = readings(home)
    await home.clock.advance(minutes=20)

    assert not closed
    assert device(home, SUB_METER).is_joined
    assert address(SUB_METER) in heard
