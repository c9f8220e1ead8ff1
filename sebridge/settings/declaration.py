"""How an option of the configuration is declared, once: default, limits, words for people.

From these declarations come the schema (`schema.py`), and by `script/docs` the example, the options
of the app for Home Assistant, and the table of all keys.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
import dataclasses
from dataclasses import MISSING, dataclass
from typing import Any, Protocol, TypeVar, dataclass_transform, runtime_checkable

from sebridge.settings.kinds import AnyTable, Kind, ListOf, SectionsBy, TableOf

T = TypeVar("T")

Takes = Kind[Any] | ListOf | TableOf | SectionsBy | AnyTable | type
"""What may stand at a key; a class of options where it is a section with keys of its own."""

Problem = tuple[tuple[str | int, ...], str]
"""The keys and numbers that lead to a value, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AppOption:
    """How the app for Home Assistant offers an option: name and words in its form.

    `key` is its name among the app's options, where that is not <section>_<key>; `entry` is the key
    in a table that it sets; `takes` is what it takes, where that is not what the bridge takes. What
    is `optional` has no default in the form, so that the bridge's own holds; what `must_be_chosen`
    has none either.
    """

    name: str
    words: str
    key: str = ""
    entry: str = ""
    takes: str = ""
    optional: bool = False
    must_be_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """What is declared of a key. The default is MISSING where it must be given.

    `words` follow the key in the example. `shown` is how the default is written, where that is not
    evident; `example` is what may stand in its place.
    """

    takes: Takes
    words: str
    default: Any
    shown: str | None
    example: Any
    app: tuple[AppOption, ...]

    @property
    def is_needed(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING


def option(
    takes: Takes,
    words: str,
    *,
    default: Any = MISSING,
    shown: str | None = None,
    example: Any = None,
    app: AppOption | tuple[AppOption, ...] = (),
) -> Any:
    """Return a field of a section."""
    offered = app if isinstance(app, tuple) else (app,)
    metadata = {Option.__name__: Option(takes, words, default, shown, example, offered)}
    if isinstance(default, dict):  # a field takes none that could be changed
        return dataclasses.field(default_factory=lambda: dict(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(option,))
def section(kind: type[T]) -> type[T]:
    """Make a class of options a frozen dataclass, which is made with keywords."""
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


def options_of(kind: type) -> Mapping[str, Option]:
    """Return the options of a section by their keys, in their order."""
    names = fields_of(kind).items()
    by_field = {field.name: field for field in dataclasses.fields(kind)}
    return {key: by_field[name].metadata[Option.__name__] for key, name in names}


def fields_of(kind: type) -> Mapping[str, str]:
    """Return the names of a section's fields by its keys.

    They are the same, but where a key is a word of Python: `class` is that of the field `class_`.
    """
    return {field.name.removesuffix("_"): field.name for field in dataclasses.fields(kind)}


@runtime_checkable
class HasRules(Protocol):
    """A section with rules across its keys."""

    def problems(self) -> Iterable[Problem]:
        """Yield what is wrong, though each value by itself is right."""


def repeated(name: str, key: str, values: Sequence[object]) -> Iterator[Problem]:
    """Yield where a list of sections has a value again that only one of them may have."""
    first: dict[object, int] = {}
    for place, value in enumerate(values):
        earlier = first.setdefault(value, place)
        if earlier != place:
            yield (name, place, key), f"is that of {name}[{earlier}]"
