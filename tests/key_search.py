"""Keys are only in the database, and in what is made to hold them: all else is searched for them.

Collected is each key of a test: every `Secret` that is made or revealed in its process, and what
the databases of programs have that it started. Searched is all that the test printed, logged and
published, what programs said, and the files that are left in its directory.
"""

import base64
from collections.abc import Iterator
import contextlib
import inspect
from pathlib import Path
import re
import sqlite3
import stat
import subprocess
from typing import Any, Final

from click.testing import CliRunner, Result
import pytest

from sebridge.base.secret import Secret
from sebridge.storage.schema import APPLICATION_ID

MARK: Final = "tells_keys"
PUBLIC: Final = {b"ZigBeeAlliance09": "the link key that every device comes with"}
"""What is no secret, though it is used as a key. The standard prints it."""

_SHORTEST: Final = 8  # octets: an installation code without its CRC has no fewer
_PAN_ID: Final = 8
_REGISTERS: Final = re.compile("xbee.*registers")
_VARIETY: Final = 4  # different octets; what has fewer stands for no key, or an empty one
_ROOT: Final = Path(__file__).parents[1]
_DIGITS: Final = b"0123456789abcdef"
_NO_DIGIT: Final = bytes(one for one in range(256) if one not in _DIGITS)
_PREFIX: Final = re.compile(rb"0x|\\x")
_APPLICATION: Final = slice(68, 72)  # of an SQLite file: whose it is
_OF_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_KEYS_IN_ROWS: Final = re.compile(r'"((?:[0-9a-f]{2}){8,40})"')
COLLECTIONS: Final = (
    "established_keys",
    "ezsp_keys",
    "ezsp_network",
    "link_keys",
    "network_plan",
    "simulated_authorities",
    "simulated_keys",
    "xbee_keys",
    "xbee_network",
    "xbee_registers",
)
"""Those of the database that hold keys, whole rows of them."""


def is_key(octets: bytes, name: str) -> bool:
    """Say whether octets are long and various enough to be found for what they are."""
    if len(octets) == _PAN_ID and _REGISTERS.search(name):
        return False  # an XBee keeps it as it keeps its keys
    return len(octets) >= _SHORTEST and len(set(octets)) >= _VARIETY and octets not in PUBLIC


class Haystack:
    """All that was told in one place, in the ways in which keys are looked for."""

    def __init__(self, place: str, text: bytes) -> None:
        self.place = place
        self._raw = text
        plain = _PREFIX.sub(b" ", text.lower())
        self._hexadecimal = plain.translate(None, _NO_DIGIT)  # whatever separates the digits
        self._decimal = text.translate(None, b" \n")

    def has(self, key: bytes) -> str | None:
        """Return how it tells a key, None if it does not."""
        for octets, order in ((key, ""), (key[::-1], ", backwards")):
            if octets.hex().encode() in self._hexadecimal:
                return f"in hexadecimal{order}"
            if octets in self._raw:
                return f"as it is{order}"
            if repr(octets)[2:-1].encode() in self._raw:
                return f"as Python writes octets{order}"
            if ",".join(map(str, octets)).encode() in self._decimal:
                return f"in decimal numbers{order}"
        if any(form in self._raw for form in _base64(key)):
            return "in base64"
        return None


