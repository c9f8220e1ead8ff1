"""Validators of configuration values: single ones, and sections, lists and tables of them.

They take the scalars of `document.py` and raise voluptuous' Invalid, saying what is wrong in whole
words and never showing what is hidden.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
import re
from typing import Any, Final

import voluptuous as vol

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.model.values import integer, typed
from sebridge.settings.document import Scalar, meaning

Validator = Callable[[Any], Any]

_DEFAULT: Final = object()

# ------------------------------------------------------------------ single values


def single(value: Any) -> Scalar:
    """Return the scalar; a mapping or a list is no single value."""
    if not isinstance(value, Scalar):
        raise vol.Invalid("must be a single value")
    return value


def whole(low: int, high: int) -> Validator:
    """Return a validator of whole numbers, limits included."""

    def validate(value: Any) -> int:
        scalar = single(value)
        try:
            found = integer(scalar.value)
        except ParameterError:
            raise vol.Invalid(f"{scalar} is not a whole number") from None
        if not low <= found <= high:
            raise vol.Invalid(f"{scalar} is not in {low}..{high}")
        return found

    return validate


def number(low: float, high: float) -> Validator:
    """Return a validator of numbers, limits included."""

    def validate(value: Any) -> float:
        scalar = single(value)
        found = meaning(scalar.text)  # YAML 1.1 takes 1e3 for text
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise vol.Invalid(f"{scalar} is not a number")
        if not low <= found <= high:
            raise vol.Invalid(f"{scalar} is not in {low:g}..{high:g}")
        return float(found)

    return validate


def truth(value: Any) -> bool:
    """Validate true or false."""
    scalar = single(value)
    if not isinstance(scalar.value, bool):
        raise vol.Invalid(f"{scalar} is neither true nor false")
    return scalar.value


def text(pattern: str = r"[^\x00]+", problem: str = "is not allowed") -> Validator:
    """Return a validator of text; numbers and the like are taken as they were written."""

    def validate(value: Any) -> str:
        scalar = single(value)
        if not re.fullmatch(pattern, scalar.text):
            raise vol.Invalid(f"{scalar} {problem}")
        return scalar.text

    return validate


def choice(*words: str) -> Validator:
    """Return a validator of one of these words."""

    def validate(value: Any) -> str:
        scalar = single(value)
        if scalar.text not in words:
            raise vol.Invalid(f"{scalar} is none of {', '.join(words)}")
        return scalar.text

    return validate


def address(value: Any) -> Eui64:
    """Validate a 64-bit address."""
    scalar = single(value)
    try:
        found: Eui64 = typed(Eui64, scalar.text)
    except ParameterError:
        raise vol.Invalid(f"{scalar} is not a 64-bit address of 16 hex digits") from None
    return found


def password(value: Any) -> Secret:
    """Take any single value, as it was written, as a secret."""
    return Secret(single(value).text.encode())


def path(value: Any) -> Path:
    """Validate the name of a file, without looking for the file."""
    return Path(text()(value))


# ------------------------------------------------------------------ many values


def section(
    keys: Mapping[str, Validator],
    make: Callable[..., Any],
    check: Callable[[Any], None] = lambda _: None,
    needed: Sequence[str] = (),
) -> Validator:
    """Return a validator of a mapping with these keys, which makes the options of it.

    A key without a value counts as left out; `needed` ones must have one. `check` knows the rules
    across keys. All that is wrong is raised at once.
    """
    schema = vol.Schema({name: _or_default(keys[name]) for name in keys})

    def validate(value: Any) -> Any:
        if not isinstance(value, dict):
            raise vol.Invalid("must be a mapping of keys")
        problems = [_unknown(name, keys) for name in value if name not in keys]
        missing = [name for name in needed if name not in value or _is_empty(value[name])]
        problems += [vol.Invalid("is missing", path=[name]) for name in missing]
        given, wrong = _given(schema, {name: value[name] for name in value if name in keys})
        problems += wrong
        made = None
        if given.keys() >= set(needed):
            try:
                made = make(**given)
                check(made)
            except vol.Invalid as error:
                problems += _all(error)
        if problems:
            raise vol.MultipleInvalid(problems)
        return made

    return validate


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


def _all(error: vol.Invalid) -> list[vol.Invalid]:
    return error.errors if isinstance(error, vol.MultipleInvalid) else [error]


def _is_empty(value: Any) -> bool:
    return isinstance(value, Scalar) and value.value is None


def _or_default(validator: Validator) -> Validator:
    def validate(value: Any) -> Any:
        return _DEFAULT if _is_empty(value) else validator(value)

    return validate


def _unknown(name: str, keys: Mapping[str, Any]) -> vol.Invalid:
    near = get_close_matches(name, keys, n=1)
    return vol.Invalid(f"is unknown; is {near[0]} meant?" if near else "is unknown", path=[name])


def each(validator: Validator) -> Validator:
    """Return a validator of a list; the problems of all items are reported."""

    def validate(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise vol.Invalid("must be a list")
        return tuple(_collected(enumerate(value), lambda _, item: validator(item)).values())

    return validate


def table(validator: Callable[[str, Any], Any]) -> Validator:
    """Return a validator of a mapping with any keys."""

    def validate(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise vol.Invalid("must be a mapping of keys")
        return _collected(value.items(), validator)

    return validate


def _collected(items: Any, validator: Callable[[Any, Any], Any]) -> dict[Any, Any]:
    good: dict[Any, Any] = {}
    problems: list[vol.Invalid] = []
    for key, item in items:
        try:
            good[key] = validator(key, item)
        except vol.Invalid as error:
            error.prepend([key])
            problems += _all(error)
    if problems:
        raise vol.MultipleInvalid(problems)
    return good


def as_given(value: Any) -> Any:
    """Return plain values; whoever uses them checks them."""
    if isinstance(value, dict):
        return {key: as_given(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_given(item) for item in value]
    return value.value
