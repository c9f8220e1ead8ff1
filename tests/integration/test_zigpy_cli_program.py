"""zigpy-cli, a stranger's program, on each of the emulated sticks."""

import json
from pathlib import Path
import re
import sys

import pytest

from tests.integration.strangers import stick_for_strangers, told_by

_COMMANDS = Path(__file__).with_name("zigpy_cli_commands.py")
_PAN_ID = re.compile("^PAN ID: +(0x[0-9A-F]{4})$", re.MULTILINE)
_COUNTER = re.compile("^Network key counter: +([0-9]+)$", re.MULTILINE)
_ENERGY = re.compile(r"^ - .*?([0-9]{2}).*?[0-9.]+%", re.MULTILINE)
_CHANNELS = [str(channel) for channel in range(11, 27)]


async def zigpy(kind: str, port: int, *commands: str) -> str:
    """Run its commands for the stick on a port; return what they say."""
    path = f"socket://127.0.0.1:{port}"
    words = [["radio", kind, path, *command.split()] for command in commands]
    return await told_by(sys.executable, _COMMANDS, json.dumps(words))


@pytest.mark.tells_keys("the file network.json")
@pytest.mark.parametrize("module", ["ezsp 13", "znp"])
async def test_zigpy_cli_forms_a_network_tells_of_it_keeps_it_restores_it_and_scans(
    module: str, tmp_path: Path
) -> None:
    file = tmp_path / "network.json"
    commands = ("form", "info", f"backup {file}", f"restore {file}", "info", "energy-scan -n 0")
    async with stick_for_strangers(module, tmp_path) as port:
        said = await zigpy(module.partition(" ")[0], port, *commands)

    assert "failed" not in said
    before, after = _PAN_ID.findall(said)
    assert before == after
    assert _COUNTER.findall(said) == ["0", "5000"]  # so far a restored key goes on
    assert json.loads(file.read_text())["pan_id"] == before.removeprefix("0x").lower()
    assert _ENERGY.findall(said) == _CHANNELS


async def test_zigpy_cli_forms_a_network_of_an_xbee_tells_of_it_and_scans_but_restores_no_key(
    tmp_path: Path,
) -> None:
    file = tmp_path / "network.json"
    commands = ("form", "info", f"backup {file}", f"restore {file}", "energy-scan -n 0")
    async with stick_for_strangers("xbee zb", tmp_path) as port:
        said = await zigpy("xbee", port, *commands)

    # its library looks, once the network is formed, at the address that the module had before;
    # and of the key, which no module shows, the backup has but the place
    assert re.findall("failed: (.*)", said) == ["NetworkNotFormed", "ValueError"]
    [formed] = _PAN_ID.findall(said)
    assert json.loads(file.read_text())["pan_id"] == formed.removeprefix("0x").lower()
    assert _ENERGY.findall(said) == _CHANNELS
