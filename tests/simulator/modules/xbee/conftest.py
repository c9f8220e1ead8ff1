"""Fixtures for tests of the emulated XBee."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.modules.xbee.bench import Bench


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Return a module that is switched on, and on no network."""
    bench = Bench()
    await bench.start()
    yield bench
    await bench.stop()


@pytest.fixture
async def formed() -> AsyncIterator[Bench]:
    """Return a module on the network that it formed."""
    bench = Bench()
    await bench.form()
    yield bench
    await bench.stop()
