"""What is logged, as plain values for those who ask for it."""

import asyncio
from collections.abc import Callable
import logging
import threading

from typing_extensions import override

from sebridge.base.redaction import redacted
from sebridge.base.service import Service

Sink = Callable[[dict[str, object]], None]


class LogStream(logging.Handler):
    """Hands log records to a sink as plain values: time, level, name, message."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(logging.INFO)
        self._sink = sink
        self._inside = False

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Send a record, unless it tells of the sending itself."""
        if self._inside:
            return
        self._inside = True
        try:
            self._sink(
                {
                    "time": round(record.created, 3),
                    "level": record.levelname.lower(),
                    "name": record.name,
                    "message": redacted(record.getMessage()),
                }
            )
        except Exception:  # noqa: BLE001  # a malformed log call must not break its caller
            self.handleError(record)
        finally:
            self._inside = False


class LogForwarding(Service):
    """Hands all that is logged to a sink, from its start to its stop.

    The sink is called in the event loop's thread only, whichever thread logs.
    """

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self._handler = LogStream(self._forward)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    @override
    async def start(self) -> None:
        """Begin to listen to the log."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        logging.getLogger().addHandler(self._handler)
        await super().start()

    @override
    async def stop(self) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self._handler)
        await super().stop()

    def _forward(self, record: dict[str, object]) -> None:
        assert self._loop is not None
        if threading.get_ident() == self._thread:
            self._sink(record)
        else:
            self._loop.call_soon_threadsafe(self._sink, record)
