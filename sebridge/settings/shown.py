"""The configuration as it may be shown: every key with its value, without what is secret. Pure."""

from collections.abc import Iterator, Mapping, Sequence
import dataclasses
from dataclasses import MISSING
from pathlib import PurePath
import re
from typing import Any, Final

import msgspec

from sebridge.base.redaction import redacted
from sebridge.base.secret import Secret
from sebridge.model.values import JsonValue
from sebridge.settings.declaration import Option, options_of
from sebridge.settings.kinds import USER, AnyTable
from sebridge.settings.options import Options

MASK: Final = "********"
_TELLING: Final = re.compile(r"key|code|pass|secret|token|pin|user", re.IGNORECASE)
"""What names in a table, of which nothing is declared, speak of something secret."""


class ShownOption(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the configuration, such as `http.tokens[0].name`, and its value.

    What is secret is asterisks. `is_default` says that nobody would have had to write it; `words`
    are those that follow the key in the example.
    """

    key: str
    value: JsonValue
    is_default: bool
    words: str


def shown_options(options: Options) -> Iterator[ShownOption]:
    """Yield all keys in the order of the example; a section that is switched off is one key."""
    yield from _of_section("", options, MISSING)


def secrets_of(value: object) -> Iterator[Secret]:
    """Yield every secret of some options."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_of(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from secrets_of(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from secrets_of(getattr(value, field.name))


def _of_section(before: str, present: Any, default: Any) -> Iterator[ShownOption]:
    kind = type(present)
    for name, declared in options_of(kind).items():
        usual = getattr(default, name) if isinstance(default, kind) else declared.default
        yield from _of_key(f"{before}{name}", declared, getattr(present, name), usual)


def _of_key(key: str, declared: Option, value: Any, default: Any) -> Iterator[ShownOption]:
    if isinstance(declared.takes, type) and value is not None:
        yield from _of_section(f"{key}.", value, default)
    elif isinstance(value, tuple) and any(map(_is_section, value)):
        for place, item in enumerate(value):
            usual = item if value == default else MISSING
            yield from _of_section(f"{key}[{place}].", item, usual)
    elif isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield _shown(f"{key}.{name}", _of_entry(str(name), declared, item), declared)
    else:
        yield _shown(key, _single(declared, value), declared, is_default=value == default)


def _is_section(value: object) -> bool:
    return dataclasses.is_dataclass(value)


def _shown(key: str, value: Any, declared: Option, *, is_default: bool = False) -> ShownOption:
    return ShownOption(key=key, value=value, is_default=is_default, words=declared.words)


def _of_entry(name: str, declared: Option, value: Any) -> Any:
    if isinstance(declared.takes, AnyTable) and _TELLING.search(name):
        return MASK
    return _plain(value)


def _single(declared: Option, value: Any) -> Any:
    if declared.takes is USER and value is not None:
        return MASK
    return _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; text is looked through for what stands in a wrong place."""
    match value:
        case None | bool() | float():
            return value
        case int() if type(value) is int:
            return value
        case str() | PurePath():
            return _text(str(value))
        case Mapping():
            return {str(name): _of_anything(str(name), item) for name, item in value.items()}
        case Sequence():
            return [_plain(item) for item in value]
    return str(value)


def _text(text: str) -> str:
    if "://" in text and "?" in text:
        return redacted(text.partition("?")[0]) + f"?{MASK}"  # some services sign in by it
    return redacted(text)


def _of_anything(name: str, value: Any) -> Any:
    return MASK if _TELLING.search(name) else _plain(value)
