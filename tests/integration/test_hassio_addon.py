"""The app for Home Assistant with a real bridge and broker, from its start to a restored backup."""

from collections.abc import Callable, Iterator
import contextlib
import json
from pathlib import Path
import shutil
import signal
import subprocess
import urllib.error
import urllib.request

import yaml

from tests.integration.bridges import wait_for
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import PATIENCE, eventually
from tests.ports import unused_port
from tests.supervisor import APP, Machine, Supervisor, answering

TOKEN = "a-token-of-32-characters-or-more"
LINK_KEY = "f0e1d2c3b4a5968778695a4b3c2d1e0f"


def status(port: int, path: str, token: str = "") -> int | None:
    """Return the status of an answer; None where nobody listens."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except urllib.error.URLError:
        return None


def test_the_app_from_its_start_over_a_backup_to_a_restored_one(
    mosquitto: Mosquitto, listening: Callable[..., Listener], tmp_path: Path
) -> None:
    manifest = yaml.safe_load((APP / "config.yaml").read_text())
    options = manifest["options"] | {
        "radio_type": "simulated",
        "radio_link_key": LINK_KEY,
        "http_tokens": [{"name": "panel", "scope": "read", "token": TOKEN}],
    }
    broker = {"host": "127.0.0.1", "port": mosquitto.port, "username": "", "password": ""}
    listener = listening(mosquitto.port, "sebridge/#")
    port, log = unused_port(), tmp_path / "log.txt"
    with answering(Supervisor(**broker)) as supervisor:
        machine = Machine(tmp_path, supervisor, options)
        machine.install_bridge()
        with machine.begin(log, SEBRIDGE_HTTP__PORT=str(port)) as bridge, ended(bridge):
            wait_for(listener, "sebridge/home/availability", b"online")
            eventually(lambda: status(port, "/livez") == 200)
            assert status(port, "/healthz", TOKEN) == 200
            assert status(port, "/rpc/methods") == 401
            assert status(port, "/rpc/methods", TOKEN) == 200
            shown = b"".join(
                Path(f"/proc/{bridge.pid}/{name}").read_bytes() for name in ("cmdline", "environ")
            )

            before = machine.hook("pre", bridge.pid, patience=int(PATIENCE))
            assert before.returncode == 0, before.stderr
            kept = tmp_path / "kept"
            shutil.copytree(
                machine.data, kept, ignore=shutil.ignore_patterns(*manifest["backup_exclude"])
            )
            assert machine.hook("post", bridge.pid, patience=0).returncode == 0
            assert not machine.copy.exists()

        # the Supervisor restores: the data are those of the backup, the options as they are now
        shutil.rmtree(machine.data)
        shutil.copytree(kept, machine.data)
        (machine.data / "sebridge.db").write_bytes(b"taken while it was being written")
        machine.options["gateway_name"] = "cottage"
        with machine.begin(log, SEBRIDGE_HTTP__PORT=str(port)) as again, ended(again):
            wait_for(listener, "sebridge/cottage/availability", b"online")
            assert status(port, "/livez") == 200

    assert [bridge.returncode, again.returncode] == [0, 0]
    said = log.read_text()
    assert "restored from a backup" in said
    assert "Traceback" not in said
    assert not [key for key in (TOKEN, LINK_KEY) if key in said or key.encode() in shown]
    assert json.loads((machine.data / "options.json").read_text())["gateway_name"] == "cottage"


@contextlib.contextmanager
def ended(bridge: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Have the Supervisor stop it in the end, whatever happens."""
    try:
        yield
    finally:
        bridge.send_signal(signal.SIGTERM)
        bridge.wait(PATIENCE)
