"""The service for systemd: installed into a root of its own, and checked by systemd's programs."""

from pathlib import Path
import shutil
import stat
import subprocess
import sys

import pytest

from sebridge.settings.config import load
from sebridge.settings.simulator_options import HOUSEHOLD

PROJECT = Path(__file__).parents[1]
SCRIPT = PROJECT / "script" / "install_service"
NAME = "Silicon_Labs_CP2102N_0123abcd"
STICK = f"/dev/serial/by-id/usb-{NAME}-if00-port0"
UNITS = Path("/usr/lib/systemd/system")
FILES = (
    "etc/sebridge/config.example.yaml",
    "etc/sebridge/config.yaml",
    "etc/systemd/system/sebridge.service",
    "etc/sysusers.d/sebridge.conf",
    "etc/udev/rules.d/70-sebridge.rules",
)


def program(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True
    )


def install(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Install all but the program, which takes a minute and the network."""
    return program(SCRIPT, "--root", root, "--files", *options)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root file system in which the service was installed."""
    done = install(tmp_path, "--radio", "ezsp", "--stick", STICK, "--broker", "mqtts://broker:8883")
    assert (done.returncode, done.stderr) == (0, "")
    return tmp_path


def test_the_files_are_where_systemd_looks(root: Path) -> None:
    assert files(root) == sorted(FILES)


def test_systemd_finds_nothing_wrong_with_the_unit(root: Path) -> None:
    shutil.copytree(UNITS, root / UNITS.relative_to("/"), symlinks=True)
    installed = root / "opt/sebridge/bin/sebridge"
    installed.parent.mkdir(parents=True)
    shutil.copy(Path(sys.executable).parent / "sebridge", installed)

    checked = program("systemd-analyze", "verify", "--man=no", f"--root={root}", "sebridge.service")

    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_service_is_exposed_as_little_as_the_page_says(root: Path) -> None:
    page = " ".join((PROJECT / "docs" / "service.md").read_text().split())
    said = float(page.partition("of systemd 252 says ")[2].partition(" of 10")[0])

    checked = program(
        "systemd-analyze",
        "security",
        "--offline=true",
        f"--threshold={said * 10:.0f}",
        root / "etc/systemd/system/sebridge.service",
    )

    assert checked.returncode == 0, checked.stdout


def test_the_service_has_a_user_of_its_own(root: Path) -> None:
    made = program("systemd-sysusers", f"--root={root}")

    assert made.returncode == 0, made.stderr
    (user,) = (root / "etc/passwd").read_text().splitlines()
    assert user.startswith("sebridge:x:")
    assert user.endswith("/var/lib/sebridge:/usr/sbin/nologin")


def test_the_group_gets_the_stick_and_nothing_else(root: Path) -> None:
    lines = (root / "etc/udev/rules.d/70-sebridge.rules").read_text().splitlines()

    (rule,) = (line for line in lines if not line.startswith("#"))
    assert f'ENV{{ID_SERIAL}}=="{NAME}", GROUP="sebridge", MODE="0660"' in rule


def test_the_configuration_is_right_and_for_the_service_alone(root: Path) -> None:
    file = root / "etc/sebridge/config.yaml"

    options = load(file, {})

    assert (options.radio.type, options.radio.path) == ("ezsp", STICK)
    assert str(options.mqtt.address) == "mqtts://broker:8883"
    assert options.storage.path == Path("/var/lib/sebridge/sebridge.db")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o750


def test_without_a_stick_there_is_a_simulated_house(tmp_path: Path) -> None:
    done = install(tmp_path, "--radio", "simulated")

    assert done.returncode == 0, done.stderr
    options = load(tmp_path / "etc/sebridge/config.yaml", {})
    assert (options.radio.type, options.simulator.devices) == ("simulated", HOUSEHOLD)
    assert not (tmp_path / "etc/udev").exists()


def test_a_configuration_that_is_there_is_left_as_it_is(root: Path) -> None:
    file = root / "etc/sebridge/config.yaml"
    file.write_text("mine: 1\n")

    done = install(root)

    assert done.returncode == 0, done.stderr
    assert file.read_text() == "mine: 1\n"


def test_what_is_removed_leaves_configuration_and_keys(root: Path) -> None:
    keys = root / "var/lib/sebridge/sebridge.db"
    keys.parent.mkdir(parents=True)
    keys.touch()

    removed = install(root, "--remove")
    left = files(root)
    purged = install(root, "--remove", "--purge")

    assert removed.returncode == purged.returncode == 0
    assert left == [*FILES[:2], "var/lib/sebridge/sebridge.db"]
    assert files(root) == []


def test_a_dry_run_says_what_would_be_done() -> None:
    done = program(SCRIPT, "--dry-run", "--radio", "znp", "--stick", STICK, "--start")

    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert all(line.startswith(("would run: ", "would write: ")) for line in told)
    installed = set(FILES) - {"etc/sebridge/config.yaml"}  # which may be there, and stays
    assert {f"would write: /{name}" for name in installed} <= set(told)
    made, put = (f"would run: {line}" for line in ("python3 -m venv", "mv"))
    assert f"{made} /opt/sebridge.new" in told
    assert f"{put} /opt/sebridge.new /opt/sebridge" in told
    assert told[-1] == "would run: systemctl restart sebridge"


def test_a_dry_run_does_nothing(tmp_path: Path) -> None:
    done = install(tmp_path, "--dry-run", "--radio", "simulated")

    assert done.returncode == 0, done.stderr
    assert f"would write: {tmp_path}/etc/sebridge/config.yaml" in done.stdout
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--fast"], "--fast is no option"),
        (["--radio"], "--radio needs a value"),
        (["--radio", "zwave"], "--radio: zwave is none of ezsp, xbee, znp, simulated"),
        ([], "which radio?"),
        (["--stick", STICK], "--stick goes with --radio"),
        (["--radio", "simulated", "--stick", STICK], "the simulated radio has no --stick"),
        (["--radio", "ezsp"], "which --stick?"),
        (["--radio", "ezsp", "--stick", "COM3"], "COM3 is no serial port"),
        (["--radio", "simulated", "--broker", "a 'b"], "no blanks or quotes"),
        (["--purge"], "--purge goes with --remove"),
        (["--root", "/nowhere"], "there is no directory /nowhere"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_done(
    tmp_path: Path, options: list[str], problem: str
) -> None:
    done = install(tmp_path, *options)

    assert done.returncode == 2
    assert done.stderr.startswith("install_service: ")
    assert problem in done.stderr
    assert files(tmp_path) == []
