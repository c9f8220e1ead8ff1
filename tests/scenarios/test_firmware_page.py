"""docs/firmware.md as a person follows it: configuration, image, calls, answers."""

import json
import os
from pathlib import Path
import re
import shlex
import subprocess
import sys

import pytest

from sebridge.settings.config import read
from tests.page_examples import blocks
from tests.scenarios.conftest import MakeHome

PAGE = "firmware.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which somebody follows the page, with the image that it makes."""
    monkeypatch.chdir(tmp_path)
    [commands] = [text for text in blocks(PAGE, "console") if "mkdir" in text]
    for command in re.split(r"^\$ ", commands, flags=re.MULTILINE)[1:]:
        program, *rest = shlex.split(command)
        program = sys.executable if program == ".venv/bin/python" else program
        subprocess.run([program, *rest], check=True, env=os.environ, timeout=60)
    return tmp_path


async def test_every_call_of_the_page_has_the_answer_that_stands_there(
    make_home: MakeHome, here: Path
) -> None:
    [configured] = [text for text in blocks(PAGE, "yaml") if "simulator:" in text]
    options = read(configured, here, {})
    calls = [text for text in blocks(PAGE, "console") if "sebridge call" in text]
    shown = [json.loads(text)["result"] for text in blocks(PAGE, "json")]
    home = await make_home(simulator=options.simulator, ota=options.ota)

    answers = []
    for call in calls:
        _, _, method, *given = shlex.split(call.removeprefix("$ "))
        answers.append(await home.result(method, **dict(word.split("=", 1) for word in given)))
    await home.clock.advance(seconds=30)
    answers.append(await home.result("get_firmware_updates"))

    begun = answers.pop(2)
    assert answers == shown
    assert (begun["name"], begun["file_version"]) == ("plug.ota", 2)


@pytest.mark.parametrize("text", blocks(PAGE, "yaml"))
def test_every_configuration_of_the_page_is_right(text: str) -> None:
    ota = read(text, Path(), {}).ota

    assert ota.directory or ota.index
