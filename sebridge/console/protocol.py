"""What a page and the bridge say to each other over a WebSocket, each message a JSON object. Pure.

A page sends commands, `{"command": …, "message_id": …, "args": {…}}`: methods of RPC by their
names, with their parameters, and a few of the session's own. Each is answered, in whatever order,
by `{"message_id": …, "status": "ok", "result": {…}}` or with `"status": "error"` and the `error` of
RPC. The bridge begins with `{"hello": {…}}`; what is published on topics to which the page
subscribed comes as `{"changes": [{"topic": …, "payload": …, "kept": …}, …]}`, with topics below
that of the gateway. `lost` beside it is how many messages a slow page did not get.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from sebridge.base.errors import DecodeError, Reason
from sebridge.model.values import ABSENT
from sebridge.rpc.json_codec import bare, dump, parse
from sebridge.rpc.message import Caller, Response, RpcError

VERSION: Final = 1
"""Of all this; a page of another version loads itself anew."""

_LONGEST_NUMBER: Final = 64  # characters of a message's id
_CONSTANTS: Final = frozenset((b"true", b"false", b"null"))
_BEGINS_JSON: Final = frozenset(b'{["-0123456789')


class Command(msgspec.Struct, frozen=True):
    """What a page asks for: a method of RPC, or of the session; `message_id` comes back."""

    command: str
    message_id: int | str
    args: dict[str, Any] = msgspec.field(default_factory=dict)


class Change(msgspec.Struct, frozen=True):
    """Something that was published: topic, payload, and whether that is what the topic holds."""

    topic: str
    payload: bytes
    is_kept: bool


def read_command(text: bytes) -> Command:
    """Return a command; raise DecodeError for what is none."""
    try:
        command = msgspec.convert(parse(text), Command)
    except msgspec.ValidationError as error:
        raise DecodeError(f"no command: {error}") from None
    if isinstance(command.message_id, str) and len(command.message_id) > _LONGEST_NUMBER:
        raise DecodeError(f"message_id has at most {_LONGEST_NUMBER} characters")
    return command


def hello(version: str, topic: str, caller: Caller) -> bytes:
    """Return what a page hears first: who we are, and as whom it came."""
    told = {
        "protocol": VERSION,
        "version": version,
        "topic": topic,
        "name": caller.name,
        "scope": caller.scope.name.lower(),
    }
    return dump({"hello": told})


def answer(response: Response, message_id: int | str) -> bytes:
    """Return the answer to a command."""
    return dump({"message_id": message_id} | bare(response))


def no_command(error: DecodeError) -> bytes:
    """Return the answer to what is no command."""
    return dump(
        {"message_id": None}
        | bare(Response("", None, RpcError(Reason.MALFORMED, str(error)), ABSENT))
    )


def changes(told: Sequence[Change], lost: int) -> bytes:
    """Return what was published, in one message."""
    return b'{"changes":[%b],"lost":%d}' % (b",".join(_written(told)), lost)


def _written(told: Iterable[Change]) -> Iterable[bytes]:
    for change in told:
        yield dump(
            {
                "topic": change.topic,
                "payload": msgspec.Raw(_as_json(change.payload)),
                "kept": change.is_kept,
            }
        )


def _as_json(payload: bytes) -> bytes:
    """Return a payload as JSON: most is, a word such as `online` becomes a text."""
    if not payload:
        return b"null"
    if payload[0] in _BEGINS_JSON or payload in _CONSTANTS:
        return payload
    return msgspec.json.encode(payload.decode(errors="replace"))
