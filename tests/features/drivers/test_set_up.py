"""Devices do what their drivers want: bound once, asked again, and anew for another driver."""

from collections.abc import AsyncIterator, Iterable

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.signals import SignalBus
from sebridge.drivers.catalogue import Drivers
from sebridge.features.drivers.set_up import FIRST_PAUSE, DriverSetUp
from sebridge.gateway.reporting.signals import DeviceDoubted
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.network.directory import Directory
from sebridge.network.peer import Peer
from tests.drivers.house import REPORTING, driver, known
from tests.gateway.radio_side import address

_LEVEL = 0x0008


class Stand:
    """A directory, drivers and devices that bind, or do not."""

    def __init__(self, bus: SignalBus, clock: VirtualClock) -> None:
        self.directory = Directory({}, clock, bus)
        self.drivers = Drivers([], self.directory.get, bus)
        self.chosen: dict[Eui64, str] = {}
        self.bound: list[tuple[int, int]] = []
        self.asked: list[int] = []
        self.statuses: dict[int, int] = {}
        self.silent = False
        self.wanted: list[int] = []
        self.doubted: list[Eui64] = []
        bus.listen(DeviceDoubted, lambda signal: self.doubted.append(signal.device))
        self.service = DriverSetUp(
            self.drivers,
            self.directory,
            self,
            has_bound=lambda peer, cluster, _local: (peer.endpoint, cluster) in self.bound,
            want_reports=self._want,
            chosen=self.chosen,
            clock=clock,
            bus=bus,
        )

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        assert local_endpoint == 1
        self.asked.append(cluster_id)
        if self.silent:
            raise AnswerTimeoutError("nothing came")
        status = self.statuses.get(cluster_id, 0)
        if not status:
            self.bound.append((peer.endpoint, cluster_id))
        return status

    def _want(self, reports: Iterable[WantedReports]) -> None:
        self.wanted = [one.cluster_id for one in reports]

    def come(self, **more: object) -> None:
        self.directory.put(known(clients=(6, _LEVEL), **more))  # type: ignore[arg-type]
        self.directory.activate(address(1))


@pytest.fixture
async def stand(bus: SignalBus, clock: VirtualClock) -> AsyncIterator[Stand]:
    made = Stand(bus, clock)
    await made.service.start()
    yield made
    await made.service.stop()


async def test_what_a_driver_names_is_bound_once(stand: Stand, clock: VirtualClock) -> None:
    stand.drivers.lend("acme", [driver("plug", REPORTING, "acme")])

    stand.come()
    await clock.settle()
    stand.directory.rename(address(1), "x")
    await clock.settle()

    assert stand.asked == [6, _LEVEL]
    assert stand.doubted == [address(1)]
    assert stand.wanted == [6, 0x0300]


async def test_who_does_not_answer_is_asked_again(stand: Stand, clock: VirtualClock) -> None:
    stand.drivers.lend("acme", [driver("plug", REPORTING, "acme")])
    stand.silent = True
    stand.come()
    await clock.settle()
    await clock.advance(seconds=FIRST_PAUSE)
    stand.silent = False
    await clock.advance(seconds=2 * FIRST_PAUSE)

    assert stand.asked == [6, 6, 6, _LEVEL]
    assert stand.bound == [(1, 6), (1, _LEVEL)]


async def test_who_is_gone_meanwhile_is_not_asked(stand: Stand, clock: VirtualClock) -> None:
    stand.drivers.lend("acme", [driver("plug", REPORTING, "acme")])
    stand.silent = True
    stand.come()
    await clock.settle()
    stand.directory.deactivate(address(1))
    await clock.advance(seconds=FIRST_PAUSE)

    assert stand.asked == [6]
    stand.directory.activate(address(1))
    await clock.settle()
    assert stand.asked == [6, 6]


async def test_what_is_refused_is_not_asked_again(stand: Stand, clock: VirtualClock) -> None:
    stand.drivers.lend("acme", [driver("plug", REPORTING, "acme")])
    stand.statuses[6] = 0x84
    stand.come()
    await clock.settle()
    stand.directory.rename(address(1), "x")
    await clock.settle()

    assert stand.asked == [6, _LEVEL]


async def test_another_driver_begins_anew(stand: Stand, clock: VirtualClock) -> None:
    stand.come()
    await clock.settle()
    before = dict(stand.chosen), list(stand.doubted)

    stand.drivers.lend("acme", [driver("plug", owner="acme")])
    await clock.settle()
    plain = list(stand.doubted)
    stand.drivers.lend("acme", [driver("plug", REPORTING, "acme")])
    stand.drivers.lend("acme", [])
    await clock.settle()

    assert before == ({}, [])
    assert plain == []
    assert stand.doubted == [address(1)] * 2
    assert stand.chosen == {}
    stand.directory.remove(address(1))
    assert stand.chosen == {}


async def test_a_device_that_is_removed_is_forgotten(stand: Stand, clock: VirtualClock) -> None:
    stand.drivers.lend("acme", [driver("plug", REPORTING, "acme")])
    stand.statuses[6] = 0x84
    stand.come()
    await clock.settle()

    stand.directory.remove(address(1))

    assert stand.chosen == {}
    stand.come()
    await clock.settle()
    assert stand.asked == [6, _LEVEL, 6]


async def test_of_a_device_that_is_known_already_nothing_begins_anew(
    bus: SignalBus, clock: VirtualClock
) -> None:
    stand = Stand(bus, clock)
    one = driver("plug", REPORTING, "acme")
    stand.chosen[address(1)] = f"acme/plug {one.digest}"
    stand.bound = [(1, 6), (1, _LEVEL)]
    stand.drivers.lend("acme", [one])

    stand.come()
    await clock.settle()

    assert (stand.asked, stand.doubted) == ([], [])
