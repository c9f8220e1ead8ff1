"""Request, Response, Notification: what travels between a caller and the bridge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sebridge.base.errors import SebridgeError
from sebridge.base.values import ABSENT, Absent


@dataclass(frozen=True, slots=True)
class Request:
    """A call: the method's name and its named parameters, in plain values.

    `request_identifier` is any simple value; it comes back in the answer.
    """

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    request_identifier: Any | Absent = ABSENT


@dataclass(frozen=True, slots=True)
class RpcError:
    """Why a call failed: a code of JSON-RPC or of the bridge, and what a caller can act upon."""

    code: int
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: SebridgeError) -> "RpcError":
        """Return the error as a caller hears it."""
        return cls(error.code, str(error) or error.meaning, error.details())


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a call: either a result, or an error."""

    method: str
    result: Mapping[str, Any] | None = None
    error: RpcError | None = None
    request_identifier: Any | Absent = ABSENT


@dataclass(frozen=True, slots=True)
class Notification:
    """A response-only message, such as received_price_event, in plain values."""

    name: str
    parameters: Mapping[str, Any]
    time: float  # UTC since 1970
