"""The command line as a person types it."""

import os
from pathlib import Path
import subprocess
import sys

from click.testing import CliRunner, Result
import pytest

from sebridge.cli import main
from sebridge.transports.mqtt.broker import find_mosquitto
from tests.integration.brokers import answers
from tests.patience import PATIENCE, eventually
from tests.ports import unused_port

_PROJECT = Path(__file__).parents[1]


def run(*arguments: str, **environment: str) -> Result:
    clean: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith("SEBRIDGE_")
    }
    return CliRunner().invoke(main, arguments, env=clean | environment)


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m sebridge` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sebridge", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env=os.environ | environment,
    )


# ------------------------------------------------------------------ help


def test_help_names_every_subcommand() -> None:
    shown = program("--help")

    assert shown.returncode == 0
    for name in ("run", "demo", "check-config", "call", "watch", "completion"):
        assert f"  {name} " in shown.stdout


@pytest.mark.parametrize("name", list(main.commands))
def test_every_subcommand_has_help_with_an_example(name: str) -> None:
    shown = run(name, "-h")

    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"sebridge {name}" in shown.output


def test_the_version_is_told() -> None:
    assert "version" in run("--version").output


@pytest.mark.parametrize("arguments", [["nothing"], ["run", "--nothing"], ["demo", "--speed", "0"]])
def test_wrong_use_ends_with_status_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed(shell: str) -> None:
    shown = run("completion", shell)

    assert shown.exit_code == 0
    assert "_SEBRIDGE_COMPLETE" in shown.output


def test_bash_takes_the_completion(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(program("completion", "bash").stdout)

    subprocess.run(["bash", "-n", str(script)], check=True, timeout=PATIENCE)


# ------------------------------------------------------------------ check-config


def test_a_right_configuration_is_confirmed(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("gateway:\n  name: house\n")

    shown = run("check-config", "-c", str(file))

    assert shown.exit_code == 0
    assert "is right: gateway house, radio simulated, broker localhost" in shown.output


def test_the_example_is_right() -> None:
    assert run("check-config", "-c", str(_PROJECT / "config.example.yaml")).exit_code == 0


def test_everything_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "gateway:\n  name: All Gateways\nmqtt:\n  port: 99999\n  pasword: hunter2\nradio: fast\n"
    )

    for command in ("check-config", "run"):
        shown = program(command, "-c", str(file))

        assert shown.returncode == 2
        lines = shown.stderr.splitlines()
        assert len(lines) == 4
        assert all(line.startswith(f"{file}: ") for line in lines)
        for place in ("gateway.name (line 2)", "mqtt.port (line 4)", "mqtt.pasword (line 5)"):
            assert place in shown.stderr
        assert "hunter2" not in shown.stderr + shown.stdout


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("gateway:\n  name: house\n")

    shown = run("check-config", "-c", str(file), SEBRIDGE_GATEWAY__NAME="flat")

    assert "gateway flat" in shown.output


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    shown = run("check-config", "-c", str(tmp_path / "nothing.yaml"))

    assert shown.exit_code == 2
    assert "does not exist" in shown.output


# ------------------------------------------------------------------ run


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


# ------------------------------------------------------------------ call and watch


def test_without_a_broker_a_call_ends_with_status_three() -> None:
    shown = program("call", "get_version", "--broker", "mqtt://127.0.0.1:9")

    assert shown.returncode == 3
    assert shown.stderr.splitlines()[-1] == "sebridge: no MQTT broker answers at 127.0.0.1:9"
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
        ("watch", "--broker", "http://127.0.0.1"),
        ("watch", "a#"),
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


# ------------------------------------------------------------------ demo


def test_the_demonstration_tells_its_stories(tmp_path: Path) -> None:
    shown = program(
        "demo",
        *("--directory", str(tmp_path)),
        "--exit-after-stories",
        *("--speed", "60", "--port", str(unused_port())),
        COLUMNS="200",
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    for part in ("kWh", "mosquitto_sub", "1. ", "2. ", "3. ", "4. "):
        assert part in shown.stdout
    assert "Traceback" not in shown.stderr
    assert shown.stderr == ""
