"""The file of a support report: what is in it, how large it may be, and a last look for secrets."""

import base64
import io
import json
from pathlib import Path
from typing import Any
import zipfile

import pytest

from sebridge import __version__
from sebridge.api.log import LogLine
from sebridge.app.report import LARGEST, LARGEST_PART, log_text, report_of, versions_part
from sebridge.settings.config import read
from tests.key_search import Haystack

NOW = 1_796_000_000.0
PASSWORD = b"correct horse"
HASH = bytes(range(3, 35))
OPTIONS = read(
    f"mqtt: {{password: {PASSWORD.decode()}}}\ngateway: {{message_pin: 4815}}", Path(), {}
)
WITH_TOKEN = read(
    f"http: {{tokens: [{{name: me, scope: read, hash: {HASH.hex()}}}]}}\n"
    f"mqtt: {{password: {PASSWORD.decode()}}}",
    Path(),
    {},
)


def files(octets: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def line(message: str, number: int = 1, **more: Any) -> LogLine:
    return LogLine(number=number, time=NOW, level="info", name="x", message=message, **more)


def test_a_report_says_what_it_is() -> None:
    made = files(report_of(OPTIONS, {"a.json": {"b": [1]}, "c.txt": "d"}, NOW, ["Oh."]))

    assert list(made) == ["about.txt", "a.json", "c.txt"]
    assert (json.loads(made["a.json"]), made["c.txt"]) == ({"b": [1]}, "d")
    assert f"A report of sebridge {__version__}, gateway home, made at 2026-" in made["about.txt"]
    assert made["about.txt"].endswith("\n\nOh.\n")


@pytest.mark.parametrize(
    "leak",
    [
        PASSWORD.decode(),
        PASSWORD.hex(),
        HASH.hex(),
        HASH.hex().upper(),
        HASH[::-1].hex(),
        base64.b64encode(HASH).decode(),
        base64.b64encode(PASSWORD[::-1]).decode(),
    ],
)
@pytest.mark.parametrize("place", ["a text", "a list", "a name"])
def test_a_secret_of_the_configuration_that_got_into_a_part_is_taken_out(
    leak: str, place: str
) -> None:
    said = f"before {leak} after"
    part = {"a text": said, "a list": [{"x": said}, 1, None], "a name": {said: True}}[place]

    [_, made] = files(report_of(WITH_TOKEN, {"part.json": part}, NOW)).values()

    assert "before ******** after" in made
    assert not [one for one in (PASSWORD, HASH) if Haystack("", made.encode()).has(one)]


def test_a_short_pin_does_not_spoil_numbers() -> None:
    made = files(report_of(OPTIONS, {"x.json": {"port": 4815, "text": "4815"}}, NOW))

    assert json.loads(made["x.json"]) == {"port": 4815, "text": "********"}


def test_what_is_too_large_is_left_out_and_named() -> None:
    small = "x" * (LARGEST_PART - 1)
    parts = {"large.txt": "x" * (LARGEST_PART + 1)} | {
        f"{number}.txt": small for number in range(LARGEST // LARGEST_PART + 1)
    }

    made = files(report_of(OPTIONS, parts, NOW))

    last = LARGEST // LARGEST_PART
    assert list(made) == ["about.txt", *(f"{number}.txt" for number in range(last))]
    assert f"large.txt is left out: it has {LARGEST_PART + 1} octets." in made["about.txt"]
    assert f"{last}.txt is left out" in made["about.txt"]


def test_the_log_is_lines_and_its_newest_have_room() -> None:
    text = log_text([line("one"), line("two", 2, trace="Traceback\n  x")])

    assert text.splitlines() == [
        "2026-11-30T00:53:20.000+00:00 info x: one",
        "2026-11-30T00:53:20.000+00:00 info x: two",
        "Traceback",
        "  x",
    ]
    assert log_text([line("old"), line("x" * (LARGEST_PART - 60), 2)]).count("\n") == 1
    assert log_text([line("x" * LARGEST_PART)]) == ""


def test_the_versions_name_system_python_and_libraries() -> None:
    found = versions_part()

    assert found["sebridge"] == __version__
    assert found["python"].startswith("3.")
    assert {"zigpy", "msgspec"} <= found["libraries"].keys()


def test_a_system_without_a_name_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr("platform.freedesktop_os_release", missing)

    assert versions_part()["system"] == ""
