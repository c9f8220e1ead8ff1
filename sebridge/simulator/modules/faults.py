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


def read_faults(texts: Iterable[str], modules: int = 1) -> tuple[Faults, ...]:
    """Read faults, each as `NAME=NUMBER` or `MODULE:NAME=NUMBER`; return those of each module.

    Modules are counted from 1; a fault that names none is that of the first. What happens after so
    many frames may be asked for more than once. ConfigError names all that is wrong.
    """
    asked = [_Asked() for _ in range(modules)]
    problems = []
    for text in texts:
        try:
            number, fault = _of_module(text, modules)
            asked[number - 1].add(*_read(fault, text))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError(problems)
    return tuple(one.faults for one in asked)


class _Asked:
    """What is asked of one module."""

    def __init__(self) -> None:
        self._after: list[tuple[Fault, int]] = []
        self._single: dict[Fault, int] = {}

    def add(self, fault: Fault, number: int) -> None:
        """Take one more; ValueError for one that is there and can only be once."""
        if fault not in _ONCE:
            self._after.append((fault, number))
        elif fault in self._single:
            raise ValueError(f"{fault} is given twice")
        else:
            self._single[fault] = number

    @property
    def faults(self) -> Faults:
        """All that was taken."""
        single = (self._single.get(fault) for fault in _ONCE)
        return Faults(tuple(self._after), *single)


def _of_module(text: str, modules: int) -> tuple[int, str]:
    """Return the number of a module, and what is asked of it; ValueError for one that is none."""
    digits, colon, fault = text.partition(":")
    if not colon:
        return 1, text
    is_short = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(modules))
    if not is_short or not 1 <= int(digits) <= modules:
        shown = repr(text[:_LONGEST_SHOWN])
        raise ValueError(f"{shown} names none of the modules 1 to {modules}")
    return int(digits), fault


def _read(fault_text: str, text: str) -> tuple[Fault, int]:
    name, equals, digits = fault_text.partition("=")
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
