"""Obey load-control events, and report: the rules, and the worked examples X1 to X14."""

from random import Random
from typing import Any

from hypothesis import given, strategies as st
import pytest
from typing_extensions import override

from sebridge.base.errors import RefusedError, UnknownEventError, UnsupportedCommandError
from sebridge.features.load_control.client import (
    DrlcClient,
    LoadControlMemory,
    LoadControlSettings,
)
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    CancelLoadControlEventRecord,
    GetScheduledEventsRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, always, command, peer

RECEIVED, STARTED, COMPLETED, OUT, IN, CANCELLED, SUPERSEDED = range(1, 8)
PARTLY_OUT, PARTLY_IN, NO_PARTICIPATION = 8, 9, 10
BAD_CANCEL, BAD_CANCEL_TIME, EXPIRED, UNKNOWN, REJECTED = 0xF8, 0xF9, 0xFB, 0xFD, 0xFE
A, B, C = 1, 2, 3


class Always(Random):
    """Draws the largest delay, so that a test knows it."""

    @override
    def randint(self, a: int, b: int) -> int:
        del a
        return b


class Device:
    """A client and what it reported: minutes from NOW, event id, status."""

    def __init__(
        self,
        settings: LoadControlSettings | None = None,
        random: Random | None = None,
        *,
        opts_out: bool = False,
    ) -> None:
        schedule: Schedule[LoadControlEventRecord] = Schedule(Policy.LOAD_CONTROL, {})
        self.memory = LoadControlMemory()
        self.client = DrlcClient(
            9,
            schedule,
            settings or LoadControlSettings(),
            random or Random(0),
            self.memory,
            time_is_known=always,
            opts_out=lambda _record: opts_out,
        )
        self.reports: list[tuple[float, int, int]] = []
        self.told: list[Peer | None] = []
        self.now = NOW

    def at(self, minute: float) -> "Device":
        """Let time pass, change by change, as the runner does."""
        target = NOW + int(60 * minute)
        while (due := self.client.next_change(self.now)) is not None and due <= target:
            self.now = max(due, self.now)
            self.note(self.client.advance(self.now))
        self.now = target
        return self

    def hears(self, record: Record, source: Peer | None = None) -> Outcome:
        return self.note(self.client.receive(command(record, self.now, source)), source)

    def chooses(self, event_id: int, *, out: bool) -> None:
        self.note(self.client.choose(event_id, self.now, out=out))

    def note(self, outcome: Outcome, source: Peer | None = None) -> Outcome:
        own = [(source, record) for record in outcome.answers]
        own += [(sending.peer, sending.record) for sending in outcome.sendings]
        for who, record in own:
            assert isinstance(record, ReportEventStatusRecord)
            minute = (int(record.event_status_time) - NOW) / 60
            self.reports.append((minute, int(record.issuer_event_id), int(record.event_status)))
            self.told.append(who)
        return outcome

    def obeyed(self) -> list[int]:
        return [int(record.issuer_event_id) for record in self.client.obeyed(self.now)]


def event(event_id: int, start: float, minutes: int, **more: Any) -> LoadControlEventRecord:
    """Return an event that starts at a minute after NOW; nothing is randomised."""
    given: dict[str, Any] = {"event_control": 0, "start_time": NOW + int(60 * start)} | more
    return LoadControlEventRecord(issuer_event_id=event_id, duration_in_minutes=minutes, **given)


def cancel(event_id: int, **more: Any) -> CancelLoadControlEventRecord:
    return CancelLoadControlEventRecord(issuer_event_id=event_id, **{"cancel_control": 0} | more)


@pytest.fixture
def device() -> Device:
    return Device()


# ------------------------------------------------------------------ the worked examples


def test_x1_simple(device: Device) -> None:
    device.hears(event(A, 10, 30))

    device.at(60)

    assert device.reports == [(0, A, RECEIVED), (10, A, STARTED), (40, A, COMPLETED)]


def test_x2_now(device: Device) -> None:
    device.hears(event(A, 0, 1, start_time=0))

    device.at(60)

    assert device.reports == [(0, A, RECEIVED), (0, A, STARTED), (1, A, COMPLETED)]


