"""Load control, rule by rule: DRLC-1 to DRLC-34."""

from random import Random

import pytest

from sebridge.base.errors import RefusedError
from sebridge.features.load_control.client import (
    DEVICE_CLASS,
    GROUP,
    LoadControlMemory,
    LoadControlSettings,
)
from sebridge.features.load_control.records import (
    CancelAllLoadControlEventsRecord,
    GetScheduledEventsRecord,
    LoadControlEventRecord,
    ReportEventStatusRecord,
)
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.load_control.simulated import SetPoints, share_of_load
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import write_values
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, peer
from tests.rules.conftest import MakeHouse
from tests.rules.parts import (
    BAD_CANCEL,
    BAD_CANCEL_TIME,
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FIRST,
    IN,
    NO_PARTICIPATION,
    OUT,
    PARTLY_IN,
    PARTLY_OUT,
    RECEIVED,
    REJECTED,
    SECOND,
    STARTED,
    SUPERSEDED,
    UNKNOWN,
    A,
    Always,
    B,
    LoadDevice,
    cancel,
    hears,
    ids,
    load,
    load_server,
)


@pytest.fixture
def device() -> LoadDevice:
    return LoadDevice()


# ------------------------------------------------------------------ acceptance


@pytest.mark.parametrize(
    ("device_class", "group", "obeys"),
    [(1, 0, 1), (5, 7, 1), (2, 0, 0), (1, 8, 0)],
)
def test_drlc_01_only_events_for_our_class_and_group_concern_us(
    device_class: int, group: int, obeys: int
) -> None:
    """Who is not meant says nothing: no report, and SUCCESS only to who asks for an answer."""
    device = LoadDevice(LoadControlSettings(device_class=1, group=7))

    outcome = device.hears(
        load(A, 0, 10, device_class=device_class, utility_enrollment_group=group)
    )

    assert bool(device.reports) == bool(obeys)
    assert device.obeyed() == [A] * obeys
    assert outcome.status == Status.SUCCESS


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_time": 0xFFFFFFFF},
        {"duration_in_minutes": 1441},
        {"average_load_adjustment_percentage": 101},
        {"duty_cycle": 101},
    ],
)
def test_drlc_02_an_event_that_cannot_be_is_rejected(
    device: LoadDevice, wrong: dict[str, int]
) -> None:
    """Status 0xFE for a start of all ones, a day and more, or a field out of range."""
    device.hears(load(A, 0, 10).replace(**wrong))

    assert device.reports == [(0, A, REJECTED)]
    assert device.client.valid(NOW) == []


def test_drlc_02_a_duration_of_nothing_is_rejected(device: LoadDevice) -> None:
    """M: from memory. A duration of 0 is refused like one that is too long."""
    device.hears(load(A, 0, 0))

    assert device.statuses() == [REJECTED]


def test_drlc_02_an_event_for_which_there_is_no_room_is_rejected() -> None:
    """A full table refuses with 0xFE, and goes on as it was."""
    device = LoadDevice(most=2)
    for number in (1, 2, 3):
        device.hears(load(number, 100 * number, 10))

    assert device.reports == [(0, 1, RECEIVED), (0, 2, RECEIVED), (0, 3, REJECTED)]
    assert device.memory.choices.keys() == device.memory.senders.keys() == device.store.keys()


def test_drlc_03_an_event_that_is_over_is_expired(device: LoadDevice) -> None:
    """An event whose end is past gets 0xFB, and is not stored."""
    device.hears(load(A, -30, 30))

    assert device.reports == [(0, A, EXPIRED)]
    assert device.client.valid(NOW) == []


def test_drlc_04_a_late_event_starts_at_once_and_keeps_its_end(device: LoadDevice) -> None:
    """M: from memory. Its start is past and its end ahead: the rest of it is obeyed."""
    device.hears(load(A, -20, 30))

    device.at(60)

    assert device.reports == [(0, A, RECEIVED), (0, A, STARTED), (10, A, COMPLETED)]


