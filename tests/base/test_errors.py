"""Every error knows what a ZigBee peer and an RPC caller hear of it."""

import inspect

import pytest
from zigpy.zcl.foundation import Status

from sebridge.base import errors
from sebridge.base.errors import (
    AnswerTimeoutError,
    ConfigError,
    DecodeError,
    DeliveryError,
    DuplicateError,
    InvalidFieldError,
    OutdatedError,
    ParameterError,
    RequestError,
    SebridgeError,
    UnknownEventError,
)

ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SebridgeError)
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_a_code_and_a_meaning(kind: type[SebridgeError]) -> None:
    assert isinstance(kind.status, Status)
    assert -32768 <= kind.code <= -32000
    assert kind.meaning
    assert kind.__doc__
    assert kind.__name__.endswith("Error")


def test_codes_of_the_bridge_mean_one_thing_each() -> None:
    declared = [kind.code for kind in ALL if "code" in vars(kind)]
    own = [code for code in declared if -32099 <= code <= -32000]

    assert len(set(own)) == len(own)


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


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (DuplicateError, Status.DUPLICATE_EXISTS),  # PRC-8
        (OutdatedError, Status.FAILURE),  # PRC-7, PRC-9
        (InvalidFieldError, Status.INVALID_FIELD),
        (UnknownEventError, Status.NOT_FOUND),  # MSG-5
        (AnswerTimeoutError, Status.TIMEOUT),
        (DecodeError, Status.MALFORMED_COMMAND),
    ],
)
def test_peers_hear_the_status_of_the_rules(kind: type[SebridgeError], status: Status) -> None:
    assert kind.status is status


def test_an_event_that_comes_too_late_is_a_request_gone_wrong() -> None:
    assert issubclass(OutdatedError, RequestError)
