"""Frames of the Monitor and Test interface, whole, in pieces, and with garbage between."""

from hypothesis import given, strategies as st
import pytest

from sebridge.simulator.modules.znp.frame import Frame, FrameReader, Kind, Subsystem, encode

PING = bytes.fromhex("fe 00 21 01 20")


def test_a_frame_has_start_length_command_and_check() -> None:
    assert encode(Kind.REQUEST, Subsystem.SYS, 0x01) == PING
    assert encode(Kind.CALLBACK, Subsystem.ZDO, 0xC0, b"\x09") == bytes.fromhex("fe 01 45c0 09 8d")


def test_a_frame_that_is_too_long_is_none() -> None:
    assert len(encode(Kind.RESPONSE, Subsystem.SYS, 0x08, bytes(250))) == 255
    with pytest.raises(ValueError, match="251 octets are more than 250"):
        encode(Kind.RESPONSE, Subsystem.SYS, 0x08, bytes(251))


def test_what_is_read_tells_kind_and_subsystem() -> None:
    [frame] = FrameReader().feed(PING)

    assert frame == Frame(0x21, 0x01, b"")
    assert (frame.kind, frame.subsystem) == (Kind.REQUEST, Subsystem.SYS)


@given(st.lists(st.binary(max_size=250), max_size=5), st.integers(1, 40))
def test_frames_are_found_in_pieces_of_any_size(contents: list[bytes], size: int) -> None:
    octets = b"".join(encode(Kind.REQUEST, Subsystem.AF, 0x01, data) for data in contents)
    reader = FrameReader()

    found = [
        frame for at in range(0, len(octets), size) for frame in reader.feed(octets[at : at + size])
    ]

    assert [frame.data for frame in found] == contents
    assert reader.skipped == 0


@pytest.mark.parametrize(
    ("garbage", "skipped"),
    [
        (b"\xef" * 256, 256),
        (b"\xfe\xff\x00", 3),  # no frame is so long
        (bytes.fromhex("fe 00 21 01 21"), 5),  # the check is wrong
        (bytes.fromhex("fe fe"), 1),  # the second begins a frame
    ],
)
def test_garbage_is_skipped_up_to_the_next_start(garbage: bytes, skipped: int) -> None:
    reader = FrameReader()

    found = list(reader.feed(garbage + (PING if skipped > 1 else PING[1:]) + PING))

    assert found[-1] == Frame(0x21, 0x01, b"")
    assert reader.skipped == skipped


def test_nothing_is_kept_of_garbage_without_a_start() -> None:
    reader = FrameReader()

    assert list(reader.feed(bytes(100_000))) == []
    assert reader.skipped == 100_000
