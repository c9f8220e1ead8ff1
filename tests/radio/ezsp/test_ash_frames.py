"""DATA frames of ASH as octets: whole ones are read, all else is left to the library."""

import binascii

from bellows.ash import AckFrame, NakFrame
import pytest

from sebridge.radio.escaping import escaped
from sebridge.radio.ezsp.ash_frames import ACKNOWLEDGEMENTS, DataContent, data_frame
from tests.radio.ezsp.bench import framed


def checked(octets: bytes) -> bytes:
    """Return octets on the line, with their checksum and a flag."""
    checksum = binascii.crc_hqx(octets, 0xFFFF).to_bytes(2, "big")
    return escaped(octets + checksum) + b"\x7e"


@pytest.mark.parametrize("content", [b"", b"\x07", bytes(range(256))])
def test_a_frame_is_read(content: bytes) -> None:
    line = framed(content, 5, again=True, acknowledged=3)

    assert data_frame(bytearray(line + b"more\x7e")) == DataContent(5, 1, 3, content, len(line))


LINE = framed(b"\x07\x90\x01\x45\x00", 1)
NOT_DATA = {
    "nothing": b"",
    "a flag alone": b"\x7e",
    "a part": LINE[:-1],
    "too little": b"\x00\x00\x7e",
    "too much": checked(bytes(258)),
    "a wrong checksum": b"\x11" + LINE,
    "an octet that changed": bytes((LINE[0] ^ 1,)) + LINE[1:],
    "flow control in between": LINE[:3] + b"\x13" + LINE[3:],
    "cancelled": LINE[:3] + b"\x1a" + LINE,
    "an escape of nothing": LINE[:-1] + b"\x7d\x7e",
    "an acknowledgement": checked(b"\x81"),
    "a reset": checked(b"\xc1\x02\x0b"),
}


@pytest.mark.parametrize("octets", NOT_DATA.values(), ids=NOT_DATA)
def test_what_is_no_whole_data_frame_is_left_to_the_library(octets: bytes) -> None:
    assert data_frame(bytearray(octets)) is None


def test_acknowledgements_are_those_of_the_library() -> None:
    of_library = [AckFrame(res=0, ncp_ready=0, ack_num=n).to_bytes() for n in range(8)]

    assert [*ACKNOWLEDGEMENTS] == [escaped(frame) + b"\x7e" for frame in of_library]
    assert NakFrame(res=0, ncp_ready=0, ack_num=0).to_bytes() not in of_library
