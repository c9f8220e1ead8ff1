"""A simulated device on the real ether: joining, asking, coming back."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.radio.radio import Incoming
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.household import link_key_of
from sebridge.zcl.identifiers import PRICE
from tests.api.home import DISPLAY, METER, Home, address
from tests.bridge_ports import heard as listener_of
from tests.gateway.radio_side import heard

MATCH = 0x0006  # Match_Desc_req


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, [DISPLAY])
    yield home
    await home.stop()


def display_of(home: Home) -> SimulatedDevice:
    (device,) = home.house.household.devices.values()
    return device


def on_air(home: Home) -> list[tuple[int, bytes]]:
    """Watch the Smart Energy frames of devices: cluster and ZCL frame."""
    found: list[tuple[int, bytes]] = []
    home.ether.watch(
        lambda f: found.append((f.cluster_id, f.data)) if f.source == address(DISPLAY) else None
    )
    return found


async def test_a_device_joins_and_asks_for_what_is_in_force_net_3(home: Home) -> None:
    asked = on_air(home)

    await home.start()

    device = display_of(home)
    assert device.is_joined
    assert device.eui64 == address(DISPLAY)
    questions = {(cluster, data[2]) for cluster, data in asked if cluster in {0x0700, 0x0703}}
    assert questions >= {(0x0700, 0x01), (0x0703, 0x00)}


async def test_a_device_that_finds_no_network_tries_until_it_does(
    home: Home, clock: VirtualClock
) -> None:
    device = display_of(home)
    await device.start()
    await clock.advance(60)
    assert not device.is_joined

    await home.start()

    assert device.is_joined


async def test_a_device_that_was_put_out_joins_again_when_it_may(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    device = display_of(home)

    await home.gateway.manager.remove(device.eui64)
    await clock.advance(400)
    assert not device.is_joined
    asked = on_air(home)
    await home.gateway.manager.add(device.eui64, link_key_of(device.eui64), join_time=60)
    await clock.advance(10)

    assert device.is_joined
    assert {cluster for cluster, _ in asked} >= {0x0700, 0x0703}


async def test_a_device_that_is_switched_off_and_on_is_there_again(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    device = display_of(home)
    await device.stop()
    await clock.advance(300)

    await device.start()
    await clock.advance(10)

    assert device.is_joined
    assert home.gateway.directory.is_active(device.eui64)


async def test_what_does_not_concern_a_device_leaves_it_alone(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    device = display_of(home)
    before = device.gate.statistics.received

    device.received(zdo_frame())
    device.joined(address(METER), 0x1234)
    device.left(address(METER))
    await clock.advance(10)

    assert device.is_joined
    assert device.gate.statistics.received == before


def zdo_frame() -> Incoming:
    return heard(b"\0\0\0", 0x0002, destination_endpoint=0, profile_id=0)


async def test_a_device_whose_network_is_gone_looks_for_one_and_is_let_in_when_it_may(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    await home.gateway.trust_center.open(0)
    device = display_of(home)

    await home.gateway.network_settings.change(extended_pan_id=77)
    await clock.advance(hours=2)
    outside = device.is_joined
    await home.gateway.trust_center.open(60)
    await clock.advance(10)

    assert not outside
    assert device.is_joined


async def test_a_device_whose_server_is_away_lives_on(home: Home, clock: VirtualClock) -> None:
    await home.start()
    device = display_of(home)

    await home.gateway.radio.stop()
    await clock.advance(minutes=5)
    still_joined = device.is_joined
    await home.gateway.radio.start(listener_of(home.gateway))
    asked = on_air(home)
    await clock.advance(hours=4)

    assert still_joined
    assert device.is_joined
    assert asked


async def test_who_serves_is_found_out_and_asked_again_every_three_hours_net_5(
    home: Home, clock: VirtualClock
) -> None:
    await home.start()
    asked = on_air(home)

    await clock.advance(minutes=179)
    before = [cluster for cluster, _ in asked if cluster == PRICE]
    await clock.advance(minutes=2)

    assert before == []
    assert PRICE in [cluster for cluster, _ in asked]
    assert MATCH in [cluster for cluster, _ in asked]


async def test_the_button_has_a_device_try_at_once(home: Home, clock: VirtualClock) -> None:
    device = display_of(home)
    await device.start()
    await clock.advance(minutes=20)
    await home.start()
    await device.stop()
    await home.gateway.manager.remove(device.eui64)
    await device.start()
    await clock.advance(minutes=20)
    assert device.eui64 not in home.gateway.directory

    await home.gateway.manager.add(device.eui64, link_key_of(device.eui64))
    await home.gateway.radio.permit_joining(60)
    device.press_join()
    await clock.advance(1)

    assert home.gateway.directory[device.eui64].nwk is not None
