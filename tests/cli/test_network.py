"""`sebridge network`, `backup` and `restore` where it does not come as far as a stick."""

import asyncio
from pathlib import Path

import pytest

from sebridge.base.clock import SystemClock
from sebridge.storage.database import Database
from tests.cli.runner import run
from tests.ports import unused_port

COMMANDS = [
    ("network", "status"),
    ("network", "form"),
    ("backup", "network.json"),
    ("restore", "network.json"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_simulated_radio_has_no_network_to_keep(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "config.yaml").write_text("radio:\n  type: simulated\n")

    result = run(*command)

    assert result.exit_code == 1
    assert "a simulated radio has no network of its own" in result.stderr


def test_a_stick_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = f"socket://127.0.0.1:{unused_port()}"
    (tmp_path / "config.yaml").write_text(f"radio:\n  type: znp\n  path: {path}\n")

    result = run("network", "status")

    assert result.exit_code == 1
    assert f"{path}: connection refused" in result.stderr


async def test_the_stick_of_a_running_bridge_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("radio:\n  type: znp\n  path: /dev/ttyNOWHERE0\n")
    database = Database(tmp_path / "bridge.db", SystemClock())
    await database.open()

    result = await asyncio.to_thread(
        run, "network", "status", SEBRIDGE_STORAGE__PATH=str(tmp_path / "bridge.db")
    )

    assert result.exit_code == 1
    assert "The bridge must not run while its stick is used" in result.stderr
    await database.close()