def test_x3_successive(device: Device) -> None:
    device.hears(event(A, 10, 10))
    device.hears(event(B, 20, 10))

    device.at(60)

    assert device.reports == [
        (0, A, RECEIVED),
        (0, B, RECEIVED),
        (10, A, STARTED),
        (20, A, COMPLETED),
        (20, B, STARTED),
        (30, B, COMPLETED),
    ]


def test_x4_overlap_before_the_first_started(device: Device) -> None:
    device.hears(event(A, 10, 20))
    device.at(5).hears(event(B, 20, 20))

    device.at(60)

    assert device.reports[1:] == [
        (5, B, RECEIVED),
        (5, A, SUPERSEDED),
        (20, B, STARTED),
        (40, B, COMPLETED),
    ]


def test_x5_overlap_while_the_first_runs(device: Device) -> None:
    device.hears(event(A, 10, 20))
    device.at(15).hears(event(B, 20, 20))

    device.at(60)

    assert device.reports[2:] == [
        (15, B, RECEIVED),
        (20, A, SUPERSEDED),
        (20, B, STARTED),
        (40, B, COMPLETED),
    ]


def test_x6_nested_and_the_outer_is_not_resumed(device: Device) -> None:
    device.hears(event(A, 0, 60))
    device.at(5).hears(event(B, 20, 10))

    assert device.at(25).obeyed() == [B]
    assert device.at(35).obeyed() == []

    device.at(90)
    assert device.reports[2:] == [
        (5, B, RECEIVED),
        (20, A, SUPERSEDED),
        (20, B, STARTED),
        (30, B, COMPLETED),
    ]


def test_x7_other_class_runs_beside_it() -> None:
    device = Device(LoadControlSettings(device_class=0b101))
    device.hears(event(A, 10, 20, device_class=0b001))
    device.hears(event(B, 15, 20, device_class=0b100))

    assert device.at(20).obeyed() == [A, B]

    device.at(60)
    assert [status for _, _, status in device.reports].count(SUPERSEDED) == 0
    assert device.reports[-2:] == [(30, A, COMPLETED), (35, B, COMPLETED)]


def test_x8_cancel_while_it_runs(device: Device) -> None:
    device.hears(event(A, 0, 60))
    device.at(10).hears(cancel(A))

    assert device.obeyed() == []
    device.at(90)
    assert device.reports[2:] == [(10, A, CANCELLED)]


def test_x9_cancel_of_an_unknown_event(device: Device) -> None:
    outcome = device.hears(cancel(99))

    assert device.reports == [(0, 99, UNKNOWN)]
    assert isinstance(outcome.signals[0], EventReceived)
    assert outcome.signals[0].status == Status.NOT_FOUND


def test_x10_opt_out_before_the_start(device: Device) -> None:
    device.hears(event(A, 10, 10))
    device.at(5).chooses(A, out=True)

    assert device.at(15).obeyed() == []
    device.at(60)
    assert device.reports[1:] == [(10, A, OUT), (20, A, NO_PARTICIPATION)]


def test_x11_out_and_in_while_it_runs(device: Device) -> None:
    device.hears(event(A, 0, 30))
    device.at(5).chooses(A, out=True)
    assert device.obeyed() == []
    device.at(10).chooses(A, out=False)
    assert device.obeyed() == [A]

    device.at(60)

    assert device.reports[2:] == [(5, A, OUT), (10, A, IN), (30, A, PARTLY_IN)]


def test_x12_out_while_it_runs(device: Device) -> None:
    device.hears(event(A, 0, 30))
    device.at(5).chooses(A, out=True)

    device.at(60)

    assert device.reports[2:] == [(5, A, OUT), (30, A, PARTLY_OUT)]


def test_x13_past(device: Device) -> None:
    device.at(100).hears(event(A, 10, 30))

    device.at(200)

    assert device.reports == [(100, A, EXPIRED)]
    assert len(device.client.schedule) == 0


def test_x14_late(device: Device) -> None:
    device.at(20).hears(event(A, 10, 30))

    device.at(60)

    assert device.reports == [(20, A, RECEIVED), (20, A, STARTED), (40, A, COMPLETED)]


# ------------------------------------------------------------------ acceptance


