"""`sebridge report` of a bridge that runs: it makes the report, asked over its broker."""

import asyncio
import json
from pathlib import Path
import zipfile

import pytest

from tests.cli.runner import run
from tests.integration.bridges import configuration, make_bridge
from tests.integration.brokers import Mosquitto
from tests.key_search import SEARCH
from tests.patience import until


@pytest.mark.parametrize("scope", ["command", "read"])
async def test_a_running_bridge_makes_the_report_if_it_may(
    tmp_path: Path, mosquitto: Mosquitto, scope: str
) -> None:
    more = {"rpc": {"policy": {"mqtt": {"scope": scope}}}, "simulator": {"devices": []}}
    mqtt = {"port": mosquitto.port}
    bridge = make_bridge(tmp_path, mqtt, **more)
    file, target = configuration(tmp_path, mqtt, **more), tmp_path / "report.zip"
    await bridge.start()
    await until(lambda: bridge.link.connected)

    shown = await asyncio.to_thread(run, "report", str(target), "--config", str(file))

    await bridge.stop()
    assert shown.exit_code == 0, shown.output
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, octets in parts.items():
        SEARCH.told(f"{name} of the report", octets)
    assert json.loads(parts["configuration.json"])[0]["key"] == "gateway.name"
    assert ("health.json" in parts) == (scope == "command")
    refused = "The bridge did not tell: make_report needs the scope command"
    assert (refused in shown.stderr) == (scope == "read")
