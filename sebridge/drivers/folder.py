"""A driver's folder: `driver.yml`, pictures, and in `devices` what devices say of themselves."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sebridge.base.errors import ConfigError, ParameterError
from sebridge.drivers.driver import Driver, read_driver
from sebridge.drivers.snapshot import problems_of, read_snapshot
from sebridge.plugins.manifest import DRIVER_MANIFEST as MANIFEST

DEVICES: Final = "devices"
"""Where the snapshots are."""


def read_drivers(files: Mapping[str, bytes], owner: str) -> list[Driver]:
    """Return the drivers of a plug-in, of their manifests by their identifiers.

    ConfigError names all that is wrong with the first that is not right.
    """
    found = []
    for identifier, octets in files.items():
        try:
            found.append(read_driver(identifier, octets, owner))
        except ConfigError as error:
            named = [f"driver {identifier}: {problem}" for problem in error.problems]
            raise ConfigError(named) from error
    return found


def problems_in(folder: Path) -> Iterator[str]:
    """Yield all that is wrong with the driver in a folder, each with its file.

    A driver has one snapshot at least: that is its test.
    """
    try:
        driver = read_driver(folder.name, (folder / MANIFEST).read_bytes())
    except OSError as error:
        yield f"{MANIFEST} cannot be read: {error.strerror}"
        return
    except ConfigError as error:
        yield from error.problems
        return
    learn_mode = driver.manifest.zigbee.learnmode
    image = None if learn_mode is None else learn_mode.image
    if image is not None and not (folder / image).is_file():
        yield f"{MANIFEST}: zigbee.learnmode.image: there is no {image}"
    yield from _problems_of_snapshots(driver, folder / DEVICES)


def _problems_of_snapshots(driver: Driver, folder: Path) -> Iterator[str]:
    snapshots = sorted(folder.glob("*.json"))
    if not snapshots:
        yield f"{DEVICES} has no snapshot of a device"
    for path in snapshots:
        try:
            snapshot = read_snapshot(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ParameterError) as error:
            yield f"{DEVICES}/{path.name}: {error}"
        else:
            for problem in problems_of(driver, snapshot):
                yield f"{DEVICES}/{path.name}: {problem}"