def test_drlc_05_an_accepted_event_is_answered_once_to_each_server(device: LoadDevice) -> None:
    """0x01 goes to every server that sends the event, and once."""
    for source in (FIRST, SECOND, FIRST, SECOND):
        device.hears(load(A, 10, 10), source)

    assert device.told == [(FIRST, RECEIVED), (SECOND, RECEIVED)]


@pytest.mark.parametrize("level", [1, 6])
def test_drlc_06_a_user_may_opt_out_of_what_is_voluntary(device: LoadDevice, level: int) -> None:
    """Criticality 1 to 6 leaves the choice to the user."""
    device.hears(load(A, 0, 10, criticality_level=level))

    device.chooses(A, out=True)

    assert device.obeyed() == []


@pytest.mark.parametrize("level", [7, 8, 9, 0x0A])
def test_drlc_06_participation_is_mandatory_in_an_emergency(device: LoadDevice, level: int) -> None:
    """Above 6 an opt-out is refused, also one that was decided beforehand."""
    device.opts_out = True
    device.hears(load(A, 0, 10, criticality_level=level))

    with pytest.raises(RefusedError, match="mandatory"):
        device.chooses(A, out=True)

    assert device.obeyed() == [A]


@pytest.mark.parametrize("level", [0, 0x10, 0xFF])
def test_drlc_06_a_reserved_criticality_is_ignored(device: LoadDevice, level: int) -> None:
    """Levels that mean nothing yet: no report, nothing is done."""
    device.hears(load(A, 0, 10, criticality_level=level))

    assert (device.reports, device.obeyed()) == ([], [])


def test_drlc_07_what_is_not_used_is_skipped_and_without_anything_the_device_decides() -> None:
    """Duty cycle, load adjustment and temperatures are alternatives; all unused: switch off."""
    duty = load(A, 0, 10, duty_cycle=25)
    adjusted = load(A, 0, 10, average_load_adjustment_percentage=-40)
    warmer = load(A, 0, 10, cooling_temperature_offset=10)

    shares = [share_of_load([event]) for event in (duty, adjusted, warmer, load(A, 0, 10))]

    assert shares == [0.25, 0.6, 1.0, 0.0]


def test_drlc_08_offsets_and_set_points_go_towards_less_load() -> None:
    """Offsets are tenths of a degree, set points hundredths; cooling gives way up, heating down."""
    offsets = load(A, 0, 10, cooling_temperature_offset=15, heating_temperature_offset=20)
    points = load(A, 0, 10, cooling_temperature_set_point=2750, heating_temperature_set_point=-500)

    assert SetPoints(21.0, 25.0).under([offsets]) == SetPoints(19.0, 26.5)
    assert SetPoints(21.0, 25.0).under([points]) == SetPoints(-5.0, 27.5)


# ------------------------------------------------------------------ the life of an event


def test_drlc_09_every_moment_has_its_status(device: LoadDevice) -> None:
    """The table of moments and statuses, for an event that runs from minute 10 to 40."""
    lives: dict[str, list[int]] = {}
    for name, choices in {
        "takes part": [],
        "out before": [(5, True)],
        "out while running": [(20, True)],
        "out and in": [(20, True), (30, False)],
        "out before and in again": [(5, True), (20, False)],
        "no real change": [(20, False)],
    }.items():
        device = LoadDevice()
        device.hears(load(A, 10, 30))
        for minute, out in choices:
            device.at(minute).chooses(A, out=out)
        device.at(60)
        lives[name] = device.statuses()

    assert lives == {
        "takes part": [RECEIVED, STARTED, COMPLETED],
        "out before": [RECEIVED, OUT, NO_PARTICIPATION],
        "out while running": [RECEIVED, STARTED, OUT, PARTLY_OUT],
        "out and in": [RECEIVED, STARTED, OUT, IN, PARTLY_IN],
        "out before and in again": [RECEIVED, OUT, IN, PARTLY_IN],
        "no real change": [RECEIVED, STARTED, COMPLETED],
    }