@pytest.mark.parametrize(
    ("ours", "fields", "concerns"),
    [
        (LoadControlSettings(device_class=1), {"device_class": 2}, False),
        (LoadControlSettings(device_class=3), {"device_class": 2}, True),
        (LoadControlSettings(group=5), {"utility_enrollment_group": 6}, False),
        (LoadControlSettings(group=5), {"utility_enrollment_group": 5}, True),
        (LoadControlSettings(group=5), {"utility_enrollment_group": 0}, True),
        (LoadControlSettings(group=0), {"utility_enrollment_group": 6}, True),
    ],
)
def test_class_and_group_decide_whether_an_event_concerns_us_drlc_1(
    ours: LoadControlSettings, fields: dict[str, int], *, concerns: bool
) -> None:
    device = Device(ours)

    outcome = device.hears(event(A, 10, 10, **fields))

    assert bool(device.reports) == concerns
    assert outcome.status == Status.SUCCESS


@pytest.mark.parametrize(
    "wrong",
    [
        event(A, 0, 0),
        event(A, 0, 1441),
        event(A, 0, 0xFFFF),
        event(A, 0, 10, start_time=0xFFFFFFFF),
        event(A, 0, 10, average_load_adjustment_percentage=-101),
        event(A, 0, 10, duty_cycle=101),
    ],
)
def test_an_event_with_a_field_out_of_range_is_rejected_drlc_2(
    device: Device, wrong: LoadControlEventRecord
) -> None:
    device.hears(wrong)

    assert [status for _, _, status in device.reports] == [REJECTED]
    assert len(device.client.schedule) == 0


def test_a_rejected_event_leaves_the_older_one_drlc_26(device: Device) -> None:
    device.hears(event(A, 0, 60))

    device.hears(event(B, 0, 1441))

    assert device.obeyed() == [A]


@pytest.mark.parametrize("criticality", [0, 0x10, 0xFF])
def test_a_reserved_criticality_is_ignored_drlc_6(device: Device, criticality: int) -> None:
    outcome = device.hears(event(A, 0, 10, criticality_level=criticality))

    assert outcome == Outcome()


@pytest.mark.parametrize("criticality", [7, 8, 9, 15])
def test_participation_is_mandatory_above_level_6_drlc_6(criticality: int) -> None:
    device = Device(opts_out=True)
    device.hears(event(A, 0, 10, criticality_level=criticality))

    assert device.obeyed() == [A]
    with pytest.raises(RefusedError, match="mandatory"):
        device.chooses(A, out=True)
    device.chooses(A, out=False)
    assert device.reports == [(0, A, RECEIVED), (0, A, STARTED)]


def test_an_owner_may_always_opt_out_of_voluntary_events_drlc_6() -> None:
    device = Device(opts_out=True)

    device.hears(event(A, 0, 10, criticality_level=6))

    assert device.obeyed() == []
    assert device.at(10).reports == [
        (0, A, RECEIVED),
        (0, A, OUT),
        (10, A, NO_PARTICIPATION),
    ]


def test_a_choice_that_changes_nothing_is_not_reported_drlc_9(device: Device) -> None:
    device.hears(event(A, 0, 10))
    device.chooses(A, out=False)
    device.chooses(A, out=True)
    device.chooses(A, out=True)

    assert device.reports[2:] == [(0, A, OUT)]
    with pytest.raises(UnknownEventError):
        device.chooses(99, out=True)


def test_the_same_event_again_is_not_reported_again_drlc_14(device: Device) -> None:
    device.hears(event(A, 0, 10, start_time=0))

    outcome = device.at(5).hears(event(A, 0, 10, start_time=0))

    assert outcome.answers == ()
    assert outcome.status == Status.SUCCESS
    assert device.at(60).reports[2:] == [(10, A, COMPLETED)]


def test_a_report_carries_what_was_applied_and_no_signature_drlc_11_drlc_12(
    device: Device,
) -> None:
    outcome = device.hears(
        event(
            A,
            0,
            10,
            criticality_level=3,
            cooling_temperature_set_point=-500,
            average_load_adjustment_percentage=-10,
            duty_cycle=50,
            event_control=0,
        )
    )

    (report,) = outcome.answers
    assert report == ReportEventStatusRecord(
        issuer_event_id=A,
        event_status=RECEIVED,
        event_status_time=NOW,
        criticality_level_applied=3,
        cooling_temperature_set_point_applied=0x10000 - 500,
        heating_temperature_set_point_applied=0x8000,
        average_load_adjustment_percentage_applied=0x100 - 10,
        duty_cycle_applied=50,
        event_control=0,
        signature_type=0,
        signature=b"\xff" * 42,
    )


