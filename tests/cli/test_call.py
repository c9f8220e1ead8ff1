"""`sebridge call`: parameters on the command line, and how it ends without an answer."""

from pathlib import Path
import subprocess
from typing import Any

import pytest

from sebridge.cli.call import parameters_of
from sebridge.transports.mqtt.broker import find_mosquitto
from tests.cli.runner import program, run
from tests.integration.brokers import answers
from tests.patience import PATIENCE, eventually
from tests.ports import unused_port


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], {}),
        (
            ["a=1", "b=text", "c=true", "d=null", "e="],
            {"a": 1, "b": "text", "c": True, "d": None, "e": ""},
        ),
        (["a=0x5E", 'b="7"', "c=1=2"], {"a": "0x5E", "b": "7", "c": "1=2"}),
        (["r.x=1", "r.y.z=[1,2]"], {"r": {"x": 1, "y": {"z": [1, 2]}}}),
        (['r={"x":1}', "r.y=2"], {"r": {"x": 1, "y": 2}}),
    ],
)
def test_pairs_become_parameters(pairs: list[str], expected: dict[str, Any]) -> None:
    assert parameters_of(pairs) == expected


@pytest.mark.parametrize("pairs", [["a"], ["=1"], ["a=1", "a.b=2"], ["a.b=1", "a.b.c=1"]])
def test_what_is_no_pair_is_told(pairs: list[str]) -> None:
    with pytest.raises(ValueError, match=r"KEY=VALUE|reaches below"):
        parameters_of(pairs)


@pytest.mark.parametrize("pairs", [["a=1", "a=2"], ["a.b=1", "a=2"]])
def test_a_key_that_is_given_twice_is_told(pairs: list[str]) -> None:
    with pytest.raises(ValueError, match="twice"):
        parameters_of(pairs)


def test_without_a_broker_a_call_ends_with_status_three() -> None:
    shown = program("call", "get_version", "--broker", "mqtt://127.0.0.1:9")

    assert shown.returncode == 3
    assert shown.stderr.splitlines()[-1] == "sebridge: no MQTT broker answers at mqtt://127.0.0.1:9"
    assert shown.stdout == ""


def test_without_a_gateway_a_call_ends_with_status_three(tmp_path: Path) -> None:
    port, broker = _broker(tmp_path)
    try:
        shown = program("call", "get_version", "--timeout", "0.5", "--broker", f"127.0.0.1:{port}")
    finally:
        broker.terminate()
        broker.wait(PATIENCE)

    assert shown.returncode == 3
    assert "no answer from gateway home within 0.5 s" in shown.stderr


def _broker(directory: Path) -> tuple[int, subprocess.Popen[bytes]]:
    port = unused_port()
    file = directory / "mosquitto.conf"
    file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    broker = subprocess.Popen(
        [str(find_mosquitto()), "-c", str(file)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    eventually(lambda: answers(port))
    return port, broker


@pytest.mark.parametrize(
    "arguments",
    [
        ("call", "get_version", "--broker", "http://127.0.0.1"),
        ("call", "get_version", "broken"),
        ("call", "get_version", "a=1", "a=2"),
        ("call", "a/b"),
        ("call", "#"),
    ],
)
def test_wrong_arguments_are_wrong_use(arguments: tuple[str, ...]) -> None:
    shown = run(*arguments)

    assert shown.exit_code == 2, shown.output
    assert "Error" in shown.output


def test_a_broker_of_the_environment_is_used_and_its_password_never_shown() -> None:
    shown = program("call", "get_version", SEBRIDGE_BROKER="mqtt://user:hunter2@127.0.0.1:9")

    assert "127.0.0.1:9" in shown.stderr
    assert "hunter2" not in shown.stderr + shown.stdout
