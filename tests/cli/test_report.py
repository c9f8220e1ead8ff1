"""`sebridge report` of a bridge that does not run: what configuration and database tell."""

import asyncio
import json
from pathlib import Path
import zipfile

from click.testing import Result
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.errors import RequestError
from sebridge.base.secret import Secret
from sebridge.cli.report import completed
from sebridge.network.known_device import KnownDevice
from sebridge.settings.options import Options
from sebridge.storage.database import Database
from tests.cli.runner import run
from tests.key_search import SEARCH
from tests.private_file import write_private

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write a configuration of a bridge that does not run."""
    file = tmp_path / "config.yaml"
    write_private(file, "mqtt: {password: hunter2222}\nstorage: {path: s.db}\n")
    return file


def report(target: Path, config: Path) -> Result:
    return run("report", str(target), "--config", str(config), "--offline")


def files(target: Path) -> dict[str, str]:
    """Return what is in a report, in which all keys are searched for."""
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, octets in parts.items():
        SEARCH.told(f"{name} of the report", octets)
    return {name: octets.decode() for name, octets in parts.items()}


async def fill(path: Path) -> None:
    database = Database(path, SystemClock())
    await database.open()
    database.collection("registry", str, int)["NTP_client.sync_rate"] = 600
    database.collection("devices", Eui64, KnownDevice)[METER] = KnownDevice(eui64=METER, model="M1")
    database.collection("link_keys", Eui64, Secret)[METER] = Secret(bytes(range(16)))
    await database.close()


def test_of_a_bridge_that_does_not_run_the_disk_tells(config: Path, tmp_path: Path) -> None:
    asyncio.run(fill(tmp_path / "s.db"))
    target = tmp_path / "report.zip"

    shown = report(target, config)

    assert shown.exit_code == 0, shown.output
    assert "what configuration and database tell of gateway home" in shown.output
    parts = files(target)
    assert json.loads(parts["registry.json"])["NTP_client.sync_rate"] == 600
    assert json.loads(parts["devices.json"]) == [
        {"eui64": str(METER), "manufacturer": "", "model": "M1"}
    ]
    assert {"about.txt", "versions.json", "configuration.json"} <= parts.keys()
    assert "hunter2222" not in parts["configuration.json"]


def test_without_a_database_the_report_says_so(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.zip"

    shown = report(target, config)

    assert shown.exit_code == 0, shown.output
    assert f"There is no database at {tmp_path / 's.db'} yet." in files(target)["about.txt"]
    assert not (tmp_path / "s.db").exists()


def test_a_file_that_is_there_is_kept(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.zip"
    target.write_text("mine")

    shown = report(target, config)

    assert shown.exit_code == 1
    assert "exists already; --force overwrites it" in shown.output
    assert target.read_text() == "mine"


def test_a_file_that_cannot_be_written_is_told(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "away" / "report.zip"

    shown = report(target, config)

    assert shown.exit_code == 1
    assert f"{target} cannot be written: No such file or directory" in shown.output


@pytest.mark.parametrize(
    "result",
    [None, {}, {"content": "x"}, {"content": {"base64": 7}}, {"content": {"base64": "UEsFBg=="}}],
)
def test_an_answer_that_is_no_report_is_told(result: object) -> None:
    with pytest.raises(RequestError, match="its answer is no report"):
        completed(result, Options())
