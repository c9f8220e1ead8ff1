"""Resource: an RPC method as others have it by REST, at a path of its own. Pure.

A feature declares its resources; calls, scopes and errors are those of the methods behind them.
"""

from collections.abc import Mapping
import re
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from sebridge.base.errors import Reason
from sebridge.rpc.message import RpcError

_NAMED: Final = re.compile(r"\{(\w+)\}")
_REST: Final = re.compile(r"\{(\w+)\.\.\.\}")

_STATUSES: Final[Mapping[Reason, int]] = {
    Reason.INTERNAL: 500,
    Reason.MALFORMED: 400,
    Reason.INVALID_REQUEST: 400,
    Reason.INVALID_PARAMETER: 400,
    Reason.UNKNOWN_METHOD: 404,
    Reason.UNKNOWN_DEVICE: 404,
    Reason.REFUSED: 403,
    Reason.NOT_DELIVERED: 502,
    Reason.NOT_TAKEN: 502,
    Reason.DEVICE_REFUSED: 502,
    Reason.MALFORMED_ANSWER: 502,
    Reason.ANSWER_TIMEOUT: 504,
    Reason.STORAGE: 507,
}
_IMPOSSIBLE: Final = 409


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What a verb does at a path such as `/rest/circles/{circle_address}`.

    What stands in braces is a parameter of the method; the others are in the query of a GET or
    DELETE, and in the JSON object that is posted or put. With `fields`, only those of the answer
    are told.
    """

    verb: str
    path: str
    method: str
    fields: tuple[str, ...] = ()

    @property
    def in_path(self) -> tuple[str, ...]:
        """The parameters that stand in the path."""
        return tuple(_NAMED.findall(self.path))

    @property
    def has_body(self) -> bool:
        """Whether the other parameters come in a body, and not in the query."""
        return self.verb in {"POST", "PUT"}

    def told(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is told of an answer."""
        return {name: result[name] for name in self.fields} if self.fields else result


def levels_of(path: str, raw: str) -> Mapping[str, str] | None:
    """Return what stands at the named levels of a path; None where it is another path.

    `raw` is the path of a request, in which letters may be written as %41. A last level such as
    `{path...}` is all that follows, as it is in `raw`.
    """
    wanted, given = path.split("/"), raw.split("/")
    found = {}
    rest = _REST.fullmatch(wanted[-1])
    if rest is not None and len(given) >= len(wanted):
        last = len(wanted) - 1
        found[rest[1]] = "/".join(given[last:])
        wanted, given = wanted[:last], given[:last]
    if len(wanted) != len(given):
        return None
    for want, give in zip(wanted, given, strict=True):
        name = _NAMED.fullmatch(want)
        if name is not None and give:
            found[name[1]] = unquote(give)
        elif want != give:
            return None
    return found


def status_of_error(error: RpcError) -> int:
    """Return the HTTP status of a call that failed."""
    return _STATUSES.get(error.reason, _IMPOSSIBLE)
