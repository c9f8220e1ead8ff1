"""A recording radio, and an exchange over it."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.gateway.exchange import Exchange
from tests.gateway.radio_side import RecordingSender


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender()


@pytest.fixture
def exchange(sender: RecordingSender, clock: VirtualClock) -> Exchange:
    return Exchange(sender, clock, lambda: 10.0)
