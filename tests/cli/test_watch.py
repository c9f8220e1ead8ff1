"""`sebridge watch`: the table of topics."""

import pytest
from rich.console import Console

from sebridge.cli.watch import table_of
from tests.cli.runner import run


def test_the_table_shows_topics_in_order_with_count_and_age() -> None:
    seen = {"home/b": ("x" * 500, 3, 90.0), "home/a": ("[red]1[/x]\x1b[2J", 1, 99.6)}
    console = Console(width=100)

    with console.capture() as capture:
        console.print(table_of(seen, 100.0))

    shown = capture.get()
    assert shown.index("home/a") < shown.index("home/b")
    assert "[red]1[/x] [2J" in shown
    assert "10 s" in shown
    assert shown.count("x") == 160


@pytest.mark.parametrize("arguments", [("watch", "--broker", "http://127.0.0.1"), ("watch", "a#")])
def test_wrong_arguments_are_wrong_use(arguments: tuple[str, ...]) -> None:
    shown = run(*arguments)

    assert shown.exit_code == 2, shown.output
    assert "Error" in shown.output
