"""`sebridge check-config`: that a right configuration is confirmed."""

from pathlib import Path

import pytest

from tests.cli.runner import run

_PROJECT = Path(__file__).parents[2]


def test_a_right_configuration_is_confirmed(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("gateway:\n  name: house\n")

    shown = run("check-config", "-c", str(file))

    assert shown.exit_code == 0
    assert "is right: gateway house, radio simulated, broker localhost" in shown.output


def test_the_example_is_right() -> None:
    assert run("check-config", "-c", str(_PROJECT / "config.example.yaml")).exit_code == 0


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


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", ["hunter2-horse", KEY, "31415926535"])
def test_check_config_does_not_repeat_what_stands_in_a_wrong_place(
    place: str, secret: str, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(place % secret + "\n")

    result = run("check-config", "-c", str(config))

    assert secret not in result.output
