"""Signals become notifications, named and filled as the reference has them."""

import logging
from typing import Any, get_origin

import pytest
from zigpy.zcl.foundation import Status

from sebridge.api.notifications import NOTIFICATIONS, AttributeReport, Notifier
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.messaging.records import (
    CancelAllMessagesRecord,
    CancelMessageRecord,
    DisplayMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.tariff_records import (
    PublishBlockPeriodRecord,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.gateway.signals import (
    ActiveEventsChanged,
    EventReceived,
    EventStatusReported,
    EventUndelivered,
    MessageConfirmed,
)
from sebridge.model.values import plain
from sebridge.network.signals import DeviceActive, DeviceInactive, NetworkChanged
from sebridge.rpc.message import Notification
from sebridge.storage.signals import StorageChanged
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.general import ZCL_ArrayRecord
from sebridge.zcl.record import Record

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
PRICE, DRLC, MESSAGING = 0x0700, 0x0701, 0x0703
A_PRICE = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=25)
AN_EVENT = LoadControlEventRecord(issuer_event_id=7, duration_in_minutes=60)
A_MESSAGE = DisplayMessageRecord(message_id=7, duration_in_minutes=60, message="hello")
A_FACTOR = PublishConversionFactorRecord(issuer_event_id=7, conversion_factor=1020)
A_CALORIFIC_VALUE = PublishCalorificValueRecord(issuer_event_id=7, calorific_value=395)
A_STATUS = ReportEventStatusRecord(
    issuer_event_id=7, event_status=2, criticality_level_applied=1, event_control=0
)


class Ear:
    """Hears notifications, and checks that each is what the table of notifications tells."""

    def __init__(self) -> None:
        self.heard: list[Notification] = []
        self.severity = 1

    def __call__(self, message: Notification) -> None:
        declared = NOTIFICATIONS[message.name]
        assert isinstance(message.parameters, get_origin(declared) or declared)
        self.heard.append(message)

    def one(self) -> dict[str, Any]:
        (message,) = self.heard
        return dict(plain(message.parameters))


@pytest.fixture
def ear(bus: SignalBus, clock: VirtualClock) -> Ear:
    ear = Ear()
    Notifier(bus, clock, ear, lambda: ear.severity)
    return ear


def report(manufacturer_code: int | None = None, *, reported: bool = True) -> AttributesReported:
    values = (
        AttributeValue(0x0000, 0x25, 42, b"\x2a\0\0\0\0\0"),
        AttributeValue(0x0300, 0x30, 0, b"\0"),
    )
    return AttributesReported(
        DEVICE, 9, 0x5E, 0x0109, 0x0702, 0, manufacturer_code, values, reported, 1_300_000_000.0
    )


def test_each_reported_attribute_is_a_notification_of_its_own(bus: SignalBus, ear: Ear) -> None:
    bus.send(report())

    assert [message.name for message in ear.heard] == ["attribute_report"] * 2
    assert plain(ear.heard[0].parameters) == {
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "destination_endpoint_id": 0x5E,
        "source_address": "00:13:a2:00:40:5c:01:f7",
        "record": {"attribute_id": 0, "attribute_type": 0x25, "value": 42},
    }


def test_an_attribute_of_our_own_is_told_without_a_device(bus: SignalBus, ear: Ear) -> None:
    value = AttributeValue(0x0000, 0xE2, 42, b"\x2a\0\0\0")

    bus.send(LocalAttributesReported(0x5E, 0x0109, 0x000A, 0, (value,), 1_300_000_000.0))

    assert ear.one() == {
        "cluster_id": 0x000A,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 0x5E,
        "record": {"attribute_id": 0, "attribute_type": 0xE2, "value": 42},
    }


def test_as_an_option_all_of_a_frame_is_told_under_the_later_name_c3(
    bus: SignalBus, clock: VirtualClock
) -> None:
    ear = Ear()
    Notifier(bus, clock, ear, lambda: 1, collect_reports=True)

    bus.send(report(0x101E))

    (message,) = ear.heard
    told = plain(message.parameters)
    assert message.name == "received_attribute_report_collection"
    assert [record["attribute_id"] for record in told["record_list"]] == [0, 0x0300]
    assert (told["source_endpoint_id"], told["manufacturer_code"]) == (9, 0x101E)


def test_an_array_is_told_as_a_record(bus: SignalBus, ear: Ear) -> None:
    array = AttributeValue(1, 0x48, {"attribute_type": 0x20, "value": [1]}, b"\x20\1\0\1")

    bus.send(LocalAttributesReported(0x5E, 0x0109, 0x000A, 0, (array,), 1_300_000_000.0))

    (message,) = ear.heard
    assert isinstance(message.parameters, AttributeReport)
    assert message.parameters.record.value == ZCL_ArrayRecord(0x20, [1])


def test_a_manufacturer_code_is_told_where_there_is_one(bus: SignalBus, ear: Ear) -> None:
    bus.send(report(0x101E))

    assert {plain(message.parameters)["manufacturer_code"] for message in ear.heard} == {0x101E}


def test_the_answer_to_a_read_is_no_report(bus: SignalBus, ear: Ear) -> None:
    bus.send(report(reported=False))

    assert ear.heard == []


def test_a_report_event_status_is_told(bus: SignalBus, ear: Ear, clock: VirtualClock) -> None:
    bus.send(EventStatusReported(DEVICE, 9, 0x5E, A_STATUS))

    parameters = ear.one()
    assert ear.heard[0].name == "received_report_event_status"
    assert ear.heard[0].time == clock.utc()
    assert parameters["record"]["event_status"] == 2
    assert parameters["record"]["signature"] == "00" * 42


def test_a_confirmation_is_told(bus: SignalBus, ear: Ear) -> None:
    record = MessageConfirmationRecord(message_id=7, confirmation_time=5)

    bus.send(MessageConfirmed(DEVICE, 9, 0x5E, record))

    assert ear.heard[0].name == "received_message_confirmation"
    assert ear.one()["record"] == {"message_id": 7, "confirmation_time": 5}


@pytest.mark.parametrize(
    ("record", "cluster_id", "name"),
    [
        (A_PRICE, PRICE, "received_price_event"),
        (AN_EVENT, DRLC, "received_DRLC_event"),
        (CancelLoadControlEventRecord(issuer_event_id=7), DRLC, "received_DRLC_cancel_event"),
        (CancelAllLoadControlEventsRecord(), DRLC, "received_DRLC_cancel_all_events"),
        (PublishBlockPeriodRecord(issuer_event_id=7), PRICE, "received_block_period"),
        (A_FACTOR, PRICE, "received_conversion_factor"),
        (A_CALORIFIC_VALUE, PRICE, "received_calorific_value"),
        (A_MESSAGE, MESSAGING, "received_message_event"),
        (CancelMessageRecord(message_id=7), MESSAGING, "received_message_cancel_event"),
        (
            CancelAllMessagesRecord(implementation_date_time=0),
            MESSAGING,
            "received_message_cancel_all_events",
        ),
    ],
)
def test_what_a_client_of_ours_took_is_told(
    bus: SignalBus, ear: Ear, record: Record, cluster_id: int, name: str
) -> None:
    bus.send(EventReceived(DEVICE, 9, 0x5E, cluster_id, Status.DUPLICATE_EXISTS, record))

    assert ear.heard[0].name == name
    assert (ear.one()["status"], ear.one()["cluster_id"]) == (0x8A, cluster_id)


@pytest.mark.parametrize(
    ("record", "cluster_id", "name"),
    [
        (A_PRICE, PRICE, "updated_active_price_event"),
        (AN_EVENT, DRLC, "updated_active_DRLC_events"),
        (A_MESSAGE, MESSAGING, "updated_active_message_events"),
    ],
)
@pytest.mark.parametrize("count", [0, 1])
def test_what_is_in_force_is_told(
    bus: SignalBus, ear: Ear, record: Record, cluster_id: int, name: str, count: int
) -> None:
    bus.send(ActiveEventsChanged(0x5E, cluster_id, [record] * count))

    assert ear.heard[0].name == name
    assert ear.one().keys() == {"destination_endpoint_id", "cluster_id", "record_list"}
    assert len(ear.one()["record_list"]) == count


@pytest.mark.parametrize(
    ("signal", "text", "more"),
    [
        (DeviceActive(DEVICE), "device 00:13:a2:00:40:5c:01:f7 is active", {}),
        (DeviceInactive(DEVICE), "device 00:13:a2:00:40:5c:01:f7 is inactive", {}),
        (NetworkChanged(joined=True, reason="on channel 15"), "on channel 15", {"status": 1}),
        (NetworkChanged(joined=False, reason="left", asked=True), "left", {"status": 0}),
        (StorageChanged(writable=True, reason="can be written"), "can be written", {}),
    ],
)
def test_status_notices_have_severity_one(
    bus: SignalBus, ear: Ear, signal: object, text: str, more: dict[str, int]
) -> None:
    bus.send(signal)

    assert ear.one() == {"severity": 1, "description": text} | more


def test_what_is_below_the_filter_is_not_told(bus: SignalBus, ear: Ear) -> None:
    ear.severity = 2

    bus.send(DeviceActive(DEVICE))

    assert ear.heard == []


def test_the_verdict_on_a_signature_is_told_where_there_is_one(bus: SignalBus, ear: Ear) -> None:
    for verdict in (True, False, None):
        bus.send(EventStatusReported(DEVICE, 9, 0x5E, A_STATUS, verdict))

    told = [plain(message.parameters).get("signature_verified", "absent") for message in ear.heard]
    assert told == [True, False, "absent"]


@pytest.mark.parametrize(
    ("signal", "text"),
    [
        (NetworkChanged(joined=False, reason="the radio is lost"), "the radio is lost"),
        (StorageChanged(writable=False, reason="the disk is full"), "the disk is full"),
        (EventUndelivered(0x5E, 0x0701, 0x2A), "load control event 0x2A reached no client yet"),
        (EventUndelivered(0x5E, 0x0700, 1), "price event 0x1 reached no client yet"),
        (EventUndelivered(0x5E, 0x0703, 1), "message event 0x1 reached no client yet"),
    ],
)
def test_an_error_that_belongs_to_no_answer_has_severity_two(
    bus: SignalBus, ear: Ear, signal: object, text: str
) -> None:
    bus.send(signal)

    (message,) = ear.heard
    told = plain(message.parameters)
    assert (message.name, told["severity"], told["description"]) == ("message", 2, text)


@pytest.mark.parametrize(("least", "logged"), [(0, [0, 1, 2]), (2, [2]), (3, [])])
def test_messages_are_logged_from_their_own_severity_on(
    bus: SignalBus,
    clock: VirtualClock,
    caplog: pytest.LogCaptureFixture,
    least: int,
    logged: list[int],
) -> None:
    sent: list[Notification] = []
    notifier = Notifier(bus, clock, sent.append, lambda: 3, lambda: least)

    with caplog.at_level(logging.INFO):
        for severity in (0, 1, 2):
            notifier.message(severity, f"of {severity}")

    assert [f"message, severity {n}: of {n}" for n in logged] == caplog.messages
    assert sent == []
