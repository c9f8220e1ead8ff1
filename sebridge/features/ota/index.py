"""An index of images: a JSON file in the form of zigpy or of Zigbee2MQTT. Pure.

That of zigpy is an object with a list `firmwares`, that of Zigbee2MQTT a list. Both name where an
image is to be had; only files beside the index are read, so of an address on the web only the name
of the file counts.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Meta

from sebridge.base.errors import DecodeError
from sebridge.base.printable import printable
from sebridge.features.ota.firmware import Limits
from sebridge.features.ota.image import Checksum, ImageHeader
from sebridge.rpc.json_codec import parse

LARGEST_INDEX: Final = 4 * 1024 * 1024
"""Octets of the largest index that is read; that of all images of Zigbee2MQTT has one."""
MOST_ENTRIES: Final = 4096
LONGEST_NOTES: Final = 255
"""Characters of the maker's words that are kept."""

_MOST_NAMES: Final = 64

_U16 = Annotated[int, Meta(ge=0, le=0xFFFF)]
_U32 = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
_Name = Annotated[str, Meta(max_length=256)]
_Names = Annotated[tuple[_Name, ...], Meta(max_length=_MOST_NAMES)]

K = TypeVar("K")


class IndexEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What an index says of one image. `file` is its path below the directory of the index."""

    file: str
    manufacturer_code: int
    image_type: int
    file_version: int
    size: int | None
    checksum: Checksum
    limits: Limits
    notes: str

    def check(self, header: ImageHeader) -> None:
        """Raise DecodeError where a file is not what the index says."""
        for name, told in (
            ("manufacturer_code", self.manufacturer_code),
            ("image_type", self.image_type),
            ("file_version", self.file_version),
            ("size", self.size),
        ):
            found = getattr(header, name)
            if told not in {None, found}:
                raise DecodeError(f"its {name} is {found}, and the index says {told}")


class Index(msgspec.Struct, frozen=True):
    """The entries of an index, and for each that cannot be used where it stands, and why."""

    entries: Sequence[IndexEntry]
    problems: Sequence[tuple[str, str]]


def read_index(document: bytes) -> Index:
    """Read an index; DecodeError for what is none, as a whole."""
    value = parse(document, LARGEST_INDEX)
    kind: Any = _Zigbee2MqttEntry
    listed, place = value, ""
    if isinstance(value, dict) and "firmwares" in value:
        kind, listed, place = _ZigpyEntry, value["firmwares"], "firmwares"
    if not isinstance(listed, list):
        raise DecodeError("an index is a list of images, or an object with a list `firmwares`")
    if len(listed) > MOST_ENTRIES:
        raise DecodeError(f"the index has {len(listed)} images, and {MOST_ENTRIES} are the most")
    entries: list[IndexEntry] = []
    problems: list[tuple[str, str]] = []
    for number, item in enumerate(listed):
        try:
            entries.append(msgspec.convert(item, kind).entry())
        except (msgspec.ValidationError, DecodeError) as error:
            problems.append((f"{place}[{number}]", str(error)))
    return Index(entries, problems)


class _ZigpyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An image, as the indexes of zigpy's remote and local providers have it."""

    manufacturer_id: _U16
    image_type: _U16
    file_version: _U32
    checksum: str
    file_size: int | None = None
    path: str | None = None
    binary_url: str | None = None
    min_hardware_version: int | None = None
    max_hardware_version: int | None = None
    min_current_file_version: int | None = None
    max_current_file_version: int | None = None
    model_names: _Names = ()
    manufacturer_names: _Names = ()
    changelog: str | None = None
    release_notes: str | None = None

    def entry(self) -> IndexEntry:
        return IndexEntry(
            file=_file_of(self.path, self.binary_url),
            manufacturer_code=self.manufacturer_id,
            image_type=self.image_type,
            file_version=self.file_version,
            size=self.file_size,
            checksum=Checksum.parse(self.checksum),
            limits=Limits(
                lowest_hardware=self.min_hardware_version,
                highest_hardware=self.max_hardware_version,
                lowest_version=self.min_current_file_version,
                highest_version=self.max_current_file_version,
                models=self.model_names,
                makers=self.manufacturer_names,
            ),
            notes=_words(self.changelog or self.release_notes),
        )


class _Zigbee2MqttEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An image, as the indexes of Zigbee2MQTT have it."""

    manufacturer_code: _U16
    image_type: _U16
    file_version: _U32
    sha512: str
    file_size: int | None = None
    path: str | None = None
    url: str | None = None
    hardware_version_min: int | None = None
    hardware_version_max: int | None = None
    min_file_version: int | None = None
    max_file_version: int | None = None
    model_id: _Name | None = None
    manufacturer_name: _Names = ()
    release_notes: str | None = None

    def entry(self) -> IndexEntry:
        return IndexEntry(
            file=_file_of(self.path, self.url),
            manufacturer_code=self.manufacturer_code,
            image_type=self.image_type,
            file_version=self.file_version,
            size=self.file_size,
            checksum=Checksum.parse(f"sha512:{self.sha512}"),
            limits=Limits(
                lowest_hardware=self.hardware_version_min,
                highest_hardware=self.hardware_version_max,
                lowest_version=self.min_file_version,
                highest_version=self.max_file_version,
                models=() if self.model_id is None else (self.model_id,),
                makers=self.manufacturer_name,
            ),
            notes=_words(self.release_notes),
        )


def _file_of(path: str | None, url: str | None) -> str:
    """Return the file that an entry means; DecodeError for none, or one that is elsewhere."""
    told = path or url
    if not told:
        raise DecodeError("it names no file")
    try:
        parts = urlsplit(told)
    except ValueError as error:
        raise DecodeError("it names no file that can be read") from error
    file = PurePosixPath(told)
    if path is None and parts.scheme:
        file = PurePosixPath(PurePosixPath(unquote(parts.path)).name)
    if file.is_absolute() or ".." in file.parts or not file.name or "\0" in str(file):
        raise DecodeError("it names a file that is not beside the index")
    return str(file)


def _words(text: str | None) -> str:
    """Return the maker's words: what can be printed of them, in one line, and not too long."""
    words = " ".join((text or "")[: 4 * LONGEST_NOTES].split())
    return printable(words)[:LONGEST_NOTES]
