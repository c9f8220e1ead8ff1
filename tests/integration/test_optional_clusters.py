"""docs/optional-clusters.md as a person follows it: configuration, commands, answers."""

import asyncio
import json
from pathlib import Path
import re
import shlex

import yaml

from tests.integration.bridges import METER, call, is_at_home, make_bridge
from tests.integration.brokers import Mosquitto
from tests.patience import until

PAGE = (Path(__file__).parents[2] / "docs" / "optional-clusters.md").read_text(encoding="utf-8")
_YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_DONE = re.compile(r"^```console\n\$ (.*?)^```\n\n```json\n(.*?)^```", re.MULTILINE | re.DOTALL)


async def test_every_command_of_the_page_has_the_answer_that_stands_there(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    [configured] = _YAML.findall(PAGE)
    bridge = make_bridge(tmp_path, {"port": mosquitto.port}, **yaml.safe_load(configured))
    shown = [
        (shlex.split(command.replace("\\\n", "")), json.loads(answer))
        for command, answer in _DONE.findall(PAGE)
    ]
    await bridge.start()
    await until(lambda: is_at_home(bridge, METER))

    answered = []
    for (program, subcommand, *rest), _ in shown:
        assert (program, subcommand) == (".venv/bin/sebridge", "call")
        done = await asyncio.to_thread(call, mosquitto.port, *rest)
        answered.append(json.loads(done.stdout))
    await bridge.stop()

    assert answered == [answer for _, answer in shown]
    assert len(shown) == PAGE.count("sebridge call ")
