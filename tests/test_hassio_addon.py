"""The app for Home Assistant: its files keep the Supervisor's rules, and its start script works."""

from collections.abc import Callable, Iterator, Mapping
import json
import os
from pathlib import Path
import re
import stat
import struct
import subprocess
from subprocess import PIPE
from typing import Any, Final

import pytest
import yaml

from sebridge import __version__
from sebridge.base.secret import Secret
from sebridge.homeassistant.device_classes import LEAST_CORE
from sebridge.settings.config import load
from sebridge.settings.default_price import DefaultPrice
from sebridge.settings.homeassistant_address import HomeAssistantAccess
from sebridge.settings.http_options import HttpOptions, IngressOptions
from sebridge.settings.options import TlsOptions
from sebridge.settings.price_source import EntityOptions
from sebridge.transports.web.tokens import hash_of
from tests.supervisor import APP, PASSWORD, SERVICE, TOKEN, Machine, Supervisor, answering

PROJECT = Path(__file__).parent.parent
LINK_KEY = "00112233445566778899aabbccddeeff"
CODE = "83fed3407a939723a5c639b26916d505c3b5"
HTTP_TOKEN = "a-token-of-32-characters-or-more"

# Rules of the Supervisor, as its documentation for app developers ("App configuration") and, for
# patterns, its own check of an app (supervisor/addons/validate.py) state them
WATCHDOG = re.compile(
    r"(?:https?|\[PROTO:(?P<option>\w+)\]|tcp)://\[HOST\]:\[PORT:(?P<port>\d+)\](?P<path>/.*)?"
)
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
    "homeassistant_api": lambda v: v is True,
    "uart": lambda v: v is True,
    "udev": lambda v: v is True,
    "ingress": lambda v: v is True,
    "ingress_port": lambda v: 0 <= v < 65_536,
    "panel_icon": lambda v: re.fullmatch(r"mdi:[a-z0-9-]+", v) is not None,
    "panel_title": lambda v: isinstance(v, str) and bool(v),
    "panel_admin": lambda v: v is True,
    "ports": lambda v: all(
        re.fullmatch(r"\d+/(tcp|udp)", port) and (host is None or 0 < host < 65_536)
        for port, host in v.items()
    ),
    "watchdog": lambda v: WATCHDOG.fullmatch(v) is not None,
    "map": lambda v: all(
        set(entry) <= {"type", "read_only", "path"}
        and entry["type"] in {"data", "addon_config", "ssl", "share", "media", "backup"}
        for entry in v
    ),
    "backup_pre": lambda v: isinstance(v, str),
    "backup_post": lambda v: isinstance(v, str),
    "backup_exclude": lambda v: all(isinstance(entry, str) for entry in v),
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


