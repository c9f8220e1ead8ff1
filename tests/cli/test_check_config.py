"""`sebridge check-config`: that a right configuration is confirmed."""

from pathlib import Path

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
