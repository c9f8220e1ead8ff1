"""docs/simulator.md as a person follows it who has no stick: commands, configuration, answer."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
import re
import shlex

import pytest
import yaml

from sebridge.app.process import Process
from sebridge.settings.config import read
from tests.integration.bridges import ROOT, call, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import until
from tests.ports import unused_port
from tests.simulate_program import simulating

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## A stick that is none") : PAGE.index("## Faults on request")]
JOINING = PAGE[PAGE.index("## A second stick") : PAGE.index("## A Plugwise stick")]
_CONSOLE = re.compile(r"^```console\n\$ (.*?)^```", re.MULTILINE | re.DOTALL)
_BLOCK = "^```{}\n(.*?)^```"
_PORT = "6638"


def block(kind: str, section: str = SECTION) -> str:
    [found] = re.findall(_BLOCK.format(kind), section, re.MULTILINE | re.DOTALL)
    assert isinstance(found, str)
    return found


def commands(port: int, section: str = SECTION) -> list[list[str]]:
    """Return what is typed there, for another port."""
    texts = [
        text.replace("\\\n", "").replace(_PORT, str(port)) for text in _CONSOLE.findall(section)
    ]
    return [shlex.split(text) for text in texts]


@pytest.mark.parametrize("kind", ["znp", "ezsp", "xbee"])
async def test_a_bridge_is_plugged_into_the_stick_and_a_meter_joins_and_is_read(
    mosquitto: Mosquitto, listening: Callable[..., Listener], tmp_path: Path, kind: str
) -> None:
    stick_port = unused_port()
    typed = commands(stick_port)
    [arguments] = [
        line[2:]
        for line in typed
        if line[:2] == [".venv/bin/sebridge", "simulate"]
        and (kind in line or ("--module" not in line and kind == "znp"))
    ]
    [request] = [line[2:] for line in typed if line[:2] == [".venv/bin/sebridge", "call"]]
    with simulating(*arguments, directory=tmp_path) as said:
        if kind == "znp":
            assert set(block("text").splitlines()) <= set(said)
        text = block("yaml").replace(_PORT, str(stick_port)).replace("type: znp", f"type: {kind}")
        sections = yaml.safe_load(text)
        if kind == "xbee":
            del sections["security"]
        file = configuration(tmp_path, {"port": mosquitto.port}, **sections)
        bridge = Process(read(file.read_text(), tmp_path, {}))
        listener = listening(mosquitto.port, f"{ROOT}/#")
        await bridge.start()
        await until(lambda: bridge.link.published > 0)

        done = await asyncio.to_thread(call, mosquitto.port, *request)

        assert json.loads(done.stdout) == json.loads(block("json"))
        await until(lambda: f"{ROOT}/device/000d6f000a000001/9/metering" in listener.topics())
        await bridge.stop()


async def test_a_display_on_a_second_stick_joins_the_network_of_the_first(
    mosquitto: Mosquitto, listening: Callable[..., Listener], tmp_path: Path
) -> None:
    first, second = unused_port(), unused_port()

    def moved(text: str) -> str:
        return text.replace("6639", str(second)).replace("6638", str(first))

    (_, _, *arguments), (_, _, *request) = [
        [moved(word) for word in line] for line in commands(6638, JOINING)
    ]
    of_display = yaml.safe_load(moved(block("yaml", JOINING)))
    of_home = yaml.safe_load(moved(block("yaml")).replace("type: znp", "type: ezsp"))
    with simulating(*arguments, directory=tmp_path) as said:
        assert "Its address is 0e:5e:b1:00:00:00:00:03." in said
        assert [line for line in said if line.endswith(of_display["security"]["certificate_store"])]
        home, display = (
            Process(read(file.read_text(), tmp_path, {}))
            for file in (
                configuration(tmp_path / "home", {"port": mosquitto.port}, **of_home),
                configuration(tmp_path / "display", {"port": mosquitto.port}, **of_display),
            )
        )
        await home.start()
        listener = listening(mosquitto.port, "sebridge/display/#")
        await asyncio.to_thread(call, mosquitto.port, *request)
        await display.start()

        trust_center = home.gateway.radio.network.address
        await until(lambda: display.gateway.radio.is_established(trust_center))
        info = json.loads(listener.topics()["sebridge/display/info"])
        assert info["network"]["status"] == "joined"
        await display.stop()
        await home.stop()
