"""docs/plugins.md as somebody follows it: each command, from nothing to a plug-in that runs."""

import asyncio
import logging
from pathlib import Path
import shlex
from zipfile import ZipFile

import pytest

from sebridge.transports.web.tokens import hash_of, new_token
from tests.cli.runner import run
from tests.integration.bridges import PYTHON, make_bridge
from tests.integration.brokers import Mosquitto
from tests.integration.test_first_steps import Desk
from tests.page_examples import blocks
from tests.ports import unused_port
from tests.private_file import write_private

WHEEL = {
    "meters.py": "COUNT = 3\n",
    "meters-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: meters\nVersion: 1.0\n",
    "meters-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "meters-1.0.dist-info/RECORD": "",
}


def commands() -> list[str]:
    """Return what is typed on the page, but what needs minisign."""
    shown = "\n".join(blocks("plugins.md", "console"))
    return [line for line in shown.split("\n") if "sebridge" in line or "unittest" in line]


async def typed(line: str) -> str:
    """Return what a subcommand prints that is typed here, where it takes no time to begin."""
    logger = logging.getLogger("sebridge")
    level = logger.level  # which `call` sets, as for a process of its own
    done = await asyncio.to_thread(run, *shlex.split(line.removeprefix("$ .venv/bin/sebridge ")))
    logger.setLevel(level)
    assert done.exit_code == 0, done.output
    return done.stdout


async def test_a_plugin_is_made_and_tried_and_packed_and_installed(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk, token, port = Desk(tmp_path, mosquitto.port), new_token(), unused_port()
    program = tmp_path / ".venv" / "bin" / "python"
    program.write_text(f'#!/bin/sh\nexec "{PYTHON}" "$@"\n')
    program.chmod(0o755)
    hashed = hash_of(token).reveal().hex()
    bridge = make_bridge(
        tmp_path / "bridge",
        {"port": mosquitto.port},
        simulator={"devices": []},
        http={
            "port": port,
            "tokens": [{"name": "packages", "scope": "admin", "hash": hashed}],
        },
        plugins={"directory": "plugins", "allow_unsigned": True},
    )
    write_private(tmp_path / "token", token.reveal().decode())
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with ZipFile(wheels / "meters-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in WHEEL.items():
            wheel.writestr(name, text)
    new, test, check, pack, install, listing, reset, dependent = commands()
    remote = f" --url http://127.0.0.1:{port} --token-file token"

    await bridge.start()
    try:
        await typed(new)
        await desk.type(test.removeprefix("$ "))
        await typed(check)
        await typed(pack)
        installed = await typed(install + remote)
        listed = await typed(listing + remote)
        called = await typed(f"{reset} --broker 127.0.0.1:{mosquitto.port}")
        (tmp_path / "token").write_text("sebridge_unknown")
        refused = [
            await asyncio.to_thread(run, *command, *shlex.split(remote))
            for command in (("plugin", "list"), ("plugin", "install", "report_count-1.0.zip"))
        ]
        (tmp_path / "report_count" / "requirements.txt").write_text("meters==1.0\n")
        await typed(dependent)
    finally:
        await bridge.stop()

    assert installed == listed == "report_count 1.0 active enabled\n"
    assert '"count": ' in called
    assert [one.exit_code for one in refused] == [1, 1]
    assert all("sebridge: " in one.stderr for one in refused)
    with ZipFile(tmp_path / "report_count-1.0.zip") as package:
        assert "lib/meters.py" in package.namelist()
