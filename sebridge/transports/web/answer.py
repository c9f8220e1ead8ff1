"""An answer to an HTTP request, and its head as octets. Pure.

aiohttp puts an answer together header by header, and checks each. Nearly all of ours are the same
always, so that a head is a handful of pieces, and none of them comes from outside.
"""

from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
import json
from typing import Final

import msgspec

JSON: Final = "application/json"

_OF_EVERY_ANSWER: Final = {
    "Server": "sebridge",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Browsers trust nothing and keep nothing, and nobody learns what we run on."""
_NONE: Final[frozenset[str]] = frozenset()
_WITHOUT_BODY: Final = frozenset((HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED))
_HEADS: Final = 64  # beginnings of heads at hand: of each status, content type and connection


class Answer(msgspec.Struct, frozen=True):
    """What a request is answered with: HTTP status, body, its content type, and further headers.

    A header that every answer has is replaced by one of that name.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def head(self, now: float, *, is_http_1_0: bool, stays: bool) -> bytes:
        """Return status line and headers; `stays` says that the connection does.

        `now` is seconds since 1970.
        """
        own = frozenset([name for name, _ in self.headers]) if self.headers else _NONE
        beginning = _beginning(
            self.status, self.content_type, own, is_http_1_0=is_http_1_0, stays=stays
        )
        length = f"Content-Length: {len(self.body)}\r\n" if self.status not in _WITHOUT_BODY else ""
        more = "".join([f"{name}: {value}\r\n" for name, value in self.headers])
        return f"{beginning}{length}{more}Date: {_date(int(now))}\r\n\r\n".encode("latin-1")


def told(
    status: int, problem: str, *, wait: int = 0, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """Return a refusal as JSON; `wait` is the seconds after which it is worth another try."""
    if wait:
        headers = (*headers, ("Retry-After", str(wait)))
    body = json.dumps({"error": problem}).encode()
    return Answer(status, body, f"{JSON}; charset=utf-8", headers)


@lru_cache(_HEADS)
def _beginning(
    status: int, content_type: str, own: frozenset[str], *, is_http_1_0: bool, stays: bool
) -> str:
    lines = [f"HTTP/1.{0 if is_http_1_0 else 1} {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in _OF_EVERY_ANSWER.items() if name not in own]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    if is_http_1_0 and stays:
        lines.append("Connection: keep-alive")
    elif not (is_http_1_0 or stays):
        lines.append("Connection: close")
    return "".join([f"{line}\r\n" for line in lines])


@lru_cache(1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
