"""The images on this machine: those of a directory, and those that an index names.

What is read here blocks: it is done in a thread. Devices name no files: a device gets octets of an
image only that a person has chosen for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from sebridge.base.errors import DecodeError, RequestError
from sebridge.features.ota.firmware import FirmwareImage, ImageRef
from sebridge.features.ota.image import LARGEST, Checksum, read_image
from sebridge.features.ota.index import LARGEST_INDEX, IndexEntry, read_index

MOST_FILES: Final = 1000
"""Files of a directory that are looked at."""
MOST_REFUSALS: Final = 200
"""Files and entries of which is told why they are not offered."""

_Seen = tuple[int, int, Checksum | None]  # when it was changed, its size, what it was to have


class Refusal(msgspec.Struct, frozen=True):
    """A file, or an entry of the index, that is not offered, and why."""

    name: str
    reason: str


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: images, and why others are none.

    `kinds` has the images by manufacturer and type. `seen` says by its path what a file was when
    it was read, so that it is not read again.
    """

    images: Sequence[FirmwareImage] = ()
    kinds: Mapping[tuple[int, int], Sequence[FirmwareImage]] = msgspec.field(default_factory=dict)
    refusals: Sequence[Refusal] = ()
    seen: Mapping[Path, tuple[_Seen, FirmwareImage | str]] = msgspec.field(default_factory=dict)


EMPTY: Final = Shelf()


class ImageLibrary:
    """The images of a directory, or those that an index names, or both.

    Links are not followed: what is offered is in the directory, or in that of the index.
    """

    def __init__(self, directory: Path | None, index: Path | None) -> None:
        self._directory = directory
        self._index = index

    @property
    def is_configured(self) -> bool:
        """Whether there is any place to look for images."""
        return self._directory is not None or self._index is not None

    def look(self, before: Shelf = EMPTY) -> Shelf:
        """Read what is new since before, and return what is there now. Blocks."""
        search = _Search(before)
        if self._index is not None:
            search.take_index(self._index)
        if self._directory is not None:
            search.take_directory(self._directory)
        return search.shelf()

    def octets(self, image: ImageRef) -> bytes:
        """Return the file of an image; RequestError where it is not there, or another. Blocks."""
        for place in (self._directory, None if self._index is None else self._index.parent):
            path = None if place is None else place / image.name
            if path is None or not _is_inside(path, place):
                continue
            data = _octets(path, LARGEST)
            if Checksum.of(data).digest == image.sha512:
                return data
        raise RequestError(f"the file {image.name} is not there any more, or was changed")


class _Search:
    """Goes through places; each file counts once."""

    def __init__(self, before: Shelf) -> None:
        self._before = before.seen
        self._seen: dict[Path, tuple[_Seen, FirmwareImage | str]] = {}
        self._images: list[FirmwareImage] = []
        self._refusals: list[Refusal] = []

    def shelf(self) -> Shelf:
        kinds: dict[tuple[int, int], list[FirmwareImage]] = {}
        for image in self._images:
            header = image.header
            kinds.setdefault((header.manufacturer_code, header.image_type), []).append(image)
        return Shelf(
            images=tuple(self._images),
            kinds=kinds,
            refusals=tuple(self._refusals[:MOST_REFUSALS]),
            seen=self._seen,
        )

    def take_index(self, index: Path) -> None:
        try:
            found = read_index(_octets(index, LARGEST_INDEX))
        except (DecodeError, RequestError) as error:
            self._refuse(index.name, str(error))
            return
        for place, problem in found.problems:
            self._refuse(f"{index.name} {place}", problem)
        for entry in found.entries:
            self._take(index.parent / entry.file, index.parent, entry)

    def take_directory(self, directory: Path) -> None:
        files = _files(directory)
        try:
            for number, path in enumerate(files):
                if number == MOST_FILES:
                    self._refuse(directory.name, f"has more than {MOST_FILES} files")
                    return
                if path not in self._seen and path.suffix != ".json":
                    self._take(path, directory, None)
        except OSError as error:
            self._refuse(directory.name, f"cannot be read: {error.strerror}")

    def _take(self, path: Path, place: Path, entry: IndexEntry | None) -> None:
        name = path.relative_to(place).as_posix()
        try:
            found = self._look_at(path, place, name, entry)
        except OSError as error:
            found = f"cannot be read: {error.strerror}"
        if isinstance(found, str):
            self._refuse(name, found)
        else:
            self._images.append(found)

    def _look_at(
        self, path: Path, place: Path, name: str, entry: IndexEntry | None
    ) -> FirmwareImage | str:
        if not _is_inside(path, place):
            return "there is no such file" if entry is not None else "is a link, or no file"
        status = path.stat()
        state = (status.st_mtime_ns, status.st_size, None if entry is None else entry.checksum)
        seen = self._before.get(path)
        if seen is None or seen[0] != state:
            seen = state, _read(path, name, entry)
        self._seen[path] = seen
        return seen[1]

    def _refuse(self, name: str, reason: str) -> None:
        self._refusals.append(Refusal(name, reason))


def _read(path: Path, name: str, entry: IndexEntry | None) -> FirmwareImage | str:
    """Return what a file is: an image, or why it is none."""
    try:
        data = _octets(path, LARGEST)
        header = read_image(data, None if entry is None else entry.checksum)
        if entry is not None:
            entry.check(header)
    except (DecodeError, RequestError) as error:
        return str(error)
    if header.destination is not None:
        return "it is for one device alone"
    checksum = Checksum.of(data)
    if entry is None:
        return FirmwareImage(name=name, checksum=checksum, header=header)
    return FirmwareImage(
        name=name, checksum=checksum, header=header, limits=entry.limits, notes=entry.notes
    )


def _files(directory: Path) -> Iterator[Path]:
    """Yield the files of a directory and of those below it, by their names."""
    for path in sorted(directory.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


def _is_inside(path: Path, place: Path | None) -> bool:
    """Say whether there is a file, and no link leads out of its place."""
    return place is not None and path.is_file() and path.resolve().is_relative_to(place.resolve())


def _octets(path: Path, most: int) -> bytes:
    """Return the octets of a file; RequestError for one that is too large, or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise RequestError(f"cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise RequestError(f"is larger than {most} octets")
    return data
