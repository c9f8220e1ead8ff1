"""TCP ports for programs that must be told theirs."""

from collections.abc import Iterator
import itertools
import os
import random
import socket
from typing import Final

_FIRST, _LAST = 10_081, 32_000
"""Above the ports that browsers refuse, below those that the system gives to who asks for any."""

_COUNT: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_NUMBER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_OWN: Final[range] = range(_FIRST + _NUMBER, _LAST, _COUNT)
BLOCK: Final = 8
"""Ports of `unused_block`."""
_BLOCKS: Final[range] = range(_LAST + BLOCK * _NUMBER, 32_760, BLOCK * _COUNT)
_begin: Final = random.randrange(len(_OWN))  # another run on this machine hardly begins at the same
_next_block: Iterator[int] = itertools.cycle(_BLOCKS)
_next: Iterator[int] = itertools.cycle((*_OWN[_begin:], *_OWN[:_begin]))


def unused_port() -> int:
    """Return a port of 127.0.0.1 where nobody listens, and that nothing else gets meanwhile.

    A port that the system had chosen could be given to any connection of another process before
    the program that it is for listens there. Each process of a test run has ports of its own.
    """
    for port in _next:  # for ever
        if _is_unused(port):
            return port
    raise AssertionError("no port is free")


def unused_block() -> int:
    """Return the first of BLOCK ports that follow each other, of which the same holds."""
    for port in _next_block:  # for ever
        if all(_is_unused(port + further) for further in range(BLOCK)):
            return port
    raise AssertionError("no port is free")


def _is_unused(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
