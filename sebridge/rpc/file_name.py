"""Names of pushed files: prefix-timestamp-sequence-type.extension."""

import re
from typing import Final, Self

import msgspec

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_.\-]")
_LAST: Final = 9999


class FileNumber(msgspec.Struct, frozen=True):
    """What makes a file's name unique: the second, since 1970 UTC, and a number within it."""

    second: int = -1
    sequence: int = 0  # 0..9999

    def next(self, now: float) -> Self:
        """Return the number after this one, for a file made at `now` (seconds since 1970).

        It is always higher: a clock that is set back does not give a name again, and what finds no
        number in its second takes the first of the next.
        """
        second = int(now)
        if second > self.second:
            return type(self)(second, 0)
        if self.sequence < _LAST:
            return type(self)(self.second, self.sequence + 1)
        return type(self)(self.second + 1, 0)

    def name(self, prefix: str, kind: str, extension: str) -> str:
        """Return the file's name; `kind` is the element name of the response in it.

        What is no letter, digit, "_", "." or "-" becomes "_", so that a name is never a path.
        """
        stem = f"{prefix}-{self.second}-{self.sequence:04}-{kind}.{extension}"
        return _UNFIT.sub("_", stem)
