"""The configuration that a subcommand is given: what is said where it is wrong."""

from pathlib import Path

from tests.cli.runner import program, run


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
