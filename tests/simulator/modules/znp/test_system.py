"""SYS: what the module says of itself, its memory by both kinds of names, and its reset."""

from sebridge.simulator.modules.chip import CHIP
from tests.simulator.modules.znp.bench import SYS, Bench, little, octets

VERSION = bytes.fromhex("02 01 02 07 01")


async def test_it_is_a_z_stack_3_x_0(bench: Bench) -> None:
    assert bench.ask(SYS, 0x01) == little(0x0659)
    assert bench.ask(SYS, 0x02) == VERSION + little(20230507, 4)
    assert bench.ask(SYS, 0x04) == octets(CHIP)
    assert bench.ask(SYS, 0x0F, b"\x00\x05") == b"\x05"
    assert bench.ask(SYS, 0x14, b"\x05") == b"\0"
    assert len(bench.ask(SYS, 0x0C)) == 2


async def test_a_reset_is_told_when_it_is_done(bench: Bench) -> None:
    bench.tell(SYS, 0x00, b"\x01")
    assert bench.heard == []

    await bench.clock.advance(1)

    assert bench.told(SYS, 0x80) == [b"\0" + VERSION]


async def test_items_with_an_old_number(bench: Bench) -> None:
    item, length = little(0x0060), little(3)
    assert bench.ask(SYS, 0x13, item) == little(0)
    assert bench.ask(SYS, 0x08, item + b"\0") == b"\x02\0"
    assert bench.ask(SYS, 0x09, item + b"\0" + b"\x01\x55") == b"\x02"

    assert bench.ask(SYS, 0x07, item + length + b"\x01\x55") == b"\x09"
    assert bench.ask(SYS, 0x07, item + length + b"\x01\x66") == b"\0"
    assert bench.ask(SYS, 0x09, item + b"\x01" + b"\x01\x77") == b"\0"
    assert bench.ask(SYS, 0x1D, item + little(2) + little(1) + b"\x88") == b"\0"

    assert bench.ask(SYS, 0x13, item) == length
    assert bench.ask(SYS, 0x08, item + b"\x01") == b"\0\x02\x77\x88"
    assert bench.ask(SYS, 0x1C, item + little(0)) == b"\0\x03\x55\x77\x88"
    assert bench.ask(SYS, 0x12, item + little(2)) == b"\x0c"
    assert bench.ask(SYS, 0x12, item + length) == b"\0"
    assert bench.ask(SYS, 0x12, item + length) == b"\x09"


async def test_items_with_three_numbers(bench: Bench) -> None:
    item = b"\x07" + little(1) + little(2)
    assert bench.ask(SYS, 0x32, item) == little(0, 4)
    assert bench.ask(SYS, 0x31, item) == b"\x0a"

    assert bench.ask(SYS, 0x30, item + little(2, 4)) == b"\x09"
    assert bench.ask(SYS, 0x34, item + little(1) + b"\x01\x44") == b"\0"
    assert bench.ask(SYS, 0x32, item) == little(2, 4)
    assert bench.ask(SYS, 0x33, item + little(0) + b"\xf0") == b"\0\x02\xff\x44"
    assert bench.ask(SYS, 0x35, item + b"\x03\x01\x02\x03") == b"\0"
    assert bench.ask(SYS, 0x33, item + little(1) + b"\x01") == b"\0\x01\x02"
    assert bench.ask(SYS, 0x35, item + b"\x00") == b"\x0c"
    assert bench.ask(SYS, 0x31, item) == b"\x0a"  # the update has dropped it


async def test_both_kinds_of_names_mean_the_same_items(bench: Bench) -> None:
    assert bench.ask(SYS, 0x33, b"\x01" + little(0) + little(1) + little(0) + b"\x08") == (
        b"\0\x08" + octets(CHIP)
    )


async def test_a_reset_forgets_what_the_start_up_option_says(bench: Bench) -> None:
    own, pan, option = little(0x0060), little(0x0083), little(0x0003)

    async def after(choice: int) -> tuple[bytes, bytes]:
        bench.ask(SYS, 0x07, own + little(1) + b"\x01\x55")
        bench.ask(SYS, 0x09, pan + b"\0" + b"\x02\x62\x1a")
        bench.ask(SYS, 0x09, option + b"\0" + bytes((1, choice)))
        await bench.restart()
        assert bench.ask(SYS, 0x08, option + b"\0") == b"\0\x01\0"
        return bench.ask(SYS, 0x13, own), bench.ask(SYS, 0x08, pan + b"\0")[2:]

    assert await after(0x00) == (little(1), b"\x62\x1a")
    assert await after(0x01) == (little(1), b"\xff\xff")
    assert await after(0x02) == (little(0), b"\x62\x1a")
    assert await after(0x03) == (little(0), b"\xff\xff")


async def test_another_address_stays_and_without_one_it_is_that_of_the_chip(bench: Bench) -> None:
    other = bytes(range(8))
    bench.ask(SYS, 0x09, little(1) + b"\0\x08" + other)
    bench.ask(SYS, 0x09, little(3) + b"\0\x01\x03")
    await bench.restart()
    assert bench.ask(SYS, 0x04) == other

    bench.ask(SYS, 0x12, little(1) + little(8))
    await bench.restart()
    assert bench.ask(SYS, 0x04) == octets(CHIP)

    bench.ask(SYS, 0x12, little(1) + little(8))
    bench.ask(SYS, 0x09, little(3) + b"\0\x01\x03")
    await bench.restart()
    assert bench.ask(SYS, 0x04) == octets(CHIP)


async def test_a_reset_by_the_watchdog_is_told_as_one(formed: Bench) -> None:
    formed.module.restart()
    await formed.clock.advance(1)

    assert formed.told(SYS, 0x80) == [b"\x02" + VERSION]
    assert not formed.module.stack.is_up