def test_drlc_10_an_opt_out_before_the_start_is_reported_at_the_start(device: LoadDevice) -> None:
    """As SE 1.0 and 1.1 have it; the server also accepts it earlier, and twice."""
    device.hears(load(A, 10, 10))
    device.at(5).chooses(A, out=True)
    server = load_server()
    server.add(load(A, 10, 10), NOW)
    early = ReportEventStatusRecord(
        issuer_event_id=A, event_status=OUT, criticality_level_applied=1, event_control=0
    )

    heard = [hears(server, early, minute) for minute in (5, 10)]

    assert device.at(10).reports[1:] == [(10, A, OUT)]
    assert [outcome.status for outcome in heard] == [Status.SUCCESS] * 2


def test_drlc_11_a_report_carries_what_is_applied(device: LoadDevice) -> None:
    """Values, event control and the time of the change; "not used" of who takes no part."""
    record = load(A, 0, 10, duty_cycle=30, criticality_level=3)
    outcome = device.hears(record)
    taken, started = outcome.answers[0], outcome.sendings[0].record
    out = device.client.choose(A, NOW + 60, out=True).sendings[0].record

    assert isinstance(taken, ReportEventStatusRecord)
    assert isinstance(out, ReportEventStatusRecord)
    assert (taken.criticality_level_applied, taken.duty_cycle_applied) == (3, 30)
    assert started == taken.replace(event_status=STARTED)
    assert (out.event_status_time, out.duty_cycle_applied) == (NOW + 60, 0xFF)


def test_drlc_12_reports_are_unsigned_and_accepted_without_signature(device: LoadDevice) -> None:
    """Type 0 with 42 octets of ones goes out; a report that ends before the signature is fine."""
    sent = device.hears(load(A, 0, 10)).answers[0]
    octets = sent.serialize()

    assert octets[-43:] == bytes([0]) + bytes([0xFF]) * 42
    short = ReportEventStatusRecord.deserialize(octets[:-42])
    [*_, report] = hears(load_server(), short).signals
    assert isinstance(report, EventStatusReported)
    assert report.record.event_status == RECEIVED


def test_drlc_13_every_server_that_sent_the_event_gets_the_reports(device: LoadDevice) -> None:
    """Within five seconds where a whole home shares the moment; the server says SUCCESS."""
    device.hears(load(A, 10, 10), FIRST)
    device.hears(load(A, 10, 10), SECOND)

    news = device.client.advance(NOW + 600)
    answer = hears(load_server(), news.sendings[0].record)

    assert [sending.peer for sending in news.sendings] == [FIRST, SECOND]
    assert all(0 <= sending.after <= 5 for sending in news.sendings)
    assert (answer.status, answer.answers) == (Status.SUCCESS, ())


def test_drlc_14_a_duplicate_is_not_answered_and_changes_nothing(device: LoadDevice) -> None:
    """The same server again: no report. Other content from another server: an event of its own."""
    device.hears(load(A, 10, 10, device_class=1))
    again = device.hears(load(A, 10, 10, device_class=1))
    other = device.hears(load(A, 10, 20, device_class=2), SECOND)

    assert (again.answers, again.status) == ((), Status.SUCCESS)
    assert len(other.answers) == 1
    assert len(device.client.valid(NOW)) == 2


# ------------------------------------------------------------------ randomisation


def test_drlc_15_delays_are_drawn_once_and_survive_a_power_failure() -> None:
    """Bit 0 delays the start, bit 1 the end, each within its attribute."""
    settings = LoadControlSettings(start_randomization_minutes=10, duration_randomization_minutes=5)
    device = LoadDevice(settings, Always())
    for number, control in ((1, 0), (2, 1), (3, 2), (4, 3)):
        device.hears(load(number, 1000 * number, 10, event_control=control))
    drawn = {e.event_id: (e.start_delay, e.end_delay) for e in device.store.values()}

    device.random = Random(5)
    device.restart()

    assert drawn == {1: (0, 0), 2: (600, 0), 3: (0, 300), 4: (600, 300)}
    assert drawn == {
        e.event_id: (e.start_delay, e.end_delay) for e in device.client.schedule.not_ended(NOW)
    }


