"""UTIL: the state of the module, and its table of children, which is empty."""

from sebridge.simulator.modules.chip import CHIP
from tests.simulator.modules.znp.bench import UTIL, Bench, octets


async def test_it_tells_its_address_and_its_state(formed: Bench) -> None:
    assert formed.ask(UTIL, 0x00) == b"\0" + octets(CHIP) + b"\0\0\x07\x09\0"

    await formed.restart()

    assert formed.ask(UTIL, 0x00) == b"\0" + octets(CHIP) + b"\0\0\x07\0\0"


async def test_no_device_is_a_child(formed: Bench) -> None:
    none = b"\xfe\xff\xff\xff\xff" + bytes(31)

    assert formed.ask(UTIL, 0x48, b"\0\xff") == b"\0\0"
    assert formed.ask(UTIL, 0x49, b"\0") == none
    assert formed.ask(UTIL, 0x4A, bytes(10)) == none
    assert formed.ask(UTIL, 0x63, bytes(8)) == b"\x01"
    assert formed.ask(UTIL, 0x64, bytes(11)) == b"\x01"


async def test_the_lamp_obeys(bench: Bench) -> None:
    assert bench.ask(UTIL, 0x0A, b"\x03\x01") == b"\0"
