"""The address table, groups, and what the stack knows of devices."""

from tests.radio.simulated_air import METER
from tests.simulator.modules.ezsp.bench import Bench, little, octets

NOBODY = b"\xff" * 8
NOWHERE = b"\xff\xff"
PLUG = little(0x1234567890, 8)


async def test_what_is_written_is_read(begun: Bench) -> None:
    assert begun.ask(0x5E, b"\0") == NOBODY
    assert begun.ask(0x5F, b"\0") == NOWHERE

    assert begun.ask(0x5C, b"\0" + PLUG) == b"\0"
    assert begun.ask(0x5F, b"\0") == NOWHERE
    assert begun.ask(0x5D, b"\0\x34\x12") == b""

    assert begun.ask(0x5E, b"\0") == PLUG
    assert begun.ask(0x5F, b"\0") == b"\x34\x12"
    assert begun.ask(0x60, PLUG) == b"\x34\x12"
    assert begun.ask(0x5C, b"\x08" + PLUG) == b"\x6a"
    assert begun.ask(0x5D, b"\x08\x34\x12") == b""
    assert begun.ask(0x5F, b"\x08") == NOWHERE


async def test_an_entry_is_replaced_and_the_one_before_told(begun: Bench) -> None:
    before = begun.ask(0x82, b"\0" + PLUG + b"\x34\x12\x01")
    assert before == b"\0" + NOBODY + NOWHERE + b"\0"
    assert begun.ask(0x7F, PLUG) == b"\x01"

    before = begun.ask(0x82, b"\0" + octets(METER) + b"\x35\x12\0")

    assert before == b"\0" + PLUG + b"\x34\x12\x01"
    assert begun.ask(0x7F, PLUG) == b"\0"
    assert begun.ask(0x82, b"\x08" + PLUG + b"\x34\x12\x01")[:1] == b"\x6a"


async def test_who_is_slow_must_be_known(formed: Bench) -> None:
    assert formed.ask(0x7E, octets(METER) + b"\x01") == b""
    assert formed.ask(0x7F, octets(METER)) == b"\0"

    formed.admit()
    nwk = await formed.let_in()
    assert formed.ask(0x7E, octets(METER) + b"\x01") == b""
    assert formed.ask(0x7F, octets(METER)) == b"\x01"
    assert formed.ask(0x60, octets(METER)) == little(nwk)
    assert formed.ask(0x61, little(nwk)) == b"\0" + octets(METER)
    assert formed.ask(0x7E, octets(METER) + b"\0") == b""
    assert formed.ask(0x7F, octets(METER)) == b"\0"


async def test_it_knows_itself_and_no_stranger(formed: Bench) -> None:
    assert formed.ask(0x60, octets()) == b"\0\0"
    assert formed.ask(0x60, PLUG) == NOWHERE
    assert formed.ask(0x61, b"\x34\x12") == b"\x03" + bytes(8)


async def test_a_reset_forgets_both_tables(begun: Bench) -> None:
    begun.ask(0x82, b"\0" + PLUG + b"\x34\x12\x01")
    begun.ask(0x64, b"\0\x34\x12\x01\0")

    begun.begin()

    assert begun.ask(0x5E, b"\0") == NOBODY
    assert begun.ask(0x7F, PLUG) == b"\0"
    assert begun.ask(0x63, b"\0") == b"\0" + bytes(4)


async def test_groups_are_kept(begun: Bench) -> None:
    assert begun.ask(0x63, b"\0") == b"\0" + bytes(4)
    assert begun.ask(0x64, b"\0\x34\x12\x01\0") == b"\0"
    assert begun.ask(0x63, b"\0") == b"\0\x34\x12\x01\0"
    assert begun.ask(0x64, b"\x08\x34\x12\x01\0") == b"\xb1"
    assert begun.ask(0x63, b"\x08") == b"\xb1" + bytes(4)


async def test_routes_are_nobodys_care(begun: Bench) -> None:
    assert begun.ask(0x10, bytes(10)) == b"\0"
    assert begun.ask(0x5A, b"\0") == bytes(4)
