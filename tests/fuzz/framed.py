"""Inputs of frames that have checksums on the line: each frame is after an octet with its length.

After an octet 0xFF an input is instead what comes on the line.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from tests.fuzz.mutation import changed

_LINE = 0xFF
_LONGEST_FRAME = 200


class _Module(Protocol):
    def take(self, octets: bytes) -> None:
        """Take what is on the line."""


class _Bench(Protocol):
    @property
    def module(self) -> _Module:
        """The module."""

    def say(self, content: bytes) -> None:
        """Put a frame on the line."""


def give(bench: _Bench, octets: bytes) -> None:
    """Let a host say what an input holds."""
    if octets[:1] == bytes((_LINE,)):
        bench.module.take(octets[1:])
        return
    while octets:
        end = 1 + min(octets[0], _LONGEST_FRAME)
        bench.say(octets[1:end])
        octets = octets[end:]


def grow_frames(content: Callable[[Random], bytes]) -> Callable[[Random, Sequence[bytes]], bytes]:
    """Return what makes inputs of frames with such contents, some with changes in octets."""

    def frame(random: Random) -> bytes:
        made = content(random)
        return bytes((len(made),)) + made

    def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
        if random.random() < 0.1:
            return bytes((_LINE,)) + random.randbytes(random.choice((1, 20, 300)))
        if random.random() < 0.3:
            octets = random.choice(seeds)
        else:
            octets = b"".join(frame(random) for _ in range(random.choice((1, 2, 5))))
        return changed(random, octets, seeds) if random.random() < 0.4 else octets

    return grow
