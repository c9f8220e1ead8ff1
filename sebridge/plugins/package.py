"""What a package of a plug-in may hold: checked as a whole before anything is written. Pure."""

from collections.abc import Iterable, Iterator, Sequence
import stat
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from sebridge.base.errors import ParameterError
from sebridge.base.redaction import shown
from sebridge.plugins.manifest import MANIFEST

MOST_OCTETS: Final = 16 * 1024 * 1024
"""Of a package."""
MOST_FILES: Final = 2_000
MOST_UNPACKED: Final = 64 * 1024 * 1024
"""Octets of all files."""
MOST_RATIO: Final = 100
"""How much larger all files may be than what they are packed in; text is some 10 times."""

_DEEPEST: Final = 12
_LONGEST_PART: Final = 100  # characters of a name between slashes
_FEW_OCTETS: Final = 1024 * 1024  # so much may come of next to nothing
_ENCRYPTED: Final = 0x1
_PLAIN: Final = frozenset({0, stat.S_IFREG, stat.S_IFDIR})
_METHODS: Final = frozenset({ZIP_STORED, ZIP_DEFLATED})


def check_members(members: Sequence[ZipInfo], package_octets: int) -> None:
    """Raise ParameterError, which names what is wrong, for a package that is not to be unpacked.

    The sizes are those that the package tells: whoever unpacks takes no octet more.
    """
    problem = next(problems_of_members(members, package_octets), None)
    if problem is not None:
        raise ParameterError("filename", problem)


def problems_of_members(members: Sequence[ZipInfo], package_octets: int) -> Iterator[str]:
    """Yield what is wrong with a package, in words that follow its name."""
    if len(members) > MOST_FILES:
        yield f"has more than {MOST_FILES} files and folders"
    for member in members:
        for problem in _problems_of(member):
            yield f"{shown(member.orig_filename)} {problem}"
    yield from _clashes(members)
    if MANIFEST not in {member.filename for member in members}:
        yield f"has no {MANIFEST} at its root"
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if packed > package_octets:
        yield "has files that share their octets"
    if unpacked > MOST_UNPACKED:
        yield f"has more than {MOST_UNPACKED} octets in its files"
    if unpacked > max(_FEW_OCTETS, MOST_RATIO * packed):
        yield f"becomes more than {MOST_RATIO} times as large"


def _problems_of(member: ZipInfo) -> Iterator[str]:
    """Yield what is wrong with one member, in words that follow its name."""
    name = member.orig_filename  # the other one ends at a zero octet
    parts = name.removesuffix("/").split("/")
    if not name.isprintable() or "\\" in name or ":" in name:
        yield "has a character that no name may have"
    if name.startswith("/") or any(part in {"", ".", ".."} for part in parts):
        yield "leads out of the folder, or is no plain path"
    if len(parts) > _DEEPEST or any(len(part) > _LONGEST_PART for part in parts):
        yield "is too long or too deep"
    if stat.S_IFMT(member.external_attr >> 16) not in _PLAIN:
        yield "is a link or a device; only files and folders are taken"
    if member.flag_bits & _ENCRYPTED:
        yield "is encrypted"
    if member.compress_type not in _METHODS:
        yield "is packed in a way that not everybody can unpack"


def _clashes(members: Iterable[ZipInfo]) -> Iterator[str]:
    """Yield names that would be the same file, also where case does not count."""
    files: set[str] = set()
    folders: set[str] = set()
    for member in members:
        path = member.filename.casefold()
        above = path.removesuffix("/").split("/")
        folders.update("/".join(above[:depth]) for depth in range(1, len(above)))
        if member.is_dir():
            folders.add(path.removesuffix("/"))
        elif path in files:
            yield f"{shown(member.filename)} is there twice"
        else:
            files.add(path)
    for path in sorted(files & folders):
        yield f"{shown(path)} is a file and a folder"
