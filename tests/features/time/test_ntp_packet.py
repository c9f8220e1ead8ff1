"""The packets of one NTP exchange."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.time.ntp_packet import NtpAnswer, question, read_answer
from tests.features.time.ntp_server import answer_to, stamp

NONCE = bytes(range(1, 9))
NOW = 1_700_000_000.0


def _changed(**more: int) -> bytes:
    return answer_to(question(NONCE), NOW, **more)


WRONG = {
    "cut off": (_changed()[:47], "cut off"),
    "of a client": (_changed(head=0x23), "no answer"),
    "of version 0": (_changed(head=0x04), "no answer"),
    "to another question": (answer_to(question(bytes(8)), NOW), "another question"),
    "of a server that refuses": (_changed(stratum=0), "refuses: TEST"),
    "of one without a source": (_changed(stratum=16), "does not know"),
    "of one that says so": (_changed(head=0xE4), "does not know"),
    "without a time": (_changed()[:40] + bytes(8), "left its time out"),
}


def test_a_question_is_one_of_a_client_and_tells_nothing_but_its_nonce() -> None:
    octets = question(NONCE)

    assert octets.hex() == "23" + "00" * 39 + NONCE.hex()


@given(st.floats(60, 2**33, allow_nan=False), st.floats(-(2**30), 2**30))
def test_the_time_of_a_server_comes_back_in_every_era(utc: float, behind: float) -> None:
    answer = read_answer(answer_to(question(NONCE), utc), NONCE, utc - behind)

    assert abs(answer.received - utc) < 1e-5
    assert answer.sent == answer.received
    assert answer.stratum == 2


def test_after_2036_the_seconds_begin_anew() -> None:
    utc = 2_100_000_000.25

    answer = read_answer(answer_to(question(NONCE), utc), NONCE, utc + 5)

    assert answer.sent == utc


def test_the_way_there_and_back_is_taken_out() -> None:
    answer = NtpAnswer(received=1000.0, sent=1002.0, stratum=1)

    assert answer.offset(asked=100.0, heard=104.0) == 899.0


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_answer_is_refused(name: str) -> None:
    octets, problem = WRONG[name]

    with pytest.raises(DecodeError, match=problem):
        read_answer(octets, NONCE, NOW)


def test_a_kiss_that_is_no_text_is_not_shown() -> None:
    octets = bytearray(_changed(stratum=0))
    octets[12:16] = b"\xff\n\x00\x01"

    with pytest.raises(DecodeError, match="no reason given"):
        read_answer(bytes(octets), NONCE, NOW)


@given(st.binary(max_size=100))
def test_junk_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        read_answer(octets, NONCE, NOW)


def test_a_time_of_a_packet_counts_from_1900() -> None:
    assert stamp(0.5).hex() == "83aa7e8080000000"
