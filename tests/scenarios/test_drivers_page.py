"""docs/drivers.md as a person follows it: the house, the calls, their answers, and the file."""

import json
from pathlib import Path
import shlex
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from sebridge.drivers.driver import read_driver
from sebridge.drivers.snapshot import problems_of, read_snapshot
from sebridge.plugins.manifest import read_manifest
from sebridge.settings.config import read
from tests.cli.runner import run
from tests.page_examples import blocks
from tests.scenarios.conftest import MakeHome

PAGE = "drivers.md"


def given(words: list[str]) -> dict[str, Any]:
    pairs = (word.partition("=") for word in words)
    return {name: int(text) if text.isdecimal() else text for name, _, text in pairs}


def commands() -> list[list[str]]:
    lines = [line for text in blocks(PAGE, "console") for line in text.splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines]


async def test_every_call_of_the_page_is_answered_as_it_stands_there(make_home: MakeHome) -> None:
    configured, _ = blocks(PAGE, "yaml")
    home = await make_home(simulator=read(configured, Path(), {}).simulator)
    await home.clock.advance(minutes=2)
    typed = [words for words in commands() if words[1] == "call"]

    answers = {words[2]: await home.result(words[2], **given(words[3:])) for words in typed}
    await home.clock.advance(seconds=1)

    [snapshot] = blocks(PAGE, "json")
    [told] = blocks(PAGE, "text")
    topic, payload = told.splitlines()
    (heard,) = [json.loads(payload) for name, payload in home.broker.history if name == topic]
    assert answers["get_device_snapshot"] == json.loads(snapshot)
    assert heard | {"time": ""} == json.loads(payload) | {"time": ""}
    assert answers["switch_device"]["status"] == 0
    assert len(answers) == 4


def test_the_file_of_the_page_is_a_driver() -> None:
    _, text = blocks(PAGE, "yaml")

    driver = read_driver("two_outlet_plug", text.encode())

    shipped = Path(__file__).parents[2] / "sebridge/drivers/shipped/two_outlet_plug"
    snapshot = read_snapshot((shipped / "devices/double_gpo.json").read_text())
    assert list(problems_of(driver, snapshot)) == []
    assert yaml.safe_load(text)["class"] == driver.manifest.class_


def test_a_driver_of_ones_own_is_made_and_checked_and_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = [run(*words[1:]) for words in commands() if words[1] == "plugin"]

    assert [one.exit_code for one in done] == [0, 0, 0]
    with ZipFile("my_plug-1.0.zip") as package:
        text = package.read("drivers/my_plug/driver.yml")
        manifest = package.read("plugin.yml")
    assert read_manifest(manifest).drivers == ("my_plug",)
    assert read_driver("my_plug", text).manifest.class_ == "socket"
