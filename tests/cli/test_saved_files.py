"""`sebridge import-files` and `export-files`: what they print, and what they leave alone."""

from pathlib import Path
import subprocess
import sys

from click.testing import CliRunner, Result
import pytest

from sebridge.base.clock import VirtualClock
from sebridge.cli.main import main
from sebridge.cli.saved_file_transfer import Kept, read_directory
from sebridge.settings.options import ModulesOptions
from tests.api.home import Collections, Home
from tests.modules.user_code import LAMP, write

FILES = {
    "registry_settings.ini": "ZDO_Device_Manager.refresh_rate int 90\nRPC_Manager.use_timestamps\n",
    "devices.ini": "00:13:A2:00:40:11:22:33\n00:13:A2:00:40:11:22:44\n",
    "modules.ini": "lamp\n",
    "interfaces.ini": "RPC_SE_Interface\nRPC_ZCL_Interface\n",
    "endpoints.ini": "LampEndpoint 0x0A 0x0104\nEndpoint 0x0B 0x0109 0x0502 1\n",
    "clusters.ini": "ZCL_Cluster 0x5E 1 0x0402 True\nZCL_Cluster 0x0A 0 0x0008\n",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("modules").mkdir()
    write(Path("modules"), "lamp", LAMP)
    Path("config.yaml").write_text(
        "storage: {path: data.db}\nmodules: {directory: modules}\n", encoding="utf-8"
    )
    Path("old").mkdir()
    for name, text in FILES.items():
        (Path("old") / name).write_text(text)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def texts(directory: str) -> dict[str, str]:
    return {path.name: path.read_text() for path in Path(directory).iterdir()}


def test_a_round_trip_is_exact() -> None:
    imported = run("import-files", "old")
    exported = run("export-files", "new")

    assert (imported.exit_code, exported.exit_code) == (0, 0)
    assert imported.stdout.splitlines() == [
        "registry_settings.ini: 2",
        "devices.ini: 2",
        "modules.ini: 1",
        "interfaces.ini: 2",
        "endpoints.ini: 2",
        "clusters.ini: 2",
        "data.db has it now",
    ]
    assert imported.stderr == ""
    assert texts("new") == FILES


def test_a_second_import_changes_nothing() -> None:
    run("import-files", "old")
    run("import-files", "old")

    run("export-files", "new")

    assert texts("new") == FILES


def test_a_dry_run_changes_nothing() -> None:
    before = run("import-files", "old", "--dry-run")
    is_made = Path("data.db").exists()
    run("import-files", "old")
    (Path("old") / "modules.ini").write_text("zoo\n")

    after = run("import-files", "old", "--dry-run")
    run("export-files", "new")

    assert not is_made
    assert before.stdout.endswith("nothing was changed\n")
    assert after.stdout.endswith("nothing was changed\n")
    assert "zoo is not loaded until" in after.stderr
    assert texts("new") == FILES


def test_everything_that_is_wrong_is_told_and_nothing_imported() -> None:
    (Path("old") / "devices.ini").write_text("00:13:A2:00:40:11:22:33\nmeter\n")
    (Path("old") / "clusters.ini").write_text("ZCL_Cluster 0x5E 7\n")

    shown = run("import-files", "old")

    assert shown.exit_code == 1
    assert shown.stderr.splitlines() == [
        "devices.ini (line 2): 'meter' is not a 64-bit address of 16 hex digits",
        "clusters.ini (line 1): server_or_client: '7' is not in 0..1",
    ]
    assert not Path("data.db").exists()


def test_a_contradiction_to_the_database_is_told_and_nothing_imported() -> None:
    run("import-files", "old")
    (Path("old") / "endpoints.ini").write_text("Endpoint 0x0A 0x0104\n")
    (Path("old") / "modules.ini").write_text("zoo\n")

    shown = run("import-files", "old")
    run("export-files", "new")

    assert shown.exit_code == 1
    assert "the database has another endpoint 0x0A" in shown.stderr
    assert texts("new") == FILES


def test_an_export_needs_a_database_and_overwrites_nothing() -> None:
    without = run("export-files", "new")
    run("import-files", "old")
    over = run("export-files", "old")

    assert without.exit_code == over.exit_code == 1
    assert "there is no database data.db" in without.stderr
    assert "old/devices.ini exists already" in over.stderr
    assert texts("old") == FILES


def test_a_wrong_configuration_is_told() -> None:
    Path("config.yaml").write_text("storage: {path: [1]}\n")

    for arguments in (("import-files", "old"), ("export-files", "new")):
        shown = run(*arguments)

        assert shown.exit_code == 2
        assert "config.yaml: storage.path" in shown.stderr


_HOLD: str = """
import asyncio, pathlib
from sebridge.base.clock import SystemClock
from sebridge.storage.database import Database

async def hold():
    await Database(pathlib.Path("data.db"), SystemClock()).open()
    print("open", flush=True)
    await asyncio.get_running_loop().create_future()

asyncio.run(hold())
"""


@pytest.mark.parametrize("arguments", [("import-files", "old"), ("export-files", "new")])
def test_while_a_bridge_runs_nothing_is_done(arguments: tuple[str, ...]) -> None:
    run("import-files", "old")
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD], stdout=subprocess.PIPE, text=True
    ) as bridge:
        assert bridge.stdout is not None
        bridge.stdout.readline()

        shown = run(*arguments)
        bridge.kill()

    assert shown.exit_code == 1
    assert "data.db is in use by another program; is a second bridge running?" in shown.stderr
    assert not Path("new").exists()


async def test_a_gateway_lives_by_what_was_imported(clock: VirtualClock) -> None:
    kept = Collections()
    Kept.by(kept.collection).take(read_directory(Path("old")))

    home = Home(clock, (), kept, modules=ModulesOptions(directory=Path("modules")))
    await home.start()

    assert sorted(home.gateway.router.endpoints) == [0x01, 0x0A, 0x0B, 0x5E]
    lamp = home.gateway.router.endpoints[0x0A]
    assert [cluster.cluster_id for cluster in lamp.clusters] == [0x0006, 0x0008]
    setting = await home.call("registry_configuration", name="ZDO_Device_Manager.refresh_rate")
    assert setting["value"] == 90
    assert len(home.gateway.directory) == 2
    await home.stop()
