"""API frame 0x91 as octets: the common one is read, all others are left to the library."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.radio.heard import Heard
from sebridge.radio.radio import FoundModule
from sebridge.radio.xbee.frames import (
    LONGEST_FRAME,
    answered,
    first_piece,
    incoming,
    is_whole,
    module_in,
)
from tests.radio.lane_bench import KNOWN, REPORT
from tests.radio.simulated_air import METER
from tests.radio.xbee.bench import explicit, framed

LINE = framed(explicit())
NEXT = b"\x7e\x00\x02"
LONGEST = framed(bytes(LONGEST_FRAME))
FRAMES = {
    "nothing behind": (LINE, explicit()),
    "the next begins": (LINE + NEXT, explicit()),
    "noise behind": (LINE + b"x", explicit()),
    "half an escape behind": (LINE + b"\x7d", explicit()),
    "an empty one": (b"\x7e\x00\x00\xff", b""),
    "the longest": (LONGEST, bytes(LONGEST_FRAME)),
}


@pytest.mark.parametrize(("octets", "content"), FRAMES.values(), ids=FRAMES)
def test_the_first_frame_is_found(octets: bytes, content: bytes) -> None:
    size = len(octets.removesuffix(NEXT))

    assert first_piece(bytearray(octets)) == (size, content)


@pytest.mark.parametrize("size", range(len(LINE)))
def test_a_frame_that_is_not_whole_is_waited_for(size: int) -> None:
    assert first_piece(bytearray(LINE[:size])) is None


DAMAGED = {
    "noise": b"noise",
    "a wrong checksum": LINE[:-1] + bytes((LINE[-1] ^ 1,)),
    "a smaller length": LINE[:2] + bytes((LINE[2] - 1,)) + LINE[3:],
    "a length that no frame has": b"\x7e\x40\x00",
    "one octet more than the longest": b"\x7e\x02\x01",
    "a wrong escape": b"\x7e\x00\x02\x7d\x41\x01\x9d",
}


@pytest.mark.parametrize("octets", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("behind", [b"", NEXT])
def test_what_is_damaged_ends_where_the_next_frame_begins(octets: bytes, behind: bytes) -> None:
    assert first_piece(bytearray(octets + behind)) == (len(octets), None)


def test_a_frame_that_lost_its_end_does_not_take_that_of_the_next() -> None:
    assert first_piece(bytearray(LINE[:-1] + LINE)) == (len(LINE) - 1, None)


WHOLE = {
    "an answer": "88 01 4150 00",
    "a modem status": "8a 06",
    "a transmit status": "8b 01 1234 00 00 00",
    "a registration status": "a4 01 00",
}


@pytest.mark.parametrize("octets", WHOLE.values(), ids=WHOLE)
def test_a_frame_is_whole_with_all_that_belongs_to_it(octets: str) -> None:
    frame = bytes.fromhex(octets)

    assert is_whole(frame)
    assert not is_whole(frame[:-1])


@pytest.mark.parametrize("octets", ["", "95 0000000000000000", "90 00", "98 00 00", "ff"])
def test_what_nobody_listens_to_is_not_whole(octets: str) -> None:
    assert not is_whole(bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("octets", "number"), [("88 07 4150 00", 7), ("8b 08 1234 00 00 00", 8), ("8a 06", None)]
)
def test_an_answer_has_the_number_of_its_command(octets: str, number: int | None) -> None:
    assert answered(bytes.fromhex(octets)) == number


def test_a_report_is_read_with_both_addresses_of_its_sender() -> None:
    assert incoming(explicit()) == (
        Heard(KNOWN, 0x0109, 0x0702, 0x0A, 0x5E, REPORT, encrypted=True),
        METER,
    )


def test_a_frame_may_be_empty_and_in_the_clear() -> None:
    assert incoming(explicit(options=0x01, data=b"")) == (
        Heard(KNOWN, 0x0109, 0x0702, 0x0A, 0x5E, b""),
        METER,
    )


NOT_OURS = {
    "nothing": b"",
    "too short": explicit(data=b"")[:-1],
    "another type": b"\x92" + explicit()[1:],
    "ZDO": explicit(endpoint=0),
    "a broadcast": explicit(options=0x02),
}


@pytest.mark.parametrize("frame", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_common_is_left_to_the_library(frame: bytes) -> None:
    assert incoming(frame) is None


@pytest.mark.parametrize(
    ("told", "module"),
    [
        (
            "1234 0013a200400a3eff 4532 00 fffe 01 00 c105 101e",
            FoundModule(Eui64(0x0013A200400A3EFF), 0x1234, "E2"),
        ),
        ("1234 0013a200400a3eff 00", FoundModule(Eui64(0x0013A200400A3EFF), 0x1234, "")),
        (
            "1234 0013a200400a3eff ff45 00",
            FoundModule(Eui64(0x0013A200400A3EFF), 0x1234, "\ufffdE"),
        ),
        ("1234 0013a200400a3eff 4532", None),
        ("1234 0013a2", None),
        ("", None),
    ],
)
def test_a_module_that_is_found_tells_its_addresses_and_its_name(
    told: str, module: FoundModule | None
) -> None:
    assert module_in(bytes.fromhex(told)) == module
