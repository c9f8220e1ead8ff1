"""The files of the page, as they are answered: with their types, packed, and under rules."""

from collections.abc import Iterator
from functools import cached_property
import gzip
import hashlib
from pathlib import Path
import re
from typing import Final

from aiohttp import hdrs, web

from sebridge.transports.web.answer import Answer
from sebridge.transports.web.entrance import Requester, Route

FOLDER: Final = Path(__file__).parent / "page"
PREFIX: Final = "/console/"

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_FIRST: Final = "index.html"
_RULES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"  # Home Assistant shows it in a frame, as a page of its own
)
"""No code but ours, none within the page, and nothing from elsewhere."""
_FOR_READERS: Final = re.compile(
    rb"^(?:\s*(?://[^\n]*\n|/\*.*?\*/[ \t]*\n))*\s*", re.MULTILINE | re.DOTALL
)
"""Comments on lines of their own, indentation and empty lines: browsers can do without."""
_READ_BY_PEOPLE: Final = frozenset((".js", ".css"))
_SMALLEST: Final = 200  # octets that are worth packing


class PageFile:
    """One file: whoever has it already is told so, and browsers ask each time."""

    def __init__(self, path: Path) -> None:
        text = path.read_bytes()
        self.body = _FOR_READERS.sub(b"", text) if path.suffix in _READ_BY_PEOPLE else text
        self._type = _TYPES[path.suffix]
        self._tag = f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def packed(self) -> bytes:
        """The file, packed with gzip."""
        return gzip.compress(self.body, mtime=0)

    async def answer(self, request: web.BaseRequest, _requester: Requester) -> Answer:
        """Answer with the file, or that it is what the browser has."""
        headers = [
            ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", _RULES),
            (hdrs.ETAG, self._tag),
            (hdrs.VARY, hdrs.ACCEPT_ENCODING),
        ]
        if self._tag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return Answer(304, headers=tuple(headers))
        body = self.body
        if len(body) >= _SMALLEST and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            body = self.packed
            headers.append((hdrs.CONTENT_ENCODING, "gzip"))
        return Answer(200, body, self._type, tuple(headers))


def page_files() -> dict[str, PageFile]:
    """Return all files of the page by their paths in its folder. Reads the disk."""
    return {
        path.relative_to(FOLDER).as_posix(): PageFile(path)
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in _TYPES
    }


def page_routes() -> Iterator[Route]:
    """Yield a route for each file, and `/` for the first; strangers may see them."""
    for name, file in page_files().items():
        path = "/" if name == _FIRST else f"{PREFIX}{name}"
        yield Route(hdrs.METH_GET, path, file.answer, is_open=True)
