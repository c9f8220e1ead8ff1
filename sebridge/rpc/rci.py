"""RCI and SCI documents from outside -> who is asked, and what.

What is wrong with the document as a whole is raised. What is wrong with one command or one call
stands in its place, so that the others are carried out.
"""

from collections.abc import Callable, Sequence
import enum
from typing import Any, Final
from xml.etree.ElementTree import Element

import msgspec

from sebridge.base.errors import InvalidRequestError, ParameterError, RequestError
from sebridge.model.plain import integer
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.xml_guard import DEFAULT_LIMITS, XmlLimits, parse
from sebridge.rpc.xml_reader import is_alias, read_children, read_value, text_of

DO_COMMAND: Final = "do_command"
_IDENTIFIER: Final = "request_identifier"
_FETCH: Final = "get_responses"

Expand = Callable[[Element], Sequence[Element]]
"""Returns an element with its aliases replaced; raises a RequestError where it cannot."""


class Target(enum.Enum):
    """What a do_command may be for."""

    REQUEST = "RPC_request"
    RESPONSE = "RPC_response"


_TARGETS: Final = {target.value.lower(): target for target in Target}


class Call(msgspec.Struct, frozen=True):
    """The call of a method; `params` are plain values, without the request_identifier.

    `synchronous`: the caller waits for the answer.
    """

    method: str
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    request_identifier: Any | Absent = ABSENT
    synchronous: bool = False


class Fetch(msgspec.Struct, frozen=True):
    """The wish for stored responses, oldest first: at most `limit`, or all there are."""

    limit: int | None = None


class Wrong(msgspec.Struct, frozen=True):
    """A call, or a fetch, that cannot be carried out, and why.

    `request_identifier` and `synchronous` are what could still be read of them.
    """

    method: str
    error: RequestError
    request_identifier: Any | Absent = ABSENT
    synchronous: bool = False


class Command(msgspec.Struct, frozen=True):
    """One do_command. `target` is None when `name`, as the caller wrote it, is no target."""

    name: str
    target: Target | None
    element: Element

    def calls(self, expand: Expand) -> list[Call | Wrong]:
        """Return the calls in their order, with the aliases of the gateway that is asked."""
        found: list[Call | Wrong] = []
        for child in self.element:
            try:
                expanded = expand(child)
            except RequestError as error:
                found.append(_wrong(child, error))
            else:
                found += [_read_call(element) for element in expanded]
        return found

    def fetches(self) -> list[Fetch | Wrong]:
        """Return what is to be fetched."""
        return [_read_fetch(child) for child in self.element]


class Document(msgspec.Struct, frozen=True):
    """A document: `commands` for each of the `devices`.

    `devices` are device ids in upper case, each once; None for an RCI document, which is for the
    gateway at whose interface it came.
    """

    devices: tuple[str, ...] | None
    commands: tuple[Command, ...]

    @property
    def calls(self) -> int:
        """How much there is to do: what stands in the commands, and other gateways to be asked."""
        own = sum(len(command.element) for command in self.commands)
        return max(own + len(self.devices or ()), 1)


def read_document(octets: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> Document:
    """Read an rci_request or sci_request.

    Raise MarkupError for what is no XML or too much, RequestError for another document.
    """
    root = parse(octets, limits)
    if root.tag == "rci_request":
        return Document(None, _commands(root))
    if root.tag == "sci_request":
        message = _only(root, "send_message")
        devices = _devices(_only(message, "targets"))
        return Document(devices, _commands(_only(message, "rci_request")))
    raise InvalidRequestError(f"{root.tag[:80]}: must be an rci_request or an sci_request")


def _only(element: Element, name: str) -> Element:
    found = element.findall(name)
    if len(found) != 1:
        raise InvalidRequestError(f"{element.tag} must hold one {name}, and holds {len(found)}")
    return found[0]


def _devices(targets: Element) -> tuple[str, ...]:
    ids = [device.get("id", "").strip().upper() for device in targets.iterfind("device")]
    if not ids or "" in ids:
        raise InvalidRequestError("targets must hold devices, each with an id")
    return tuple(dict.fromkeys(ids))


def _commands(request: Element) -> tuple[Command, ...]:
    return tuple(_command(element) for element in request)


def _command(element: Element) -> Command:
    name = element.get("target", "").strip()
    if element.tag != DO_COMMAND:
        return Command(element.tag, None, element)
    return Command(name, _TARGETS.get(name.lower()), element)


# ------------------------------------------------------------------ calls and fetches


def _read_call(element: Element) -> Call | Wrong:
    try:
        params = read_children(element)
        synchronous = _synchronous(element)
        identifier = params.pop(_IDENTIFIER, ABSENT)
        _check_identifier(identifier)
    except RequestError as error:
        return _wrong(element, error)
    return Call(element.tag, params, identifier, synchronous)


def _synchronous(element: Element) -> bool:
    word = element.get("synchronous", "false").strip().lower()
    if word not in {"true", "false"}:
        raise ParameterError("synchronous", "is neither TRUE nor FALSE")
    return word == "true"


def _check_identifier(identifier: Any) -> None:
    if isinstance(identifier, (dict, list)):
        raise ParameterError(_IDENTIFIER, "must be a simple value")


def _wrong(element: Element, error: RequestError) -> Wrong:
    """Return what is wrong, with as much of the call as an answer needs."""
    identifier: Any | Absent = ABSENT
    synchronous = False
    found = element.find(_IDENTIFIER)
    try:
        synchronous = _synchronous(element)
        if found is not None and not is_alias(found):
            identifier = read_value(found, _IDENTIFIER)
            _check_identifier(identifier)
    except RequestError:
        identifier = ABSENT  # this too is wrong; the error at hand came first
    return Wrong(element.tag, error, identifier, synchronous)


def _read_fetch(element: Element) -> Fetch | Wrong:
    if element.tag != _FETCH:
        return _wrong(element, InvalidRequestError(f"{Target.RESPONSE.value} knows {_FETCH} only"))
    try:
        text_of(element, _FETCH)
        return Fetch(_limit(element.get("limit")))
    except RequestError as error:
        return _wrong(element, error)


def _limit(text: str | None) -> int | None:
    if text is None or not text.strip():
        return None
    limit = integer(text, "limit")
    if limit < 0:
        raise ParameterError("limit", "must not be negative")
    return limit
