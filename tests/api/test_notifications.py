"""News become notifications, as they are declared: reports, notices, and the filter of messages."""

from collections.abc import Iterable
from dataclasses import dataclass
import logging

import pytest

from sebridge.api.notifications import (
    COLLECTED_REPORTS,
    NOTICES,
    SINGLE_REPORTS,
    AttributeReport,
    MessageNotice,
    NotificationFanOut,
    NotificationType,
    notice,
    parameters_by_name,
)
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.model.plain import to_plain
from sebridge.network.signals import DeviceActive, DeviceInactive, NetworkChanged
from sebridge.rpc.message import Notification
from sebridge.storage.signals import StorageChanged
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.general import ZCL_ArrayRecord
from tests.api.ear import Ear

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")


@dataclass(frozen=True, slots=True)
class Rung:
    """News of a bell, which rang so often."""

    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """One ring."""

    number: int


def _rings(signal: Rung) -> Iterable[Bell]:
    return [Bell(number=number) for number in range(signal.times)]


BELL = NotificationType(
    name="bell", parameters=Bell, signal=Rung, parameters_of=_rings, kept_as="bell"
)


@pytest.fixture
def ear(bus: SignalBus, clock: VirtualClock) -> Ear:
    return Ear(bus, clock, (*NOTICES, *SINGLE_REPORTS, BELL))


# ------------------------------------------------------------------ declarations


def test_a_declared_signal_is_told_as_often_as_it_says(
    bus: SignalBus, ear: Ear, clock: VirtualClock
) -> None:
    for times in (0, 2):
        bus.send(Rung(times))

    assert ear.heard == [Notification("bell", Bell(number=n), clock.utc(), "bell") for n in (0, 1)]


def test_every_sink_gets_every_notification(bus: SignalBus, clock: VirtualClock) -> None:
    first: list[Notification] = []
    second: list[Notification] = []
    NotificationFanOut(
        (BELL,),
        bus=bus,
        clock=clock,
        sinks=(first.append, second.append),
        least_sent=lambda: 1,
        least_logged=lambda: 3,
        shows=lambda _signal: False,
    )

    bus.send(Rung(1))

    assert first == second == [Notification("bell", Bell(number=0), clock.utc())]


def test_declarations_tell_their_parameters() -> None:
    types = (*SINGLE_REPORTS, BELL)

    assert parameters_by_name(types) == {"attribute_report": AttributeReport, "bell": Bell}


@pytest.mark.parametrize(("shown", "kept_as"), [(True, "bell"), (False, None)])
def test_of_what_is_kept_only_what_the_gateway_shows_is(
    bus: SignalBus, clock: VirtualClock, kept_as: str | None, *, shown: bool
) -> None:
    heard: list[Notification] = []
    NotificationFanOut(
        (BELL,),
        bus=bus,
        clock=clock,
        sinks=(heard.append,),
        least_sent=lambda: 1,
        least_logged=lambda: 3,
        shows=lambda _signal: shown,
    )

    bus.send(Rung(1))

    assert [message.kept_as for message in heard] == [kept_as]


def test_a_notice_may_have_nothing_to_say(bus: SignalBus, clock: VirtualClock) -> None:
    ear = Ear(bus, clock, (notice(Rung, lambda _signal: None),))

    bus.send(Rung(1))

    assert ear.heard == []


# ------------------------------------------------------------------ reports


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
    assert to_plain(ear.heard[0].parameters) == {
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
    ear = Ear(bus, clock, COLLECTED_REPORTS)

    bus.send(report(0x101E))
    bus.send(report(reported=False))

    (message,) = ear.heard
    told = to_plain(message.parameters)
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

    assert {to_plain(message.parameters)["manufacturer_code"] for message in ear.heard} == {0x101E}


def test_the_answer_to_a_read_is_no_report(bus: SignalBus, ear: Ear) -> None:
    bus.send(report(reported=False))

    assert ear.heard == []


# ------------------------------------------------------------------ messages


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


@pytest.mark.parametrize(
    ("signal", "text"),
    [
        (NetworkChanged(joined=False, reason="the radio is lost"), "the radio is lost"),
        (StorageChanged(writable=False, reason="the disk is full"), "the disk is full"),
    ],
)
def test_an_error_that_belongs_to_no_answer_has_severity_two(
    bus: SignalBus, ear: Ear, signal: object, text: str
) -> None:
    bus.send(signal)

    (message,) = ear.heard
    told = to_plain(message.parameters)
    assert (message.name, told["severity"], told["description"]) == ("message", 2, text)


@pytest.mark.parametrize(("least", "logged"), [(0, [0, 1, 2]), (2, [2]), (3, [])])
def test_messages_are_logged_from_their_own_severity_on(
    ear: Ear, caplog: pytest.LogCaptureFixture, least: int, logged: list[int]
) -> None:
    ear.severity, ear.least_logged = 3, least

    with caplog.at_level(logging.DEBUG):
        for severity in (0, 1, 2):
            ear.fan_out.message(MessageNotice(severity=severity, description=f"of {severity}"))

    assert [f"message, severity {n}: of {n}" for n in logged] == caplog.messages
    assert ear.heard == []
