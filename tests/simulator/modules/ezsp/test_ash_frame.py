"""ASH as octets: what is read, and what is not."""

import pytest

from sebridge.simulator.modules.ezsp.ash_frame import (
    AshFrame,
    Kind,
    LineReader,
    ack,
    data,
    failed,
    nak,
    parse,
    reset_done,
)
from tests.simulator.modules.ezsp.bench import framed, plain


def test_frames_are_those_of_the_document() -> None:
    """UG101 has these as its examples: RST, RSTACK of a software reset, ACK, NAK, DATA."""
    assert parse(bytes.fromhex("c038bc")) == AshFrame(Kind.RST)
    assert parse(bytes.fromhex("816059")) == AshFrame(Kind.ACK, 1)
    assert parse(bytes.fromhex("a634dc")) == AshFrame(Kind.NAK, 6)
    assert reset_done(0x02) == bytes.fromhex("c102029b7b7e")
    assert failed(0x51) == bytes.fromhex("c20251a8bd7e")
    assert ack(1) == bytes.fromhex("8160597e")
    assert nak(6) == bytes.fromhex("a634dc7e")
    assert data(2, 5, bytes.fromhex("00000002")) == bytes.fromhex("254221a856a6097e")


@pytest.mark.parametrize("again", [False, True])
def test_data_come_back_as_they_were_sent(*, again: bool) -> None:
    content = bytes(range(128))

    written = data(3, 6, content, again=again)

    assert parse(written[:-1]) == AshFrame(Kind.DATA, 6, 3, again, content)


@pytest.mark.parametrize(
    "written",
    [
        framed(0x80)[:-2],  # cut off
        b"\x80\x70",  # too short for a checksum
        b"\x80\x70\x79",  # another checksum
        b"\x80\x7d\x7d",  # what is escaped that nobody has to escape
        framed(0xC1, b"\x02\x0b")[:-1],  # what only a module says
        framed(0x25, bytes(257))[:-1],  # too long
    ],
)
def test_what_is_damaged_or_not_for_a_host_is_no_frame(written: bytes) -> None:
    assert parse(written) is None


def read(octets: bytes) -> list[AshFrame | None]:
    return list(LineReader().feed(octets))


def test_reserved_octets_are_obeyed() -> None:
    frame, found = framed(0x83), AshFrame(Kind.ACK, 3)

    assert read(frame[:2] + b"\x11\x13" + frame[2:]) == [found]  # flow control
    assert read(b"\x25\x42" + b"\x1a" + frame) == [found]  # cancelled
    assert read(b"\x25\x18\x42\x7e" + frame) == [found]  # spoilt up to the flag
    assert read(b"\x7e\x7e" + frame) == [found]
    assert read(b"\x25\x42\x7e" + frame) == [None, found]


def test_a_frame_comes_in_pieces_of_any_size() -> None:
    reader = LineReader()
    frame = framed(0x25, bytes(20))

    found = [one for octet in frame for one in reader.feed(bytes((octet,)))]

    assert [one and one.kind for one in found] == [Kind.DATA]


def test_what_never_ends_is_not_kept() -> None:
    frame = framed(0x83)

    assert read(bytes(100_000) + b"\x7e" + frame) == [AshFrame(Kind.ACK, 3)]


def test_what_is_escaped_is_what_is_reserved() -> None:
    written = data(1, 1, bytes(256))

    assert not set(written[:-1]) & set(b"\x7e\x11\x13\x18\x1a")
    assert len(plain(written)) == 257
