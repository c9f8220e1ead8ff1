"""What the log may say while inputs are tried: no bug of ours, and no key."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
import logging
import re

from typing_extensions import override

from tests.fuzz.target import ViolationError

PLANTED = "5eb12d9e" * 4
"""A key that stands in inputs, where it belongs and where it does not: 32 hex digits."""

_SEPARATORS = re.compile(r"[^0-9a-z]")
_ENOUGH = 20  # hex digits of a key in one, which are most of it


def leaked(text: str, keys: Iterable[str]) -> bool:
    """Tell whether a text has one of these keys (hex digits) or most of it, however written."""
    plain = _SEPARATORS.sub("", text.lower())
    return any(key[:_ENOUGH] in plain for key in keys)


class Watch(logging.Handler):
    """Hears the whole log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.keys = {PLANTED}
        self._problem: str | None = None

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            text.encode()
        except (TypeError, ValueError) as error:
            self._problem = (
                self._problem or f"a log record cannot be written: {record.msg!r}: {error}"
            )
            return
        if record.exc_info or record.levelno >= logging.ERROR:
            self._problem = self._problem or logging.Formatter().format(record)
        elif leaked(text, self.keys):
            self._problem = self._problem or f"a key is in the log: {text}"

    def check(self) -> None:
        """Raise ViolationError for what was logged and must not be."""
        if self._problem is not None:
            raise ViolationError(self._problem)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch the log meanwhile."""
    watch, root = Watch(), logging.getLogger()
    before = root.level
    root.addHandler(watch)
    root.setLevel(logging.DEBUG)
    try:
        yield watch
    finally:
        root.removeHandler(watch)
        root.setLevel(before)
