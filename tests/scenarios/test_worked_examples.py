"""The worked examples X1 to X14 of load control, over the ether: what the gateway hears."""

from typing import Any

import pytest

from sebridge.features.load_control.client import DEVICE_CLASS, DrlcClient
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import DRLC, SE_ENDPOINT, SE_PROFILE
from tests.scenarios.conftest import Home

SWITCH = "Water heater switch"
RECEIVED, STARTED, COMPLETED, OUT, IN, CANCELLED, SUPERSEDED = range(1, 8)
PARTLY_OUT, PARTLY_IN, NO_PARTICIPATION = 8, 9, 10
EXPIRED, UNKNOWN = 0xFB, 0xFD
A, B = 1, 2
Report = tuple[int, int, int]


class Stage:
    """A home, and the reports of its load-control switch: minute, event, status."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.begin = home.now
        self.device = home.household.devices[SWITCH]
        [self.client] = [c for c in self.device.endpoint.clusters if isinstance(c, DrlcClient)]

    def event(self, event_id: int, start: int, minutes: int, **more: Any) -> dict[str, Any]:
        return {
            "issuer_event_id": event_id,
            "start_time": self.begin + 60 * start,
            "duration_in_minutes": minutes,
            "event_control": 0,
        } | more

    async def creates(self, event_id: int, start: int, minutes: int, **more: Any) -> None:
        record = self.event(event_id, start, minutes, **more)
        await self.home.result("create_DRLC_event", record=record)

    async def sends(self, record: Record) -> None:
        """Send to the switch what the gateway itself would not take."""
        gateway = self.home.gateway
        server = gateway.endpoints[SE_ENDPOINT].cluster(DRLC, server=True)
        assert server is not None
        peer = Peer(self.device.eui64, self.device.endpoint.endpoint_id, SE_PROFILE)
        await gateway.router.send(gateway.endpoints[SE_ENDPOINT], server, peer, record)
        await self.home.clock.settle()

    def chooses(self, *, out: bool) -> None:
        """Press the button on the switch."""
        outcome = self.client.choose(A, self.home.now, out=out)
        self.device.carry_out(self.client, outcome)

    async def at(self, minute: float) -> None:
        await self.home.clock.advance(self.begin + 60 * minute - self.home.now)

    def reports(self) -> list[Report]:
        """Return what the switch reported, in the order of its times."""
        address = str(self.device.eui64)
        told = [
            report["record"]
            for report in self.home.notifications("received_report_event_status")
            if report["source_address"] == address
        ]
        found = [
            (
                (record["event_status_time"] - self.begin) // 60,
                record["issuer_event_id"],
                record["event_status"],
            )
            for record in told
        ]
        # what has the same minute reaches the gateway after random seconds
        return sorted(found, key=lambda report: report[0])


@pytest.fixture
def stage(home: Home) -> Stage:
    return Stage(home)


def same(found: list[Report], expected: list[Report]) -> bool:
    """Say whether these are the reports, whatever their order within a minute."""
    return sorted(found) == sorted(expected)


async def test_x1_simple(stage: Stage) -> None:
    await stage.creates(A, 10, 30)

    await stage.at(50)

    assert stage.reports() == [(0, A, RECEIVED), (10, A, STARTED), (40, A, COMPLETED)]


async def test_x2_now(stage: Stage) -> None:
    await stage.creates(A, 0, 1, start_time=0)

    await stage.at(5)

    assert same(stage.reports(), [(0, A, RECEIVED), (0, A, STARTED), (1, A, COMPLETED)])


async def test_x3_successive(stage: Stage) -> None:
    await stage.creates(A, 10, 10)
    await stage.creates(B, 20, 10)

    await stage.at(40)

    assert same(
        stage.reports(),
        [
            (0, A, RECEIVED),
            (0, B, RECEIVED),
            (10, A, STARTED),
            (20, A, COMPLETED),
            (20, B, STARTED),
            (30, B, COMPLETED),
        ],
    )


async def test_x4_overlap_before_the_first_started(stage: Stage) -> None:
    await stage.creates(A, 10, 20)
    await stage.at(5)
    await stage.creates(B, 20, 20)

    await stage.at(50)

    assert same(
        stage.reports(),
        [
            (0, A, RECEIVED),
            (5, B, RECEIVED),
            (5, A, SUPERSEDED),
            (20, B, STARTED),
            (40, B, COMPLETED),
        ],
    )


async def test_x5_overlap_while_the_first_runs(stage: Stage) -> None:
    await stage.creates(A, 10, 20)
    await stage.at(15)
    await stage.creates(B, 20, 20)

    await stage.at(50)

    assert same(
        stage.reports(),
        [
            (0, A, RECEIVED),
            (10, A, STARTED),
            (15, B, RECEIVED),
            (20, A, SUPERSEDED),
            (20, B, STARTED),
            (40, B, COMPLETED),
        ],
    )


async def test_x6_nested_and_the_outer_is_not_resumed(stage: Stage) -> None:
    await stage.creates(A, 0, 60)
    await stage.at(5)
    await stage.creates(B, 20, 10)

    await stage.at(70)

    assert same(
        stage.reports(),
        [
            (0, A, RECEIVED),
            (0, A, STARTED),
            (5, B, RECEIVED),
            (20, A, SUPERSEDED),
            (20, B, STARTED),
            (30, B, COMPLETED),
        ],
    )


async def test_x7_other_class_runs_beside_it(stage: Stage) -> None:
    stage.client.attributes.set(DEVICE_CLASS, 0b101)
    await stage.creates(A, 10, 20, device_class=0b001)
    await stage.creates(B, 15, 20, device_class=0b100)

    await stage.at(20)

    assert len(stage.client.obeyed(stage.home.now)) == 2
    await stage.at(40)
    assert same(
        stage.reports(),
        [
            (0, A, RECEIVED),
            (0, B, RECEIVED),
            (10, A, STARTED),
            (15, B, STARTED),
            (30, A, COMPLETED),
            (35, B, COMPLETED),
        ],
    )


async def test_x8_cancel_while_it_runs(stage: Stage) -> None:
    await stage.creates(A, 0, 60)
    await stage.at(10)
    cancellation = {"issuer_event_id": A, "cancel_control": 0}
    await stage.home.result("cancel_DRLC_event", record=cancellation)

    await stage.at(70)

    assert same(stage.reports(), [(0, A, RECEIVED), (0, A, STARTED), (10, A, CANCELLED)])


async def test_x9_cancel_of_an_unknown_event(stage: Stage) -> None:
    await stage.home.result("cancel_DRLC_event", record={"issuer_event_id": 99})

    await stage.at(1)

    assert stage.reports() == [(0, 99, UNKNOWN)]


async def test_x10_opt_out_before_the_start(stage: Stage) -> None:
    await stage.creates(A, 10, 10)
    await stage.at(5)
    stage.chooses(out=True)

    await stage.at(30)

    assert stage.reports() == [(0, A, RECEIVED), (10, A, OUT), (20, A, NO_PARTICIPATION)]


async def test_x11_out_and_in_while_it_runs(stage: Stage) -> None:
    await stage.creates(A, 0, 30)
    for minute, out in ((5, True), (10, False)):
        await stage.at(minute)
        stage.chooses(out=out)

    await stage.at(40)

    assert stage.reports()[2:] == [(5, A, OUT), (10, A, IN), (30, A, PARTLY_IN)]


async def test_x12_out_while_it_runs(stage: Stage) -> None:
    await stage.creates(A, 0, 30)
    await stage.at(5)
    stage.chooses(out=True)

    await stage.at(40)

    assert stage.reports()[2:] == [(5, A, OUT), (30, A, PARTLY_OUT)]


async def test_x13_past(stage: Stage) -> None:
    await stage.at(100)
    await stage.sends(LoadControlEventRecord(**stage.event(A, 10, 30)))

    await stage.at(102)

    assert stage.reports() == [(100, A, EXPIRED)]


async def test_x14_late(stage: Stage) -> None:
    await stage.at(20)
    await stage.creates(A, 10, 30)

    await stage.at(50)

    assert same(stage.reports(), [(20, A, RECEIVED), (20, A, STARTED), (40, A, COMPLETED)])