def test_reports_that_all_devices_make_at_once_are_spread_drlc_13(device: Device) -> None:
    device.hears(event(A, 0, 10))

    outcome = device.client.advance(NOW + 600)

    assert 0.0 < outcome.sendings[0].after <= 5.0
    assert outcome.sendings[0].peer == peer()


def test_a_late_report_tells_when_it_happened_drlc_11(device: Device) -> None:
    device.hears(event(A, 1, 10))

    device.note(device.client.advance(NOW + 3600))

    assert device.reports == [(0, A, RECEIVED), (1, A, STARTED), (11, A, COMPLETED)]


# ------------------------------------------------------------------ randomisation


def test_the_start_delay_shifts_the_end_as_well_drlc_15_drlc_16() -> None:
    settings = LoadControlSettings(start_randomization_minutes=20, duration_randomization_minutes=5)
    device = Device(settings, Always())
    device.hears(event(A, 10, 30, event_control=3))

    assert device.at(29).obeyed() == []
    assert device.at(31).obeyed() == [A]
    assert device.at(90).reports == [(0, A, RECEIVED), (30, A, STARTED), (65, A, COMPLETED)]


def test_randomisation_opens_no_gap_between_successive_events_drlc_18() -> None:
    device = Device(random=Random(7))
    device.hears(event(A, 10, 60, event_control=1))
    device.hears(event(B, 70, 60, event_control=1))

    device.at(300)

    moments = {(event_id, status): minute for minute, event_id, status in device.reports}
    assert moments[A, COMPLETED] == moments[B, STARTED] == moments[A, STARTED] + 60
    assert moments[A, STARTED] > 10


def test_the_group_and_the_randomisation_may_be_written_over_the_air_drlc_34() -> None:
    device = Device(random=Always())
    device.client.attributes.set(0x0001, 1)
    device.client.attributes.set(0x0000, 4)

    device.hears(event(A, 10, 10, event_control=1, utility_enrollment_group=5))
    device.hears(event(B, 10, 10, event_control=1, utility_enrollment_group=4))

    assert device.at(60).reports == [(0, B, RECEIVED), (11, B, STARTED), (21, B, COMPLETED)]


# ------------------------------------------------------------------ cancellation


def test_a_cancelled_event_that_waits_is_removed_with_one_report_drlc_29(device: Device) -> None:
    device.hears(event(A, 10, 10))
    device.at(5).hears(cancel(A))

    assert device.at(60).reports == [(0, A, RECEIVED), (5, A, CANCELLED)]


def test_a_cancellation_may_take_effect_later_drlc_27(device: Device) -> None:
    device.hears(event(A, 0, 60))
    device.at(10).hears(cancel(A, effective_time=NOW + 1800))

    assert device.at(29).obeyed() == [A]
    assert device.at(90).reports[2:] == [(30, A, CANCELLED)]


@pytest.mark.parametrize("effective", [0xFFFFFFFF, NOW + 3601])
def test_a_cancellation_after_the_end_is_refused_drlc_9(device: Device, effective: int) -> None:
    device.hears(event(A, 0, 60))
    device.at(10).hears(cancel(A, effective_time=effective))

    assert device.reports[2:] == [(10, A, BAD_CANCEL_TIME)]
    assert device.obeyed() == [A]


@pytest.mark.parametrize("other", [{"device_class": 2}, {"utility_enrollment_group": 9}])
def test_a_cancellation_for_others_is_refused_drlc_27(other: dict[str, int]) -> None:
    device = Device(LoadControlSettings(device_class=1, group=3))
    device.hears(event(A, 0, 60))

    device.hears(cancel(A, **other))

    assert device.reports[2:] == [(0, A, BAD_CANCEL)]
    assert device.obeyed() == [A]