def test_drlc_15_a_restart_draws_nothing_and_reports_nothing_again() -> None:
    """The event, its delays, its servers and what was reported are kept together."""
    device = LoadDevice(random=Always())
    device.hears(load(A, 10, 60, event_control=1), FIRST)
    device.hears(load(A, 10, 60, event_control=1), SECOND)
    device.at(45).chooses(A, out=True)

    device.random = Random(5)
    device.restart()
    for server in (FIRST, SECOND):
        device.hears(load(A, 10, 60, event_control=1), server)
    device.at(200)

    once = [(0, A, RECEIVED), (40, A, STARTED), (45, A, OUT), (100, A, PARTLY_OUT)]
    assert device.reports == [report for report in once for _ in (FIRST, SECOND)]
    assert device.memory == LoadControlMemory()


def test_drlc_15_what_belongs_to_no_event_is_forgotten_at_the_start() -> None:
    """An event whose end was kept and whose choices were not deleted leaves nothing behind."""
    device = LoadDevice()
    device.hears(load(A, 10, 60))
    device.store.clear()

    device.restart()

    assert device.memory == LoadControlMemory()


def test_drlc_16_the_start_delay_shifts_the_end(device: LoadDevice) -> None:
    """Thirty minutes late at the start is thirty minutes late at the end."""
    device = LoadDevice(random=Always())
    device.hears(load(A, 10, 60, event_control=1))

    device.at(200)

    assert device.reports == [(0, A, RECEIVED), (40, A, STARTED), (100, A, COMPLETED)]


def test_drlc_17_before_its_delayed_start_things_stay_as_they_were() -> None:
    """M: from memory. Until the effective start the predecessor runs, or nothing does."""
    device = LoadDevice(random=Always())
    device.hears(load(A, 0, 60))
    device.hears(load(B, 30, 60, event_control=1))

    assert [device.at(minute).obeyed() for minute in (29, 31, 59, 60)] == [[A], [A], [A], [B]]


def test_drlc_18_no_gap_opens_between_successive_events() -> None:
    """M: from memory. The successor has the same delays; the first is completed, not replaced."""
    device = LoadDevice(random=Always())
    device.hears(load(A, 10, 10, event_control=1))
    device.hears(load(B, 20, 10, event_control=1))

    device.at(100)

    assert [report for report in device.reports if report[0]] == [
        (40, A, STARTED),
        (50, A, COMPLETED),
        (50, B, STARTED),
        (60, B, COMPLETED),
    ]


def test_drlc_19_emergencies_are_randomised_too() -> None:
    """The bits count also where participation is mandatory."""
    device = LoadDevice(random=Always())
    device.hears(load(A, 10, 60, event_control=1, criticality_level=9))

    device.at(200)

    assert device.reports[1] == (40, A, STARTED)


# ------------------------------------------------------------------ overlap


def test_drlc_20_a_server_supersedes_its_own_events() -> None:
    """M: from memory. An overlapping event takes the place of the one before; two never stand."""
    server = load_server()
    server.add(load(A, 10, 60), NOW)

    server.add(load(B, 20, 60), NOW)

    assert [int(e.issuer_event_id) for e in server.valid(NOW)] == [B]


def test_drlc_21_the_event_received_last_wins_whatever_its_id(device: LoadDevice) -> None:
    """M: from memory. The order of reception decides, and the older is gone altogether."""
    device.hears(load(B, 10, 60))
    device.hears(load(A, 20, 10))

    device.at(100)

    assert device.statuses(B) == [RECEIVED, SUPERSEDED]
    assert device.statuses(A) == [RECEIVED, STARTED, COMPLETED]


def test_drlc_22_an_event_that_had_not_started_is_superseded_at_once(device: LoadDevice) -> None:
    """M: from memory. 0x07 at the moment of receipt."""
    device.hears(load(A, 10, 20))
    device.at(5).hears(load(B, 20, 20))

    assert device.reports[1:] == [(5, B, RECEIVED), (5, A, SUPERSEDED)]


