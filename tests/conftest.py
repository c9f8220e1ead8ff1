"""What every test may ask for: a clock that stands still, a bus that raises, and a log check."""

from collections.abc import Iterator
import logging

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus


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
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.removeHandler(handler)
    root.setLevel(before)