def _base64(key: bytes) -> Iterator[bytes]:
    """Yield what is in every base64 text that has the key, wherever it begins there."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + key)
        inside = text[(0, 2, 3)[before] : len(text) - 4]
        yield inside
        yield inside.translate(bytes.maketrans(b"+/", b"-_"))


class KeySearch:
    """The keys of one test, and what it told."""

    def __init__(self) -> None:
        self._keys: dict[bytes, str] = {}
        self._told: dict[tuple[str, bytes], None] = {}

    def begin(self) -> None:
        """Forget the test before."""
        self._keys, self._told = {}, {}

    def key(self, octets: bytes, name: str) -> None:
        """Know a key, by a name that an error may tell."""
        if octets not in self._keys and is_key(octets, name):
            self._keys[octets] = name

    def told(self, place: str, text: bytes | str | None) -> None:
        """Know what was said somewhere."""
        if text:
            octets = text if isinstance(text, bytes) else text.encode(errors="backslashreplace")
            self._told[place, octets] = None

    def found(self) -> list[tuple[str, str, str]]:
        """Return the names of the keys that were told, where, and how."""
        places: dict[str, list[bytes]] = {}
        for place, text in list(self._told):
            places.setdefault(place, []).append(text)
        if not self._keys:
            return []
        haystacks = [Haystack(place, b"\n".join(texts)) for place, texts in places.items()]
        return [
            (name, haystack.place, how)
            for haystack in haystacks
            for key, name in list(self._keys.items())
            if (how := haystack.has(key)) is not None
        ]

    def look_into(self, directory: Path) -> None:
        """Take the keys from the databases below a directory, and the text of what is not private.

        Files that nobody but their owner may read may hold keys, as databases and backups do.
        """
        for file in sorted(one for one in directory.rglob("*") if one.is_file()):
            with file.open("rb") as opened:
                head = opened.read(_APPLICATION.stop)
            if head[_APPLICATION] == APPLICATION_ID.to_bytes(4, "big"):
                with contextlib.suppress(sqlite3.DatabaseError):  # some tests damage theirs
                    self._take_keys(file)
            if file.stat().st_mode & _OF_OTHERS:
                self.told(f"the file {file.relative_to(directory)}", file.read_bytes())

    def _take_keys(self, file: Path) -> None:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            for collection in COLLECTIONS:
                query = "SELECT value FROM entry WHERE collection = ?"
                for (value,) in database.execute(query, (collection,)):
                    for digits in _KEYS_IN_ROWS.findall(value):
                        self.key(bytes.fromhex(digits), f"a key of {collection} in {file.name}")


# ------------------------------------------------------------------ where all keys come by


SEARCH: Final = KeySearch()
"""The search of the test that runs. What hears something for a test tells it here."""


def watch_secrets() -> None:
    """Know every secret that is made or used in this process from now on."""
    make, reveal = Secret.__init__, Secret.reveal

    def making(self: Secret, octets: bytes) -> None:
        make(self, octets)
        SEARCH.key(reveal(self), f"a secret of {_caller()}")

    def revealing(self: Secret) -> bytes:
        octets = reveal(self)
        SEARCH.key(octets, f"a secret that is used in {_caller()}")
        return octets

    Secret.__init__ = making  # type: ignore[method-assign]
    Secret.reveal = revealing  # type: ignore[method-assign]


def _caller() -> str:
    """Return the place that calls the function that asks."""
    frame = inspect.currentframe()
    for _ in range(2):
        frame = frame and frame.f_back
    if frame is None:
        return "somewhere"
    file = Path(frame.f_code.co_filename)
    name = file.relative_to(_ROOT) if file.is_relative_to(_ROOT) else file.name
    return f"{name}:{frame.f_lineno}"


def watch_readings() -> None:
    """Know what tests read of what was printed, so that it is not in their reports any more."""
    invoke, read_captured = CliRunner.invoke, pytest.CaptureFixture.readouterr
    communicate = subprocess.Popen.communicate

    def invoking(self: CliRunner, *arguments: Any, **options: Any) -> Result:
        result = invoke(self, *arguments, **options)
        SEARCH.told("what a command printed", result.output)
        return result

    def reading(self: pytest.CaptureFixture[Any]) -> Any:
        captured = read_captured(self)
        for text in captured:
            SEARCH.told("what was printed", text)
        return captured

    def communicating(self: subprocess.Popen[Any], *arguments: Any, **options: Any) -> Any:
        streams = communicate(self, *arguments, **options)
        for text in streams:
            SEARCH.told("what a program printed", text)
        return streams

    CliRunner.invoke = invoking  # type: ignore[method-assign]
    pytest.CaptureFixture.readouterr = reading  # type: ignore[method-assign]
    subprocess.Popen.communicate = communicating  # type: ignore[method-assign]


def check(item: pytest.Item, report: pytest.TestReport) -> None:
    """Fail a test, when all of it is over, that told a key, or had to tell one and did not.

    `pytest.mark.tells_keys` names the places where one was asked for.
    """
    for title, text in report.sections:
        SEARCH.told(title, text)
    directory = getattr(item, "funcargs", {}).get("tmp_path")
    if directory is not None:
        SEARCH.look_into(directory)
    found = SEARCH.found()
    allowed = [str(place) for mark in item.iter_markers(MARK) for place in mark.args]
    problems = [
        f"{name} is in {place}, {how}" for name, place, how in found if place not in allowed
    ]
    asked_for = {place for _, place, _ in found}
    problems += [f"no key is in {place} any more" for place in allowed if place not in asked_for]
    if problems:
        report.sections = []  # which may have them
        report.outcome, report.longrepr = "failed", "\n".join(problems)
