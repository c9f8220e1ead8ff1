"""How a program runs that runs for long: on uvloop (docs/decisions/0023)."""

from collections.abc import Coroutine
from typing import Any

import uvloop

from sebridge.cli.ending import finish


def serve(work: Coroutine[Any, Any, None]) -> None:
    """Run until it is told to stop; how it ends is as with `finish`."""
    finish(work, loop_factory=uvloop.new_event_loop)