@pytest.mark.parametrize(
    ("control", "event_control", "ends"),
    [(0, 3, 30), (1, 3, 30 + 5), (1, 1, 30 + 20), (1, 0, 30)],
    ids=["at once", "after the end delay", "after the start delay", "nothing was drawn"],
)
def test_a_running_event_may_keep_its_randomisation_when_cancelled_drlc_28(
    control: int, event_control: int, ends: float
) -> None:
    settings = LoadControlSettings(start_randomization_minutes=20, duration_randomization_minutes=5)
    device = Device(settings, Always())
    device.hears(event(A, 0, 120, event_control=event_control))

    device.at(30).hears(cancel(A, cancel_control=control))

    assert device.at(200).reports[-1] == (ends, A, CANCELLED)
    assert [status for _, _, status in device.reports].count(CANCELLED) == 1


@pytest.mark.parametrize("control", [0, 1])
def test_all_events_of_a_server_are_cancelled_drlc_30(control: int) -> None:
    settings = LoadControlSettings(start_randomization_minutes=20)
    device = Device(settings, Always())
    device.hears(event(A, 0, 60, device_class=1, event_control=1))
    device.hears(event(B, 90, 60, device_class=2))
    device.hears(event(C, 0, 300, device_class=4), peer(2))

    device.at(30).hears(CancelAllLoadControlEventsRecord(cancel_control=control))

    device.at(100)
    at = {(event_id, status): minute for minute, event_id, status in device.reports}
    assert at[A, CANCELLED] == 30 + 20 * control
    assert at[B, CANCELLED] == 30
    assert device.obeyed() == [C]


def test_without_events_cancel_all_is_success_drlc_30(device: Device) -> None:
    outcome = device.hears(CancelAllLoadControlEventsRecord())

    assert outcome.status == Status.SUCCESS
    assert not device.reports


# ------------------------------------------------------------------ the rest


def test_a_clock_that_is_set_back_makes_the_event_wait_again_time_8(device: Device) -> None:
    device.hears(event(A, 10, 10))
    device.at(12)

    device.now = NOW + 300
    device.note(device.client.advance(device.now))
    device.chooses(A, out=True)

    assert device.obeyed() == []
    assert device.at(30).reports[2:] == [(10, A, OUT), (20, A, NO_PARTICIPATION)]


def test_other_commands_are_not_supported(device: Device) -> None:
    with pytest.raises(UnsupportedCommandError):
        device.hears(GetScheduledEventsRecord())


steps = st.one_of(
    st.builds(
        lambda event_id, start, minutes, device_class: event(
            event_id, start, minutes, device_class=device_class, event_control=3
        ),
        st.integers(1, 5),
        st.integers(0, 90),
        st.integers(0, 60),
        st.integers(1, 7),
    ),
    st.builds(cancel, st.integers(1, 5), cancel_control=st.integers(0, 1)),
    st.builds(CancelAllLoadControlEventsRecord, cancel_control=st.integers(0, 1)),
)


@given(st.lists(st.tuples(st.integers(0, 20), steps), max_size=12), st.integers(0, 2**16))
def test_every_accepted_event_is_reported_to_be_over_exactly_once_drlc_9(
    script: list[tuple[int, Record]], seed: int
) -> None:
    device = Device(random=Random(seed))
    minute = 0

    for pause, record in script:
        minute += pause
        device.at(minute).hears(record)
    device.at(minute + 500)

    over = {COMPLETED, CANCELLED, SUPERSEDED}
    for event_id in range(1, 6):
        own = [status for _, number, status in device.reports if number == event_id]
        assert own.count(RECEIVED) == sum(own.count(status) for status in over)
        assert own.count(STARTED) <= own.count(RECEIVED)
    assert len(device.client.schedule) == 0
    assert device.memory.choices == {}


def test_a_display_keeps_an_event_for_the_classes_that_another_does_not_take_drlc_25() -> None:
    device = Device()
    device.hears(
        LoadControlEventRecord(issuer_event_id=0x3002, duration_in_minutes=60, event_control=0)
    )

    news = device.hears(
        LoadControlEventRecord(
            issuer_event_id=0x3003, duration_in_minutes=30, device_class=8, event_control=0
        )
    )

    shown = [(record.issuer_event_id, record.device_class) for record in device.client.valid(NOW)]
    assert shown == [(0x3002, 0x0FF7), (0x3003, 0x0008)]
    active = [signal for signal in news.signals if isinstance(signal, ActiveEventsChanged)]
    assert [len(signal.records) for signal in active] == [2]
    assert SUPERSEDED not in [status for _, _, status in device.at(61).reports]
