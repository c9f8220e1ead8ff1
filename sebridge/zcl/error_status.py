"""What a ZigBee peer hears of an error: the ZCL status of each reason."""

from collections.abc import Mapping
from typing import Final

from sebridge.base.errors import Reason, SebridgeError
from sebridge.zcl.status import Status

STATUSES: Final[Mapping[Reason, Status]] = {
    Reason.INTERNAL: Status.FAILURE,
    Reason.CONFIGURATION: Status.FAILURE,
    Reason.MALFORMED: Status.MALFORMED_COMMAND,
    Reason.MALFORMED_XML: Status.MALFORMED_COMMAND,
    Reason.INVALID_REQUEST: Status.INVALID_FIELD,
    Reason.UNKNOWN_METHOD: Status.INVALID_FIELD,
    Reason.INVALID_PARAMETER: Status.INVALID_FIELD,
    Reason.INVALID_ALIAS: Status.INVALID_FIELD,
    Reason.NOT_JOINED: Status.INVALID_FIELD,
    Reason.UNKNOWN_DEVICE: Status.NOT_FOUND,
    Reason.NOT_DELIVERED: Status.TIMEOUT,
    Reason.NOT_TAKEN: Status.TIMEOUT,
    Reason.DEVICE_REFUSED: Status.TIMEOUT,
    Reason.ANSWER_TIMEOUT: Status.TIMEOUT,
    Reason.MALFORMED_ANSWER: Status.FAILURE,
    Reason.REFUSED: Status.NOT_AUTHORIZED,
    Reason.TIME_NOT_SET: Status.INVALID_FIELD,
    Reason.STORAGE: Status.HARDWARE_FAILURE,
    Reason.UNSCALED: Status.NOT_FOUND,
    Reason.MODULE: Status.INVALID_FIELD,
    Reason.IMPOSSIBLE: Status.INVALID_FIELD,
    Reason.UNSUPPORTED_COMMAND: Status.UNSUP_CLUSTER_COMMAND,
    Reason.UNSUPPORTED_CLUSTER: Status.UNSUPPORTED_CLUSTER,
    Reason.UNSUPPORTED_ATTRIBUTE: Status.UNSUPPORTED_ATTRIBUTE,
    Reason.INVALID_FIELD: Status.INVALID_FIELD,
    Reason.DUPLICATE: Status.DUPLICATE_EXISTS,
    Reason.OUTDATED: Status.FAILURE,
    Reason.FULL: Status.INSUFFICIENT_SPACE,
    Reason.NOT_FOUND: Status.NOT_FOUND,
}
"""Source: ZigBee Cluster Library, status enumerations."""


def zcl_status(error: SebridgeError) -> Status:
    """Return the status that answers a frame which was refused with this error."""
    return STATUSES[error.reason]
