"""Every error that is raised on purpose, with the reason it gives.

Catching `SebridgeError` means "the bridge said no". Anything else is a bug, and is caught only at
the edge of a task, where it is logged with its trace. What a reason becomes for a peer, a caller, a
browser or a shell stands in one table at each edge: `zcl/error_status.py`, `rpc/error_codes.py`,
`transports/web/routes.py`, `cli`.
"""

from collections.abc import Iterator, Sequence
import contextlib
import enum
from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.redaction import redacted

_LONGEST_NAME_SHOWN: Final = 80  # characters


class Reason(enum.Enum):
    """Why the bridge said no; the value says it in words."""

    INTERNAL = "internal error"
    CONFIGURATION = "wrong configuration"
    MALFORMED = "the text is not JSON, or too large or too deep"
    MALFORMED_XML = "the text is not XML, or too large or too deep; data says where"
    INVALID_REQUEST = "the request is not a JSON-RPC 2.0 request"
    UNKNOWN_METHOD = "no such method"
    INVALID_PARAMETER = "a parameter is missing, unknown, of the wrong type or out of range"
    INVALID_ALIAS = (
        "an alias is unknown, means itself, is too deep or too large, or has a wrong name"
    )
    NOT_JOINED = "the gateway is not on a ZigBee network"
    UNKNOWN_DEVICE = "the device is not known to the gateway"
    NOT_DELIVERED = "the frame was not delivered; data.status is the ZigBee status"
    NOT_TAKEN = "the radio did not take the frame"
    DEVICE_REFUSED = "the device refused; data.status is the ZCL status"
    ANSWER_TIMEOUT = "the device did not answer in time"
    MALFORMED_ANSWER = "the device's answer cannot be read"
    REFUSED = "refused by policy"
    TIME_NOT_SET = "the gateway's time is not set"
    STORAGE = "the database cannot be written"
    UNSCALED = "the meter has not told yet how its values are scaled"
    MODULE = "a module of the user cannot be used; data says where it is wrong"
    IMPOSSIBLE = "the request cannot be carried out as things are"
    UNSUPPORTED_COMMAND = "the cluster does not know the command"
    UNSUPPORTED_CLUSTER = "the endpoint does not have the cluster"
    UNSUPPORTED_ATTRIBUTE = "the cluster does not have the attribute"
    INVALID_FIELD = "a field has a value that is not allowed"
    DUPLICATE = "an event with this identifier exists"
    OUTDATED = "the event is over already, or a newer one stands in its way"
    FULL = "there is no room for another event"
    NOT_FOUND = "no such event"


class SebridgeError(Exception):
    """The bridge said no; `reason` says why to a program, the text to a person."""

    reason: ClassVar[Reason] = Reason.INTERNAL

    def details(self) -> dict[str, object]:
        """Return what a caller can act upon, for the `data` of an RPC error."""
        return {}


class ConfigError(SebridgeError):
    """A file that a person wrote is wrong; every problem is named with its path and line."""

    reason = Reason.CONFIGURATION

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(redacted(problem) for problem in problems)
        super().__init__("\n".join(self.problems))


class DecodeError(SebridgeError):
    """The peer's bytes or text are wrong. `offset` is the octet or character, where known."""

    reason = Reason.MALFORMED

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset

    @override
    def details(self) -> dict[str, object]:
        return {} if self.offset is None else {"offset": self.offset}


