"""Gateways to look at: one that is alone, one with a house."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from tests.api.home import DISPLAY, LOAD_CONTROL, METER, Home


@pytest.fixture
async def alone(clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a gateway without devices."""
    home = Home(clock, ())
    await home.start()
    yield home
    await home.stop()


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a gateway with a meter, a display and a load switch, all of which have joined."""
    home = Home(clock, (METER, DISPLAY, LOAD_CONTROL))
    await home.start()
    yield home
    await home.stop()
