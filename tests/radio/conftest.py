"""A gateway's radio: started on a simulated air, or before an XBee module."""

from collections.abc import AsyncIterator, Callable

import pytest

from sebridge.settings.simulator_options import AirOptions
from tests.radio.simulated_air import Air
from tests.radio.xbee.radio import XBeeBench


@pytest.fixture
async def air() -> AsyncIterator[Air]:
    """Give a perfect air, the gateway's radio started on it."""
    air = Air()
    await air.radio.start(air.ears)
    yield air
    await air.stop()


@pytest.fixture
async def bad_air() -> AsyncIterator[Callable[[AirOptions], Air]]:
    """Give a way to make air that is not perfect."""
    made: list[Air] = []

    def make(options: AirOptions) -> Air:
        made.append(Air(options))
        return made[-1]

    yield make
    for air in made:
        await air.stop()


@pytest.fixture
async def xbee() -> AsyncIterator[XBeeBench]:
    bench = XBeeBench()
    await bench.connect()
    yield bench
    await bench.radio.stop()
    await bench.module.stop()
