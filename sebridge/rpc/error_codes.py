"""What an RPC caller hears of an error: the code of each reason.

From -32768 to -32600 they are JSON-RPC's own, from -32000 downwards the bridge's.
"""

from collections.abc import Mapping
from typing import Final

from sebridge.base.errors import Reason

CODES: Final[Mapping[Reason, int]] = {
    Reason.INTERNAL: -32603,
    Reason.CONFIGURATION: -32603,
    Reason.MALFORMED: -32700,
    Reason.MALFORMED_XML: -32700,
    Reason.INVALID_REQUEST: -32600,
    Reason.UNKNOWN_METHOD: -32601,
    Reason.INVALID_PARAMETER: -32602,
    Reason.INVALID_ALIAS: -32602,
    Reason.NOT_JOINED: -32000,
    Reason.UNKNOWN_DEVICE: -32001,
    Reason.NOT_DELIVERED: -32002,
    Reason.NOT_TAKEN: -32002,
    Reason.DEVICE_REFUSED: -32002,
    Reason.ANSWER_TIMEOUT: -32003,
    Reason.REFUSED: -32004,
    Reason.TIME_NOT_SET: -32005,
    Reason.STORAGE: -32006,
    Reason.UNSCALED: -32007,
    Reason.MODULE: -32008,
    Reason.IMPOSSIBLE: -32009,
    Reason.MALFORMED_ANSWER: -32010,
    Reason.UNSUPPORTED_COMMAND: -32602,
    Reason.UNSUPPORTED_CLUSTER: -32602,
    Reason.UNSUPPORTED_ATTRIBUTE: -32602,
    Reason.INVALID_FIELD: -32602,
    Reason.DUPLICATE: -32602,
    Reason.OUTDATED: -32602,
    Reason.FULL: -32602,
    Reason.NOT_FOUND: -32602,
}
"""Source of the first four: JSON-RPC 2.0 Specification, "Error object"."""
