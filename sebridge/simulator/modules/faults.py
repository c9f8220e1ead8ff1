"""Faults on request: what may be asked for, and when which of them happens. Pure."""

from collections.abc import Iterable, Mapping
import enum
from random import Random
from typing import Final, NamedTuple

import msgspec

from sebridge.base.errors import ConfigError

_MOST_GARBAGE: Final = 8  # octets at a time
_LONGEST_SHOWN: Final = 40  # characters of what somebody wrote
_MOST_FRAMES: Final = 1_000_000


class Fault(enum.StrEnum):
    """What goes wrong, as it is asked for."""

    HANG = "hang-after"
    RESET = "reset-after"
    FULL = "full-after"
    HANG_UP = "hang-up-after"
    GARBAGE = "garbage-every"
    LOSS = "lose-every"
    SLOWNESS = "baud"


class _Range(NamedTuple):
    least: int
    most: int
    unit: str


_OF_HOST: Final = _Range(1, _MOST_FRAMES, "frames of the host")
RANGES: Final[Mapping[Fault, _Range]] = {
    Fault.HANG: _OF_HOST,
    Fault.RESET: _OF_HOST,
    Fault.FULL: _OF_HOST,
    Fault.HANG_UP: _OF_HOST,
    Fault.GARBAGE: _Range(1, _MOST_FRAMES, "frames to the host"),
    Fault.LOSS: _Range(2, _MOST_FRAMES, "frames to the host"),
    Fault.SLOWNESS: _Range(300, 1_000_000, "bits per second"),
}
"""What may stand behind the equals sign of each."""

_ONCE: Final = (Fault.GARBAGE, Fault.LOSS, Fault.SLOWNESS)


class Faults(msgspec.Struct, frozen=True):
    """What is to go wrong; nothing, unless something is said.

    `after` says how many frames of the host are answered before each fault, counted from when the
    module was switched on. The others are None for never.
    """

    after: tuple[tuple[Fault, int], ...] = ()
    garbage_every: int | None = None  # frames to the host
    lose_every: int | None = None  # frames to the host
    baud: int | None = None  # bits per second, 300..1_000_000


NO_FAULTS: Final = Faults()


def read_faults(texts: Iterable[str]) -> Faults:
    """Read faults, each as `NAME=NUMBER`; ConfigError names all that is wrong.

    What happens after so many frames may be asked for more than once.
    """
    after: list[tuple[Fault, int]] = []
    single: dict[Fault, int] = {}
    problems = []
    for text in texts:
        try:
            fault, number = _read(text)
        except ValueError as error:
            problems.append(str(error))
            continue
        if fault not in _ONCE:
            after.append((fault, number))
        elif fault in single:
            problems.append(f"{fault} is given twice")
        else:
            single[fault] = number
    if problems:
        raise ConfigError(problems)
    return Faults(
        tuple(after),
        single.get(Fault.GARBAGE),
        single.get(Fault.LOSS),
        single.get(Fault.SLOWNESS),
    )


def _read(text: str) -> tuple[Fault, int]:
    name, equals, digits = text.partition("=")
    shown = repr(text[:_LONGEST_SHOWN])
    try:
        fault = Fault(name)
    except ValueError:
        raise ValueError(f"{shown} is no fault: there are {', '.join(Fault)}") from None
    least, most, unit = RANGES[fault]
    is_number = bool(equals) and digits.isascii() and digits.isdecimal()
    if not is_number or len(digits) > len(str(most)) or not least <= int(digits) <= most:
        raise ValueError(f"{shown} is not {fault}=NUMBER with {least} to {most} {unit}")
    return fault, int(digits)


class Misfortune:
    """Decides frame by frame what goes wrong; the same seed brings the same."""

    def __init__(self, faults: Faults, seed: Random) -> None:
        self._faults = faults
        self._seed = seed
        self._heard = 0
        self._said = 0

    def hear(self) -> tuple[Fault, ...]:
        """Count a frame of the host; return what happens instead of an answer to it."""
        due = tuple(fault for fault, number in self._faults.after if number == self._heard)
        self._heard += 1
        return due

    def say(self, octets: bytes) -> bytes:
        """Return what the line makes of a frame to the host: noise before it, or nothing."""
        self._said += 1
        if self._is_due(self._faults.lose_every):
            return b""
        if self._is_due(self._faults.garbage_every):
            return self._seed.randbytes(self._seed.randint(1, _MOST_GARBAGE)) + octets
        return octets

    def _is_due(self, every: int | None) -> bool:
        return every is not None and self._said % every == 0
