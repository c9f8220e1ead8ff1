"""An EZSP module on the bench."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.modules.ezsp.bench import Bench


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Give a module as it comes from the shop."""
    bench = Bench()
    yield bench
    await bench.stop()


@pytest.fixture
async def begun(bench: Bench) -> Bench:
    """Give a module that has agreed on the version."""
    bench.begin()
    return bench


@pytest.fixture
async def formed(bench: Bench) -> Bench:
    """Give a module that has formed a network."""
    await bench.form()
    bench.callbacks.clear()
    return bench
