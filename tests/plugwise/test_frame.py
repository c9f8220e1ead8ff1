"""Frames on the line: each of the reference is found, whatever stands around it."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.plugwise.frame import LONGEST_PAYLOAD, FrameReader, framed
from tests.plugwise.vectors import ANSWERS, VECTORS

PAYLOAD = "000C0000000000C1"
FRAME = framed(PAYLOAD)
LONGEST = "A" * LONGEST_PAYLOAD
payloads = st.text("0123456789ABCDEF", min_size=4, max_size=LONGEST_PAYLOAD)


def read(*pieces: bytes) -> list[str]:
    reader = FrameReader()
    return [payload for piece in pieces for payload in reader.feed(piece)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_request_of_the_reference_is_framed_as_there(vector: dict[str, Any]) -> None:
    assert framed(vector["send_hex_payload"]) == bytes.fromhex(vector["frame_bytes_hex"])


def test_every_answer_of_the_reference_has_its_crc() -> None:
    found = [framed(answer["hex_payload"])[-6:-2].decode() for answer in ANSWERS]

    assert found == [answer["crc"] for answer in ANSWERS]
    assert len(ANSWERS) + len(VECTORS) == 67


def test_the_line_of_the_reference_is_read_with_its_stray_octet() -> None:
    answers = [response for vector in VECTORS for response in vector["responses"]]
    line = b"".join(
        b"\x83" if answer["kind"] == "stray" else framed(answer["hex_payload"])
        for answer in answers
    )

    assert b"\x83" in line
    assert read(line) == [answer["hex_payload"] for answer in ANSWERS]


@given(st.lists(payloads), st.randoms())
def test_it_does_not_matter_in_which_pieces_the_line_comes(said: list[str], random: Any) -> None:
    line = b"".join(map(framed, said))
    cuts = sorted(random.randrange(len(line) + 1) for _ in range(5))
    pieces = [line[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(line)], strict=True)]

    assert read(*pieces) == said


@given(st.binary(max_size=300))
def test_whatever_came_before_a_frame_is_found(noise: bytes) -> None:
    assert read(noise, FRAME)[-1:] == [PAYLOAD]


DAMAGED = {
    "another digit": FRAME.replace(b"C1", b"C2"),
    "another CRC": FRAME[:-3] + b"0\r\n" if FRAME[-3:-2] != b"0" else FRAME[:-3] + b"1\r\n",
    "lower case": framed("abcdabcd"),
    "no hex digit": framed("000G"),
    "nothing in it": b"\x05\x05\x03\x03\r\n",
    "too long": framed(LONGEST + "A"),
    "its end is lost": FRAME[:-2],
    "its end never comes": b"\x05\x05\x03\x03" + b"A" * 200,
    "text": b"# a stick tells of itself\r\n",
}


@pytest.mark.parametrize("octets", DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_counted_and_the_next_is_found(octets: bytes) -> None:
    reader = FrameReader()

    first = list(reader.feed(octets))
    second = list(reader.feed(FRAME))

    assert first == []
    assert second == [PAYLOAD]
    assert reader.skipped == 1


def test_a_header_that_lost_a_part_does_not_take_the_next_with_it() -> None:
    assert read(b"\x05\x05\x03" + FRAME, b"\x05\x05" + FRAME) == [PAYLOAD, PAYLOAD]


def test_the_longest_frame_is_waited_for_and_the_end_of_a_line_is_no_noise() -> None:
    reader = FrameReader()
    line = b"\r\n" + framed(LONGEST)

    found = [payload for octet in line for payload in reader.feed(bytes((octet,)))]

    assert found == [LONGEST]
    assert reader.skipped == 0
