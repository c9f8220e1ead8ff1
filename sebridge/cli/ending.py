"""How a subcommand ends: with what exit status, and what it says of an error.

0: done; 1: refused or failed; 2: wrong use or a wrong configuration; 3: nobody there to answer.
"""

import asyncio
from collections.abc import Callable, Coroutine
import logging
import os
import sys
from typing import Any, Final, NoReturn, TypeVar

import click

from sebridge.base.errors import SebridgeError
from sebridge.base.redaction import redacted

_LOGGER = logging.getLogger(__name__)

T = TypeVar("T")

DONE: Final = 0
FAILED: Final = 1
WRONG: Final = 2
NO_ANSWER: Final = 3
_BREAKING_OFF: Final = 4.0  # seconds
_INTERRUPTED: Final = 130  # as a shell tells of a program that SIGINT ended


def fail(*problems: str, status: int = FAILED) -> NoReturn:
    """Say what is wrong, each on a line of its own, and end."""
    for problem in problems:
        click.echo(redacted(problem), err=True)
    sys.exit(status)


def finish(
    work: Coroutine[Any, Any, T],
    status: int = FAILED,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Run until it ends, and return what it returns.

    An error that the bridge raises on purpose is told in one line, and ends with this status.
    """
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(work)
    except SebridgeError as error:
        fail(f"sebridge: {error}", status=status)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


async def started(start: Coroutine[Any, Any, object], stop: asyncio.Event) -> bool:
    """Carry out a start, and raise what it raises; False where it was told to stop before the end.

    Then the start is broken off, and what it began is undone. Where that takes longer than 4
    seconds the process ends at once: what was acknowledged is on the disk.
    """
    starting = asyncio.ensure_future(start)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if starting.done():
        starting.result()
        return True
    _LOGGER.info("told to stop while starting")
    starting.cancel()
    ended, _ = await asyncio.wait({starting}, timeout=_BREAKING_OFF)
    if not ended:
        _LOGGER.error("the start cannot be broken off; the process ends without it")
        logging.shutdown()
        os._exit(FAILED)
    return False


def silence_log() -> None:
    """Leave it to the last line to say what went wrong."""
    logging.getLogger("sebridge").setLevel(logging.CRITICAL)
