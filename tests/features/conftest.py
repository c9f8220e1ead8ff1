"""What tests of features may ask for: gateways to call, a recording radio, a meter behind it."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from tests.api.conftest import alone, home
from tests.gateway.conftest import answer_within
from tests.gateway.events.client_side import Clients
from tests.gateway.reporting.conftest import exchange, meter, reader, sender
from tests.network.conftest import directory, ears

__all__ = [
    "alone",
    "answer_within",
    "clients",
    "directory",
    "ears",
    "exchange",
    "home",
    "meter",
    "reader",
    "sender",
]


@pytest.fixture
def clients(clock: VirtualClock, bus: SignalBus) -> Clients:
    """Return the clients of a display, with two servers outside."""
    return Clients(clock, bus)
