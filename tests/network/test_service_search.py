"""Who serves what is asked of devices with the real ZDO server."""

from collections.abc import AsyncIterator, Sequence

from msgspec.structs import replace
import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.network.peer import Peer
from sebridge.network.searching import REDISCOVERY
from sebridge.network.service_search import ENERGY_SERVICES, ServiceSearch, TrustCenterServers
from sebridge.network.signals import NetworkChanged
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.radio import NetworkState
from sebridge.radio.zdo_server import MAINS_POWERED, node_descriptor
from tests.network.air import Air, Station, endpoint

NETWORK = NetworkState(
    joined=True,
    address=Eui64(9),
    nwk=0x1234,
    pan_id=1,
    extended_pan_id=Eui64(1),
    channel=15,
    kind="simulated",
    node=node_descriptor(),
    power=MAINS_POWERED,
)


class CenterStation(Station):
    """A device with the network address of a trust centre."""

    @property
    @override
    def nwk(self) -> int:
        return 0


def servers(clock: VirtualClock, station: Station) -> TrustCenterServers:
    air = Air(station)
    client = ZdoClient(air, clock, lambda: 40.0)
    air.deliver = client.received
    network = replace(NETWORK, trust_center=station.eui64)
    return TrustCenterServers(client, lambda: network)


async def test_a_server_is_found_at_whatever_endpoint_it_is_net_8(clock: VirtualClock) -> None:
    places = [endpoint(0x2A, [0x0700]), endpoint(0x5E, [0x0025], [0x0702])]
    station = CenterStation(1, places)
    found = servers(clock, station)

    assert await found.find(0x0700) == Peer(station.eui64, 0x2A, 0x0109)
    assert await found.find(0x0025) == Peer(station.eui64, 0x5E, 0x0109)
    assert await found.find(0x0702) is None
    assert await found.find_client(0x0702) == Peer(station.eui64, 0x5E, 0x0109)
    assert await found.find_client(0x0700) is None


async def test_without_a_network_nobody_is_asked(clock: VirtualClock) -> None:
    station = CenterStation(1)
    found = TrustCenterServers(ZdoClient(Air(station), clock, lambda: 40.0), lambda: NETWORK)

    assert found.device is None
    assert await found.find(0x0700) is None
    assert station.asked == []


BESIDES = (0x0704, 0x0705)


class Searcher:
    """Finds as many services as there are."""

    def __init__(self, clock: VirtualClock) -> None:
        self.services = 0
        self.failure: DeliveryError | None = None
        self.looks: list[float] = []
        self.looks_besides = 0
        self._clock = clock
        self._begun = clock.monotonic()

    async def search(self, cluster_ids: Sequence[int]) -> int:
        if tuple(cluster_ids) == BESIDES:
            self.looks_besides += 1
            return 1
        assert tuple(cluster_ids) == ENERGY_SERVICES
        self.looks.append(self._clock.monotonic() - self._begun)
        if self.failure is not None:
            raise self.failure
        return self.services


@pytest.fixture
def searcher(clock: VirtualClock) -> Searcher:
    return Searcher(clock)


@pytest.fixture
async def search(
    searcher: Searcher, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[ServiceSearch]:
    search = ServiceSearch(searcher, besides=BESIDES, clock=clock, bus=bus)
    yield search
    await search.stop()


async def test_services_are_looked_for_until_there_are_some_and_then_every_three_hours_net_5(
    search: ServiceSearch, searcher: Searcher, clock: VirtualClock
) -> None:
    searcher.failure = DeliveryError("no network")
    await search.start()
    await clock.advance(100)
    searcher.failure, searcher.services = None, 1
    await clock.advance(hours=7)

    found = 32 + 64 + 128
    assert searcher.looks == [0, 32, 96, found, found + REDISCOVERY, found + 2 * REDISCOVERY]


async def test_a_network_that_was_joined_is_looked_through_at_once(
    search: ServiceSearch, searcher: Searcher, clock: VirtualClock, bus: SignalBus
) -> None:
    searcher.services = 1
    await search.start()
    await clock.advance(100)

    bus.send(NetworkChanged(joined=False, reason="lost"))
    await clock.advance(100)
    bus.send(NetworkChanged(joined=True, reason="back"))
    await clock.settle()

    assert searcher.looks == [0, 200]


async def test_what_is_looked_for_besides_does_not_stand_in_for_an_energy_service(
    search: ServiceSearch, searcher: Searcher, clock: VirtualClock
) -> None:
    await search.start()

    await clock.advance(100)

    assert searcher.looks == [0, 32, 96]
    assert searcher.looks_besides == 3
