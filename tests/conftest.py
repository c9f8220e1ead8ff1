"""What every test may ask for: a clock that stands still, a bus that raises, and a log check."""

import asyncio
from collections.abc import Callable, Generator, Iterator, Mapping
import gc
import logging
from typing import Final

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from tests.checked_loop import CheckedLoop
from tests.examples import register_profiles
from tests.key_search import MARK, SEARCH, check, watch_readings, watch_secrets

register_profiles()
watch_secrets()
watch_readings()

_WAITING: Final = frozenset(("cli", "integration", "radios"))
"""Folders of tests that wait for programs and drivers most of their time."""
_EARLY: Final = 0.75
_COLLECTED_AFTER: Final = (10_000, 10, 50)
"""When Python's collector looks for circles, as `gc.set_threshold` has it."""


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Have every test run on a loop that knows its thread."""
    return {"asyncio": CheckedLoop}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(*places): where this test is to tell keys")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have the tests that wait begin one by one between the others, none of them at the end.

    pytest-xdist hands out what follows each other, as many to each process.
    """
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    waiting = [item for item in items if _folder(item) in _WAITING]
    others = [item for item in items if _folder(item) not in _WAITING]
    items[:] = [
        item
        for turn in range(processes)
        for item in _mixed(waiting[turn::processes], _part(others, turn, processes))
    ]


def _part(items: list[pytest.Item], turn: int, of: int) -> list[pytest.Item]:
    return items[turn * len(items) // of : (turn + 1) * len(items) // of]


def _mixed(waiting: list[pytest.Item], others: list[pytest.Item]) -> list[pytest.Item]:
    """Return all of them: those that wait in the first three quarters, evenly."""
    places = [(_EARLY * place / len(waiting), item) for place, item in enumerate(waiting)]
    places += [(place / len(others), item) for place, item in enumerate(others)]
    return [item for _, item in sorted(places, key=lambda one: one[0])]


def _folder(item: pytest.Item) -> str:
    return item.nodeid.split("/", 2)[1]  # tests/FOLDER/…


def pytest_collection_finish() -> None:
    """Have Python's collector leave alone what stays: modules, and what pytest knows of the tests.

    It would look through all that for each of the houses that tests build: a sixth of their time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)


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
