"""docs/plugwise.md as a person follows it: configurations, calls, answers, and paths of REST."""

import json
from pathlib import Path
import shlex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sebridge.app.emulated_plugwise import FIRST, WATTS
from sebridge.base.addresses import Eui64
from sebridge.features.plugwise.resources import RESOURCES
from sebridge.model.plain import to_plain
from sebridge.rpc.resource import levels_of
from sebridge.settings.config import read
from sebridge.simulator.plugwise.circle import SimulatedCircle
from tests.api.home import Home
from tests.page_examples import blocks
from tests.plugwise.bench import START, Bench
from tests.scenarios.test_plugwise import House

PAGE = "plugwise.md"
NEW = Eui64.parse("000d6f000a010009")


def commands(word: str) -> list[list[str]]:
    lines = [line for text in blocks(PAGE, "console") for line in text.splitlines()]
    typed = [shlex.split(line.removeprefix("$ ")) for line in lines]
    return [words for words in typed if word in words[:2]]


def given(words: list[str]) -> dict[str, Any]:
    """Return the parameters of a call, in JSON where they are that."""
    found: dict[str, Any] = {}
    for word in words:
        name, _, text = word.partition("=")
        found[name] = {"true": True, "false": False}.get(text, text)
    return found


@pytest.fixture
def house() -> House:
    """Return a house whose stick has the circles of the emulated one."""
    return House(Bench({Eui64(FIRST + number): watts for number, watts in enumerate(WATTS, 1)}))


def options() -> Any:
    [configured] = [text for text in blocks(PAGE, "yaml") if "socket:" in text]
    return read(configured, Path(), {}).plugwise


async def test_every_call_of_the_page_is_answered_as_it_stands_there(house: House) -> None:
    [shown] = [json.loads(text) for text in blocks(PAGE, "json")]
    async with house.running(options()) as home:
        house.bench.emulated.bring(SimulatedCircle(NEW, START))
        answers = {
            words[2]: await home.call(words[2], **given(words[3:]))
            for words in commands(".venv/bin/sebridge")
            if words[1] == "call"
        }

    assert list(answers) == [
        "list_circles",
        "switch_circle",
        "get_circle_history",
        "add_circle",
        "remove_circle",
    ]
    assert answers["switch_circle"] == shown


async def test_what_is_kept_on_topics_stands_there_as_it_is(house: House) -> None:
    [shown] = [text.splitlines() for text in blocks(PAGE, "text")]
    async with house.running(options()):
        kept = {topic: house.broker.retained[topic].decode() for topic in shown[::2]}

    assert [*kept.values()] == shown[1::2]


async def test_every_path_of_the_page_is_one_and_its_method_takes_what_is_given(
    house: House,
) -> None:
    asked = [_asked(words) for words in commands("curl")]
    async with house.running(options()) as home:
        house.bench.emulated.bring(SimulatedCircle(NEW, START))
        for verb, path, params in asked:
            await _call(home, verb, path, params)

    assert len({(verb, path) for verb, path, _ in asked}) == len(RESOURCES)


async def _call(home: Home, verb: str, path: str, params: dict[str, Any]) -> None:
    [(method, levels)] = [
        (one.method, levels)
        for one in RESOURCES
        if one.verb == verb and (levels := levels_of(one.path, path)) is not None
    ]
    assert to_plain(await home.call(method, **params, **levels)) is not None


def _asked(words: list[str]) -> tuple[str, str, dict[str, Any]]:
    url = urlsplit(words[-1])
    verb = words[words.index("-X") + 1] if "-X" in words else "GET"
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else {}
    return verb, url.path, body | dict(parse_qsl(url.query))


@pytest.mark.parametrize("text", blocks(PAGE, "yaml"))
def test_every_configuration_of_the_page_is_right(text: str) -> None:
    assert read(text, Path(), {}).plugwise is not None
