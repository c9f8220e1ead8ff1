"""Every error gives a reason, and what a caller can act upon."""

import inspect

import pytest

from sebridge.base import errors
from sebridge.base.errors import (
    ConfigError,
    DecodeError,
    DeliveryError,
    MarkupError,
    OutdatedError,
    ParameterError,
    Reason,
    RequestError,
    SebridgeError,
)

ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SebridgeError)
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_gives_a_reason(kind: type[SebridgeError]) -> None:
    assert isinstance(kind.reason, Reason)
    assert kind.__doc__
    assert kind.__name__.endswith("Error")


def test_every_reason_is_given_by_an_error() -> None:
    assert {kind.reason for kind in ALL} == set(Reason)


def test_a_parameter_error_tells_the_path_and_the_problem() -> None:
    error = ParameterError("record.price", "is missing")

    assert str(error) == "record.price: is missing"
    assert error.details() == {"parameter": "record.price"}
    assert (error.path, error.problem) == ("record.price", "is missing")


def test_a_parameter_error_without_a_path_tells_the_problem_alone() -> None:
    error = ParameterError("", "must be an object")

    assert str(error) == "must be an object"
    assert error.details() == {}


def test_a_decode_error_tells_the_offset_where_it_is_known() -> None:
    assert DecodeError("short", 7).details() == {"offset": 7}
    assert DecodeError("short", 0).details() == {"offset": 0}
    assert DecodeError("short").details() == {}


def test_a_delivery_error_tells_the_transmission_status_where_it_is_known() -> None:
    assert DeliveryError("lost", 0xA7).details() == {"status": 0xA7}
    assert DeliveryError("lost").details() == {}


def test_a_config_error_names_every_problem() -> None:
    error = ConfigError(["radio.path (line 3): is missing", "mqtt (line 9): is unknown"])

    assert len(error.problems) == 2
    assert str(error).splitlines() == list(error.problems)


def test_other_errors_have_no_details() -> None:
    assert SebridgeError("no").details() == {}


def test_an_event_that_comes_too_late_is_a_request_gone_wrong() -> None:
    assert issubclass(OutdatedError, RequestError)


def test_an_error_in_xml_tells_its_place() -> None:
    error = MarkupError("is no element", 3, 14)

    assert str(error) == "line 3, column 14: is no element"
    assert error.details() == {"line": 3, "column": 14}