def test_drlc_23_a_running_event_hands_over_at_the_start_of_the_newer(device: LoadDevice) -> None:
    """M: from memory. It runs until then; 0x07 for it, then 0x02 for the newer."""
    device.hears(load(A, 10, 20))
    device.at(15).hears(load(B, 20, 20))

    assert device.at(19).obeyed() == [A]
    assert device.at(20).obeyed() == [B]
    assert device.reports[-2:] == [(20, A, SUPERSEDED), (20, B, STARTED)]


def test_drlc_24_an_outer_event_is_not_resumed(device: LoadDevice) -> None:
    """M: from memory. A nested event ends the outer one for good."""
    device.hears(load(A, 0, 60))
    device.hears(load(B, 20, 10))

    assert device.at(35).obeyed() == []


def test_drlc_25_other_classes_of_the_same_device_go_on(device: LoadDevice) -> None:
    """Only an event for a class that both have supersedes."""
    device.hears(load(A, 0, 60, device_class=1))
    device.hears(load(B, 10, 60, device_class=4))

    assert device.at(20).obeyed() == [A, B]


@pytest.mark.parametrize("wrong", [load(B, 5, 20, duty_cycle=101), load(B, -50, 20)])
def test_drlc_26_a_rejected_event_leaves_the_older_alone(
    device: LoadDevice, wrong: LoadControlEventRecord
) -> None:
    """0xFE or 0xFB for the newer, and nothing for the older."""
    device.hears(load(A, 0, 60))
    device.hears(wrong)

    assert device.at(10).obeyed() == [A]
    assert SUPERSEDED not in device.statuses(A)


# ------------------------------------------------------------------ cancel


def test_drlc_27_a_cancellation_must_match_and_may_name_a_time(device: LoadDevice) -> None:
    """Id, class and group; an effective time other than 0 is honoured."""
    device = LoadDevice(LoadControlSettings(device_class=1))
    device.hears(load(A, 0, 60))
    device.hears(cancel(A, device_class=2))
    device.hears(cancel(A, effective_time=0xFFFFFFFF))
    device.hears(cancel(A, effective_time=NOW + 61 * 60))
    device.hears(cancel(A, effective_time=NOW + 30 * 60))

    device.at(90)

    assert device.reports[2:] == [
        (0, A, BAD_CANCEL),
        (0, A, BAD_CANCEL_TIME),
        (0, A, BAD_CANCEL_TIME),
        (30, A, CANCELLED),
    ]


def test_drlc_27_a_server_cannot_cancel_what_another_sent(device: LoadDevice) -> None:
    """What is unknown from that server is 0xFD, and the other's event stays (GEN-8)."""
    device.hears(load(A, 0, 60), FIRST)

    device.hears(cancel(A), SECOND)

    assert device.told[-1] == (SECOND, UNKNOWN)
    assert device.obeyed() == [A]


@pytest.mark.parametrize(
    ("control", "randomised", "ends"), [(0, 3, 45), (1, 3, 50), (1, 1, 75), (1, 0, 45)]
)
def test_drlc_28_a_cancellation_may_keep_the_randomisation(
    control: int, randomised: int, ends: int
) -> None:
    """Without bit 0 at once; with it after the end delay, or else after the start delay."""
    device = LoadDevice(LoadControlSettings(duration_randomization_minutes=5), Always())
    device.hears(load(A, 0, 100, event_control=randomised))

    device.at(45).hears(cancel(A, cancel_control=control))

    assert device.at(200).reports[-1] == (ends, A, CANCELLED)


def test_drlc_29_a_cancelled_event_says_so_once(device: LoadDevice) -> None:
    """0x06 for one that runs and for one that waits; no 0x03 afterwards."""
    device.hears(load(A, 0, 30))
    device.hears(load(B, 60, 30))
    for event_id in (A, B):
        device.at(10).hears(cancel(event_id))

    device.at(200)

    assert device.statuses(A) == [RECEIVED, STARTED, CANCELLED]
    assert device.statuses(B) == [RECEIVED, CANCELLED]


