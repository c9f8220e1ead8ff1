"""The app for Home Assistant: its files keep the Supervisor's rules, and its start script works."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import os
from pathlib import Path
import re
import stat
import subprocess
import sys
import threading
from typing import Any

import pytest
from typing_extensions import override
import yaml

from sebridge import __version__
from sebridge.base.secret import Secret
from sebridge.homeassistant.device_classes import LEAST_CORE
from sebridge.settings.config import load
from sebridge.settings.options import TlsOptions

PROJECT = Path(__file__).parent.parent
APP = PROJECT / "hassio-addon"
TOKEN = "token-of-the-supervisor"
PASSWORD = 'p"ä$s!secret #\\: word'
SERVICE = {
    "host": "core-mosquitto",
    "port": 1883,
    "ssl": False,
    "protocol": "3.1.1",
    "username": "addons",
    "password": PASSWORD,
}

# Rules of the Supervisor, as its documentation for app developers states them
RULES: dict[str, Callable[[Any], bool]] = {
    "name": lambda v: isinstance(v, str) and bool(v),
    "version": lambda v: isinstance(v, str) and re.fullmatch(r"\d+\.\d+\.\d+", v) is not None,
    "slug": lambda v: re.fullmatch(r"[-_.a-z0-9]+", v) is not None,
    "description": lambda v: isinstance(v, str) and bool(v),
    "arch": lambda v: sorted(v) == ["aarch64", "amd64"],
    "stage": lambda v: v in {"stable", "experimental", "deprecated"},
    "homeassistant": lambda v: re.fullmatch(r"20\d\d\.\d+\.\d+", v) is not None,
    "init": lambda v: v is False,
    "startup": lambda v: v in {"initialize", "system", "services", "application", "once"},
    "boot": lambda v: v in {"auto", "manual", "manual_only"},
    "timeout": lambda v: 10 <= v <= 300,
    "services": lambda v: v in (["mqtt:want"], ["mqtt:need"]),
    "uart": lambda v: v is True,
    "udev": lambda v: v is True,
    "map": lambda v: all(set(entry) <= {"type", "read_only", "path"} for entry in v),
    "backup": lambda v: v in {"hot", "cold"},
    "options": lambda v: isinstance(v, dict),
    "schema": lambda v: isinstance(v, dict),
}
REQUIRED = {"name", "version", "slug", "description", "arch"}
TYPE = re.compile(
    r"(str|bool|int|float|email|url|password|port|device)(\([^)]*\))?\??|list\(.+\)\??|match\(.+\)\??"
)


def read_yaml(name: str) -> dict[str, Any]:
    content = yaml.safe_load((APP / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


@pytest.fixture
def manifest() -> dict[str, Any]:
    return read_yaml("config.yaml")


def test_the_manifest_keeps_the_rules(manifest: dict[str, Any]) -> None:
    unknown = manifest.keys() - RULES.keys()
    broken = [key for key, value in manifest.items() if key in RULES and not RULES[key](value)]

    assert not unknown
    assert not broken
    assert manifest.keys() >= REQUIRED


def test_the_version_is_that_of_the_bridge(manifest: dict[str, Any]) -> None:
    assert manifest["version"] == __version__


def test_every_option_has_a_type_and_a_translation(manifest: dict[str, Any]) -> None:
    schema, options = manifest["schema"], manifest["options"]
    translated = read_yaml("translations/en.yaml")["configuration"]

    assert options.keys() <= schema.keys()
    assert translated.keys() == schema.keys()
    kinds = [kind if isinstance(kind, str) else kind[0] for kind in schema.values()]
    assert all(TYPE.fullmatch(kind) for kind in kinds)
    assert all(text["name"] and text["description"] for text in translated.values())


def test_what_has_a_default_is_required_and_the_rest_optional(manifest: dict[str, Any]) -> None:
    kinds = manifest["schema"].items()
    optional = {key for key, kind in kinds if isinstance(kind, str) and kind.endswith("?")}

    assert optional == manifest["schema"].keys() - manifest["options"].keys()


def test_nothing_gives_the_app_more_rights_than_it_needs(manifest: dict[str, Any]) -> None:
    risky = {"privileged", "full_access", "host_network", "docker_api", "hassio_api", "apparmor"}

    assert not risky & manifest.keys()


def test_the_documentation_names_every_option(manifest: dict[str, Any]) -> None:
    documentation = (APP / "DOCS.md").read_text(encoding="utf-8")
    described_in_words = {"radio_type", "radio_path", "radio_address", "log_level"}

    named = set(re.findall(r"`([a-z_]+)`", documentation))

    assert manifest["schema"].keys() - described_in_words <= named


def test_there_is_no_retired_build_file() -> None:
    assert not (APP / "build.yaml").exists()
    assert {path.name for path in APP.iterdir()} >= {"README.md", "CHANGELOG.md", "DOCS.md"}


def test_the_image_has_a_pinned_base_and_the_labels(manifest: dict[str, Any]) -> None:
    dockerfile = (APP / "Dockerfile").read_text(encoding="utf-8")

    base = re.findall(r"^FROM (\S+)$", dockerfile, re.MULTILINE)

    assert len(base) == 1
    assert re.fullmatch(r"ghcr\.io/home-assistant/base-python:[\d.]+-alpine[\d.]+", base[0])
    assert 'io.hass.type="app"' in dockerfile
    assert "io.hass.version=" in dockerfile
    assert "io.hass.arch=" in dockerfile
    assert "--require-hashes" in dockerfile


def test_the_assembled_folder_holds_all_that_the_image_copies(tmp_path: Path) -> None:
    target = tmp_path / "app"

    for _ in range(2):  # the second time over the first
        subprocess.run([APP / "assemble.sh", target], check=True)

    dockerfile = (target / "Dockerfile").read_text(encoding="utf-8")
    copied = " ".join(re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)).split()
    assert copied
    assert all((target / name).exists() for name in copied)
    assert (target / "source/sebridge/__init__.py").is_file()
    assert not list(target.rglob("__pycache__"))


def test_the_assembly_does_not_touch_a_folder_with_something_else(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")

    done = subprocess.run([APP / "assemble.sh", tmp_path], check=False, capture_output=True)

    assert done.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("script", ["run.sh", "assemble.sh"])
def test_a_script_is_valid_bash_and_may_be_run(script: str) -> None:
    assert os.access(APP / script, os.X_OK)
    subprocess.run(["bash", "-n", APP / script], check=True)


# ------------------------------------------------------------------ the start script, really run


class Supervisor(ThreadingHTTPServer):
    """Answers /services/mqtt as the Supervisor does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SupervisorHandler)
        self.answer: bytes = json.dumps({"result": "ok", "data": SERVICE}).encode()
        self.status = 200
        self.failures = 0  # so many questions are refused first
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class SupervisorHandler(BaseHTTPRequestHandler):
    server: Supervisor

    def do_GET(self) -> None:
        self.server.asked += 1
        status = self.server.status
        if self.path != "/services/mqtt":
            status = 404
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            status = 401
        elif self.server.asked <= self.server.failures:
            status = 400
        self.send_response(status)
        self.end_headers()
        self.wfile.write(self.server.answer if status == 200 else b'{"result":"error"}')

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    with Supervisor() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Machine:
    """A container: its data folder, and a `sebridge` that only notes how it was started."""

    def __init__(self, folder: Path, supervisor: Supervisor, options: dict[str, Any]) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.options = options
        self.noted = folder / "noted.json"
        self._supervisor = supervisor
        self._programs = folder / "bin"
        self._programs.mkdir()
        (self._programs / "python3").symlink_to(sys.executable)
        program = self._programs / "sebridge"
        program.write_text(
            f"#!{sys.executable}\nimport json, os, sys\n"
            f"json.dump([sys.argv[1:], dict(os.environ)], open({str(self.noted)!r}, 'w'))\n"
        )
        program.chmod(0o755)

    @property
    def config(self) -> Path:
        return self.data / "sebridge.yaml"

    def start(self, attempts: int = 1) -> subprocess.CompletedProcess[str]:
        (self.data / "options.json").write_text(json.dumps(self.options))
        environment = {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "DATA_DIRECTORY": str(self.data),
            "SUPERVISOR_URL": self._supervisor.url,
            "SUPERVISOR_TOKEN": TOKEN,
            "BROKER_ATTEMPTS": str(attempts),
            "BROKER_PAUSE": "0.01",
        }
        return subprocess.run(
            [APP / "run.sh"], env=environment, check=False, capture_output=True, text=True
        )


