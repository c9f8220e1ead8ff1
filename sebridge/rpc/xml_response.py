"""Responses and messages as elements, which stand in envelopes, in the buffer and in files."""

from functools import lru_cache
from typing import Any, Final

from sebridge.base.redaction import redacted
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Notification, Response, RpcError
from sebridge.rpc.xml_text import tag, timestamp_attribute, wrapped
from sebridge.rpc.xml_writer import write_children, write_value

MESSAGE: Final = "message"
"""The element that tells of an error, and of all that has no element of its own."""
SEVERITY_ERROR: Final = 2

_METHODS: Final = 512  # those that there are: what is no method ends in an error


def response_name(response: Response) -> str:
    """Return the tag of a response's element: the method's name with _response, or MESSAGE."""
    return MESSAGE if response.error is not None else _tag_of(response.method)


@lru_cache(_METHODS)
def _tag_of(method: str) -> str:
    return tag(f"{method}_response")


def response_element(response: Response, timestamp: float | None) -> str:
    """Return the element of a response; an error becomes a MESSAGE of severity 2.

    `timestamp`: seconds since 1970 UTC, None to leave it out.
    """
    if response.error is not None:
        inside = _error(response.method, response.error)
    else:
        inside = "" if response.result is None else write_children(response.result)
    inside += _identifier(response.request_identifier)
    return wrapped(response_name(response), timestamp_attribute(timestamp), inside)


def notification_element(message: Notification, *, timestamp: bool) -> str:
    """Return the element of a notification, with its time or without."""
    inside = write_children(message.parameters)
    time = message.time if timestamp else None
    return wrapped(tag(message.name), timestamp_attribute(time), inside)


def _error(method: str, error: RpcError) -> str:
    return write_children(
        {
            "severity": SEVERITY_ERROR,
            "description": f"{redacted(method)}: {error.message}",
            **error.data,
        }
    )


def _identifier(identifier: Any | Absent) -> str:
    return "" if identifier is ABSENT else write_value("request_identifier", identifier)
