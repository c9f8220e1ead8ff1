"""docs/serial-nodes.md as a person follows it: configurations, calls, answers, and the program."""

import asyncio
from contextlib import redirect_stdout
import io
import json
from pathlib import Path
import re
import shlex
from typing import Any

import pytest

from sebridge.base.computing import in_thread
from sebridge.cli.main import main
from sebridge.settings.config import read
from sebridge.settings.simulator_options import XBEE_NODES
from tests.page_examples import blocks
from tests.patience import until
from tests.scenarios.serial_home import MONITOR, SENSOR, SerialHome, serial_home

PAGE = "serial-nodes.md"
FIRST = 27_000


def options() -> Any:
    """Return the configuration for who has no modules."""
    [configured] = [text for text in blocks(PAGE, "yaml") if "socket:" in text]
    return read(configured, Path(), {}).control_port


def calls() -> list[list[str]]:
    lines = [line for text in blocks(PAGE, "console") for line in text.splitlines()]
    typed = [shlex.split(line.removeprefix("$ ")) for line in lines]
    return [words[2:] for words in typed if words[1] == "call"]


def given(home: SerialHome, words: list[str]) -> dict[str, Any]:
    """Return the parameters of a call, with the ports of this home."""
    found: dict[str, Any] = {}
    for word in words:
        name, _, text = word.partition("=")
        found[name] = int(text) if text.isdecimal() else text
    if "tcp_port" in found:
        found["tcp_port"] += home.port - FIRST
    return found


def as_on_the_page(home: SerialHome, told: str) -> str:
    """Return a text with the ports of the page in the place of this home's."""
    return re.sub(r"\b\d{5}\b", lambda port: str(int(port[0]) - home.port + FIRST), told)


async def test_every_call_of_the_page_is_answered_as_it_stands_there() -> None:
    [shown] = [json.loads(text) for text in blocks(PAGE, "json")]
    async with serial_home(XBEE_NODES, nodes=options().nodes) as home:
        await until(lambda: f"sebridge/home/device/{SENSOR:016x}/232/temperature" in home.topics)
        answers = {
            words[0]: await home.call(words[0], **given(home, words[1:])) for words in calls()
        }

    assert list(answers) == [
        "enable_joining",
        "discover_serial_nodes",
        "set_serial_port",
        "list_serial_nodes",
        "remove_serial_node",
        "get_serial_temperatures",
    ]
    told = as_on_the_page(home, json.dumps(answers["discover_serial_nodes"]))
    assert counted_nothing(json.loads(told)) == counted_nothing(shown)
    [temperature] = answers["get_serial_temperatures"]["temperature_list"]
    assert temperature["temperature"] == 21.0


def counted_nothing(answer: Any) -> Any:
    """Return the nodes without what goes on at their ports meanwhile."""
    return [node | {"received": 0} for node in answer["node_list"]]


async def test_the_program_of_the_page_prints_what_stands_there() -> None:
    [program], [shown] = blocks(PAGE, "python"), blocks(PAGE, "text")
    said = io.StringIO()

    def run(text: str) -> None:
        with redirect_stdout(said):
            names: dict[str, Any] = {}
            exec(text, names)  # it is ours
            names["server"]("close")()

    async with serial_home(XBEE_NODES, nodes=options().nodes) as home:
        await until(lambda: f"sebridge/home/device/{SENSOR:016x}/232/temperature" in home.topics)
        await in_thread(run, program.replace(str(FIRST), str(home.port)))

    def without_age(text: str) -> str:
        return re.sub(r"\d+ s ago", "a moment ago", text).strip()

    assert without_age(as_on_the_page(home, said.getvalue())) == without_age(shown)


async def test_what_speaks_tcp_speaks_with_the_node() -> None:
    async with serial_home(XBEE_NODES[:1]) as home:
        await home.call("discover_serial_nodes")
        reader, writer = await home.connect(home.port + 1)
        writer.write(b"hello\r\n")
        assert await asyncio.wait_for(reader.readexactly(7), 60) == b"hello\r\n"
        assert await asyncio.wait_for(reader.readline(), 60) == b"V=240.1 A=1.52\r\n"
        writer.close()
    assert XBEE_NODES[0].eui64 == MONITOR


@pytest.mark.parametrize("text", blocks(PAGE, "yaml"))
def test_every_configuration_of_the_page_is_right(text: str) -> None:
    assert read(text, Path(), {}).control_port is not None


def test_the_stick_of_the_page_can_be_had() -> None:
    [words] = [
        shlex.split(text.removeprefix("$ "))
        for text in blocks(PAGE, "console")
        if "simulate" in text
    ]

    context = main.commands["simulate"].make_context("simulate", words[2:])

    assert context.params["modules"] == ("xbee",)
