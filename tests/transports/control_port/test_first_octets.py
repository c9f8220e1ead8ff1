"""Who is there, by the first octets of a connection."""

from hypothesis import given, strategies as st
import pytest

from sebridge.transports.control_port.first_octets import Visitor, visitor

POST = b"POST / HTTP/1.1\r\nHost: 127.0.0.1:27001\r\n\r\nRELAY ON\r\n"
TURN = bytes.fromhex("000300082112a442") + b"p9yUiX6jwXfs"
HELLO = bytes.fromhex("160301020001000001fc0303")


@pytest.mark.parametrize(
    "octets",
    [
        POST,
        b"GET /RELAY%20ON HTTP/1.1\r\n",
        b"HEAD / HTTP/1.1\r\n",
        b"OPTIONS * HTTP/1.1\r\n",
        b"PUT /",
        HELLO,
        TURN,
        TURN.replace(b"\x00\x03", b"\x00\x01", 1),
    ],
)
def test_a_browser_is_known_by_its_request(octets: bytes) -> None:
    assert visitor(octets) is Visitor.BROWSER


@pytest.mark.parametrize(
    "octets",
    [
        b"\r",
        b"GET TEMPERATURE\r\n",
        b"POSTMAN",
        b"post / http",
        b"?",
        b"\x16\x02",
        b"\x16\x03\x01\x02\x00\x02",
        b"\x00\x02",
        b"\x00\x01\x00\x00\x00\x06",
    ],
)
def test_others_are_let_in(octets: bytes) -> None:
    assert visitor(octets) is Visitor.OTHER


@pytest.mark.parametrize("octets", [b"", b"P", b"GET", b"GET ", b"OPTIONS ", HELLO[:5], TURN[:7]])
def test_too_little_tells_nothing(octets: bytes) -> None:
    assert visitor(octets) is Visitor.UNKNOWN


@given(st.sampled_from([POST, HELLO, TURN]), st.integers(min_value=0, max_value=64))
def test_in_pieces_a_browser_is_never_taken_for_another(octets: bytes, end: int) -> None:
    assert visitor(octets[:end]) is not Visitor.OTHER


@given(st.binary(max_size=64))
def test_what_is_known_does_not_change(octets: bytes) -> None:
    known = [visitor(octets[:end]) for end in range(len(octets) + 1)]
    decided = [one for one in known if one is not Visitor.UNKNOWN]

    assert len(set(decided)) <= 1
    assert known[len(known) - len(decided) :] == decided
