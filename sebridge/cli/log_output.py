"""Where the log goes: to people, or to a journal.

DEBUG: every frame. INFO: what an operator asked for, and what changed. WARNING: a peer
misbehaved. ERROR: we failed.
"""

import logging

from typing_extensions import override

from sebridge.base.redaction import redacted
from sebridge.settings.options import LogOptions

_QUIET = ("zigpy", "bellows", "zigpy_xbee", "zigpy_znp", "asyncio")


class RedactingFormatter(logging.Formatter):
    """Leaves out of a line, and of the trace below it, what could be a key or a password."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return redacted(super().format(record))


def set_up_logging(options: LogOptions, *, for_people: bool) -> None:
    """Log to standard error: with colours for people, in plain lines for journals."""
    if for_people:
        # a service in the background has no use for it in memory
        from rich.console import Console  # noqa: PLC0415
        from rich.logging import RichHandler  # noqa: PLC0415

        handler: logging.Handler = RichHandler(
            console=Console(stderr=True), show_path=False, markup=False, rich_tracebacks=False
        )
        handler.setFormatter(RedactingFormatter("%(name)s: %(message)s"))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=options.level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name, level in options.levels.items():
        logging.getLogger(name).setLevel(level.upper())
