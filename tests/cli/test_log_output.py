"""What is logged, and how it is shown."""

from collections.abc import Iterator
import logging

import pytest
from rich.logging import RichHandler

from sebridge.base.secret import Secret
from sebridge.cli.log_output import set_up_logging
from sebridge.settings.options import LogOptions

_LOGGER = logging.getLogger("sebridge.test")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {
        name: logger.level
        for name, logger in logging.Logger.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_a_journal_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(LogOptions(), for_people=False)

    _LOGGER.info("the meter has %s", Secret(b"1234567890abcdef"))
    _LOGGER.debug("a frame")

    assert capsys.readouterr().err == "INFO sebridge.test: the meter has ********\n"


def test_people_get_colours() -> None:
    set_up_logging(LogOptions(), for_people=True)

    assert isinstance(logging.getLogger().handlers[0], RichHandler)


def test_levels_can_be_chosen_for_each_part(capsys: pytest.CaptureFixture[str]) -> None:
    options = LogOptions(level="error", levels={"sebridge.test": "debug", "zigpy": "info"})

    set_up_logging(options, for_people=False)

    _LOGGER.debug("a frame")
    logging.getLogger("sebridge.other").warning("not said")
    logging.getLogger("zigpy").info("said")
    logging.getLogger("bellows").info("not said")
    assert capsys.readouterr().err.splitlines() == [
        "DEBUG sebridge.test: a frame",
        "INFO zigpy: said",
    ]


def test_what_could_be_a_key_is_masked_in_lines_and_traces(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging(LogOptions(), for_people=False)

    error = ValueError("5a6967426565416c6c69616e63653039 of mqtt://me:hunter2@host")
    _LOGGER.error("Authorization: Bearer hunter2", exc_info=error)

    shown = capsys.readouterr().err
    assert "ValueError: ******** of mqtt://********@host" in shown
    assert "Authorization: ********" in shown
    assert "hunter2" not in shown
