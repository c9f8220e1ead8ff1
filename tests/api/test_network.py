"""Where the gateway is, and opening the network."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.settings.options import RadioOptions
from tests.api.home import Home


async def test_the_state_of_the_network_is_told(alone: Home) -> None:
    answer = await alone.call("get_zigbee_network_status")

    network = alone.gateway.radio.network
    assert answer == {
        "status": 0,
        "status_description": "joined",
        "extended_pan_id": f"{network.extended_pan_id:016x}",
        "pan_id": network.pan_id,
        "channel": network.channel,
        "addr_short": "0000",
        "addr_extended": str(network.address),
        "configured_extended_pan_id": 0,
    }


async def test_the_configured_extended_pan_id_is_told(clock: VirtualClock) -> None:
    wanted = Eui64.parse("01:02:03:04:05:06:07:08")
    home = Home(clock, (), radio=RadioOptions(extended_pan_id=wanted))
    await home.start()

    answer = await home.call("get_zigbee_network_status")

    await home.stop()
    assert answer["configured_extended_pan_id"] == 0x0102030405060708
    assert answer["extended_pan_id"] == "0102030405060708"


async def test_before_and_after_the_network_there_is_none(clock: VirtualClock) -> None:
    home = Home(clock, ())
    await home.start()
    await home.stop()

    answer = await home.call("get_zigbee_network_status")

    assert (answer["status"], answer["status_description"]) == (0xFF, "searching for a network")


@pytest.mark.parametrize("seconds", [1, 254, 255, 65_535])
async def test_the_network_is_open_for_the_time_and_then_closed(alone: Home, seconds: int) -> None:
    answer = await alone.call("enable_joining", join_time=seconds)

    assert answer == {"join_time": seconds}
    assert alone.gateway.trust_center.remaining == seconds
    await alone.clock.advance(seconds + 1)
    assert alone.gateway.trust_center.remaining == 0


async def test_zero_closes_it_at_once(alone: Home) -> None:
    await alone.call("enable_joining", join_time=100)

    await alone.call("enable_joining", join_time=0)

    assert alone.gateway.trust_center.remaining == 0


@pytest.mark.parametrize("wrong", [-1, 65_536, "soon", None, True])
async def test_a_wrong_time_is_named(alone: Home, wrong: Any) -> None:
    error = await alone.refused("enable_joining", join_time=wrong)

    assert error.data == {"parameter": "join_time"}
