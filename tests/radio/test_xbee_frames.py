"""API frame 0x91 as octets: the common one is read, all others are left to the library."""

import pytest

from sebridge.radio.heard import Heard
from sebridge.radio.xbee_frames import content, incoming
from tests.radio.lane_bench import KNOWN, REPORT
from tests.radio.simulated_air import METER
from tests.radio.xbee_bench import explicit, framed


@pytest.mark.parametrize("behind", [b"", b"\x7e", b"\x7e\x00\x02"])
def test_the_content_of_the_first_frame_is_found(behind: bytes) -> None:
    line = framed(explicit())

    assert content(bytearray(line + behind)) == (explicit(), len(line))


LINE = framed(explicit())
NOT_WHOLE = {
    "nothing": b"",
    "a start": b"\x7e",
    "an empty frame without its checksum": b"\x7e\x00\x00",
    "a part": LINE[:-1],
    "noise before": b"x" + LINE,
    "noise behind": LINE + b"x",
    "a wrong checksum": LINE[:-1] + bytes((LINE[-1] ^ 1,)),
    "another length": LINE[:2] + bytes((LINE[2] + 1,)) + LINE[3:],
    "a wrong escape": b"\x7e\x00\x02\x7d\x41\x01\x9d",
}


@pytest.mark.parametrize("octets", NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_what_is_not_whole_and_sound_is_no_frame(octets: bytes) -> None:
    assert content(bytearray(octets)) is None


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
