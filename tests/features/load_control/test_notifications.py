"""What is told of load control without being asked."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.notifications import NOTIFICATIONS
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived, EventUndelivered
from sebridge.model.plain import to_plain
from sebridge.model.record import Record
from sebridge.zcl.status import Status
from tests.api.ear import Ear

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
CLUSTER, ANOTHER = 0x0701, 0x0700
AN_EVENT = LoadControlEventRecord(issuer_event_id=7, duration_in_minutes=60)
A_STATUS = ReportEventStatusRecord(
    issuer_event_id=7, event_status=2, criticality_level_applied=1, event_control=0
)


@pytest.fixture
def ear(bus: SignalBus, clock: VirtualClock) -> Ear:
    return Ear(bus, clock, NOTIFICATIONS)


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (AN_EVENT, "received_DRLC_event"),
        (CancelLoadControlEventRecord(issuer_event_id=7), "received_DRLC_cancel_event"),
        (CancelAllLoadControlEventsRecord(), "received_DRLC_cancel_all_events"),
    ],
)
def test_what_a_client_of_ours_took_is_told(
    bus: SignalBus, ear: Ear, record: Record, name: str
) -> None:
    bus.send(EventReceived(DEVICE, 9, 0x5E, CLUSTER, Status.DUPLICATE_EXISTS, record))

    assert ear.names == [name]
    assert (ear.one()["status"], ear.one()["cluster_id"]) == (0x8A, CLUSTER)


@pytest.mark.parametrize("count", [0, 1])
def test_what_is_in_force_is_told_and_kept(bus: SignalBus, ear: Ear, count: int) -> None:
    bus.send(ActiveEventsChanged(0x5E, ANOTHER, [], server=True))
    bus.send(ActiveEventsChanged(0x5E, CLUSTER, [AN_EVENT] * count, server=True))

    assert ear.names == ["updated_active_DRLC_events"]
    assert ear.one().keys() == {"destination_endpoint_id", "cluster_id", "record_list"}
    assert len(ear.one()["record_list"]) == count
    assert [message.kept_as for message in ear.heard] == ["drlc"]


def test_an_event_that_reached_nobody_is_an_error(bus: SignalBus, ear: Ear) -> None:
    bus.send(EventUndelivered(0x5E, ANOTHER, 0x2A))
    bus.send(EventUndelivered(0x5E, CLUSTER, 0x2A))

    assert ear.one() == {
        "severity": 2,
        "description": "load control event 0x2A reached no client yet",
    }


def test_a_report_event_status_is_told(bus: SignalBus, ear: Ear, clock: VirtualClock) -> None:
    bus.send(EventStatusReported(DEVICE, 9, 0x5E, A_STATUS))

    parameters = ear.one()
    assert ear.names == ["received_report_event_status"]
    assert ear.heard[0].time == clock.utc()
    assert parameters["record"]["event_status"] == 2
    assert parameters["record"]["signature"] == "00" * 42


def test_the_verdict_on_a_signature_is_told_where_there_is_one(bus: SignalBus, ear: Ear) -> None:
    for verdict in (True, False, None):
        bus.send(EventStatusReported(DEVICE, 9, 0x5E, A_STATUS, verdict))

    told = [
        to_plain(message.parameters).get("signature_verified", "absent") for message in ear.heard
    ]
    assert told == [True, False, "absent"]
