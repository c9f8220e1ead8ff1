"""An answer's head, as it goes to the client."""

from email.parser import BytesHeaderParser

import pytest

from sebridge.transports.web.answer import JSON, Answer, told

NOW = 784_111_777.6
"""06 November 1994, as RFC 9110 has it in its example of a date."""


def head_of(answer: Answer, *, is_http_1_0: bool = False, stays: bool = True) -> bytes:
    return answer.head(NOW, is_http_1_0=is_http_1_0, stays=stays)


def fields_of(answer: Answer) -> dict[str, str]:
    _, _, fields = head_of(answer).partition(b"\r\n")
    return dict(BytesHeaderParser().parsebytes(fields))


def test_a_head_begins_with_the_status_and_ends_with_an_empty_line() -> None:
    head = head_of(Answer(404, b"{}", JSON))

    assert head.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert head.count(b"\r\n\r\n") == 1


def test_it_tells_length_kind_and_date_and_has_browsers_trust_nothing() -> None:
    fields = fields_of(Answer(body=b"12345", content_type=JSON))

    assert fields["Content-Length"] == "5"
    assert fields["Content-Type"] == JSON
    assert fields["Date"] == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert fields["Server"] == "sebridge"
    assert fields["Cache-Control"] == "no-store"


def test_nothing_has_a_length_but_where_there_can_be_none() -> None:
    assert fields_of(Answer())["Content-Length"] == "0"
    assert "Content-Length" not in fields_of(Answer(204))
    assert "Content-Type" not in fields_of(Answer(204))


@pytest.mark.parametrize(
    ("connection", "line", "told_of"),
    [
        ({"is_http_1_0": False, "stays": True}, b"HTTP/1.1 200 OK", None),
        ({"is_http_1_0": False, "stays": False}, b"HTTP/1.1 200 OK", b"close"),
        ({"is_http_1_0": True, "stays": True}, b"HTTP/1.0 200 OK", b"keep-alive"),
        ({"is_http_1_0": True, "stays": False}, b"HTTP/1.0 200 OK", None),
    ],
)
def test_what_becomes_of_the_connection_is_told_where_it_is_not_usual(
    connection: dict[str, bool], line: bytes, told_of: bytes | None
) -> None:
    lines = head_of(Answer(), **connection).split(b"\r\n")

    assert lines[0] == line
    found = [one for one in lines if one.startswith(b"Connection")]
    assert found == ([] if told_of is None else [b"Connection: " + told_of])


def test_a_refusal_tells_why_and_when_to_come_again() -> None:
    answer = told(503, "busy", wait=7, headers=(("Allow", "GET"),))

    assert (answer.status, answer.body) == (503, b'{"error": "busy"}')
    fields = fields_of(answer)
    assert (fields["Retry-After"], fields["Allow"]) == ("7", "GET")
