"""Files that people bring: the configuration, and the saved files of an old gateway.

Both go through the command that a person would use. An input of saved files is their texts, each
behind a line `== name`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from random import Random
import sqlite3
import sys
from typing import Any

from click.testing import Result

from sebridge.settings.entries import ENTRIES
from sebridge.settings.options import Options
from sebridge.settings.saved_files import FILE_NAMES
from tests.cli.runner import run
from tests.fuzz.grammar import ADDRESSES
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, ViolationError, must
from tests.fuzz.watch import PLANTED, leaked

_MOST_CALLS = 40_000_000
"""Calls of functions for one input: some hundred times what a large file takes."""
_LONGEST = 1 << 20  # characters of what is said

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def counted_calls(most: int = _MOST_CALLS) -> Iterator[None]:
    """Raise ViolationError in what takes more steps than it may, on a machine of any speed."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"
        if calls > most:
            raise ViolationError("it takes too many steps")

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def _said(*arguments: str) -> Result:
    """Return what a command says; it ends well, or with a status and words."""
    with counted_calls():
        result = run(*arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    must(result.exit_code in {0, 1, 2}, f"the exit status is {result.exit_code}")
    must(result.output.strip(), "nothing is said")
    must("not a valid value" not in result.output, f"a bug is told: {result.output}")
    must("Traceback" not in result.output, "a bug is shown")
    must(len(result.output) < _LONGEST, f"{len(result.output)} characters are said")
    if result.exit_code:  # else it tells the name of a broker, which may look like anything
        must(not leaked(result.output, [PLANTED]), f"a key is told: {result.output}")
    must("\x1b" not in result.output, "a control sequence reaches the terminal")
    return result


# ------------------------------------------------------------------ the configuration


class ConfigurationSubject:
    """`sebridge check-config`."""

    def __init__(self, directory: Path) -> None:
        self.keys: set[str] = set()
        self._file = directory / "config.yaml"
        self._good = (ROOT / "config.example.yaml").read_bytes()

    async def take(self, octets: bytes) -> None:
        """Have a file checked, and then a good one."""
        for content, is_good in ((octets, False), (self._good, True)):
            self._file.write_bytes(content)
            result = await asyncio.to_thread(_said, "check-config", "-c", str(self._file))
            must(result.exit_code == 0 or not is_good, f"a good file is refused: {result.output}")


def grow_configuration(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a configuration file with changes in lines, values and octets."""
    lines = random.choice(seeds).decode(errors="replace").split("\n")
    others = [line for seed in seeds for line in seed.decode(errors="replace").split("\n")]
    for _ in range(random.choice((1, 2, 5))):
        place = random.randrange(len(lines))
        match random.randrange(5):
            case 0:
                lines[place:place] = [random.choice(others)]
            case 1:
                lines[place] = lines[place].replace("#", " ")
            case 2:
                name, colon, _ = lines[place].partition(":")
                lines[place] = f"{name}{colon} {random.choice(_YAML)}"
            case 3:
                lines[place : place + random.randrange(8)] = [""]
            case _:
                lines[place] = random.choice(others)
    octets = "\n".join(lines).encode()
    return changed(random, octets, seeds) if random.random() < 0.4 else octets


_YAML = (
    *("!secret x", "!secret", "!env_var HOME", "!env_var NO_SUCH 1", "!env_var", "!!python/name:x"),
    *("!!binary aGVsbG8=", "!!set {a}", "!!timestamp 2001-01-01", "&a [*a]", "*nobody", "? x"),
    *(
        "<<: {a: 1}",
        "[1, 2",
        "{a: b",
        "|",
        ">-",
        "'",
        '"\\ud800"',
        "http://[x]/",
        "https://x:99999/",
        '"\\x00"',
        "1_000",
        "0o17",
    ),
    *("0b1", "12:30:45", ".inf", ".nan", "-.INF", "1e400", "0x" + "f" * 300, "9" * 5000, "~", "="),
    *("mqtt://user:" + PLANTED + "@host:1883", "mqtts://[::1", "ws://", "embedded", PLANTED),
    *("[" * 30, "a" * 70_000, "\u2028", "\ufeff", "@x", "`x", "%YAML 9.9", "---", "...", "- - - -"),
    *("{}", "[]", "[{}]", "{? {} : {}}", "on", "No", "-0", "+1", "1.", ".5", "é", "😀", "\x85"),
)


@asynccontextmanager
async def _configuration(directory: Path) -> AsyncIterator[ConfigurationSubject]:
    yield ConfigurationSubject(directory)


CONFIGURATION = Target(
    name="configuration",
    told="the text of config.yaml",
    subject=_configuration,
    grow=grow_configuration,
    lasts=100,
    in_suite=60,
)


# ------------------------------------------------------------------ saved files

_HEAD = "== "


class SavedFilesSubject:
    """`sebridge import-files` and `export-files`."""

    def __init__(self, directory: Path) -> None:
        self.keys: set[str] = set()
        self._directory = directory
        self._number = 0

    async def take(self, octets: bytes) -> None:
        """Import; what was taken is exported and taken again, what was refused changed nothing."""
        self._number += 1
        place = self._directory / str(self._number)
        files, out, again = place / "in", place / "out", place / "again"
        _write(files, octets)
        configs = [_config(place / name) for name in ("first", "second")]
        taken = await asyncio.to_thread(_said, "import-files", str(files), "-c", configs[0])
        if taken.exit_code:
            must(_rows(place / "first") == [], "what was refused left something")
            return
        for arguments in (
            ("export-files", str(out), "-c", configs[0]),
            ("import-files", str(out), "-c", configs[1]),
            ("export-files", str(again), "-c", configs[1]),
        ):
            result = await asyncio.to_thread(_said, *arguments)
            must(result.exit_code == 0, f"{arguments[0]}: {result.output}")
        must(_read(out) == _read(again), "what was exported and taken again is another")


def _config(place: Path) -> str:
    place.mkdir(parents=True)
    file = place / "config.yaml"
    file.write_text("storage:\n  path: sebridge.db\n")
    return str(file)


def _rows(place: Path) -> list[Any]:
    file = place / Options().storage.path.name
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.execute("SELECT * FROM entry"))


def _read(directory: Path) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in FILE_NAMES}


def _write(directory: Path, octets: bytes) -> None:
    directory.mkdir(parents=True)
    name = FILE_NAMES[0].encode()
    found: dict[bytes, list[bytes]] = {}
    for line in octets.split(b"\n"):
        if line.startswith(_HEAD.encode()):
            name = line.removeprefix(_HEAD.encode())
        else:
            found.setdefault(name, []).append(line)
    for wanted in FILE_NAMES:
        if wanted.encode() in found:
            (directory / wanted).write_bytes(b"\n".join(found[wanted.encode()]))


def _lines(random: Random, name: str) -> Iterator[str]:
    number = random.choice(
        ("0x0A", "10", "0x5E", "94", "0", "240", "241", "0xFF", "-1", "x", "1e1")
    )
    for _ in range(random.choice((0, 1, 3, 20))):
        match FILE_NAMES.index(name):
            case 0:
                entry = random.choice(ENTRIES)
                kind = random.choice(("int", "str", "string", "bool", "x", ""))
                value = random.choice(
                    ("True", "false", "1", "0x10", "-1", "9" * 50, "a b", PLANTED, "", "é")
                )
                yield f"{random.choice(entry.names)} {kind} {value}"
            case 1:
                yield random.choice((*ADDRESSES, "[00:13:a2:00:40:5c:01:f7]!", PLANTED, "00-13"))
            case 2 | 3:
                yield random.choice(
                    ("garden", "Garden Interface", "a.b", "1x", "__init__", "é", "a" * 99)
                )
            case 4:
                yield f"Endpoint {number} 0x0109 {number} {number}"
            case _:
                cluster = random.choice(("MeteringClient", "x", "PriceServer", "a.b"))
                side = random.choice(("0", "1", "2", ""))
                yield f"{cluster} {number} {side} {number} {random.choice(('True', 'x', ''))}"


def grow_saved_files(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return texts of some files, right or nearly so."""
    if seeds and random.random() < 0.5:
        return changed(random, random.choice(seeds), seeds)
    names = random.sample(FILE_NAMES, random.choice((1, 2, 6)))
    texts = ["\n".join((f"{_HEAD}{name}", *_lines(random, name))) for name in names]
    octets = "\n".join(texts).encode()
    return changed(random, octets, seeds) if random.random() < 0.3 else octets


@asynccontextmanager
async def _saved_files(directory: Path) -> AsyncIterator[SavedFilesSubject]:
    yield SavedFilesSubject(directory)


SAVED_FILES = Target(
    name="saved-files",
    told="the saved files of an old gateway, imported",
    subject=_saved_files,
    grow=grow_saved_files,
    lasts=50,
    in_suite=60,
)
