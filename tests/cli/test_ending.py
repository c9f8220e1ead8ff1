"""How a subcommand ends: its exit status, and what it says."""

import pytest

from sebridge.base.errors import StorageError
from sebridge.cli.ending import DONE, FAILED, NO_ANSWER, fail, finish


async def _refused() -> None:
    raise StorageError("the disk is full")


async def _interrupted() -> None:
    raise KeyboardInterrupt


async def _answered() -> int:
    return DONE


def test_what_was_worked_out_is_returned() -> None:
    assert finish(_answered()) == DONE


@pytest.mark.parametrize("status", [FAILED, NO_ANSWER])
def test_an_error_is_told_in_one_line(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        finish(_refused(), status=status)

    assert ended.value.code == status
    assert capsys.readouterr().err == "sebridge: the disk is full\n"


def test_an_interruption_ends_as_shells_know_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        finish(_interrupted())

    assert ended.value.code == 130
    assert capsys.readouterr().err == ""


def test_each_problem_is_told_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        fail("one", "two", status=2)

    assert ended.value.code == 2
    assert capsys.readouterr().err == "one\ntwo\n"


def test_an_error_that_ends_a_subcommand_repeats_no_credentials(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        fail("sebridge: mqtt://me:hunter2@host is away, 5a6967426565416c6c69616e63653039")

    assert capsys.readouterr().err == "sebridge: mqtt://********@host is away, ********\n"
