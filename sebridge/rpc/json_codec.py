"""JSON <-> messages: JSON-RPC 2.0, and the bare form of one topic a method.

What comes from outside is limited in size and depth before it is looked at.
"""

from collections.abc import Iterable, Mapping
import re
from typing import Any, Final

import msgspec

from sebridge.base.errors import DecodeError, InvalidRequestError, Reason
from sebridge.model.json_alike import is_alike
from sebridge.model.plain import to_plain
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Notification, Request, Response, RpcError

MAX_SIZE: Final = 262_144
"""Octets of one document: far above any request, far below what would hurt."""
MAX_DEPTH: Final = 32
MAX_BATCH: Final = 200

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_PLACE: Final = re.compile(r"\(byte (\d+)\)$")
_DECODE: Final = msgspec.json.Decoder().decode
_ENCODE: Final = msgspec.json.Encoder(enc_hook=to_plain).encode


class Incoming(msgspec.Struct, frozen=True):
    """One entry of a JSON-RPC document: a request, or why it is none.

    `id` is ABSENT for JSON-RPC's own notifications, which get no answer.
    """

    request: Request | None
    error: RpcError | None
    id: Any | Absent

    @property
    def expects_answer(self) -> bool:
        """Say whether the caller gave an id; what is no request is answered in any case."""
        return self.id is not ABSENT or self.error is not None


class Document(msgspec.Struct, frozen=True):
    """What one message on a JSON-RPC interface holds."""

    entries: tuple[Incoming, ...]
    batch: bool


def parse(text: bytes, most: int = MAX_SIZE) -> Any:
    """Return the JSON value; raise DecodeError for what is no JSON, too large or too deep.

    `most` is how many octets it may have.
    """
    if len(text) > most:
        raise DecodeError(f"{len(text)} octets are more than the {most} allowed")
    document = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        value = _DECODE(document)
    except msgspec.DecodeError as error:
        raise DecodeError(f"not JSON: {error}", _place(error, document)) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise DecodeError(f"not JSON: {type(error).__name__}") from error
    # where there are no more brackets than levels, nothing can be too deep
    if document.count(b"{") + document.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    return value


def _place(error: msgspec.DecodeError, text: bytes) -> int | None:
    """Return the octet at which the text is no JSON; None where it is JSON of a kind too large."""
    if isinstance(error, msgspec.ValidationError):
        return None
    found = _PLACE.search(str(error))
    return len(text) if found is None else int(found[1])


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise DecodeError(f"nested deeper than {MAX_DEPTH} levels")


def _children(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def read_document(text: bytes) -> Document:
    """Read a JSON-RPC 2.0 request or batch; what is wrong stands in its entries."""
    try:
        value = parse(text)
    except DecodeError as error:
        return Document((_wrong(Reason.MALFORMED, str(error), None),), batch=False)
    if not isinstance(value, list):
        return Document((_read_entry(value),), batch=False)
    if not value or len(value) > MAX_BATCH:
        problem = f"a batch holds 1 to {MAX_BATCH} requests"
        return Document((_wrong(Reason.INVALID_REQUEST, problem, None),), batch=False)
    return Document(tuple(_read_entry(entry) for entry in value), batch=True)


def _read_entry(entry: Any) -> Incoming:
    if not isinstance(entry, dict):
        return _wrong(Reason.INVALID_REQUEST, "a request is a JSON object", None)
    identifier = entry.get("id", ABSENT)
    if isinstance(identifier, (dict, list, bool)):
        return _wrong(Reason.INVALID_REQUEST, "id is a string, a number or null", None)
    # an entry that is no request is answered even without an id: JSON-RPC 2.0, section 5
    reply_to = None if identifier is ABSENT else identifier
    if entry.get("jsonrpc") != "2.0":
        return _wrong(Reason.INVALID_REQUEST, 'jsonrpc must be "2.0"', reply_to)
    if not isinstance(entry.get("method"), str):
        return _wrong(Reason.INVALID_REQUEST, "method must be a string", reply_to)
    params = entry.get("params", {})
    if not isinstance(params, dict):
        return _wrong(Reason.INVALID_REQUEST, "params must be an object of named values", reply_to)
    return Incoming(Request(entry["method"], params), None, identifier)


def _wrong(reason: Reason, message: str, identifier: Any) -> Incoming:
    return Incoming(None, RpcError(reason, message), identifier)


def read_params(method: str, text: bytes) -> Request:
    """Read the bare form: the params object alone; nothing at all means no params."""
    value = parse(text) if text.strip() else {}
    if not isinstance(value, dict):
        raise InvalidRequestError("the payload must be an object of named parameters")
    return Request(method, value)


def json_rpc(response: Response, identifier: Any) -> dict[str, Any]:
    """Return the JSON-RPC 2.0 object of an answer."""
    answer: dict[str, Any] = {"jsonrpc": "2.0"}
    if response.error is not None:
        answer["error"] = _error(response.error)
    else:
        answer["result"] = _with_identifier(_result(response), response)
    answer["id"] = None if identifier is ABSENT else identifier
    return answer


def bare(response: Response) -> dict[str, Any]:
    """Return the object of an answer in the bare form."""
    if response.error is not None:
        answer: dict[str, Any] = {"status": "error", "error": _error(response.error)}
    else:
        answer = {"status": "ok", "result": _result(response)}
    return _with_identifier(answer, response)


def dump_notification(message: Notification, *, timestamp: bool) -> bytes:
    """Return a notification as JSON; `timestamp` is seconds since 1970."""
    kind: Any = type(message.parameters)
    told = _ENCODE(message.parameters if is_alike(kind) else to_plain(message.parameters))
    if not timestamp:
        return told
    comma = b"" if told == b"{}" else b","
    return b'%b%b"timestamp":%.3f}' % (told[:-1], comma, message.time)


def _result(response: Response) -> dict[str, Any]:
    result: dict[str, Any] = {} if response.result is None else to_plain(response.result)
    return result


def _error(error: RpcError) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": error.code, "message": error.message}
    return shown | {"data": dict(error.data)} if error.data else shown


def _with_identifier(body: dict[str, Any], response: Response) -> dict[str, Any]:
    if response.request_identifier is ABSENT:
        return body
    return body | {"request_identifier": response.request_identifier}


def dump(value: Mapping[str, Any] | list[Any]) -> bytes:
    """Return compact JSON in UTF-8; a number that is not finite becomes null."""
    return _ENCODE(value)
