"""A single value of the configuration: as it was written, and what that means."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Final

from typing_extensions import override

_SHOWN: Final = 6  # characters: fewer than any password
_INTEGER: Final = re.compile(r"[-+]?(0x[0-9a-fA-F]{1,32}|[0-9]{1,32})")
_NUMBER: Final = re.compile(r"[-+]?([0-9]{1,32}(\.[0-9]*)?|\.[0-9]{1,32})([eE][-+]?[0-9]{1,3})?")
_WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null"), None),
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value.

    As text it is what a message may say of it. Only short numbers and truth values are shown: what
    else there is may be a password in a wrong place, and a value from a secret always is.
    """

    text: str
    value: bool | int | float | str | None
    hidden: bool = False

    @override
    def __str__(self) -> str:
        if self.hidden:
            return "the value"
        if isinstance(self.value, str):
            return "the text"
        return repr(self.text) if len(self.text) <= _SHOWN else "the number"


def is_text(text: str) -> bool:
    """Tell whether it can be written at all: half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def meaning(text: str) -> bool | int | float | str | None:
    """Return what unquoted text means.

    As in YAML, but an address like 10:20:30 stays text, and 010 is ten.
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text, 16 if "x" in text else 10)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
