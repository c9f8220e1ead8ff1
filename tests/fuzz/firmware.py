"""Files of firmware and indexes of them, as people put them into a folder."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from sebridge.base.errors import DecodeError
from sebridge.features.ota.image import MOST_ELEMENTS, read_image
from sebridge.features.ota.index import LONGEST_NOTES, read_index
from tests.features.ota.files import file_of
from tests.fuzz.mutation import changed, changed_document
from tests.fuzz.target import Target, must

_LONGEST = 2_000  # characters of a problem
_FOLDER = Path("/firmware")


class FirmwareSubject:
    """What reads an image, and what reads an index."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    async def take(self, octets: bytes) -> None:
        """Read it as an image and as an index; what is taken of either is whole and in place."""
        try:
            self._look_at_image(octets)
        except DecodeError as error:
            _check_words(str(error))
        try:
            self._look_at_index(octets)
        except DecodeError as error:
            _check_words(str(error))
        must(read_image(file_of()).file_version == 2, "a good image does not count")

    def _look_at_image(self, octets: bytes) -> None:
        header = read_image(octets)
        must(header.size == len(octets), "an image is not all of its file")
        must(header.text.isprintable(), "what cannot be printed is shown")
        must(0 < len(header.elements) <= MOST_ELEMENTS, "an image has too many parts, or none")
        last = header.elements[-1]
        must(last.offset + last.size == len(octets), "the parts do not fill the file")

    def _look_at_index(self, octets: bytes) -> None:
        index = read_index(octets)
        for _, problem in index.problems:
            _check_words(problem)
        for entry in index.entries:
            must((_FOLDER / entry.file).resolve().is_relative_to(_FOLDER), "a file is elsewhere")
            must(entry.notes.isprintable(), "what cannot be printed is shown")
            must(len(entry.notes) <= LONGEST_NOTES, "too much is shown")
            entry.checksum.fits(octets)


def _check_words(problem: str) -> None:
    must(problem, "nothing is said")
    must(len(problem) < _LONGEST, "too much is said")


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a file with changes in values or in octets."""
    octets = random.choice(seeds)
    if octets[:1] not in {b"[", b"{"} or random.random() < 0.3:
        return changed(random, octets, seeds)
    return changed_document(random, octets)


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[FirmwareSubject]:
    yield FirmwareSubject()


TARGET = Target(
    name="firmware",
    told="files of firmware, and indexes of them",
    subject=_subject,
    grow=grow,
    lasts=300,
    in_suite=100,
)
