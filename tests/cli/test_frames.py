"""`sebridge frames`: what it does not take. What it does: tests/integration/test_bridge.py."""

from pathlib import Path

from tests.cli.runner import run


def test_nobody_records_for_longer_than_a_day(tmp_path: Path) -> None:
    shown = run("frames", str(tmp_path / "house.pcapng"), "--seconds", "86401")

    assert shown.exit_code == 2
