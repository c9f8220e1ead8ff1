"""Which radios have a network to keep while they run; what they tell others try."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import NotJoinedError, RefusedError
from sebridge.radio.factory import make_member_radio, make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import Air


async def test_neither_the_simulated_air_nor_a_device_on_it_has_one(air: Air) -> None:
    with pytest.raises(RefusedError, match="no network of its own to keep"):
        await air.radio.backup({})
    with pytest.raises(RefusedError, match="its coordinator is to be backed up"):
        await air.station().backup({})


async def test_a_stick_has_one_while_it_is_on_it_and_an_xbee_does_not_tell(
    clock: VirtualClock,
) -> None:
    ezsp, xbee = (
        make_radio(RadioOptions(type=kind, path="/dev/null"), (), {}, clock, NetworkGuard({}), None)
        for kind in ("ezsp", "xbee")
    )

    with pytest.raises(NotJoinedError):
        await ezsp.backup({})
    with pytest.raises(RefusedError, match="an XBee does not tell its keys"):
        await xbee.backup({})


async def test_who_has_joined_has_none(clock: VirtualClock) -> None:
    member = make_member_radio(RadioOptions(type="ezsp", path="/dev/null"), (), {}, clock)

    with pytest.raises(RefusedError, match="its coordinator is to be backed up"):
        await member.backup({})