def test_drlc_30_all_events_of_one_server_are_cancelled(device: LoadDevice) -> None:
    """0x06 for each of them; the events of another server stay; SUCCESS where there are none."""
    device.hears(load(A, 10, 10), FIRST)
    device.hears(load(B, 30, 10), FIRST)
    device.hears(load(3, 50, 10), SECOND)
    everything = CancelAllLoadControlEventsRecord(cancel_control=0)

    device.hears(everything, FIRST)
    nothing = device.hears(everything, peer(3))

    assert device.reports[3:] == [(0, A, CANCELLED), (0, B, CANCELLED)]
    assert ids(device.client, 55) == [3]
    assert nothing.status == Status.SUCCESS


# ------------------------------------------------------------------ the server


def test_drlc_31_a_server_lists_events_by_start_and_id() -> None:
    """Those that end after the moment asked for; paging by one through equal starts; NOT_FOUND."""
    server = load_server()
    for number, start, device_class in ((3, 60, 1), (2, 60, 2), (1, 120, 1)):
        server.add(load(number, start, 30, device_class=device_class), NOW)

    def listed(**asked: int) -> list[int]:
        outcome = hears(server, GetScheduledEventsRecord(**asked))
        assert bool(outcome.answers) == (outcome.status == Status.SUCCESS)
        return [int(event.issuer_event_id) for event in outcome.answers]  # type: ignore[attr-defined]  # load-control events

    assert listed() == [2, 3, 1]
    assert listed(start_time=NOW + 100 * 60) == [1]
    assert listed(number_of_events=1) == [2]
    assert listed(number_of_events=1, issuer_event_id=3) == [3]
    assert listed(start_time=NOW + 151 * 60) == []


def test_drlc_32_a_client_asks_for_everything() -> None:
    """After joining it asks with a start of 0 and no limit, which is answered with all."""
    server = load_server()
    server.add(load(A, -10, 30), NOW)
    server.add(load(B, 60, 30), NOW)

    question = GetScheduledEventsRecord()

    assert question.serialize() == bytes(5)
    assert len(hears(server, question).answers) == 2


async def test_drlc_33_an_event_goes_to_all_clients_and_is_kept_until_it_ends(
    house_of: MakeHouse,
) -> None:
    """Unicast to each; asked for again it is served, also to who has it; gone when over."""
    house = house_of(load_server())
    house.directory.peers = [FIRST, SECOND]
    service = house.service()
    record = LoadControlEventRecord(issuer_event_id=A, duration_in_minutes=10)

    created = await service.create(record)

    assert list(created.devices) == [FIRST.device, SECOND.device]
    assert [out.destination for out in house.sender.sent] == [FIRST.device, SECOND.device]
    assert len(service.valid()) == 1
    await house.clock.advance(minutes=10)
    assert service.valid() == []


async def test_drlc_34_the_energy_service_writes_the_attributes_of_the_client(
    house_of: MakeHouse,
) -> None:
    """Write Attributes with the direction bit "server to client"; kept over a power failure."""
    device = LoadDevice()
    house = house_of(device.client)
    values = [
        AttributeValue(i, kind, value, write_value(kind, value))
        for i, kind, value in ((GROUP, 0x20, 7), (DEVICE_CLASS, 0x21, 9), (0x0001, 0x20, 61))
    ]
    written = Frame(zcl.WRITE_ATTRIBUTES, 5, write_values(values), from_server=True)

    await house.hears(written)
    device.restart()

    [answer] = house.sender.frames
    assert answer.payload == bytes([Status.INVALID_VALUE, 0x01, 0x00])
    assert [device.client.attributes.read(i).value for i in (GROUP, DEVICE_CLASS)] == [7, 9]
    device.hears(load(A, 0, 10, utility_enrollment_group=8))
    assert device.reports == []
