"""The simulated house is commissioned as a person would do it."""

from dataclasses import replace

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.network.signals import DeviceJoined, JoiningChanged
from sebridge.settings.simulator_options import SimulatorOptions
from sebridge.simulator.household import link_key_of
from tests.api.home import DISPLAY, METER, Home, address, devices


async def test_all_devices_join_with_their_keys_while_the_network_is_open(home: Home) -> None:
    gateway = home.gateway

    assert all(gateway.directory.is_active(known.eui64) for known in gateway.directory)
    keys = home.collections.kept["link_keys"]
    assert keys[address(METER)] == link_key_of(address(METER))
    assert gateway.trust_center.remaining > 0
    await home.clock.advance(minutes=5)
    assert gateway.trust_center.remaining == 0


async def test_a_sub_meter_joins_without_a_key_of_its_own(clock: VirtualClock) -> None:
    home = Home(clock, ("sub_meter",))
    await home.start()

    (plug,) = home.options.simulator.devices

    assert home.gateway.directory.is_active(plug.eui64)
    assert plug.eui64 not in home.collections.kept.get("link_keys", {})
    await home.stop()


async def test_without_devices_the_network_stays_closed(alone: Home) -> None:
    assert alone.gateway.trust_center.remaining == 0


async def test_a_house_that_is_switched_off_is_found_to_be_silent(home: Home) -> None:
    await home.house.stop()

    await home.clock.advance(hours=3)

    assert not home.gateway.directory.is_active(address(DISPLAY))


async def test_whoever_opens_the_network_presses_the_buttons_of_those_outside(home: Home) -> None:
    """Else a device that was put out would look again only within the hour (NET-2)."""
    display = address(DISPLAY)
    await home.gateway.manager.remove(display)
    await home.clock.advance(hours=5)
    await home.gateway.manager.add(display, link_key_of(display))
    opened: list[JoiningChanged] = []
    home.bus.listen(JoiningChanged, opened.append)

    await home.gateway.trust_center.open(60)
    await home.clock.advance(10)

    assert home.gateway.directory.is_active(display)
    assert opened[0].seconds == 60


async def test_a_device_with_an_installation_code_waits_for_whoever_adds_it(
    clock: VirtualClock,
) -> None:
    code = Secret(bytes.fromhex("83fed3407a939723a5c639b26916d505c3b5"))
    (meter,) = (replace(device, installation_code=code) for device in devices(METER))
    home = Home(clock, (), simulator=SimulatorOptions(devices=(meter,)))
    await home.start()
    assert meter.eui64 not in [known.eui64 for known in home.gateway.directory]

    await home.call(
        "add_device",
        device_address=str(meter.eui64),
        installation_code=code.reveal().hex(),
        join_time=180,
    )
    await clock.advance(minutes=2)

    assert home.gateway.directory.is_active(meter.eui64)
    await home.stop()


async def test_who_cannot_be_let_in_after_others_is_told_in_the_log(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await home.house.introduce(home.house.household.described(address(DISPLAY)))
    await home.gateway.keeper.stop()

    home.bus.send(DeviceJoined(address(METER)))
    await home.clock.advance(2)

    assert "the others of the house cannot be let in: " in caplog.text