@pytest.fixture
def machine(tmp_path: Path, supervisor: Supervisor, manifest: dict[str, Any]) -> Machine:
    options = manifest["options"] | {"radio_type": "simulated"}
    return Machine(tmp_path, supervisor, options)


def test_the_bridge_starts_with_the_credentials_of_the_supervisor(machine: Machine) -> None:
    machine.options |= {"radio_type": "xbee", "radio_path": "/dev/serial/by-id/usb-1"}

    done = machine.start()

    assert done.returncode == 0, done.stderr
    arguments, _ = json.loads(machine.noted.read_text())
    assert arguments == ["run", "-c", str(machine.config)]
    options = load(machine.config, {})
    assert (options.radio.type, options.radio.path) == ("xbee", "/dev/serial/by-id/usb-1")
    assert str(options.mqtt.address) == "mqtt://core-mosquitto:1883"
    assert options.mqtt.username == "addons"
    assert options.mqtt.password is not None
    assert options.mqtt.password.reveal().decode() == PASSWORD
    assert options.mqtt.tls is None
    assert options.storage.path == machine.data / "sebridge.db"


def test_a_password_is_seen_nowhere_but_in_a_file_of_its_owner(machine: Machine) -> None:
    machine.config.write_text("left by an earlier version")
    machine.config.chmod(0o644)

    done = machine.start()

    arguments, environment = json.loads(machine.noted.read_text())
    shown = done.stdout + done.stderr + repr(arguments) + repr(environment)
    assert PASSWORD not in shown
    assert TOKEN not in shown
    assert stat.S_IMODE(machine.config.stat().st_mode) == 0o600


