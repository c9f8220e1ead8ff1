"""API frames on the line."""

from hypothesis import given, strategies as st
import pytest

from sebridge.simulator.modules.xbee.frame import ApiMode, Unpacker, packed

MODES = (ApiMode.PLAIN, ApiMode.ESCAPED)
AP_2 = bytes.fromhex("7e 0005 08 01 4150 02 63")  # as the manual's example of a frame is made


def unpacked(octets: bytes, mode: ApiMode) -> list[bytes]:
    unpacker = Unpacker()
    unpacker.feed(octets)
    found = []
    while content := unpacker.next(mode):
        found.append(content)
    return found


def test_a_frame_is_written_as_the_manual_says() -> None:
    assert packed(bytes.fromhex("08 01 4150 02"), ApiMode.PLAIN) == AP_2


def test_in_mode_2_four_octets_are_escaped_and_no_other() -> None:
    content = bytes.fromhex("7e 7d 11 13 18 1a")

    line = packed(content, ApiMode.ESCAPED)

    assert line.hex(" ") == "7e 00 06 7d 5e 7d 5d 7d 31 7d 33 18 1a ae"
    assert unpacked(line, ApiMode.ESCAPED) == [content]


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=5), st.sampled_from(MODES))
def test_what_was_written_is_read_in_pieces_of_any_size(frames: list[bytes], mode: ApiMode) -> None:
    unpacker, found = Unpacker(), []

    for octet in b"".join(packed(content, mode) for content in frames):
        unpacker.feed(bytes((octet,)))
        if content := unpacker.next(mode):
            found.append(content)

    assert found == frames


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"noise", id="no frame"),
        pytest.param(AP_2[:-1] + b"\x64", id="a wrong checksum"),
        pytest.param(b"\x7e\xff\xff", id="more than any host sends"),
        pytest.param(b"\x7e\0\0\xff", id="an empty frame"),
    ],
)
def test_what_is_no_frame_is_thrown_away(noise: bytes, mode: ApiMode) -> None:
    assert unpacked(noise + AP_2, mode) == [AP_2[3:-1]]


def test_what_was_begun_can_be_forgotten() -> None:
    unpacker = Unpacker()
    unpacker.feed(AP_2[:5])
    unpacker.clear()
    unpacker.feed(AP_2)

    assert unpacker.next(ApiMode.PLAIN) == AP_2[3:-1]
