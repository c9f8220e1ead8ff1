"""`sebridge` itself: help, version, and that a subcommand is imported only when it is called."""

import pytest

from sebridge import __version__
from sebridge.cli.main import LazyCommand, main
from tests.cli.runner import program, run

SUBCOMMANDS = [command for command in main.commands.values() if isinstance(command, LazyCommand)]


def test_help_names_every_subcommand() -> None:
    shown = program("--help")

    assert shown.returncode == 0
    for name in ("run", "demo", "check-config", "call", "watch", "completion"):
        assert f"  {name} " in shown.stdout


@pytest.mark.parametrize("command", SUBCOMMANDS, ids=lambda command: command.name)
def test_a_subcommand_is_listed_with_the_words_of_its_own_help(command: LazyCommand) -> None:
    loaded = command.load()

    assert loaded.name == command.name
    assert command.get_short_help_str(1000) == loaded.get_short_help_str(1000)


@pytest.mark.parametrize("name", list(main.commands))
def test_every_subcommand_has_help_with_an_example(name: str) -> None:
    shown = run(name, "-h")

    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"sebridge {name}" in shown.output


def test_the_version_is_told() -> None:
    assert run("--version").output == f"main, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["run", "--nothing"], ["demo", "--speed", "0"]])
def test_wrong_use_ends_with_status_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
