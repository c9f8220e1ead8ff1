"""What an XBee may say at any time, through the real zigpy-xbee over TCP: nothing ends the link."""

import asyncio

import pytest

from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from tests.patience import until
from tests.radio.simulated_air import METER
from tests.radio.xbee.module import packed
from tests.radio.xbee.radio import XBeeBench

REPORT = bytes.fromhex(f"91 {METER:016x} 1234 0a 5e 0702 0109 21 18017e")


def report(number: int) -> bytes:
    return REPORT[:-2] + bytes((number, REPORT[-1]))


DAMAGED = {
    "a damaged length": b"\x7e\x40\x00",
    "a length that is too large": b"\x7e\x00\x40" + packed(REPORT)[3:],
    "a frame cut off": packed(REPORT)[:-3],
    "a wrong checksum": packed(REPORT)[:-1] + b"\x00",
    "noise": b"\x00\xff\x7d\x7d noise",
    "a wrong escape": b"\x7e\x00\x7dx",
}


@pytest.mark.parametrize("octets", DAMAGED.values(), ids=DAMAGED)
async def test_the_frame_behind_a_damaged_one_is_heard(xbee: XBeeBench, octets: bytes) -> None:
    await xbee.start()
    before = xbee.radio.counters.skipped

    xbee.module.write(octets)
    await xbee.hear(report(5).hex())

    assert [frame.data[1] for frame in xbee.ears.frames] == [5]
    assert xbee.radio.counters.skipped > before
    assert await xbee.radio.at_command("AI", None) == 0


UNEXPECTED = {
    "a late answer": "88 fe 4e4a 00",
    "a late transmit status": "8b fe 1234 00 00 00",
    "a late registration": "a4 fe 00",
    "a node identification": "95 0013a20041000001 1234 02 1234 0013a20041000001 2000 fffe 01 00",
    "a short form of a message": "90 0013a20041000001 1234 01 00",
    "an extended status": "98 00 00 00",
    "a type of the future": "bf 00",
    "nothing": "",
    "a short message": "91 0013a2",
    "a short answer": "88 01",
    "a short modem status": "8a",
}


@pytest.mark.parametrize("frame", UNEXPECTED.values(), ids=UNEXPECTED)
async def test_a_frame_that_nobody_waits_for_is_skipped(xbee: XBeeBench, frame: str) -> None:
    await xbee.start()
    before = xbee.radio.counters.skipped

    xbee.module.write(packed(bytes.fromhex(frame)))
    await xbee.hear(report(5).hex())

    assert [frame.data[1] for frame in xbee.ears.frames] == [5]
    assert xbee.radio.counters.skipped == before + 1
    assert xbee.radio.network.joined
    assert xbee.ears.reasons == []


async def test_an_answer_after_its_question_was_given_up_is_skipped(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.silent.add("NI")
    question = asyncio.ensure_future(xbee.radio.at_command("NI", None))
    await until(lambda: xbee.module.unanswered)

    question.cancel()
    await asyncio.wait([question])
    xbee.module.answer_late()
    await until(lambda: xbee.radio.counters.skipped == 1)

    assert await xbee.radio.at_command("AI", None) == 0


@pytest.mark.parametrize(("register", "octets"), [("OI", b"\x1a"), ("VR", b"\x21")])
async def test_an_answer_without_all_its_octets_is_an_error(
    xbee: XBeeBench, register: str, octets: bytes
) -> None:
    await xbee.start()
    xbee.module.registers[register] = octets

    with pytest.raises(DeliveryError, match=f"did not carry out {register}"):
        await xbee.radio.at_command(register, None)

    assert xbee.radio.counters.skipped == 1
    assert await xbee.radio.at_command("AI", None) == 0


async def test_what_waits_for_an_answer_fails_when_the_module_is_unplugged(
    xbee: XBeeBench,
) -> None:
    await xbee.start()
    xbee.module.silent.add("NI")
    question = asyncio.ensure_future(xbee.radio.at_command("NI", None))
    await until(lambda: xbee.module.unanswered)

    xbee.module.unplug()

    with pytest.raises(DeliveryError) as refusal:
        await question
    assert str(refusal.value.__cause__) == "the connection to the module broke"


# ------------------------------------------------------------------ modules that are found


def found_module(number: int, name: bytes) -> bytes:
    """Return the answer to ND of a module, as the line has it."""
    address = (0x0013A200_41000000 + number).to_bytes(8, "big")
    told = bytes((0x12, number)) + address + name + b"\0\xff\xfe\x01\x00\xc1\x05\x10\x1e"
    return packed(b"\x88\x01ND\x00" + told)


async def test_all_modules_that_answer_in_time_are_found(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.registers["NT"] = b"\x00\x3c"
    xbee.module.silent.add("ND")
    search = asyncio.ensure_future(xbee.radio.find_modules())
    await until(lambda: xbee.module.unanswered)

    for number, name in ((1, b"E1"), (2, b"E2"), (1, b"E1")):
        xbee.module.write(found_module(number, name))
    xbee.module.write(packed(b"\x88\x01ND\x00\x12\x34"))  # too short to be anybody
    await until(lambda: xbee.radio.counters.skipped == 1)
    with pytest.raises(RefusedError, match="are being looked for already"):
        await xbee.radio.find_modules()
    await xbee.clock.advance(7)

    found = await search
    assert [(module.nwk, module.name) for module in found] == [(0x1201, "E1"), (0x1202, "E2")]
    xbee.module.write(found_module(3, b"E3"))  # too late: nobody asks any more
    await xbee.hear(report(5).hex())
    assert xbee.radio.counters.skipped == 1


async def test_a_module_that_does_not_say_how_long_it_looks_has_not_looked(
    xbee: XBeeBench,
) -> None:
    await xbee.start()
    xbee.module.registers["NT"] = b""
    search = asyncio.ensure_future(xbee.radio.find_modules())

    while not search.done():
        await xbee.clock.advance(1)

    assert list(await search) == []


async def test_where_the_line_breaks_nothing_is_found(xbee: XBeeBench) -> None:
    await xbee.start()
    xbee.module.silent.add("NT")
    search = asyncio.ensure_future(xbee.radio.find_modules())
    await until(lambda: xbee.module.unanswered)

    xbee.module.unplug()

    with pytest.raises(DeliveryError, match="does not look for modules"):
        await search
    with pytest.raises(NotJoinedError, match="not connected"):
        await xbee.radio.find_modules()
