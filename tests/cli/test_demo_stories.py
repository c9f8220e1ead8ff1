"""The stories of the demonstration, all of them, as a program of its own tells them."""

from pathlib import Path

from tests.cli.runner import program
from tests.ports import unused_port


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
