"""What the host asks of the module as such."""

import pytest

from sebridge.simulator.modules.ezsp.system_commands import MOST_ENDPOINTS
from tests.simulator.modules.ezsp.bench import HA_ENDPOINT, SE_ENDPOINT, Bench

NOT_THERE = b"\x37"


async def test_echo_says_what_it_hears(begun: Bench) -> None:
    assert begun.ask(0x81, b"\x03abc") == b"\x03abc"
    assert begun.ask(0x05) == b""
    assert begun.ask(0x15, b"\x49\x10") == b""
    assert begun.ask(0x99, b"\x08") == b"\0"


async def test_it_tells_who_made_it(begun: Bench) -> None:
    assert begun.ask(0x0B, b"\x01") == b"\x10sebridge" + b"\xff" * 8
    assert begun.ask(0x0B, b"\x02") == b"\x10emulated NCP" + b"\xff" * 4
    assert begun.ask(0x0B, b"\x0c") == b"\x08" + b"\xff" * 8
    assert begun.ask(0x0B, b"\x77") == b"\0"


async def test_extensions_of_a_maker_are_not_there(begun: Bench) -> None:
    assert begun.ask(0x47, b"\x02\x00\x00") == b"\x70\0"
    assert begun.ask(0x03, b"\x03" + bytes(4)) == NOT_THERE + b"\0"


async def test_counters_are_there(begun: Bench) -> None:
    assert begun.ask(0xF1) == begun.ask(0x65) == bytes(80)


@pytest.mark.parametrize(
    ("number", "value", "status"),
    [(0x1E, 40, 0), (0x1E, 128, 0x35), (0x01, 255, 0), (0x99, 1, 0x37)],
)
async def test_the_configuration_has_limits(
    begun: Bench, number: int, value: int, status: int
) -> None:
    setting = bytes((number,)) + value.to_bytes(2, "little")

    assert begun.ask(0x53, setting) == bytes((status,))

    if not status:
        assert begun.ask(0x52, setting[:1]) == b"\0" + setting[1:]


async def test_the_configuration_stands_while_the_network_is_up(formed: Bench) -> None:
    assert formed.ask(0x53, b"\x1e\x08\x00") == b"\x38"
    assert formed.ask(0x52, b"\x1e") == b"\0\x04\0"
    assert formed.ask(0x52, b"\x99") == NOT_THERE + b"\0\0"


async def test_policies_are_kept(begun: Bench) -> None:
    assert begun.ask(0x55, b"\x06\x60") == b"\0"
    assert begun.ask(0x56, b"\x06") == b"\0\x60"
    assert begun.ask(0x55, b"\x40\x01") == NOT_THERE
    assert begun.ask(0x56, b"\x40") == NOT_THERE + b"\0"


async def test_some_values_may_be_written(begun: Bench) -> None:
    assert begun.ask(0xAA, b"\x11") == b"\0\x07\0\0\x07\x03\x01\0\xaa"
    assert begun.ask(0xAA, b"\x03") == b"\0\x01\xff"
    assert begun.ask(0xAA, b"\x3a") == NOT_THERE + b"\0"
    assert begun.ask(0xAB, b"\x3a\x01\x05") == b"\0"
    assert begun.ask(0xAA, b"\x3a") == b"\0\x01\x05"
    assert begun.ask(0xAB, b"\x11\x01\x05") == NOT_THERE
    assert begun.ask(0xAB, b"\x3a\x21" + bytes(33)) == b"\x36"


async def test_endpoints_are_taken_before_the_network_is_there(begun: Bench) -> None:
    assert begun.ask(0x02, SE_ENDPOINT) == b"\0"
    assert begun.ask(0x02, b"\x00" + HA_ENDPOINT[1:]) == b"\x36"
    assert begun.ask(0x02, b"\xff" + HA_ENDPOINT[1:]) == b"\x36"
    for number in range(1, MOST_ENDPOINTS):
        assert begun.ask(0x02, bytes((number,)) + HA_ENDPOINT[1:]) == b"\0"
    assert begun.ask(0x02, b"\x70" + HA_ENDPOINT[1:]) == b"\x35"


async def test_endpoints_are_not_taken_later(formed: Bench) -> None:
    assert formed.ask(0x02, HA_ENDPOINT) == b"\x38"


async def test_the_flags_of_an_endpoint_tell_whether_it_is_there(begun: Bench) -> None:
    green_power = bytes.fromhex("f2 e0a1 6600 00 00 00")
    assert begun.ask(0x03, b"\0\xf2\0\0\0") == b"\x36\x02\0\0"

    assert begun.ask(0x02, green_power) == b"\0"

    assert begun.ask(0x03, b"\0\xf2\0\0\0") == b"\0\x02\x01\0"
    assert begun.ask(0x03, b"\x03" + bytes(4)) == b"\x37\0"
