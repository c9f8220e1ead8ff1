"""The one compiler of the declarations: classes of options become the schema of the configuration.

It takes the tree of `document.py`. All that is wrong is raised at once, as voluptuous' Invalid with
the path to the value, in whole words and without what is hidden.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

import voluptuous as vol

from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.suggestion import suggestion
from sebridge.settings.declaration import HasRules, Option, Takes, fields_of, options_of
from sebridge.settings.document import MAX_OCTETS, Document, parse
from sebridge.settings.kinds import TRUTH, AnyTable, Kind, ListOf, SectionsBy, TableOf
from sebridge.settings.scalar import Scalar, meaning

T = TypeVar("T")
V = TypeVar("V")

Validator = Callable[[Any], Any]

_DEFAULT: Final = object()


def validator_of(takes: Takes) -> Validator:
    """Return what validates a value, and makes of it what the options hold."""
    match takes:
        case Kind():
            return partial(_single, takes)
        case ListOf():
            return partial(_list, takes, validator_of(takes.items))
        case TableOf():
            return partial(
                _table, takes.names, lambda name: validator_of(_said(takes.values, name))
            )
        case SectionsBy():
            below = validator_of(takes.section)
            return partial(_table, takes.names, lambda _name: below)
        case AnyTable():
            return _any_table
    return section(takes, takes)


# ------------------------------------------------------------------ sections


def section(kind: type, make: Callable[..., Any]) -> Validator:
    """Return a validator of a mapping with the keys of a class, which makes the options of it.

    A key without a value counts as left out; those without a default must have one.
    """
    options, fields = options_of(kind), fields_of(kind)
    needed = [name for name, option in options.items() if option.is_needed]
    schema = vol.Schema({name: _or_default(_of_key(option)) for name, option in options.items()})

    def validate(value: Any) -> Any:
        tree = _mapping(value)
        problems = [_unknown(name, options) for name in tree if name not in options]
        missing = [name for name in needed if name not in tree or _is_empty(tree[name])]
        problems += [vol.Invalid("is missing", path=[name]) for name in missing]
        given, wrong = _given(schema, {name: tree[name] for name in tree if name in options})
        problems += wrong
        made = None
        if given.keys() >= set(needed):
            made = make(**{fields[key]: item for key, item in given.items()})
            if isinstance(made, HasRules):
                problems += [vol.Invalid(text, path=list(path)) for path, text in made.problems()]
        if problems:
            raise vol.MultipleInvalid(problems)
        return made

    return validate


def _of_key(option: Option) -> Validator:
    """Return the validator of a key; a section begins with what its default says."""
    kind, default = option.takes, option.default
    if not isinstance(kind, type):
        return validator_of(kind)
    if isinstance(default, kind):
        return section(kind, partial(replace, default))  # type: ignore[type-var]  # a dataclass
    if any(below.is_needed for below in options_of(kind).values()):
        return section(kind, kind)
    return partial(_switched, kind, section(kind, kind))


def _switched(kind: type, validator: Validator, value: Any) -> Any:
    """Take `true` for a section with its defaults, and `false` for none."""
    if isinstance(value, Scalar):
        return kind() if _said(TRUTH.read, value) else None
    return validator(value)


def _given(schema: vol.Schema, value: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Return what is right, without the keys that have no value, and what is wrong."""
    wrong: list[vol.Invalid] = []
    try:
        made = schema(value)
    except vol.MultipleInvalid as error:
        wrong = error.errors
        keys = {problem.path[0] for problem in wrong}
        made = schema({name: item for name, item in value.items() if name not in keys})
    return {name: item for name, item in made.items() if item is not _DEFAULT}, wrong


def _is_empty(value: Any) -> bool:
    return isinstance(value, Scalar) and value.value is None


def _or_default(validator: Validator) -> Validator:
    def validate(value: Any) -> Any:
        return _DEFAULT if _is_empty(value) else validator(value)

    return validate


def _unknown(name: str, keys: Iterable[str]) -> vol.Invalid:
    return vol.Invalid(f"is unknown{suggestion(name, keys)}", path=[name])


# ------------------------------------------------------------------ values, lists, tables


def _single(kind: Kind[Any], value: Any) -> Any:
    if not isinstance(value, Scalar):
        raise vol.Invalid("must be a single value")
    return _said(kind.read, value)


def _list(kind: ListOf, validator: Validator, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        if not kind.or_one:
            raise vol.Invalid("must be a list")
        return _said(kind.finish, (validator(value),))
    items = _collected(enumerate(value), lambda place, item: (place, validator(item)))
    return _said(kind.finish, tuple(items.values()))


def _table(
    names: Kind[Any], validator_at: Callable[[str], Validator], value: Any
) -> dict[Any, Any]:
    def read(name: str, item: Any) -> tuple[Any, Any]:
        validator = validator_at(name)
        return _said(names.read, Scalar(name, meaning(name))), validator(item)

    return _collected(_mapping(value).items(), read)


def _any_table(value: Any) -> dict[str, Any]:
    return {name: _plain(item) for name, item in _mapping(value).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise vol.Invalid("must be a mapping of keys")
    return value


def _collected(
    items: Iterable[tuple[Any, Any]], read: Callable[[Any, Any], tuple[Any, Any]]
) -> dict[Any, Any]:
    """Return what was read of all items; the problems of all of them are raised."""
    good: dict[Any, Any] = {}
    problems: list[vol.Invalid] = []
    for key, item in items:
        try:
            name, found = read(key, item)
        except vol.Invalid as error:
            error.prepend([key])
            problems += error.errors if isinstance(error, vol.MultipleInvalid) else [error]
        else:
            good[name] = found
    if problems:
        raise vol.MultipleInvalid(problems)
    return good


def _said(read: Callable[[T], V], value: T) -> V:
    """Return what is read; what is wrong with it is said as voluptuous has it."""
    try:
        return read(value)
    except ParameterError as error:
        raise vol.Invalid(error.problem) from None  # the chain could show what is hidden


def read_section(kind: type[T], document: Document) -> T | None:
    """Return the options of a class that the tree of a document says.

    None where it is wrong: what is wrong is added to the problems of the document.

    The schema is wanted once, at the start, and is large: nobody keeps it.
    """
    try:
        made: T = section(kind, kind)(document.tree)
    except vol.MultipleInvalid as error:
        for problem in error.errors:
            place = tuple(part if isinstance(part, int) else str(part) for part in problem.path)
            document.complain(place, problem.msg)
        return None
    return made


def read_file(kind: type[T], octets: bytes, name: str) -> tuple[T, Document]:
    """Return the options that a file of this name says, and where it says them.

    ConfigError names all that is wrong, with keys and lines.
    """
    if len(octets) > MAX_OCTETS:
        raise ConfigError([f"{name} is longer than {MAX_OCTETS // 1024} KiB"])
    try:
        document = parse(octets.decode("utf-8-sig"), {})
    except UnicodeDecodeError as error:
        raise ConfigError([f"{name} is not UTF-8 text (octet {error.start})"]) from error
    found = None if document.problems else read_section(kind, document)
    if found is None:
        raise ConfigError([f"{name}: {problem}" for _, problem in sorted(document.problems)])
    return found, document
