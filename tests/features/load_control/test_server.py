"""Demand response as the gateway serves it."""

from collections.abc import Callable
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.load_control.records import (
    EventStatus,
    GetScheduledEventsRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.load_control.reports import report_of, signed
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.signals import EventAnswered, EventHeard
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import DRLC, SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, command


def event(event_id: int, start: int = 0, minutes: int = 30, **more: Any) -> LoadControlEventRecord:
    return LoadControlEventRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=minutes, **more
    )


def server_that(verify: Callable[[Eui64, bytes, bytes], bool] | None) -> DrlcServer:
    """Return a server that finds signatures right by this."""
    return DrlcServer(SE_ENDPOINT, Schedule(Policy.LOAD_CONTROL, {}), verify=verify)


@pytest.fixture
def server() -> DrlcServer:
    return server_that(None)


def ids(outcome: Outcome) -> list[int]:
    return [int(answer.issuer_event_id) for answer in outcome.answers]  # type: ignore[attr-defined]  # these are events


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"minutes": 0}, "duration_in_minutes"),
        ({"minutes": 1441}, "duration_in_minutes"),
        ({"minutes": 0xFFFF}, "duration_in_minutes"),
        ({"criticality_level": 0}, "criticality_level"),
        ({"duty_cycle": 101}, "duty_cycle"),
        ({"average_load_adjustment_percentage": 101}, "average_load"),
        ({"device_class": 0}, "device_class"),
    ],
)
def test_an_event_that_clients_must_reject_is_not_made_drlc_2(
    server: DrlcServer, wrong: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidFieldError, match=problem):
        server.add(event(1, **wrong), NOW)

    assert server.valid(NOW) == []


def test_an_event_is_sent_with_its_absolute_start_gen_1(server: DrlcServer) -> None:
    stored, _ = server.add(event(1), NOW)

    assert server.publications([1], NOW + 60) == [stored]
    assert stored.start_time == NOW
    assert server.identifier(stored) == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (GetScheduledEventsRecord(), [1, 2, 3]),
        (GetScheduledEventsRecord(number_of_events=2), [1, 2]),
        (GetScheduledEventsRecord(start_time=NOW + 1800), [2, 3]),
        (GetScheduledEventsRecord(start_time=NOW + 1799), [1, 2, 3]),
        (GetScheduledEventsRecord(start_time=NOW + 99_999), []),
    ],
)
def test_events_that_end_after_a_time_are_given_by_their_start_drlc_31(
    server: DrlcServer, asked: GetScheduledEventsRecord, found: list[int]
) -> None:
    for number in (1, 2, 3):
        server.add(event(number, NOW + 1800 * (number - 1)), NOW)

    assert ids(server.receive(command(asked))) == found


def test_events_of_one_start_can_be_fetched_one_by_one_drlc_31(server: DrlcServer) -> None:
    for number in (1, 2, 3):
        server.add(event(number, NOW + 600, device_class=1 << number), NOW)
    server.add(event(4, NOW + 3600), NOW)

    def fetch(least: int | None) -> list[int]:
        asked = GetScheduledEventsRecord(number_of_events=1, issuer_event_id=least)
        return ids(server.receive(command(asked)))

    assert [fetch(least) for least in (None, 1, 2, 3, 4, 0xFFFFFFFF)] == [
        [1],
        [1],
        [2],
        [3],
        [4],
        [1],
    ]


def test_without_events_there_are_none_gen_9(server: DrlcServer) -> None:
    asked = GetScheduledEventsRecord(issuer_event_id=1)

    assert server.receive(command(asked)) == Outcome(status=Status.NOT_FOUND)


@pytest.mark.parametrize("signature", [bytes(42), None], ids=["signed", "without signature"])
def test_a_status_report_is_told_drlc_12(server: DrlcServer, signature: bytes | None) -> None:
    report = ReportEventStatusRecord(
        issuer_event_id=1,
        event_status=2,
        event_status_time=NOW,
        criticality_level_applied=1,
        event_control=0,
        signature=signature,
    )

    outcome = server.receive(command(report))

    assert outcome.status == Status.SUCCESS
    assert outcome.signals == (
        EventHeard(address(1), 9, SE_ENDPOINT, DRLC, [1]),
        EventAnswered(address(1), 9, SE_ENDPOINT, DRLC, 1, "started"),
        EventStatusReported(address(1), 9, SE_ENDPOINT, report.replace(signature=bytes(42))),
    )


def test_an_event_stays_until_its_end_drlc_33(server: DrlcServer) -> None:
    server.add(event(1), NOW)

    server.advance(NOW + 1799)
    before = server.valid(NOW + 1799)
    server.advance(NOW + 1800)

    assert [e.issuer_event_id for e in before] == [1]
    assert server.valid(NOW + 1800) == []


def test_other_commands_are_not_supported(server: DrlcServer) -> None:
    with pytest.raises(UnsupportedCommandError):
        server.receive(command(event(1)))


@pytest.mark.parametrize("verdict", [True, False])
def test_a_signed_report_is_told_with_the_verdict(*, verdict: bool) -> None:
    asked: list[tuple[Eui64, bytes, bytes]] = []

    def verify(device: Eui64, message: bytes, signature: bytes) -> bool:
        asked.append((device, message, signature))
        return verdict

    server = server_that(verify)
    report = signed(
        report_of(event(1), EventStatus.STARTED, NOW), lambda _message: bytes(range(42))
    )

    outcome = server.receive(command(report))

    assert outcome.signals[-1] == EventStatusReported(
        address(1), 9, SE_ENDPOINT, report, signature_verified=verdict
    )
    assert asked == [(address(1), report.serialize()[:18], bytes(range(42)))]


def test_a_report_without_a_signature_has_no_verdict(server: DrlcServer) -> None:
    without = report_of(event(1), EventStatus.STARTED, NOW)

    for report in (without, without.replace(signature_type=1, signature=None)):
        *_, told = server.receive(command(report)).signals
        assert isinstance(told, EventStatusReported)
        assert told.signature_verified is None
