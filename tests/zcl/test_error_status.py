"""What a ZigBee peer hears of each reason."""

import pytest

from sebridge.base.errors import (
    AnswerTimeoutError,
    DecodeError,
    DuplicateError,
    InvalidFieldError,
    OutdatedError,
    Reason,
    SebridgeError,
    UnknownEventError,
)
from sebridge.zcl.error_status import STATUSES, zcl_status
from sebridge.zcl.status import Status


def test_every_reason_has_a_status_that_is_not_success() -> None:
    assert STATUSES.keys() == set(Reason)
    assert Status.SUCCESS not in STATUSES.values()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DuplicateError(), Status.DUPLICATE_EXISTS),  # PRC-8
        (OutdatedError(), Status.FAILURE),  # PRC-7, PRC-9
        (InvalidFieldError(), Status.INVALID_FIELD),
        (UnknownEventError(), Status.NOT_FOUND),  # MSG-5
        (AnswerTimeoutError(), Status.TIMEOUT),
        (DecodeError("short"), Status.MALFORMED_COMMAND),
    ],
    ids=lambda value: type(value).__name__,
)
def test_peers_hear_the_status_of_the_rules(error: SebridgeError, status: Status) -> None:
    assert zcl_status(error) is status
