"""What a target of the fuzzer is: a foreign entry, the real parts behind it, and what must hold."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

SEEDS = Path(__file__).parent / "seeds"


class ViolationError(Exception):
    """Something does not hold that must hold for every input; the text says what."""


def must(holds: object, problem: str) -> None:
    """Raise ViolationError where something does not hold."""
    if not holds:
        raise ViolationError(problem)


class Subject(Protocol):
    """The real parts behind an entry, running; `keys` are those of theirs, as hex digits."""

    keys: set[str]

    async def take(self, octets: bytes) -> None:
        """Give them one input; raise where anything does not hold, of whatever class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A foreign entry.

    `subject` starts the real parts, in a directory that is theirs; `grow` makes an input of chance
    and of the seeds. One subject takes so many inputs (`lasts`), then there is a new one. The suite
    tries as many inputs as `in_suite` says. `directory` has a corpus of each target.
    """

    name: str
    told: str
    subject: Callable[[Path], AbstractAsyncContextManager[Subject]]
    grow: Callable[[Random, Sequence[bytes]], bytes]
    lasts: int
    in_suite: int
    directory: Path = SEEDS

    @property
    def corpus(self) -> Path:
        """The directory of its seeds."""
        return self.directory / self.name

    def seeds(self) -> dict[str, list[bytes]]:
        """Return the inputs of each seed by its name.

        A seed is a file, or a directory whose files only do it together, in the order of their
        names.
        """
        return {
            path.name: [file.read_bytes() for file in sorted(path.iterdir())]
            if path.is_dir()
            else [path.read_bytes()]
            for path in sorted(self.corpus.iterdir())
        }
