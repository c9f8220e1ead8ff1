"""Request, Response, Notification: what travels between a caller and the bridge."""

from collections.abc import Mapping
import enum
from typing import Any, Final

import msgspec

from sebridge.base.errors import Reason, SebridgeError
from sebridge.base.redaction import redacted
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.error_codes import CODES


class Scope(enum.IntEnum):
    """What a caller may do, and what a method needs: each includes those before it."""

    READ = 0
    """Ask; nothing changes, nothing is sent to devices but questions."""
    COMMAND = 1
    """Run the home: events, devices, attributes, settings."""
    ADMIN = 2
    """What can end the service: its process, code, network and radio; and what overhears it."""


class Caller(msgspec.Struct, frozen=True, gc=False):
    """Who calls: the interface through which the call came, and the scope that was proven there.

    `name` is who it is, as far as that was proven too: a token's name or an address by HTTP, and
    nobody by MQTT. `channel` only tells callers apart, because they choose it themselves: the
    response topic of MQTT 5.
    """

    interface: str
    scope: Scope
    name: str = ""
    channel: str = ""

    @property
    def identity(self) -> str:
        """Who it is, as far as that was proven: what is kept for a caller is kept for this."""
        return f"{self.interface} {self.name}"


OURSELVES: Final = Caller("gateway", Scope.ADMIN)
"""The gateway's own calls."""


IDENTIFIER: Final = "request_identifier"
"""A parameter that every request may have, and that is echoed."""


class Request(msgspec.Struct, frozen=True):
    """A call: the method's name and its named parameters, in plain values.

    `request_identifier` is any simple value; it comes back in the answer.
    """

    method: str
    params: Mapping[str, Any] = msgspec.field(default_factory=dict)
    request_identifier: Any | Absent = ABSENT

    @property
    def identifier(self) -> Any | Absent:
        """What comes back in the answer: given among the parameters, or beside them."""
        return self.params.get(IDENTIFIER, self.request_identifier)


class RpcError(msgspec.Struct, frozen=True):
    """Why a call failed, in words, and what a caller can act upon."""

    reason: Reason
    message: str
    data: Mapping[str, Any] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, error: SebridgeError) -> "RpcError":
        """Return the error as a caller hears it, without what could be a key in a wrong place."""
        details = {
            name: redacted(value) if isinstance(value, str) else value
            for name, value in error.details().items()
        }
        return cls(error.reason, redacted(str(error)) or error.reason.value, details)

    @property
    def code(self) -> int:
        """The reason as a code of JSON-RPC or of the bridge."""
        return CODES[self.reason]


class Response(msgspec.Struct, frozen=True):
    """The answer to a call: either a result, or an error.

    The result is the dataclass that the method declares, for a codec to write; None for a method
    that has nothing to tell.
    """

    method: str
    result: object | None = None
    error: RpcError | None = None
    request_identifier: Any | Absent = ABSENT


class Notification(msgspec.Struct, frozen=True):
    """A response-only message, such as received_price_event.

    The parameters are a dataclass, for a codec to write. `kept_as` is the last part of the MQTT
    topic on which the newest is kept, where one is.
    """

    name: str
    parameters: object
    time: float  # UTC since 1970
    kept_as: str | None = None
