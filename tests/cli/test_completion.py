"""`sebridge completion`: what a shell takes, and what it is then told."""

from pathlib import Path
import subprocess

from click.shell_completion import ShellComplete
import pytest

from sebridge.cli.main import main
from tests.cli.runner import program, run
from tests.patience import PATIENCE


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed(shell: str) -> None:
    shown = run("completion", shell)

    assert shown.exit_code == 0
    assert "_SEBRIDGE_COMPLETE" in shown.output


def test_bash_takes_the_completion(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(program("completion", "bash").stdout)

    subprocess.run(["bash", "-n", str(script)], check=True, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("words", "begun", "expected"),
    [
        ([], "ch", ["check-config"]),
        (["certificate"], "s", ["show"]),
        (["decode"], "--js", ["--json"]),
        (["completion"], "", ["bash", "zsh", "fish"]),
    ],
)
def test_what_was_begun_is_completed(words: list[str], begun: str, expected: list[str]) -> None:
    shell = ShellComplete(main, {}, "sebridge", "_SEBRIDGE_COMPLETE")

    found = shell.get_completions(words, begun)

    assert [item.value for item in found] == expected
