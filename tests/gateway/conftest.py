"""A recording radio, and an exchange over it."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.gateway.exchange import Exchange
from tests.gateway.radio_side import RecordingSender, Trust


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender()


@pytest.fixture
def trust() -> Trust:
    return Trust()


@pytest.fixture
def answer_within() -> float:
    """Return for how many seconds an answer is waited for."""
    return 10.0


@pytest.fixture
def exchange(
    sender: RecordingSender, clock: VirtualClock, trust: Trust, answer_within: float
) -> Exchange:
    return trust.exchange(sender, clock, answer_within)
