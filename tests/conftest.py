"""What every test may ask for: a clock that stands still, a bus that raises, and a log check."""

from collections.abc import Generator, Iterator
import logging
import os

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from tests.examples import register_profiles
from tests.key_search import MARK, SEARCH, check, watch_readings, watch_secrets

register_profiles()
watch_secrets()
watch_readings()

# Programs that a test starts run as they do in a house, without Python's development mode.
os.environ.pop("PYTHONDEVMODE", None)


def _is_no_news_of_time(record: logging.LogRecord) -> bool:
    """Return whether a record of asyncio is about more than how long a callback took.

    In its debug mode it warns of slow ones; on a busy machine every callback may be slow.
    """
    return not str(record.msg).startswith("Executing ")


logging.getLogger("asyncio").addFilter(_is_no_news_of_time)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(*places): where this test is to tell keys")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    SEARCH.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have what a test logged travel from its process: half a surrogate pair would end the run.

    When all of the test is over, its keys are searched for.
    """
    report = yield
    report.sections = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    if call.when == "teardown":
        check(item, report)
    return report


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def bus() -> SignalBus:
    return SignalBus(strict=True)


class _Formatting(logging.Handler):
    """Formats every record, so that a malformed log call fails its test."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        record.getMessage()


@pytest.fixture(autouse=True)
def _log_messages_must_format() -> Iterator[None]:
    handler = _Formatting(logging.DEBUG)
    root, ours = logging.getLogger(), logging.getLogger("sebridge")
    before, ours_before = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.removeHandler(handler)
    root.setLevel(before)
    ours.setLevel(ours_before)  # a command that was run in this process may have silenced it
