"""The seam: what all radios have in common."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.radio.ether import Ether
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Radio, TxStatus
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import LINK_KEY, METER, METER_ENDPOINT, SE_ENDPOINT


async def test_a_simulated_radio_and_the_gateways_are_both_radios() -> None:
    clock = VirtualClock()
    ether = Ether(clock)

    radios: list[Radio] = [
        SimulatedRadio(ether, METER, LINK_KEY, [METER_ENDPOINT], {}),
        make_radio(RadioOptions(), [SE_ENDPOINT], {}, clock, NetworkGuard({}), ether),
    ]

    assert all(not radio.network.joined for radio in radios)


@pytest.mark.parametrize(
    ("status", "number"),
    [
        ("TOO_LONG", 0xA0),
        ("ILLEGAL_REQUEST", 0xA3),
        ("NO_SHORT_ADDRESS", 0xA9),
        ("NO_ACK", 0xA7),
        ("SECURITY_FAIL", 0xAD),
        ("NOT_JOINED", 0xC2),
        ("NO_ROUTE", 0xD0),
        ("CHANNEL_BUSY", 0xE1),
        ("NO_ROOM", 0xF1),
    ],
)
def test_statuses_have_the_numbers_of_the_layers_below(status: str, number: int) -> None:
    assert TxStatus[status] == number