def test_a_broker_of_ones_own_needs_no_supervisor(machine: Machine, supervisor: Supervisor) -> None:
    machine.options |= {
        "mqtt_host": "broker.example",
        "mqtt_port": 8884,
        "mqtt_username": "me",
        "mqtt_password": PASSWORD,
        "mqtt_tls": True,
        "mqtt_base_topic": "energy/se",
        "radio_type": "ezsp",
        "radio_address": "socket://192.168.1.20:6638",
        "radio_path": "/dev/ttyUSB0",
        "radio_baudrate": 57600,
        "radio_flow_control": "hardware",
        "radio_channel": 20,
        "gateway_name": "cottage",
        "discovery": False,
        "discovery_prefix": "ha",
        "log_level": "debug",
    }

    done = machine.start()

    assert done.returncode == 0, done.stderr
    assert supervisor.asked == 0
    options = load(machine.config, {})
    assert str(options.mqtt.address) == "mqtts://broker.example:8884"
    assert options.mqtt.tls == TlsOptions()
    assert options.mqtt.base_topic == "energy/se"
    assert options.radio.path == "socket://192.168.1.20:6638"
    assert (options.radio.baudrate, options.radio.channel) == (57600, 20)
    assert options.radio.flow_control == "hardware"
    assert options.gateway.name == "cottage"
    assert not options.homeassistant.enabled
    assert options.homeassistant.discovery_prefix == "ha"
    assert options.log.level == "debug"


def test_a_broker_may_be_named_by_a_url(machine: Machine, supervisor: Supervisor) -> None:
    machine.options |= {
        "mqtt_host": "wss://me:p%2Fw@broker.example/mqtt",
        "mqtt_tls": False,  # the form sends what was not touched, too
    }

    done = machine.start()

    assert done.returncode == 0, done.stderr
    assert supervisor.asked == 0
    mqtt = load(machine.config, {}).mqtt
    assert str(mqtt.address) == "wss://broker.example:443/mqtt"
    assert mqtt.encryption == TlsOptions()
    assert mqtt.address.password == Secret(b"p/w")


def test_options_that_are_left_empty_have_the_defaults_of_the_bridge(machine: Machine) -> None:
    done = machine.start()

    assert done.returncode == 0, done.stderr
    options = load(machine.config, {})
    assert options.radio.baudrate == 115200
    assert options.radio.flow_control is None
    assert options.homeassistant.enabled


def test_a_broker_with_tls_is_reached_with_tls(machine: Machine, supervisor: Supervisor) -> None:
    supervisor.answer = json.dumps({"data": SERVICE | {"ssl": True}}).encode()

    machine.start()

    assert load(machine.config, {}).mqtt.tls == TlsOptions()


def test_a_broker_that_comes_later_is_waited_for(machine: Machine, supervisor: Supervisor) -> None:
    supervisor.failures = 2

    done = machine.start(attempts=3)

    assert done.returncode == 0, done.stderr
    assert supervisor.asked == 3
    assert load(machine.config, {}).mqtt.broker.host == "core-mosquitto"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        pytest.param(400, b"{}", id="no such service"),
        pytest.param(200, b"junk", id="not JSON"),
        pytest.param(200, b"[]", id="not an object"),
        pytest.param(200, b'{"data":{}}', id="no host"),
        pytest.param(200, b'{"data":null}', id="no data"),
    ],
)
def test_without_a_broker_the_log_says_what_to_do(
    machine: Machine, supervisor: Supervisor, status: int, answer: bytes
) -> None:
    supervisor.status, supervisor.answer = status, answer

    done = machine.start()

    assert done.returncode == 1
    assert "install the app Mosquitto broker, or set mqtt_host" in done.stderr
    assert "Traceback" not in done.stderr
    assert not machine.noted.exists()


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        pytest.param({"radio_type": None}, "choose the kind of radio", id="no kind"),
        pytest.param({"radio_type": "ezsp"}, "choose the serial port of the radio", id="no port"),
    ],
)
def test_without_a_radio_the_log_says_what_to_do(
    machine: Machine, options: dict[str, Any], advice: str
) -> None:
    machine.options |= options

    done = machine.start()

    assert done.returncode == 1
    assert advice in done.stderr
    assert not machine.noted.exists()


def test_the_least_version_of_home_assistant_is_the_same_everywhere() -> None:
    manifest = yaml.safe_load((APP / "config.yaml").read_text())
    page = (APP.parent / "docs" / "home-assistant.md").read_text()

    assert manifest["homeassistant"] == f"{LEAST_CORE}.0"
    assert f"Core {LEAST_CORE} or later" in " ".join(page.split())
