"""`sebridge run`: how it fails, and what systemd hears, on a real datagram socket."""

from collections.abc import Iterator
import contextlib
import gc
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time

import pytest

from sebridge.cli.run import notify, spare_the_collector, watchdog_interval
from tests.cli.runner import program
from tests.patience import PATIENCE, eventually


def test_a_radio_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "radio:\n  type: ezsp\n  path: /dev/no-such-stick\n"
        "mqtt:\n  broker: 127.0.0.1\n  port: 9\nlog:\n  level: error\n"
    )

    shown = program("run", "-c", str(file))

    assert shown.returncode == 1
    assert "Traceback" not in shown.stderr
    assert "/dev/no-such-stick" in shown.stderr
    assert shown.stderr.splitlines()[-1].startswith("sebridge: ")


# ------------------------------------------------------------------ systemd


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(str(tmp_path / "notify"))
        link.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield link


def test_a_state_is_told(manager: socket.socket) -> None:
    assert notify("READY=1")
    assert manager.recv(100) == b"READY=1"


def test_a_socket_may_be_in_the_abstract_name_space(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"sebridge-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(f"\0{name}")
        link.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")

        assert notify("STOPPING=1")
        assert link.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify"])
def test_without_a_manager_nothing_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    assert not notify("READY=1")


def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("microseconds", "process", "seconds"),
    [
        ("30000000", "", 15.0),
        ("30000000", "own", 15.0),
        ("30000000", "1", None),
        ("", "", None),
        ("0", "", None),
        ("soon", "", None),
    ],
)
def test_the_watchdog_is_fed_twice_in_its_time(
    microseconds: str, process: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if process == "own" else process)

    assert watchdog_interval() == seconds


# ------------------------------------------------------------------ told to stop while starting


@contextlib.contextmanager
def silent_radio() -> Iterator[int]:
    """Yield the port of a radio over TCP that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("radio", ["ezsp", "xbee", "simulated"])
@pytest.mark.parametrize("after", [0.0, 0.7])
def test_a_bridge_that_is_told_to_stop_while_it_starts_ends_within_five_seconds(
    tmp_path: Path, how: signal.Signals, radio: str, after: float
) -> None:
    with silent_radio() as port:
        file = tmp_path / "config.yaml"
        path = "" if radio == "simulated" else f"  path: socket://127.0.0.1:{port}\n"
        file.write_text(
            f"radio:\n  type: {radio}\n{path}mqtt:\n  broker: 127.0.0.1\n  port: 9\n"
            f"storage:\n  path: {tmp_path / 'sebridge.db'}\n"
        )
        log = tmp_path / "log"
        with log.open("wb") as output:
            bridge = subprocess.Popen(
                [sys.executable, "-m", "sebridge", "run", "-c", str(file)],
                stdout=output,
                stderr=output,
            )
        eventually((tmp_path / "sebridge.db").exists)
        time.sleep(after)

        bridge.send_signal(how)
        status = bridge.wait(5.0)

    assert status == 0
    assert "Traceback" not in log.read_text()


def test_the_garbage_collector_passes_by_what_is_there() -> None:
    there: list[dict[str, int]] = [{}]
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    try:
        spare_the_collector()

        assert not any(one is there for one in gc.get_objects())
        assert gc.get_threshold()[0] > 700
    finally:
        gc.set_threshold(*thresholds)
