"""`sebridge check-config`: that a right configuration is confirmed."""

from pathlib import Path

import pytest

from tests.cli.runner import run

_PROJECT = Path(__file__).parents[2]
KEY = "5a6967426565416c6c69616e63653039"
PLACES = (
    "mqtt: {port: %s}",
    "mqtt: {version: %s}",
    "mqtt: {tls: %s}",
    "mqtt: {base_topic: '%s #'}",
    "gateway: {name: 'A %s'}",
    "gateway: {role: %s}",
    "radio: {type: %s}",
    "radio: {channel: %s}",
    "radio: {extended_pan_id: %s}",
    "radio: {network_key: %s}",
    "rpc: {device_id: %s}",
    "rpc: {push: {url: 'ftp://me:%s@host/'}}",
    "rpc: {push: {url: 'https://me:%s@host/'}}",
    "rpc: {push: {method: %s}}",
    "http: {port: %s}",
    "http: {tokens: [{name: a, scope: read, hash: '%s'}]}",
    "log: {level: %s}",
    "settings: {ZDO_Device_Manager.join_interval: %s}",
)


def test_a_right_configuration_is_confirmed(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("gateway:\n  name: house\n")

    shown = run("check-config", "-c", str(file))

    assert shown.exit_code == 0
    assert "is right: gateway house, radio simulated, broker mqtt://localhost:1883" in shown.output


def test_the_example_is_right() -> None:
    assert run("check-config", "-c", str(_PROJECT / "config.example.yaml")).exit_code == 0


@pytest.mark.parametrize(
    ("lines", "understood"),
    [
        ("broker: embedded", "broker embedded"),
        ("broker: '[::1]:1884'", "broker mqtt://[::1]:1884"),
        ("broker: b\n  tls: true", "broker mqtts://b:8883"),
        ("broker: ws://b:9001\n  username: me", "broker ws://b:9001/mqtt with user"),
        ("broker: !secret url", "broker wss://b:443/mqtt with user and password"),
        ("broker: mqtt://b:1884\n  port: 1884", "broker mqtt://b:1884"),
    ],
)
def test_it_tells_which_broker_was_understood(tmp_path: Path, lines: str, understood: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"mqtt:\n  {lines}\n")
    (tmp_path / "secrets.yaml").write_text("url: wss://me:hunter2@b/mqtt\n")

    shown = run("check-config", "-c", str(file))

    assert shown.output.rstrip().endswith(understood)
    assert "hunter2" not in shown.output


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("broker: mqtt://b:1884\n  port: 1885", "mqtt.port (line 3): contradicts the one in"),
        ("broker: mqtt://me@b\n  username: you", "mqtt.username (line 3): contradicts the one in"),
        ("broker: mqtt://me:hunter2@b\n  password: x", "mqtt.password (line 3): contradicts"),
        ("broker: ws://b\n  tls: true", "mqtt.tls (line 3): contradicts mqtt.broker: ws:// is not"),
        ("broker: embedded\n  tls: true", "mqtt.tls (line 3): an embedded broker is not encrypted"),
        ("broker: me:hunter2@embedded", "mqtt.broker (line 2): an embedded broker takes no user"),
        ("broker: !secret url", "mqtt.broker (line 2): the address of the broker begins with none"),
    ],
)
def test_what_contradicts_the_address_is_told_where_it_stands(
    tmp_path: Path, lines: str, problem: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"mqtt:\n  {lines}\n")
    (tmp_path / "secrets.yaml").write_text("url: https://me:hunter2@b/mqtt\n")

    shown = run("check-config", "-c", str(file))

    assert shown.exit_code == 2
    assert problem in shown.output
    assert "hunter2" not in shown.output


@pytest.mark.parametrize("role", ["router", "display"])
@pytest.mark.parametrize("command", ["check-config", "run"])
def test_a_role_that_a_radio_cannot_have_is_told_before_anything_starts(
    tmp_path: Path, role: str, command: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"gateway:\n  role: {role}\nradio:\n  type: znp\n  path: /dev/null\n")

    shown = run(command, "-c", str(file))

    assert shown.exit_code == 2
    problem = f"a {role} joins a network, and a radio of type znp can only form one"
    assert f"gateway.role (line 2): {problem}; those of type ezsp or xbee can join" in shown.output
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("role", ["router", "display"])
@pytest.mark.parametrize("kind", ["ezsp", "xbee"])
def test_a_radio_that_can_join_may_be_a_router_or_display(
    tmp_path: Path, role: str, kind: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"gateway:\n  role: {role}\nradio:\n  type: {kind}\n  path: /dev/null\n")

    assert run("check-config", "-c", str(file)).exit_code == 0


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", ["hunter2-horse", KEY, "31415926535"])
def test_check_config_does_not_repeat_what_stands_in_a_wrong_place(
    place: str, secret: str, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(place % secret + "\n")

    result = run("check-config", "-c", str(config))

    assert secret not in result.output