class MarkupError(DecodeError):
    """The text is not XML that the bridge takes; `line` and `column` count from 1."""

    reason = Reason.MALFORMED_XML

    def __init__(self, problem: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem = problem
        self.line = line
        self.column = column

    @override
    def details(self) -> dict[str, object]:
        return {"line": self.line, "column": self.column}


class MalformedAnswerError(DecodeError):
    """The device answered, but not what can be an answer to the question."""

    reason = Reason.MALFORMED_ANSWER

    @classmethod
    @contextlib.contextmanager
    def of(cls, device: object) -> Iterator[None]:
        """Within this, what cannot be read is the answer of a device."""
        try:
            yield
        except DecodeError as error:
            message = f"the answer of {device} cannot be read: {error}"
            raise cls(message, error.offset) from error


class RequestError(SebridgeError):
    """The caller asked for something that cannot be, for what it asks or for how things are."""

    reason = Reason.IMPOSSIBLE


class InvalidRequestError(RequestError):
    """What came is no request: not the object, element or names that make one."""

    reason = Reason.INVALID_REQUEST


class UnknownMethodError(RequestError):
    """There is no such RPC method."""

    reason = Reason.UNKNOWN_METHOD


class ParameterError(RequestError):
    """A parameter is missing, unknown, of the wrong type or out of range; `path` says which."""

    reason = Reason.INVALID_PARAMETER

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem

    @override
    def details(self) -> dict[str, object]:
        return {"parameter": self.path} if self.path else {}


class AliasError(RequestError):
    """An alias is unknown, means itself, nests too deep, or has a name that no alias may have."""

    reason = Reason.INVALID_ALIAS

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

    reason = Reason.NOT_JOINED

    def __init__(self, message: str = "", association: int = 0xFF) -> None:
        super().__init__(message)
        self.association = association


class UnknownDeviceError(RequestError):
    """No such device is known."""

    reason = Reason.UNKNOWN_DEVICE


class DeliveryError(SebridgeError):
    """The radio, the network or the device did not take a frame.

    `tx_status` is the ZigBee transmission status (0x01 to 0xFF), where the radio gave one.
    """

    reason = Reason.NOT_DELIVERED

    def __init__(self, message: str, tx_status: int | None = None) -> None:
        super().__init__(message)
        self.tx_status = tx_status

    @override
    def details(self) -> dict[str, object]:
        return {} if self.tx_status is None else {"status": self.tx_status}


class NotTakenError(DeliveryError):
    """The radio itself refused a frame, before it was on the air; it may take it a moment later."""

    reason = Reason.NOT_TAKEN


class DeviceRefusedError(DeliveryError):
    """The device took the frame, and answered with a ZCL status that is not SUCCESS."""

    reason = Reason.DEVICE_REFUSED


class AnswerTimeoutError(SebridgeError):
    """The device took the frame but did not answer in time."""

    reason = Reason.ANSWER_TIMEOUT


class RefusedError(RequestError):
    """A rule of the gateway forbids it."""

    reason = Reason.REFUSED


class LimitError(RefusedError):
    """A limit of the gateway is reached: less at once, or later.

    `retry_after` is the seconds after which it is worth another try, where they are known.
    """

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @override
    def details(self) -> dict[str, object]:
        return {} if self.retry_after is None else {"retry_after": self.retry_after}


class TimeNotSetError(RequestError):
    """The gateway does not know the time yet."""

    reason = Reason.TIME_NOT_SET


class StorageError(SebridgeError):
    """The database cannot be read or written."""

    reason = Reason.STORAGE


class NotStoredError(StorageError):
    """What a call changed is in force, and not on disk yet: it is tried until the disk takes it."""

    def __init__(self, cause: StorageError) -> None:
        super().__init__(
            f"carried out and in force, but not on disk: {cause};"
            " it is written as soon as the disk takes it, and lost if the bridge ends before"
        )

    @override
    def details(self) -> dict[str, object]:
        return {"carried_out": True}


class UnscaledError(RequestError):
    """The meter has not told yet how its values are scaled, so none of them can be shown."""

    reason = Reason.UNSCALED

    def __init__(self) -> None:
        super().__init__(self.reason.value)


class ModuleError(RequestError):
    """A module of the user cannot be used, or breaks when it is.

    `file` is the name of its file, `line` counts from 1 in it, None where no line is to blame.
    """

    reason = Reason.MODULE

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

    reason = Reason.UNSUPPORTED_COMMAND


class UnsupportedClusterError(SebridgeError):
    """The endpoint does not have this cluster."""

    reason = Reason.UNSUPPORTED_CLUSTER


class UnsupportedAttributeError(SebridgeError):
    """The cluster does not have this attribute."""

    reason = Reason.UNSUPPORTED_ATTRIBUTE


class InvalidFieldError(RequestError):
    """A field of an event has a value that no event may have."""

    reason = Reason.INVALID_FIELD


class DuplicateError(RequestError):
    """An event with this identifier exists already."""

    reason = Reason.DUPLICATE


class OutdatedError(InvalidFieldError):
    """An event comes too late: it is over already, or a newer one stands in its way."""

    reason = Reason.OUTDATED


class FullError(RequestError):
    """There is no room for another event."""

    reason = Reason.FULL


class UnknownEventError(RequestError):
    """No such event or message is known."""

    reason = Reason.NOT_FOUND
