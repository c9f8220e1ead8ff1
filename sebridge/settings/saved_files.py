"""The saved files of the first gateways: text <-> what it says. All that is wrong is told at once.

Source: the interface reference, saved files; where its samples are unclear: names are split at any
white space, addresses have any delimiters, truth values any case, text is `str` or `string`, and 0
is the server side of a cluster.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
import re
from typing import Any, Final, TypeVar

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.redaction import shown
from sebridge.model.plain import integer
from sebridge.settings.additions import (
    HIGHEST_ENDPOINT,
    AddedCluster,
    AddedEndpoint,
    is_plain_name,
)
from sebridge.settings.entries import Entry, Value, find

REGISTRY: Final = "registry_settings.ini"
DEVICES: Final = "devices.ini"
MODULES: Final = "modules.ini"
INTERFACES: Final = "interfaces.ini"
ENDPOINTS: Final = "endpoints.ini"
CLUSTERS: Final = "clusters.ini"
FILE_NAMES: Final = (REGISTRY, DEVICES, MODULES, INTERFACES, ENDPOINTS, CLUSTERS)

_ADDRESS: Final = re.compile(r"[\[(]?(?:[0-9A-Fa-f]{2}[:.\-]?){8}[\])]?!?")
_NOBODY: Final = frozenset({bytes(8), b"\xff" * 8})
_TRUTH: Final = {"true": True, "false": False}

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFiles:
    """What the files say, in their order; a setting that is None stands without a value."""

    registry: Mapping[str, Value | None] = field(default_factory=dict)
    devices: tuple[Eui64, ...] = ()
    modules: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    endpoints: tuple[AddedEndpoint, ...] = ()
    clusters: tuple[AddedCluster, ...] = ()


# ------------------------------------------------------------------ reading


def read_saved_files(texts: Mapping[str, str]) -> SavedFiles:
    """Return what files say, by their names; one that is left out says nothing.

    ConfigError names every problem with its file and line.
    """
    problems: list[str] = []
    readers = {name: _Lines(name, texts.get(name, ""), problems) for name in FILE_NAMES}
    found = SavedFiles(
        registry=readers[REGISTRY].table(_setting),
        devices=tuple(readers[DEVICES].table(lambda line: (_address(line), None))),
        modules=tuple(readers[MODULES].names()),
        interfaces=tuple(readers[INTERFACES].names()),
        endpoints=tuple(readers[ENDPOINTS].table(_keyed_endpoint).values()),
        clusters=tuple(readers[CLUSTERS].table(lambda line: (_cluster(line), None))),
    )
    if problems:
        raise ConfigError(problems)
    return found


class _Lines:
    """The lines of one file, read one by one; what is wrong with one does not hide the others."""

    def __init__(self, name: str, text: str, problems: list[str]) -> None:
        self._name = name
        self._lines = text.removeprefix("\ufeff").split("\n")
        self._problems = problems

    def table(self, read: Callable[[str], tuple[K, V]]) -> dict[K, V]:
        """Return what the lines say, each of another key."""
        found: dict[K, V] = {}
        places: dict[K, int] = {}
        for number, line in self._filled():
            try:
                key, value = read(line)
            except ParameterError as error:
                self._complain(number, str(error))
                continue
            if key in places:
                self._complain(number, f"is in line {places[key]} already")
                continue
            places[key], found[key] = number, value
        return found

    def names(self) -> list[str]:
        """Return the names that stand on the lines, one or more on each."""
        found: list[str] = []
        for number, line in self._filled():
            for name in line.split():
                if not is_plain_name(name):
                    self._complain(number, f"{shown(name)} is not the name of a module or class")
                elif name in found:
                    self._complain(number, f"{name} is there already")
                else:
                    found.append(name)
        return found

    def _filled(self) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(self._lines, 1):
            if line.strip():
                yield number, line.strip()

    def _complain(self, number: int, problem: str) -> None:
        self._problems.append(f"{self._name} (line {number}): {problem}")


def _setting(line: str) -> tuple[str, Value | None]:
    words = line.split(None, 2)
    entry = find(words[0])
    if len(words) == 1:
        return entry.name, None
    text = words[2] if len(words) > 2 else ""  # noqa: PLR2004  # name, type, value
    word = words[1].lower()
    if word not in _words_of(entry):
        raise ParameterError(words[0], f"is of type {_words_of(entry)[0]}")
    try:
        return entry.name, entry.convert(_truth(text) if word == "bool" else text)
    except ParameterError as error:
        raise ParameterError(words[0], error.problem) from error


def _words_of(entry: Entry[Any]) -> tuple[str, ...]:
    if isinstance(entry.default, bool):
        return ("bool",)
    return ("int",) if isinstance(entry.default, int) else ("str", "string")


def _address(line: str) -> Eui64:
    if not _ADDRESS.fullmatch(line):
        raise ParameterError("", f"{shown(line)} is not a 64-bit address of 16 hex digits")
    octets = bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", line))
    if octets in _NOBODY:
        raise ParameterError("", "is the address of no device")
    return Eui64(int.from_bytes(octets, "big"))


def _keyed_endpoint(line: str) -> tuple[int, AddedEndpoint]:
    words = _columns(line, 2, 5)
    entry = AddedEndpoint(
        endpoint_class=_class(words[0]),
        endpoint_id=_number("endpoint_id", words[1], HIGHEST_ENDPOINT, lowest=1),
        profile_id=_optional("profile_id", words[2], 0xFFFF),
        device_id=_optional("device_id", words[3], 0xFFFF),
        device_version=_optional("device_version", words[4], 0xF),
    )
    return entry.endpoint_id, entry


def _cluster(line: str) -> AddedCluster:
    words = _columns(line, 2, 5)
    return AddedCluster(
        cluster_class=_class(words[0]),
        endpoint_id=_number("endpoint_id", words[1], HIGHEST_ENDPOINT, lowest=1),
        server_or_client=_optional("server_or_client", words[2], 1),
        cluster_id=_optional("cluster_id", words[3], 0xFFFF),
        enable_APS_encryption=None if not words[4] else _truth(words[4]),
    )


def _columns(line: str, fewest: int, most: int) -> list[str]:
    """Return the words of a line, empty ones for those that are left out."""
    words = line.split()
    if not fewest <= len(words) <= most:
        raise ParameterError("", f"has {len(words)} columns, not {fewest} to {most}")
    return words + [""] * (most - len(words))


def _class(word: str) -> str:
    if not is_plain_name(word):
        raise ParameterError("", f"{shown(word)} is not the name of a class")
    return word


def _number(column: str, word: str, highest: int, lowest: int = 0) -> int:
    number = integer(word, column)
    if not lowest <= number <= highest:
        raise ParameterError(column, f"{shown(word)} is not in {lowest}..{highest}")
    return number


def _optional(column: str, word: str, highest: int) -> int | None:
    return _number(column, word, highest) if word else None


def _truth(word: str) -> bool:
    if word.lower() not in _TRUTH:
        raise ParameterError("", f"{shown(word)} is neither True nor False")
    return _TRUTH[word.lower()]


# ------------------------------------------------------------------ writing


def write_saved_files(saved: SavedFiles) -> dict[str, str]:
    """Return the text of each of the files; reading them gives the same again.

    A setting with two names goes by the older one, which is what the first gateways know.
    """
    lines = {
        REGISTRY: [_registry_line(name, value) for name, value in saved.registry.items()],
        DEVICES: [str(device).upper() for device in saved.devices],
        MODULES: saved.modules,
        INTERFACES: saved.interfaces,
        ENDPOINTS: [_endpoint_line(entry) for entry in saved.endpoints],
        CLUSTERS: [_cluster_line(entry) for entry in saved.clusters],
    }
    return {name: "".join(f"{line}\n" for line in lines[name]) for name in FILE_NAMES}


def _registry_line(name: str, value: Value | None) -> str:
    entry = find(name)
    shown = entry.names[-1]
    if value is None:
        return shown
    return f"{shown} {_words_of(entry)[0]} {value}"


def _endpoint_line(entry: AddedEndpoint) -> str:
    return _line(
        entry.endpoint_class,
        f"0x{entry.endpoint_id:02X}",
        _hexadecimal(entry.profile_id),
        _hexadecimal(entry.device_id),
        None if entry.device_version is None else str(entry.device_version),
    )


def _cluster_line(entry: AddedCluster) -> str:
    return _line(
        entry.cluster_class,
        f"0x{entry.endpoint_id:02X}",
        None if entry.server_or_client is None else str(entry.server_or_client),
        _hexadecimal(entry.cluster_id),
        None if entry.enable_APS_encryption is None else str(entry.enable_APS_encryption),
    )


def _line(*columns: str | None) -> str:
    """Return a line up to the last column that is given; ValueError for a gap before it."""
    given = [column for column in columns if column is not None]
    if None in columns[: len(given)]:
        raise ValueError("a column is missing before another one")
    return " ".join(given)


def _hexadecimal(number: int | None) -> str | None:
    return None if number is None else f"0x{number:04X}"
