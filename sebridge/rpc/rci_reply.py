"""RCI and SCI replies: the envelopes round what was answered. All parts are XML as text."""

from collections.abc import Iterable, Mapping
import enum
from typing import Final

from sebridge.base.errors import InvalidRequestError, MarkupError, SebridgeError
from sebridge.base.redaction import redacted
from sebridge.rpc.error_codes import CODES
from sebridge.rpc.rci import DO_COMMAND, Command, Target
from sebridge.rpc.xml_text import attribute, escaped, timestamp_attribute, wrapped


class Form(enum.Enum):
    """How responses stand in a do_command."""

    LATER = "later"
    """In a `responses` element, the target named."""
    V1_3 = "1.3"
    """Directly, the target not named."""


_REPLY: Final = "rci_reply"
_VERSION: Final = attribute("version", "1.1")
_TARGETS: Final = {target: attribute("target", target.value) for target in Target}


def answers(responses: Iterable[str], form: Form = Form.LATER) -> str:
    """Return the do_command that answers calls, with the responses that were waited for."""
    inside = "".join(responses)
    if form is Form.V1_3:
        return wrapped(DO_COMMAND, "", inside)
    return _command(Target.REQUEST, wrapped("responses", "", inside))


def fetched(
    responses: Iterable[str],
    remaining: int,
    timestamp: float | None = None,
    form: Form = Form.LATER,
) -> str:
    """Return the do_command that answers a fetch.

    `remaining`: how many are still stored; `timestamp`: seconds since 1970 UTC, None to leave it
    out.
    """
    attributes = attribute("remaining", str(remaining)) + timestamp_attribute(timestamp)
    inside = wrapped("responses", attributes, "".join(responses))
    if form is Form.V1_3:
        return wrapped(DO_COMMAND, "", inside)
    return _command(Target.RESPONSE, inside)


def refused(command: Command, error: SebridgeError) -> str:
    """Return the element that answers a command which was not carried out."""
    kind = command.element.tag
    attributes = attribute("target", redacted(command.name)) if kind == DO_COMMAND else ""
    return wrapped(kind, attributes, failure(error))


def unknown(command: Command) -> str:
    """Return the element that answers a command without a target that is known."""
    known = " or ".join(target.value for target in Target)
    if command.element.tag != DO_COMMAND:
        return refused(
            command, InvalidRequestError(f"{redacted(command.name[:80])}: must be a {DO_COMMAND}")
        )
    return refused(command, InvalidRequestError(f"no such target: must be {known}"))


def failure(error: SebridgeError) -> str:
    """Return the element that says what is wrong; for XML that cannot be read, where."""
    attributes = attribute("id", str(CODES[error.reason]))
    problem = redacted(str(error)) or error.reason.value
    if isinstance(error, MarkupError):
        attributes += attribute("line", str(error.line)) + attribute("column", str(error.column))
        problem = redacted(error.problem)
    return wrapped("error", attributes, wrapped("desc", "", escaped(problem)))


def rci_reply(commands: Iterable[str]) -> str:
    """Return an RCI document; what cannot be read at all is answered by one with a failure."""
    return wrapped(_REPLY, _VERSION, "".join(commands))


def sci_reply(devices: Mapping[str, str]) -> str:
    """Return an SCI document: for each device id an RCI document, or a failure."""
    parts = [wrapped("device", attribute("id", name), reply) for name, reply in devices.items()]
    message = wrapped("send_message", "", "".join(parts))
    return wrapped("sci_reply", attribute("version", "1.0"), message)


def _command(target: Target, inside: str) -> str:
    return wrapped(DO_COMMAND, _TARGETS[target], inside)
