"""How often a bridge wakes with nothing to do: what a processor pays that sleeps in between."""

from collections.abc import Callable

import pytest
from typing_extensions import override

from sebridge.base.clock import Timer, VirtualClock
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions
from tests.scenarios.conftest import Home, MakeHome

SETTLING = 10  # minutes
MINUTES = 60
MOST = 13
"""Wake-ups a minute. Real time adds the look at the event loop's lag, once a second, and that at
the broker's link, in each quarter of `mqtt.keepalive`."""


class CountingClock(VirtualClock):
    """A clock that notes at which moments something was due."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: set[float] = set()

    @override
    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        def noted() -> None:
            self.moments.add(self.monotonic())
            callback()

        return super().call_later(seconds, noted)


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


@pytest.fixture
async def home(make_home: MakeHome) -> Home:
    made: Home = await make_home(simulator=SimulatorOptions(air=AirOptions(delay=0.0)))
    return made


@pytest.mark.usefixtures("home")
async def test_a_bridge_without_devices_wakes_seldom(clock: CountingClock) -> None:
    await clock.advance(minutes=SETTLING)
    clock.moments.clear()

    await clock.advance(minutes=MINUTES)

    assert 0 < len(clock.moments) <= MOST * MINUTES
