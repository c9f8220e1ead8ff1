"""`sebridge token`: what it prints opens the door, and what is kept does not."""

from pathlib import Path
import re

from click.testing import CliRunner
import pytest

from sebridge.cli.main import main
from sebridge.settings.config import read
from sebridge.transports.web.auth import presented
from sebridge.transports.web.tokens import hash_of

shows_token = pytest.mark.tells_keys("what a command printed")


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["token", *arguments])
    assert result.exit_code == 0
    return result.output


@shows_token
def test_the_line_is_right_in_a_configuration() -> None:
    output = printed("head-end", "--scope", "command")
    line = output.splitlines()[-1]
    found = re.search(r"^  (sebridge_\S+)$", output, re.MULTILINE)

    options = read(f"http:\n  host: 0.0.0.0\n  tokens:\n  {line}\n", Path(), {})

    assert found is not None
    assert options.http is not None
    (token,) = options.http.tokens
    assert (token.name, token.scope) == ("head-end", "command")
    assert token.hash == hash_of(presented(f"Bearer {found[1]}"))


@shows_token
def test_a_token_may_only_read_unless_more_is_asked_for() -> None:
    assert "scope: read" in printed("dashboard")


@shows_token
def test_the_token_does_not_stand_in_the_line_for_the_file() -> None:
    output = printed("dashboard")

    token = output.splitlines()[2].strip()
    assert output.count(token) == 1
    assert len(token) > 40


@shows_token
def test_each_token_is_another_one() -> None:
    assert printed("dashboard") != printed("dashboard")


@pytest.mark.parametrize("arguments", [["two words"], ["x", "--scope", "owner"], []])
def test_wrong_use_ends_with_status_two(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["token", *arguments]).exit_code == 2
