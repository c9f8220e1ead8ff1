"""Taking the time from the network's servers."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.features.time.client_service import EVERY, TimeClientService
from sebridge.features.time.local_time import ZoneRules
from sebridge.features.time.network_time import MASTER, SYNCHRONISED, NetworkTime
from sebridge.features.time.server import TimeServer
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceUpdated,
    KeyEstablished,
    NetworkChanged,
    NetworkTimeSet,
    TimeStamped,
)
from sebridge.zcl.identifiers import HA_PROFILE, SE_ENDPOINT, TIME
from sebridge.zcl.status import Status
from tests.gateway.radio_side import address, peer


class Network:
    """Remote time servers with real attributes; each shows a time so far from ours."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.peers: list[Peer] = []
        self.asked: list[int] = []
        self.silent = False
        self._servers: dict[Peer, TimeServer] = {}

    def add(self, number: int, ahead: int, status: int = MASTER) -> None:
        own = peer(number)
        self.peers.append(own)
        self._servers[own] = TimeServer(
            lambda: zigbee_time(self.clock.utc()) + ahead,
            lambda: ZoneRules(60 * number),
            lambda: status,
        )

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        return self.peers if cluster_id == TIME else []

    def address_of(self, device: object) -> int | None:
        return next((0x1000 + n for n, p in enumerate(self.peers) if p.device == device), None)

    async def read(
        self, peer: Peer, cluster_id: int, local_endpoint: int, attribute_ids: Sequence[int]
    ) -> list[Any]:
        assert (cluster_id, local_endpoint) == (TIME, SE_ENDPOINT)
        self.asked.append(peer.device & 0xFF)
        if self.silent:
            raise DeliveryError("no acknowledgement")
        attributes = self._servers[peer].attributes
        return [(a, Status.SUCCESS, attributes.read(a)) for a in attribute_ids]


@pytest.fixture
def network(clock: VirtualClock) -> Network:
    return Network(clock)


@pytest.fixture
def told(bus: SignalBus) -> list[NetworkTimeSet]:
    told: list[NetworkTimeSet] = []
    bus.listen(NetworkTimeSet, told.append)
    return told


@dataclass
class Wishes:
    """What the settings say of taking the time."""

    wanted: bool = True
    every: float = EVERY


@pytest.fixture
def wishes() -> Wishes:
    return Wishes()


@pytest.fixture
async def desk(
    network: Network,
    clock: VirtualClock,
    bus: SignalBus,
    told: list[NetworkTimeSet],
    wishes: Wishes,
) -> AsyncIterator[TimeClientService]:
    desk = TimeClientService(
        NetworkTime(),
        reader=network,
        servers=network,
        address_of=network.address_of,
        wanted=lambda: wishes.wanted,
        every=lambda: wishes.every,
        clock=clock,
        bus=bus,
    )
    yield desk
    await desk.stop()


async def test_the_time_is_taken_at_the_start_and_every_day(
    desk: TimeClientService, network: Network, clock: VirtualClock, told: list[NetworkTimeSet]
) -> None:
    network.add(1, ahead=100)
    await desk.start()
    await clock.settle()

    assert told == [NetworkTimeSet(address(1), 100.0, first=True)]
    assert desk.time.local(clock.utc()) == zigbee_time(clock.utc()) + 160
    await clock.advance(hours=24)
    assert network.asked == [1, 1]
    assert told[1] == NetworkTimeSet(address(1), 0.0)


async def test_a_server_that_is_silent_is_asked_again_later_and_later(
    desk: TimeClientService, network: Network, clock: VirtualClock, told: list[NetworkTimeSet]
) -> None:
    network.add(1, ahead=0)
    network.silent = True
    await desk.start()

    asked = []
    for pause in (9, 1, 59, 1, 600, 600):
        await clock.advance(pause)
        asked.append(len(network.asked))
    assert asked == [1, 2, 2, 3, 4, 5]
    assert told == []
    network.silent = False
    await clock.advance(600)

    assert desk.time.known


async def test_a_better_server_that_appears_is_taken(
    desk: TimeClientService, network: Network, clock: VirtualClock, bus: SignalBus
) -> None:
    network.add(1, ahead=5, status=SYNCHRONISED)
    await desk.start()
    await clock.settle()
    network.add(2, ahead=50)

    for device in (2, 2, 3):
        bus.send(DeviceUpdated(address(device)))
    await clock.settle()

    assert desk.time.source == peer(2)
    assert network.asked == [1, 1, 2]
    bus.send(DeviceUpdated(address(2)))
    await clock.settle()
    assert network.asked == [1, 1, 2]
    bus.send(DeviceActive(address(2)))
    await clock.settle()
    assert network.asked == [1, 1, 2, 1, 2]


async def test_prices_of_the_chosen_server_correct_the_time(
    desk: TimeClientService,
    network: Network,
    clock: VirtualClock,
    bus: SignalBus,
    told: list[NetworkTimeSet],
) -> None:
    network.add(1, ahead=0)
    await desk.start()
    await clock.settle()
    told.clear()
    now = zigbee_time(clock.utc())

    bus.send(TimeStamped(address(2), now + 500))
    bus.send(TimeStamped(address(1), now + 30))

    assert told == [NetworkTimeSet(address(1), 30.0)]


async def test_a_server_without_link_key_protection_is_not_asked(
    desk: TimeClientService, network: Network, clock: VirtualClock
) -> None:
    network.peers.append(peer(1, endpoint=1, profile=HA_PROFILE))

    await desk.start()
    await clock.settle()

    assert network.asked == []
    assert not desk.time.known


async def test_a_new_key_and_a_new_network_are_reasons_to_ask(
    desk: TimeClientService, network: Network, clock: VirtualClock, bus: SignalBus
) -> None:
    network.add(1, ahead=0)
    await desk.start()
    await clock.settle()

    for signal in (
        KeyEstablished(address(1), 1),
        NetworkChanged(joined=False, reason="lost"),
        NetworkChanged(joined=True, reason="back"),
    ):
        bus.send(signal)
        await clock.settle()

    assert network.asked == [1, 1, 1]


async def test_nobody_is_asked_while_the_time_comes_from_elsewhere(
    desk: TimeClientService, network: Network, clock: VirtualClock, bus: SignalBus, wishes: Wishes
) -> None:
    wishes.wanted = False
    network.add(1, 100)

    await desk.start()
    bus.send(DeviceActive(address(1)))
    await clock.advance(hours=1)
    unasked = list(network.asked)
    await desk.synchronise()

    assert unasked == []
    assert network.asked == [1]
    await desk.stop()


async def test_the_time_is_taken_as_often_as_it_is_said(
    desk: TimeClientService, network: Network, clock: VirtualClock, wishes: Wishes
) -> None:
    wishes.every = 60.0
    network.add(1, 100)

    await desk.start()
    await clock.advance(150)

    assert network.asked == [1, 1, 1]
    await desk.stop()
