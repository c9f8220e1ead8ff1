"""The program runs on uvloop, and all that a bridge stands on does, too."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
import signal
import ssl
import urllib.request

import pytest

from tests.integration.bridges import ROOT, Program, call, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.integration.serial_cable import serial_cable
from tests.patience import PATIENCE, eventually
from tests.ports import unused_port
from tests.simulate_program import simulating
from tests.transports.web.certificate import make_certificate

METER = "00:0d:6f:00:0a:00:00:01"
_CODE = re.compile("[0-9A-F]{4}(?: [0-9A-F]{4})+$")


@pytest.fixture
def running() -> Iterator[Callable[[Path], Program]]:
    """Return a way to run programs; they are gone at the end."""
    programs: list[Program] = []

    def begin(config: Path) -> Program:
        program = Program(config)
        programs.append(program)
        program.start()
        return program

    yield begin
    for program in programs:
        program.kill()


def libraries_of(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", ["znp", "ezsp"])
def test_a_stick_at_a_serial_port_is_driven(
    mosquitto: Mosquitto,
    listening: Callable[..., Listener],
    running: Callable[[Path], Program],
    tmp_path: Path,
    module: str,
) -> None:
    port = unused_port()
    listener = listening(mosquitto.port, f"{ROOT}/#")
    plug = ("--module", module, "--listen", f"127.0.0.1:{port}")
    with simulating(*plug, directory=tmp_path) as said, serial_cable(port) as path:
        [code] = [_CODE.findall(line)[0] for line in said if line.startswith(METER)]
        file = configuration(
            tmp_path / "bridge",
            {"port": mosquitto.port},
            radio={"type": module, "path": path},
            security={"certificate_store": str(tmp_path / "simulate-data" / "certificates.txt")},
        )
        bridge = running(file)
        eventually(lambda: b"gateway home is up" in bridge.log.read_bytes())

        parameters = (f"device_address={METER}", f"installation_code={code}", "join_time=240")
        done = call(mosquitto.port, "add_device", *parameters)
        eventually(lambda: f"{ROOT}/device/000d6f000a000001/9/metering" in listener.topics())

        assert json.loads(done.stdout)["status"] == "ok"
        assert "uvloop" in libraries_of(bridge.pid)
        assert bridge.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_bridge_with_a_broker_of_its_own_ends_as_it_is_told(
    listening: Callable[..., Listener],
    running: Callable[[Path], Program],
    tmp_path: Path,
    how: signal.Signals,
) -> None:
    port, http = unused_port(), unused_port()
    files = make_certificate(tmp_path)
    tls = {"certificate": str(files.certificate), "key": str(files.key)}
    file = configuration(
        tmp_path / "bridge", {"broker": "embedded", "port": port}, http={"port": http, "tls": tls}
    )
    bridge = running(file)
    trust = ssl.create_default_context(cafile=files.certificate)

    def is_well() -> bool:
        url = f"https://127.0.0.1:{http}/healthz"
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE, context=trust) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    eventually(is_well)
    done = call(port, "help")

    assert json.loads(done.stdout)["status"] == "ok"
    assert "uvloop" in libraries_of(bridge.pid)
    assert bridge.end(how) == 0
    with pytest.raises(OSError, match="refused"):
        listening(port, "#")
