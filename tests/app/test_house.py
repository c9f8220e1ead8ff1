"""The simulated house is commissioned as a person would do it."""

from sebridge.base.clock import VirtualClock
from sebridge.simulator.household import link_key_of
from tests.api.home import DISPLAY, METER, Home, address


async def test_all_devices_join_with_their_keys_while_the_network_is_open(home: Home) -> None:
    gateway = home.gateway

    assert all(gateway.directory.is_active(known.eui64) for known in gateway.directory)
    keys = home.collections.kept["link_keys"]
    assert keys[address(METER)] == link_key_of(address(METER))
    assert gateway.joining_until is not None
    await home.clock.advance(minutes=5)
    assert gateway.joining_until is None


async def test_a_sub_meter_joins_without_a_key_of_its_own(clock: VirtualClock) -> None:
    home = Home(clock, ("sub_meter",))
    await home.start()

    (plug,) = home.options.simulator.devices

    assert home.gateway.directory.is_active(plug.eui64)
    assert plug.eui64 not in home.collections.kept.get("link_keys", {})
    await home.stop()


async def test_without_devices_the_network_stays_closed(alone: Home) -> None:
    assert alone.gateway.joining_until is None


async def test_a_house_that_is_switched_off_is_found_to_be_silent(home: Home) -> None:
    await home.house.stop()

    await home.clock.advance(hours=3)

    assert not home.gateway.directory.is_active(address(DISPLAY))
