"""Responses, errors and notifications as elements."""

from dataclasses import dataclass

import pytest
import zigpy.types as t

from sebridge.base.errors import DeliveryError, UnknownMethodError
from sebridge.model.values import ABSENT
from sebridge.rpc.message import Notification, Response, RpcError
from sebridge.rpc.xml_response import notification_element, response_element, response_name


@dataclass(frozen=True)
class EnableJoiningResponse:
    join_time: t.uint8_t


RESULT = EnableJoiningResponse(t.uint8_t(180))


def test_a_response_is_named_after_its_method() -> None:
    response = Response("enable_joining", RESULT)

    assert response_name(response) == "enable_joining_response"
    assert response_element(response, 1_300_000_001) == (
        '<enable_joining_response timestamp="1300000001.0">'
        '<join_time type="int">0xB4</join_time></enable_joining_response>'
    )


@pytest.mark.parametrize(
    ("identifier", "element"),
    [
        (7, '<request_identifier type="int">0x7</request_identifier>'),
        ("a<b", '<request_identifier type="string">a&lt;b</request_identifier>'),
        (True, '<request_identifier type="bool">TRUE</request_identifier>'),
        (None, "<request_identifier/>"),
        (ABSENT, ""),
    ],
)
def test_the_identifier_of_the_request_comes_back(identifier: object, element: str) -> None:
    written = response_element(Response("m", RESULT, None, identifier), None)

    assert written == (f'<m_response><join_time type="int">0xB4</join_time>{element}</m_response>')


def test_a_response_with_nothing_to_tell_is_empty() -> None:
    assert response_element(Response("exit", None), None) == "<exit_response/>"


def test_an_error_is_a_message_of_severity_2() -> None:
    error = RpcError.of(DeliveryError("the radio gave up", 0xE9))
    response = Response("identify", None, error, 7)

    assert response_name(response) == "message"
    assert response_element(response, 4.5) == (
        '<message timestamp="4.5"><severity type="int">0x2</severity>'
        '<description type="string">identify: the radio gave up</description>'
        '<status type="int">0xE9</status>'
        '<request_identifier type="int">0x7</request_identifier></message>'
    )


def test_the_name_of_an_unknown_method_cannot_break_out() -> None:
    error = RpcError.of(UnknownMethodError("there is no method"))

    written = response_element(Response("<a>&", None, error), None)

    assert '<description type="string">&lt;a&gt;&amp;: there is no method<' in written


@pytest.mark.parametrize(("timestamp", "attribute"), [(True, ' timestamp="9.25"'), (False, "")])
def test_a_notification_has_its_time_if_that_is_wanted(attribute: str, *, timestamp: bool) -> None:
    message = Notification("joining", RESULT, 9.25)

    assert notification_element(message, timestamp=timestamp) == (
        f'<joining{attribute}><join_time type="int">0xB4</join_time></joining>'
    )
