"""What is told of messages without being asked."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.notifications import NOTIFICATIONS
from sebridge.features.messaging.records import (
    CancelAllMessagesRecord,
    CancelMessageRecord,
    DisplayMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived, EventUndelivered
from sebridge.model.record import Record
from sebridge.zcl.status import Status
from tests.api.ear import Ear

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
CLUSTER, ANOTHER = 0x0703, 0x0700
A_MESSAGE = DisplayMessageRecord(message_id=7, duration_in_minutes=60, message="hello")
CANCEL_ALL = CancelAllMessagesRecord(implementation_date_time=0)


@pytest.fixture
def ear(bus: SignalBus, clock: VirtualClock) -> Ear:
    return Ear(bus, clock, NOTIFICATIONS)


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (A_MESSAGE, "received_message_event"),
        (CancelMessageRecord(message_id=7), "received_message_cancel_event"),
        (CANCEL_ALL, "received_message_cancel_all_events"),
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
    bus.send(ActiveEventsChanged(0x5E, CLUSTER, [A_MESSAGE] * count, server=True))

    assert ear.names == ["updated_active_message_events"]
    assert ear.one().keys() == {"destination_endpoint_id", "cluster_id", "record_list"}
    assert len(ear.one()["record_list"]) == count
    assert [message.kept_as for message in ear.heard] == ["message"]


def test_an_event_that_reached_nobody_is_an_error(bus: SignalBus, ear: Ear) -> None:
    bus.send(EventUndelivered(0x5E, ANOTHER, 0x2A))
    bus.send(EventUndelivered(0x5E, CLUSTER, 0x2A))

    assert ear.one() == {"severity": 2, "description": "message event 0x2A reached no client yet"}


def test_a_confirmation_is_told(bus: SignalBus, ear: Ear) -> None:
    record = MessageConfirmationRecord(message_id=7, confirmation_time=5)

    bus.send(MessageConfirmed(DEVICE, 9, 0x5E, record))

    assert ear.names == ["received_message_confirmation"]
    assert ear.one()["record"] == {"message_id": 7, "confirmation_time": 5}
