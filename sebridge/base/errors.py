"""Every error that is raised on purpose, with the ZCL status and the RPC code it turns into.

Catching `SebridgeError` means "the bridge said no". Anything else is a bug, and is caught only at
the edge of a task, where it is logged with its trace.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from typing_extensions import override
from zigpy.zcl.foundation import Status

_LONGEST_NAME_SHOWN: Final = 80  # characters


class SebridgeError(Exception):
    """The bridge said no.

    `status` is what a ZigBee peer hears, `code` what an RPC caller hears: JSON-RPC's own numbers
    from -32768 to -32600, the bridge's from -32000 downwards.
    """

    status: ClassVar[Status] = Status.FAILURE
    code: ClassVar[int] = -32603
    meaning: ClassVar[str] = "internal error"

    def details(self) -> dict[str, object]:
        """Return what a caller can act upon, for the `data` of an RPC error."""
        return {}


class ConfigError(SebridgeError):
    """A file that a person wrote is wrong; every problem is named with its path and line."""

    meaning = "wrong configuration"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class DecodeError(SebridgeError):
    """The peer's bytes or text are wrong. `offset` is the octet or character, where known."""

    status = Status.MALFORMED_COMMAND
    code = -32700
    meaning = "the text is not JSON, or too large or too deep"

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset

    @override
    def details(self) -> dict[str, object]:
        return {} if self.offset is None else {"offset": self.offset}


class MarkupError(DecodeError):
    """The text is not XML that the bridge takes; `line` and `column` count from 1."""

    meaning = "the text is not XML, or too large or too deep; data says where"

    def __init__(self, problem: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem = problem
        self.line = line
        self.column = column

    @override
    def details(self) -> dict[str, object]:
        return {"line": self.line, "column": self.column}


class RequestError(SebridgeError):
    """The caller asked for something that cannot be."""

    status = Status.INVALID_FIELD
    code = -32600
    meaning = "the request is not a JSON-RPC 2.0 request"


class UnknownMethodError(RequestError):
    """There is no such RPC method."""

    code = -32601
    meaning = "no such method"


class ParameterError(RequestError):
    """A parameter is missing, unknown, of the wrong type or out of range; `path` says which."""

    code = -32602
    meaning = "a parameter is missing, unknown, of the wrong type or out of range"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem

    @override
    def details(self) -> dict[str, object]:
        return {"parameter": self.path} if self.path else {}


class AliasError(RequestError):
    """An alias is unknown, means itself, nests too deep, or has a name that no alias may have."""

    code = -32602
    meaning = "an alias is unknown, means itself, is too deep or too large, or has a wrong name"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"alias {name[:_LONGEST_NAME_SHOWN]}: {problem}")
        self.name = name
        self.problem = problem

    @override
    def details(self) -> dict[str, object]:
        return {"alias": self.name[:_LONGEST_NAME_SHOWN]}


class NotJoinedError(RequestError):
    """The gateway's radio is not on a network.

    `association` says why, in the numbers of the XBee association indication (AI).
    """

    code = -32000
    meaning = "the gateway is not on a ZigBee network"

    def __init__(self, message: str = "", association: int = 0xFF) -> None:
        super().__init__(message)
        self.association = association


class UnknownDeviceError(RequestError):
    """No such device is known."""

    status = Status.NOT_FOUND
    code = -32001
    meaning = "the device is not known to the gateway"


class DeliveryError(SebridgeError):
    """The radio, the network or the device did not take a frame.

    `tx_status` is the ZigBee transmission status (0x01 to 0xFF), where the radio gave one.
    """

    status = Status.TIMEOUT
    code = -32002
    meaning = "the frame was not delivered; data.status is the ZigBee status"

    def __init__(self, message: str, tx_status: int | None = None) -> None:
        super().__init__(message)
        self.tx_status = tx_status

    @override
    def details(self) -> dict[str, object]:
        return {} if self.tx_status is None else {"status": self.tx_status}


class NotTakenError(DeliveryError):
    """The radio itself refused a frame, before it was on the air; it may take it a moment later."""

    meaning = "the radio did not take the frame"


class DeviceRefusedError(DeliveryError):
    """The device took the frame, and answered with a ZCL status that is not SUCCESS."""

    meaning = "the device refused; data.status is the ZCL status"


class AnswerTimeoutError(SebridgeError):
    """The device took the frame but did not answer in time."""

    status = Status.TIMEOUT
    code = -32003
    meaning = "the device did not answer in time"


class RefusedError(RequestError):
    """A rule of the gateway forbids it."""

    status = Status.NOT_AUTHORIZED
    code = -32004
    meaning = "refused by policy"


class TimeNotSetError(RequestError):
    """The gateway does not know the time yet."""

    code = -32005
    meaning = "the gateway's time is not set"


class StorageError(SebridgeError):
    """The database cannot be read or written."""

    status = Status.HARDWARE_FAILURE
    code = -32006
    meaning = "the database cannot be written"


class UnscaledError(RequestError):
    """The meter has not told yet how its values are scaled, so none of them can be shown."""

    status = Status.NOT_FOUND
    code = -32007
    meaning = "the meter has not told yet how its values are scaled"

    def __init__(self) -> None:
        super().__init__(self.meaning)


class ModuleError(RequestError):
    """A module of the user cannot be used, or breaks when it is.

    `file` is the name of its file, `line` counts from 1 in it, None where no line is to blame.
    """

    code = -32008
    meaning = "a module of the user cannot be used; data says where it is wrong"

    def __init__(self, file: str, problem: str, line: int | None = None) -> None:
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {problem}")
        self.file = file
        self.line = line

    @override
    def details(self) -> dict[str, object]:
        place: dict[str, object] = {"file": self.file}
        return place if self.line is None else place | {"line": self.line}


class UnsupportedCommandError(SebridgeError):
    """The cluster does not know this command."""

    status = Status.UNSUP_CLUSTER_COMMAND
    code = -32602
    meaning = "the cluster does not know the command"


class UnsupportedAttributeError(SebridgeError):
    """The cluster does not have this attribute."""

    status = Status.UNSUPPORTED_ATTRIBUTE
    code = -32602
    meaning = "the cluster does not have the attribute"


class InvalidFieldError(RequestError):
    """A field of an event has a value that no event may have."""

    status = Status.INVALID_FIELD
    code = -32602
    meaning = "a field has a value that is not allowed"


class DuplicateError(RequestError):
    """An event with this identifier exists already."""

    status = Status.DUPLICATE_EXISTS
    code = -32602
    meaning = "an event with this identifier exists"


class OutdatedError(InvalidFieldError):
    """An event comes too late: it is over already, or a newer one stands in its way."""

    status = Status.FAILURE
    meaning = "the event is over already, or a newer one stands in its way"


class FullError(RequestError):
    """There is no room for another event."""

    status = Status.INSUFFICIENT_SPACE
    code = -32602
    meaning = "there is no room for another event"


class UnknownEventError(RequestError):
    """No such event or message is known."""

    status = Status.NOT_FOUND
    code = -32602
    meaning = "no such event"
