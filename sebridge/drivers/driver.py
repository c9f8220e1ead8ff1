"""A driver: its manifest, and where it is from."""

from collections.abc import Mapping
import hashlib

import msgspec

from sebridge.drivers.manifest import DriverManifest, DriverPart, read_manifest
from sebridge.settings.options import ENGLISH


class Driver(msgspec.Struct, frozen=True):
    """A driver by its identifier, which is unique among those of its owner.

    `owner` is the plug-in that has brought it, empty for one that is part of the bridge. `digest`
    is that of its manifest: another one is another driver.
    """

    identifier: str
    owner: str
    manifest: DriverManifest
    parts: tuple[DriverPart, ...]
    digest: str

    @property
    def title(self) -> str:
        """The driver's name among all."""
        return f"{self.owner}/{self.identifier}" if self.owner else self.identifier

    @property
    def reports_otherwise(self) -> bool:
        """Whether it says when attributes are to be reported."""
        return any(endpoint.reporting for endpoint in self.manifest.zigbee.endpoints.values())

    def part_at(self, endpoint: int) -> DriverPart | None:
        """Return the part that has an endpoint; None where none of them does."""
        return next((part for part in self.parts if endpoint in part.endpoints), None)


def read_driver(identifier: str, octets: bytes, owner: str = "") -> Driver:
    """Return the driver with this manifest; ConfigError names all that is wrong with it."""
    manifest = read_manifest(octets)
    digest = hashlib.sha256(octets).hexdigest()[:16]
    return Driver(identifier, owner, manifest, manifest.parts, digest)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language, or in English where it has none in that."""
    return texts.get(language, texts[ENGLISH])
