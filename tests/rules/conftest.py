"""A house around one cluster."""

from collections.abc import AsyncIterator, Callable

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.cluster import LocalCluster
from tests.gateway.radio_side import RecordingSender
from tests.rules.parts import House

MakeHouse = Callable[[LocalCluster], House]


@pytest.fixture
async def house_of(clock: VirtualClock, bus: SignalBus) -> AsyncIterator[MakeHouse]:
    """Build houses, and stop their routers afterwards."""
    houses: list[House] = []

    def make(cluster: LocalCluster) -> House:
        houses.append(House(cluster, RecordingSender(), clock, bus))
        return houses[-1]

    yield make
    for house in houses:
        await house.router.stop()
