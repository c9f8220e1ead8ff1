"""Take the saved files of an old gateway into the database, and write them from it."""

from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError
from sebridge.modules.additions_store import MOST_ADDED, AdditionsStore
from sebridge.modules.loaded_modules import BUILT_IN
from sebridge.network.directory import MAX_DEVICES
from sebridge.network.known_device import KnownDevice
from sebridge.settings.saved_files import (
    CLUSTERS,
    DEVICES,
    ENDPOINTS,
    FILE_NAMES,
    INTERFACES,
    MODULES,
    REGISTRY,
    SavedFiles,
    read_saved_files,
    write_saved_files,
)
from sebridge.storage.collection import OpenCollection
from sebridge.zcl.identifiers import HA_ENDPOINT, SE_ENDPOINT

_MOST_OCTETS: Final = 256 * 1024  # of one file
_ALWAYS_THERE: Final = frozenset({int(SE_ENDPOINT), int(HA_ENDPOINT)})


class Kept(msgspec.Struct, frozen=True):
    """The collections that the saved files tell of."""

    registry: MutableMapping[str, Any]
    devices: MutableMapping[Eui64, KnownDevice]
    additions: AdditionsStore

    @classmethod
    def by(cls, open_collection: OpenCollection) -> "Kept":
        """Return the collections of a database."""
        return cls(
            open_collection("registry", str, Any),
            open_collection("devices", Eui64, KnownDevice),
            AdditionsStore.kept_by(open_collection),
        )

    def saved(self) -> SavedFiles:
        """Return what the saved files are to say."""
        added = self.additions
        return SavedFiles(
            registry=dict(self.registry),
            devices=tuple(self.devices),
            modules=tuple(added.modules),
            interfaces=tuple(added.interfaces),
            endpoints=tuple(added.endpoints.values()),
            clusters=tuple(added.clusters.values()),
        )

    def take(self, saved: SavedFiles) -> None:
        """Keep what the files say beside what is kept; settings are replaced."""
        self.registry.update(saved.registry)
        for device in saved.devices:
            self.devices.setdefault(device, KnownDevice(eui64=device))
        self.additions.modules.update(dict.fromkeys(saved.modules, True))
        self.additions.interfaces.update(dict.fromkeys(saved.interfaces, True))
        self.additions.endpoints.update({e.endpoint_id: e for e in saved.endpoints})
        known = set(self.additions.clusters.values())
        for cluster in saved.clusters:
            if cluster not in known:
                self.additions.append_cluster(cluster)


def read_directory(directory: Path) -> SavedFiles:
    """Return what the files in a directory say; one that is not there says nothing.

    ConfigError names all that is wrong, also that none of the files is there.
    """
    problems: list[str] = []
    texts: dict[str, str] = {}
    for name in FILE_NAMES:
        if (directory / name).exists():
            texts[name] = _text(directory / name, problems)
    if not texts and not problems:
        raise ConfigError([f"{directory} has none of the files {', '.join(FILE_NAMES)}"])
    try:
        saved = read_saved_files(texts)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    return saved


def check(saved: SavedFiles, kept: Kept) -> None:
    """Raise ConfigError where files contradict what is kept, or would be too much beside it."""
    problems = []
    endpoints = kept.additions.endpoints
    for entry in saved.endpoints:
        if endpoints.get(entry.endpoint_id, entry) != entry:
            number = f"0x{entry.endpoint_id:02X}"
            problems.append(f"{ENDPOINTS}: the database has another endpoint {number}")
    if len(kept.devices.keys() | set(saved.devices)) > MAX_DEVICES:
        problems.append(f"{DEVICES}: more than {MAX_DEVICES} devices")
    added = kept.additions
    for name, here, there in (
        (MODULES, added.modules.keys(), saved.modules),
        (INTERFACES, added.interfaces.keys(), saved.interfaces),
        (ENDPOINTS, endpoints.keys(), [e.endpoint_id for e in saved.endpoints]),
        (CLUSTERS, added.clusters.values(), saved.clusters),
    ):
        if len({*here, *there}) > MOST_ADDED:
            problems.append(f"{name}: more than {MOST_ADDED} lines with those of the database")
    if problems:
        raise ConfigError(problems)


def warnings_of(saved: SavedFiles, modules: Path | None) -> list[str]:
    """Return what of the files will have no effect, or not at once; it is kept all the same."""
    numbers = {entry.endpoint_id for entry in saved.endpoints}
    told = [
        *_warnings_of_modules(saved.modules, modules),
        *(
            f"{ENDPOINTS}: endpoint 0x{number:02X} is part of the gateway, and stays as it is"
            for number in sorted(numbers & _ALWAYS_THERE)
        ),
        *(
            f"{CLUSTERS}: no line of {ENDPOINTS} has endpoint 0x{cluster.endpoint_id:02X}"
            for cluster in saved.clusters
            if cluster.endpoint_id not in numbers | _ALWAYS_THERE
        ),
    ]
    return list(dict.fromkeys(told))


def _warnings_of_modules(names: Iterable[str], directory: Path | None) -> Iterable[str]:
    for name in names:
        if name in BUILT_IN:
            continue
        if directory is None:
            yield f"{MODULES}: {name} is not loaded: modules.directory is not configured"
        elif not (directory / f"{name}.py").is_file():
            yield f"{MODULES}: {name} is not loaded until {directory} has {name}.py"


def summary(saved: SavedFiles) -> Iterable[str]:
    """Yield how much each file says."""
    counts = {
        REGISTRY: len(saved.registry),
        DEVICES: len(saved.devices),
        MODULES: len(saved.modules),
        INTERFACES: len(saved.interfaces),
        ENDPOINTS: len(saved.endpoints),
        CLUSTERS: len(saved.clusters),
    }
    return (f"{name}: {count}" for name, count in counts.items())


def write_directory(directory: Path, saved: SavedFiles) -> None:
    """Write the files into a directory; ConfigError where one of them is there already."""
    texts = write_saved_files(saved)
    there = [directory / name for name in texts if (directory / name).exists()]
    if there:
        raise ConfigError([f"{path} exists already" for path in there])
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"{directory} cannot be written: {error.strerror}"]) from error


def _text(path: Path, problems: list[str]) -> str:
    try:
        with path.open("rb") as file:
            octets = file.read(_MOST_OCTETS + 1)
        if len(octets) > _MOST_OCTETS:
            problems.append(f"{path.name} is longer than {_MOST_OCTETS // 1024} KiB")
            return ""
        return octets.decode("utf-8-sig")
    except OSError as error:
        problems.append(f"{path.name} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        problems.append(f"{path.name} is not UTF-8 text (octet {error.start})")
    return ""
