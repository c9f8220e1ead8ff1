"""docs/backup.md as a person follows it, on emulated sticks: every command, and what is refused."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import shlex
import stat
from subprocess import CompletedProcess

import pytest
import yaml

from tests.cli.runner import program
from tests.ports import unused_port
from tests.private_file import write_private
from tests.simulate_program import simulating

PAGE = (Path(__file__).parents[2] / "docs" / "backup.md").read_text(encoding="utf-8")
_COMMANDS = re.compile(r"^\$ .venv/bin/sebridge (.*)$", re.MULTILINE)
_NETWORK_KEY = "0102030405060708090a0b0c0d0e0f10"


class Desk:
    """A directory with a configuration and a passphrase, in which a person types."""

    def __init__(self, directory: Path, kind: str) -> None:
        self.directory = directory
        self.kind = kind
        self.port = unused_port()
        write_private(directory / "passphrase.txt", "correct horse\n")
        self.configure()

    def configure(self, **radio: object) -> None:
        path = f"socket://127.0.0.1:{self.port}"
        content = {"radio": {"type": self.kind, "path": path, "channel": 15} | radio}
        write_private(self.directory / "config.yaml", yaml.safe_dump(content))

    def type(self, line: str) -> CompletedProcess[str]:
        """Type a command, without the name of the program."""
        done = program(*shlex.split(line), SEBRIDGE_STORAGE__PATH=str(self.directory / "s.db"))
        assert "Traceback" not in done.stderr
        assert _NETWORK_KEY not in done.stdout + done.stderr
        return done

    def right(self, line: str) -> str:
        done = self.type(line)
        assert (done.returncode, done.stderr) == (0, ""), line
        return done.stdout

    def wrong(self, line: str) -> str:
        done = self.type(line)
        assert (done.returncode, done.stdout) == (1, ""), line
        return done.stderr


@pytest.fixture(params=["znp", "ezsp"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, kind)
    arguments = ("--module", kind, "--listen", f"127.0.0.1:{desk.port}")
    with simulating(*arguments, directory=tmp_path):
        yield desk


def test_the_commands_of_the_page_keep_a_network_and_bring_it_back(desk: Desk) -> None:
    status, form, backup, restore = _COMMANDS.findall(PAGE)

    formed = desk.right(form)
    told = desk.right(status)
    desk.right(backup)

    network = re.search(r"the network (\w{16}) of the coordinator", formed)
    assert network is not None
    assert told.startswith(f"the stick has the network {network[1]}")
    assert f"expected: {network[1]}" in told
    file = desk.directory / "network.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["format"] == "sebridge/sealed"
    assert "has the network" in desk.wrong(restore)
    desk.right(f"{form} --force-new")
    assert network[1] not in desk.right(status)
    assert "--force-new replaces it" in desk.wrong(form) or "is expected" in desk.wrong(form)
    assert desk.right(f"{restore} --force").startswith(f"the stick has the network {network[1]}")
    assert f"expected: {network[1]}" in desk.right(status)
    assert "--force overwrites it" in desk.wrong(backup)
    desk.right(f"{backup} --force")


def test_a_plain_backup_is_the_open_format_and_is_checked(desk: Desk) -> None:
    desk.configure(network_key=_NETWORK_KEY)
    desk.right("network form")
    desk.right("backup plain.json")
    file = desk.directory / "plain.json"
    document = json.loads(file.read_text())

    assert document["network_key"]["key"] == _NETWORK_KEY
    assert document["metadata"]["format"] == "zigpy/open-coordinator-backup"
    file.write_text(json.dumps(document | {"channel": 30}))
    assert "is no backup of a coordinator" in desk.wrong("restore plain.json --force")
    assert "has no network" not in desk.right("network status")


def test_what_a_stick_cannot_have_is_told(desk: Desk) -> None:
    desk.right("network form")
    desk.right("backup plain.json")
    file = desk.directory / "plain.json"
    document = json.loads(file.read_text())
    document["coordinator_ieee"] = "00124b0000000001"
    file.write_text(json.dumps(document))

    done = desk.type("restore plain.json --force")

    if desk.kind == "znp":  # it takes on any address
        assert done.returncode == 0
        assert "of the coordinator 00:12:4b:00:00:00:00:01" in desk.right("network status")
    else:
        assert done.returncode == 1
        assert "EUI-64" in done.stderr
        assert "0e:5e:b1:00:00:00:00:02" in desk.right("network status")  # nothing was written
