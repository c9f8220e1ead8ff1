"""config.yaml -> Options. All that is wrong is reported at once, each with its key and line."""

from collections.abc import Mapping
import dataclasses
import os
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from sebridge.base.errors import ConfigError
from sebridge.settings.document import (
    MAX_OCTETS,
    NO_TEXT,
    Document,
    Origin,
    Tag,
    UnknownNameError,
    parse,
)
from sebridge.settings.options import Options
from sebridge.settings.scalar import Scalar, is_text, meaning
from sebridge.settings.schema import read_section

V = TypeVar("V")

_PREFIX: Final = "SEBRIDGE_"
_BETWEEN: Final = "__"
_LAST: Final = MAX_OCTETS  # sorts problems of the environment behind those of any line


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options of a file; ConfigError names all that is wrong with it."""
    return read(_file(path), path.parent, environment)


def read(text: str, directory: Path, environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options that the text of a configuration file describes.

    Relative paths, and `!secret` in secrets.yaml, are looked up in `directory`. A variable
    SEBRIDGE_<SECTION>__<KEY> of the environment wins over the text; `!env_var NAME default` asks
    for any variable. ConfigError names all that is wrong, and never shows a secret.
    """
    tags: dict[str, Tag] = {
        "!secret": _Secrets(directory / "secrets.yaml"),
        "!env_var": lambda words: _variable(words, environment),
    }
    document = parse(text, tags)
    _override(document, environment)
    options = read_section(Options, document)
    if options is None or document.problems:
        raise ConfigError([problem for _, problem in sorted(document.problems)])
    return _below(directory, options)


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
        if len(octets) > MAX_OCTETS:
            raise ConfigError([f"{path} is longer than {MAX_OCTETS // 1024} KiB"])
        return octets.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path} is not UTF-8 text (octet {error.start})"]) from error


class _Secrets:
    """The values of secrets.yaml, read when the first is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._document: Document | None = None

    def __call__(self, name: str) -> Scalar:
        if self._document is None:
            self._document = self._read()
        if self._document.problems:
            raise UnknownNameError(f"{self._path.name} is wrong: {self._document.problems[0][1]}")
        found = self._document.tree.get(name)
        if not isinstance(found, Scalar):
            raise UnknownNameError(f"{self._path.name} has no value {name}")
        return Scalar(found.text, found.value, hidden=True)

    def _read(self) -> Document:
        try:
            return parse(_file(self._path), {})
        except ConfigError as error:
            return Document(problems=[(0, problem) for problem in error.problems])


def _variable(words: str, environment: Mapping[str, str]) -> Scalar:
    name, _, default = words.strip().partition(" ")
    text = environment.get(name, default.strip())
    if name not in environment and not default:
        raise UnknownNameError(f"the environment has no variable {name}, and no default is given")
    return Scalar(text, meaning(text), hidden=True)


def _override(document: Document, environment: Mapping[str, str]) -> None:
    """Put SEBRIDGE_MQTT__PASSWORD and the like into the tree; an empty one counts as not there."""
    for variable in sorted(environment):
        text = environment[variable]
        if variable.startswith(_PREFIX) and _BETWEEN in variable and text:
            place = tuple(variable.removeprefix(_PREFIX).lower().split(_BETWEEN))
            origin = Origin(variable, _LAST)
            branch = _branch(document, place[:-1], origin)
            if not is_text(variable + text):
                document.problems.append((_LAST, f"{variable!a}: {NO_TEXT}"))
            elif branch is not None:
                branch[place[-1]] = Scalar(text, meaning(text), hidden=True)
                document.origins[place] = origin


def _branch(document: Document, place: tuple[str, ...], origin: Origin) -> dict[str, Any] | None:
    """Return the mapping at a place, made where there is none; None where the file is wrong."""
    branch = document.tree
    for length, name in enumerate(place, 1):
        below = branch.get(name)
        if below is None or (isinstance(below, Scalar) and below.value in (None, True, False)):
            below = branch[name] = {}
            document.origins.setdefault(place[:length], origin)
        if not isinstance(below, dict):
            return None
        branch = below
    return branch


def _below(directory: Path, value: V) -> V:
    """Return the options with each relative path taken as below the directory."""
    if isinstance(value, Path):
        return cast("V", directory / value.expanduser())
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    present = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    changed = {name: _below(directory, part) for name, part in present.items()}
    return dataclasses.replace(value, **changed)
