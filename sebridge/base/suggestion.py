"""What somebody may have meant who wrote a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_LIKENESS: Final = (
    0.8  # of 1; with less, a look takes milliseconds, and who asks often stops others
)
_LONGEST: Final = 80  # characters of a name that is looked at


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `; is NAME meant?` for what ends with the name of what is unknown, or nothing."""
    near = get_close_matches(name[:_LONGEST], known, n=1, cutoff=_LIKENESS)
    return f"; is {near[0]} meant?" if near else ""