def kinds(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each option takes, and each field of a list of them."""
    for kind in schema.values():
        inner = kind[0] if isinstance(kind, list) else kind
        if isinstance(inner, dict):
            yield from kinds(inner)
        else:
            yield inner


def test_every_option_has_a_type_and_a_translation(manifest: dict[str, Any]) -> None:
    schema, options = manifest["schema"], manifest["options"]
    translated = read_yaml("translations/en.yaml")

    assert options.keys() <= schema.keys()
    assert translated["configuration"].keys() == schema.keys()
    assert translated["network"].keys() == manifest["ports"].keys()
    fields = schema["http_tokens"][0].keys()
    assert translated["configuration"]["http_tokens"]["fields"].keys() == fields
    assert [kind for kind in kinds(schema) if not TYPE.fullmatch(kind)] == []


def texts(content: Mapping[str, Any], place: str = "") -> dict[str, str]:
    """Return each text of a translation by where it stands."""
    found: dict[str, str] = {}
    for key, value in content.items():
        below = f"{place}/{key}"
        found |= texts(value, below) if isinstance(value, dict) else {below: value}
    return found


def test_what_is_said_in_english_is_said_in_german() -> None:
    english, german = (texts(read_yaml(f"translations/{code}.yaml")) for code in ("en", "de"))
    same = {place for place, text in english.items() if german.get(place) == text}

    assert list(german) == list(english)
    assert all(german.values())
    assert all(english.values())
    assert same == {"/configuration/http_tokens/fields/name/name"}


def test_what_is_secret_is_hidden_in_the_form(manifest: dict[str, Any]) -> None:
    schema = manifest["schema"]
    secret = {name for name, kind in schema.items() if kind == "password?"}

    assert secret == {
        "gateway_message_pin",
        "radio_link_key",
        "radio_installation_code",
        "mqtt_password",
    }
    assert schema["http_tokens"][0]["token"] == "password"


def test_the_supervisor_asks_whether_the_bridge_lives_where_it_listens(
    manifest: dict[str, Any],
) -> None:
    asked = WATCHDOG.fullmatch(manifest["watchdog"])

    assert asked is not None
    assert asked["path"] == "/livez"
    assert manifest["options"][asked["option"]] is False
    assert manifest["ports"] == {f"{asked['port']}/tcp": None}
    assert int(asked["port"]) == manifest["ingress_port"] == HttpOptions().port


# What the Supervisor adds to the rating of an app, and what it takes away: "Presenting your app" of
# the documentation for developers, section Security
BASE, LEAST, MOST = 5, 1, 6
RIGHTS: Final = {
    "ingress": 2,
    "auth_api": 1,
    "privileged": -1,
    "kernel_modules": -1,
    "host_network": -1,
    "host_pid": -2,
    "host_uts": -1,
    "full_access": -MOST,
    "docker_api": -MOST,
}


def rating(manifest: Mapping[str, Any], profile: Path) -> int:
    points = sum(change for right, change in RIGHTS.items() if manifest.get(right))
    points += {"manager": -1, "admin": -2}.get(manifest.get("hassio_role", "default"), 0)
    points += profile.exists() if manifest.get("apparmor", True) else -1
    return max(LEAST, min(MOST, BASE + points))


def test_the_rating_is_the_best_there_is(manifest: dict[str, Any]) -> None:
    profile = APP / "apparmor.txt"

    assert rating(manifest, profile) == MOST
    assert rating(manifest | {"ingress": False}, APP / "none.txt") == BASE
    assert rating(manifest | {"host_network": True, "docker_api": True}, profile) == LEAST


def test_the_profile_of_apparmor_is_one_that_the_supervisor_takes(manifest: dict[str, Any]) -> None:
    profile = APP / "apparmor.txt"
    rules = re.sub("#.*", "", profile.read_text())

    # the Supervisor gives it the name that the app has with it, and takes one alone
    named = re.findall("^profile ([^ ]+)", rules, re.MULTILINE)
    assert named == [manifest["slug"]]
    subprocess.run(["/sbin/apparmor_parser", "--skip-kernel-load", profile], check=True)
    writable = re.findall(r"^ *(?:owner )?(/\S+) \S*w", rules, re.MULTILINE)
    assert all(place.startswith(("/data/", "/tmp/", "/dev/")) for place in writable)
    assert "capability" not in rules


def test_what_starts_anew_is_in_no_backup(manifest: dict[str, Any], machine: Machine) -> None:
    machine.options |= {"certificate_store": "mine.txt"}
    (machine.own / "mine.txt").write_text("certificates")

    machine.start()

    assert {path.name for path in machine.data.iterdir()} == {
        "options.json",
        *manifest["backup_exclude"],
    }


@pytest.mark.parametrize(("name", "size"), [("icon", (128, 128)), ("logo", (250, 100))])
def test_a_picture_has_the_size_that_is_wanted(name: str, size: tuple[int, int]) -> None:
    octets = (APP / f"{name}.png").read_bytes()

    # PNG (RFC 2083, 2.1): the signature, then the header with width and height
    assert octets[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", octets[16:24]) == size
    assert (APP / "drawings" / f"{name}.svg").is_file()


def test_the_repository_is_one_of_apps() -> None:
    content = yaml.safe_load((PROJECT / "repository.yaml").read_text())

    assert content["name"]
    assert content.keys() <= {"name", "url", "maintainer"}


def test_what_has_a_default_is_required_and_the_rest_optional(manifest: dict[str, Any]) -> None:
    schema = manifest["schema"].items()
    optional = {key for key, kind in schema if isinstance(kind, str) and kind.endswith("?")}

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


@pytest.mark.parametrize("script", ["run.sh", "assemble.sh", "backup.sh"])
def test_a_script_is_valid_bash_and_may_be_run(script: str) -> None:
    assert os.access(APP / script, os.X_OK)
    subprocess.run(["bash", "-n", APP / script], check=True)


# ------------------------------------------------------------------ the start script, really run


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    with answering(Supervisor()) as made:
        yield made


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


def test_keys_go_into_the_configuration_and_nowhere_else(machine: Machine) -> None:
    machine.options |= {
        "radio_type": "ezsp",
        "radio_address": "socket://192.168.1.20:6638",
        "gateway_role": "display",
        "gateway_message_pin": "246813",
        "radio_link_key": LINK_KEY,
        "http_tokens": [{"name": "panel", "scope": "command", "token": HTTP_TOKEN}],
    }

    done = machine.start()

    assert done.returncode == 0, done.stderr
    arguments, environment = json.loads(machine.noted.read_text())
    shown = done.stdout + done.stderr + repr(arguments) + repr(environment)
    assert not [key for key in (LINK_KEY, HTTP_TOKEN, "246813") if key in shown]
    assert HTTP_TOKEN not in machine.config.read_text()
    assert stat.S_IMODE(machine.config.stat().st_mode) == 0o600
    options = load(machine.config, {})
    assert options.gateway.role == "display"
    assert options.gateway.message_pin == Secret(b"246813")
    assert options.radio.link_key == Secret(bytes.fromhex(LINK_KEY))
    assert options.http is not None
    (token,) = options.http.tokens
    assert (token.name, token.scope) == ("panel", "command")
    assert token.hash == hash_of(Secret(HTTP_TOKEN.encode()))


def test_an_installation_code_may_stand_in_the_place_of_a_key(machine: Machine) -> None:
    machine.options |= {"radio_installation_code": CODE}

    machine.start()

    assert load(machine.config, {}).radio.installation_code == Secret(bytes.fromhex(CODE))


ADMINISTRATORS = HomeAssistantAccess(
    address="ws://supervisor/core/websocket", token=Secret(TOKEN.encode())
)


def test_users_of_home_assistant_come_in_as_what_it_says_and_nobody_else(
    machine: Machine,
) -> None:
    done = machine.start()

    http = load(machine.config, {}).http
    assert http is not None
    assert (http.host, http.tokens, http.tls) == ("0.0.0.0", (), None)
    assert http.ingress == IngressOptions(
        scope="admin", others_scope="read", homeassistant=ADMINISTRATORS
    )
    assert TOKEN not in done.stdout + done.stderr + machine.noted.read_text()


def test_users_of_home_assistant_may_be_given_less(machine: Machine) -> None:
    machine.options |= {"http_ingress_scope": "read", "http_ingress_others_scope": "off"}

    machine.start()

    http = load(machine.config, {}).http
    assert http is not None
    assert http.ingress == IngressOptions(
        scope="read", others_scope="off", homeassistant=ADMINISTRATORS
    )


def test_http_is_encrypted_with_the_certificate_of_the_home(machine: Machine) -> None:
    machine.options |= {"http_tls": True}

    hashes = set()
    for _ in range(2):
        said = machine.start().stderr
        http = load(machine.config, {}).http
        assert http is not None
        assert http.tls is not None
        assert http.tls.certificate == machine.ssl / "fullchain.pem"
        assert http.tls.key == machine.ssl / "privkey.pem"
        # the Supervisor asks without encryption: nobody comes from there, nor with a token
        assert http.ingress is None
        assert "the page in the side bar cannot be opened" in said
        (token,) = http.tokens
        assert token.scope == "read"
        hashes.add(token.hash.reveal())

    assert len(hashes) == 2


def test_each_commodity_may_have_a_default_price(machine: Machine) -> None:
    machine.options |= {
        "default_price_electricity": "0.25 EUR/kWh",
        "default_price_gas": "-1 USD/ft³",
    }

    machine.start()

    assert load(machine.config, {}).homeassistant.default_prices == {
        "electricity": DefaultPrice(0.25, "EUR", "kWh"),
        "gas": DefaultPrice(-1, "USD", "ft³"),
    }


def test_prices_of_an_entity_come_through_the_supervisor(machine: Machine) -> None:
    machine.options |= {
        "price_source_entity": "sensor.nordpool",
        "price_source_price_unit": "EUR/kWh",
        "price_source_multiplier": 1.19,
    }

    done = machine.start()

    source = load(machine.config, {}).price_source
    assert source is not None
    assert source.homeassistant == EntityOptions(
        entity="sensor.nordpool",
        address="ws://supervisor/core/websocket",
        token=Secret(TOKEN.encode()),
    )
    assert source.multiplier == 1.19
    assert TOKEN not in done.stdout + done.stderr + machine.noted.read_text()


@pytest.mark.parametrize(
    ("name", "price", "is_taken"),
    [
        ("electricity", "0.25 EUR/kWh", True),
        ("gas", "12 GBP/m³", True),
        ("gas", "12 GBP/kWh", False),
        ("heat", "0,25 EUR/MJ", False),
        ("water", "0.002 EUR/L or so", False),
    ],
)
def test_the_form_takes_the_prices_that_the_bridge_takes(
    manifest: dict[str, Any], name: str, price: str, *, is_taken: bool
) -> None:
    kind = manifest["schema"][f"default_price_{name}"]

    assert (re.match(kind[len("match(") : -len(")?")], price) is not None) == is_taken


def test_certificates_are_copied_to_where_only_their_owner_reads_them(machine: Machine) -> None:
    file, copy = machine.own / "mine.txt", machine.data / "certificates"
    file.write_text("certificates")
    machine.options |= {"certificate_store": "mine.txt", "radio_type": "simulated"}

    machine.start()

    assert load(machine.config, {}).security.certificate_store == copy
    assert copy.read_text() == "certificates"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    del machine.options["certificate_store"]
    machine.start()
    assert not copy.exists()


def test_images_of_firmware_are_found_in_the_folder_of_the_app(machine: Machine) -> None:
    machine.options |= {"radio_type": "simulated"}
    machine.start()
    without = load(machine.config, {}).ota
    folder = machine.own / "firmware"
    folder.mkdir()
    machine.start()
    with_folder = load(machine.config, {}).ota
    (folder / "index.json").write_text("[]")

    machine.start()

    with_index = load(machine.config, {}).ota
    assert (without.directory, without.index) == (None, None)
    assert (with_folder.directory, with_folder.index) == (folder, None)
    assert (with_index.directory, with_index.index) == (folder, folder / "index.json")


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
        pytest.param(
            {"http_tokens": [{"name": "me", "scope": "read", "token": PASSWORD}]},
            "the token of me is too short",
            id="short token",
        ),
        pytest.param(
            {"certificate_store": "none.txt"}, "none.txt cannot be read", id="no certificates"
        ),
    ],
)
def test_of_options_that_cannot_be_the_log_says_what_to_do(
    machine: Machine, options: dict[str, Any], advice: str
) -> None:
    machine.options |= options

    done = machine.start()

    assert done.returncode == 1
    assert advice in done.stderr
    assert PASSWORD not in done.stderr
    assert not machine.noted.exists()


def test_the_least_version_of_home_assistant_is_the_same_everywhere() -> None:
    manifest = yaml.safe_load((APP / "config.yaml").read_text())
    page = (APP.parent / "docs" / "home-assistant.md").read_text()

    assert manifest["homeassistant"] == f"{LEAST_CORE}.0"
    assert f"Core {LEAST_CORE} or later" in " ".join(page.split())


# ------------------------------------------------------------------ backups


def test_a_restored_copy_takes_the_place_of_what_was_being_written(machine: Machine) -> None:
    database, log = machine.data / "sebridge.db", machine.data / "sebridge.db-wal"
    database.write_text("half")
    log.write_text("of something else")
    machine.copy.write_text("whole")

    done = machine.start()

    assert "restored from a backup" in done.stderr
    assert database.read_text() == "whole"
    assert not log.exists()
    assert not machine.copy.exists()


def test_a_copy_that_a_backup_left_behind_is_older_than_the_database(machine: Machine) -> None:
    database = machine.data / "sebridge.db"
    machine.start()
    database.write_text("new")
    machine.copy.write_text("old")

    done = machine.start()

    assert "restored" not in done.stderr
    assert database.read_text() == "new"
    assert not machine.copy.exists()


def test_a_backup_without_a_copy_fails(machine: Machine) -> None:
    machine.copy.write_text("from yesterday")
    with subprocess.Popen(["bash", "-c", "trap '' USR1; echo; exec sleep 60"], stdout=PIPE) as deaf:
        assert deaf.stdout is not None
        deaf.stdout.readline()
        done = machine.hook("pre", deaf.pid, patience=0)
        deaf.terminate()

    assert done.returncode == 1
    assert "no copy" in done.stderr
    assert not machine.copy.exists()
