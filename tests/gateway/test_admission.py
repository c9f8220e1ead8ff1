"""The gate: which frames are believed, which wait, and which are dropped with their reason."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.admission import (
    LONGEST_HELD,
    MOST_HELD,
    MOST_HELD_OCTETS,
    MOST_HELD_OF_ONE,
    Admitted,
    Asked,
    Dropped,
    Facts,
    Gate,
    Held,
    Key,
    KeyTrust,
    KnownSenders,
    PendingFrames,
    Refused,
    Sender,
    Verdict,
    addressed,
    judge,
)
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.serial_nodes import SerialNodes
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceUpdated
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.zcl import digi, frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import (
    ALL_ENDPOINTS,
    BASIC,
    HA_ENDPOINT,
    HA_PROFILE,
    IDENTIFY,
    KEY_ESTABLISHMENT,
    METERING,
    PRICE,
    SE_ENDPOINT,
    SE_PROFILE,
    TIME,
)
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, Trust, address, heard

ON_OFF: Final = 0x0006

SMART_ENERGY = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, (BasicServer("maker", "model"),))
HOME_AUTOMATION = Endpoint(HA_ENDPOINT, HA_PROFILE, 7, (BasicServer("maker", "ha"),))
MIRROR = Endpoint(0xC0, SE_PROFILE, 0x0501, (), is_strict=True)

REPORT = Frame(zcl.REPORT_ATTRIBUTES, 1, b"\x00\x00\x20\x01", from_server=True)
READ = Frame(zcl.READ_ATTRIBUTES, 1, b"\x00\x00")
ANSWER = Frame(zcl.READ_ATTRIBUTES_RESPONSE, 1, b"\x00\x00\x86", from_server=True)
TO_SERIAL_PORT: Final[dict[str, Any]] = {
    "profile_id": digi.PROFILE,
    "destination_endpoint": digi.DATA_ENDPOINT,
    "encrypted": False,
}
COMMAND = Frame(0x00, 1, cluster_specific=True)

SE_METER = Sender(admitted=True, profile=SE_PROFILE)
HA_METER = Sender(admitted=True, profile=HA_PROFILE)
NOT_ASKED_YET = Sender(admitted=True, profile=None)
STRANGER = Sender(admitted=False, profile=None)

TO_HA: Final[Any] = {"profile_id": HA_PROFILE, "destination_endpoint": HA_ENDPOINT}


def judged(
    header: Frame,
    cluster_id: int,
    sender: Sender,
    *,
    proven: bool = True,
    demanded: bool = True,
    asked: Asked = Asked.NOT,
    **more: Any,
) -> Verdict:
    """Return what is decided upon a frame; without anything said it is encrypted, and to 0x5E."""
    frame = heard(header, cluster_id, **more)
    endpoint = HOME_AUTOMATION if frame.destination_endpoint == HA_ENDPOINT else SMART_ENERGY
    facts = Facts(sender, proven, demanded, asked)
    return judge(frame, header, endpoint, facts, EncryptionRules())


# ------------------------------------------------------------------ who may take part


@pytest.mark.parametrize("header", [REPORT, READ, ANSWER, COMMAND])
@pytest.mark.parametrize("cluster_id", [BASIC, METERING, KEY_ESTABLISHMENT, 0xFC01])
@pytest.mark.parametrize("encrypted", [True, False])
def test_of_who_may_not_take_part_nothing_is_taken_and_nothing_is_answered(
    header: Frame, cluster_id: int, *, encrypted: bool
) -> None:
    verdict = judged(header, cluster_id, STRANGER, encrypted=encrypted)

    assert verdict == Refused(Dropped.NOT_ADMITTED)


def test_who_was_asked_may_answer_and_no_cluster_hears_of_it() -> None:
    verdict = judged(ANSWER, BASIC, STRANGER, encrypted=False, asked=Asked.AS_NEEDED)

    assert isinstance(verdict, Admitted)
    assert verdict.only_answer


def test_a_stranger_does_not_answer_in_the_clear_what_was_asked_under_a_link_key() -> None:
    verdict = judged(ANSWER, METERING, STRANGER, encrypted=False, asked=Asked.AS_NEEDED)

    assert verdict == Refused(Dropped.NOT_ADMITTED)


# ------------------------------------------------------------------ the key


def test_what_was_admitted_says_whose_it_is_and_under_which_key() -> None:
    secured = judged(REPORT, METERING, SE_METER)
    plain = judged(READ, BASIC, SE_METER, encrypted=False)

    assert isinstance(secured, Admitted)
    assert isinstance(plain, Admitted)
    assert secured.peer == Peer(address(1), 9, SE_PROFILE)
    assert (secured.key, plain.key) == (Key.LINK, Key.NETWORK)
    assert not secured.only_answer


@pytest.mark.parametrize("cluster_id", [TIME, PRICE, METERING, 0x070C, 0x0999])
@pytest.mark.parametrize("header", [REPORT, READ, COMMAND, ANSWER])
@pytest.mark.parametrize("sender", [SE_METER, NOT_ASKED_YET])
def test_a_secured_cluster_in_the_clear_is_refused_and_told_sec_2(
    cluster_id: int, header: Frame, sender: Sender
) -> None:
    verdict = judged(header, cluster_id, sender, encrypted=False)

    assert verdict == Refused(Dropped.IN_THE_CLEAR, Status.FAILURE)


@pytest.mark.parametrize(
    ("cluster_id", "is_taken"),
    [(ON_OFF, True), (METERING, False), (0x070C, False), (0xFC01, False)],
)
def test_who_names_another_profile_may_speak_in_the_clear_only_of_what_is_not_smart_energys(
    cluster_id: int, *, is_taken: bool
) -> None:
    verdict = judged(READ, cluster_id, SE_METER, encrypted=False, **TO_HA)

    assert isinstance(verdict, Admitted) is is_taken


@pytest.mark.parametrize("header", [REPORT, READ, COMMAND, ANSWER])
def test_a_key_that_does_not_count_is_not_answered_sec_4(header: Frame) -> None:
    verdict = judged(header, METERING, SE_METER, proven=False)

    assert verdict == Refused(Dropped.NOT_ESTABLISHED)


@pytest.mark.parametrize("header", [REPORT, READ, COMMAND])
@pytest.mark.parametrize("profile_id", [HA_PROFILE, 0xFFFF, 0x0000])
def test_a_smart_energy_device_does_not_get_around_its_key_by_another_profile_sec_2(
    header: Frame, profile_id: int
) -> None:
    for endpoint in (SE_ENDPOINT, HA_ENDPOINT):
        verdict = judged(
            header,
            METERING,
            SE_METER,
            encrypted=False,
            profile_id=profile_id,
            destination_endpoint=endpoint,
        )

        assert verdict == Refused(Dropped.IN_THE_CLEAR, Status.FAILURE)


@pytest.mark.parametrize("header", [REPORT, READ, COMMAND])
def test_under_a_key_that_counts_a_device_needs_no_interview(header: Frame) -> None:
    """A sleeping meter may not be heard of for hours, and cannot be mistaken for another."""
    assert isinstance(judged(header, METERING, NOT_ASKED_YET), Admitted)


def test_a_question_in_the_clear_is_answered_in_the_clear_and_no_cluster_hears_of_it() -> None:
    verdict = judged(ANSWER, METERING, SE_METER, encrypted=False, asked=Asked.IN_THE_CLEAR)

    assert isinstance(verdict, Admitted)
    assert verdict.only_answer


def test_where_encryption_is_switched_off_the_sender_must_still_be_what_it_says() -> None:
    taken = judged(REPORT, METERING, SE_METER, demanded=False, encrypted=False)
    other = judged(REPORT, METERING, SE_METER, demanded=False, encrypted=False, **TO_HA)
    unknown = judged(REPORT, METERING, NOT_ASKED_YET, demanded=False, encrypted=False)

    assert isinstance(taken, Admitted)
    assert other == Refused(Dropped.WRONG_PROFILE, Status.NOT_AUTHORIZED)
    assert isinstance(unknown, Held)


# ------------------------------------------------------------------ what a device told of itself


def test_a_home_automation_meter_reports_in_the_clear() -> None:
    assert isinstance(judged(REPORT, METERING, HA_METER, encrypted=False, **TO_HA), Admitted)


@pytest.mark.parametrize(
    "header",
    [
        REPORT,
        COMMAND,
        Frame(zcl.CONFIGURE_REPORTING, 1),
        Frame(zcl.WRITE_ATTRIBUTES, 1),
        Frame(zcl.WRITE_ATTRIBUTES_NO_RESPONSE, 1),
    ],
)
@pytest.mark.parametrize("cluster_id", [BASIC, IDENTIFY, METERING, 0xFC01])
def test_what_leaves_traces_waits_until_its_sender_has_told_what_it_is(
    header: Frame, cluster_id: int
) -> None:
    verdict = judged(header, cluster_id, NOT_ASKED_YET, encrypted=False, **TO_HA)
    assert isinstance(verdict, Held)


@pytest.mark.parametrize(
    ("header", "cluster_id"),
    [
        (READ, BASIC),
        (Frame(zcl.DISCOVER_ATTRIBUTES, 1), BASIC),
        (Frame(zcl.READ_REPORTING_CONFIGURATION, 1), BASIC),
        (ANSWER, BASIC),
        (COMMAND, KEY_ESTABLISHMENT),
    ],
)
def test_what_leaves_none_and_key_establishment_need_no_interview(
    header: Frame, cluster_id: int
) -> None:
    assert isinstance(judged(header, cluster_id, NOT_ASKED_YET, encrypted=False), Admitted)


def test_an_answer_that_was_asked_for_needs_no_interview() -> None:
    verdict = judged(
        COMMAND, IDENTIFY, NOT_ASKED_YET, encrypted=False, asked=Asked.AS_NEEDED, **TO_HA
    )

    assert isinstance(verdict, Admitted)


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        (SE_METER, {"profile_id": HA_PROFILE}),
        (SE_METER, {"profile_id": HA_PROFILE, "destination_endpoint": HA_ENDPOINT}),
        (HA_METER, {}),
        (HA_METER, {"profile_id": 0xFFFF}),
    ],
)
def test_a_report_under_another_profile_than_its_senders_is_refused(
    sender: Sender, more: dict[str, Any]
) -> None:
    verdict = judged(REPORT, METERING, sender, **more)

    assert verdict == Refused(Dropped.WRONG_PROFILE, Status.NOT_AUTHORIZED)


def test_a_question_may_name_another_profile_where_it_is_secured_as_it_must_be() -> None:
    assert isinstance(judged(READ, TIME, SE_METER, profile_id=HA_PROFILE), Admitted)
    assert isinstance(judged(COMMAND, PRICE, SE_METER, profile_id=HA_PROFILE), Admitted)


@given(
    header=st.builds(
        Frame,
        st.integers(0, 255),
        st.integers(0, 255),
        cluster_specific=st.booleans(),
        from_server=st.booleans(),
    ),
    cluster_id=st.integers(0, 0xFFFF),
    profile_id=st.sampled_from([SE_PROFILE, HA_PROFILE, 0xFFFF, 0]),
    endpoint=st.sampled_from([int(SE_ENDPOINT), int(HA_ENDPOINT)]),
    asked=st.sampled_from(Asked),
)
def test_nothing_in_the_clear_from_a_smart_energy_place_is_ever_a_reading(
    header: Frame, cluster_id: int, profile_id: int, endpoint: int, asked: Asked
) -> None:
    verdict = judged(
        header,
        METERING if cluster_id % 2 else cluster_id,
        SE_METER,
        encrypted=False,
        asked=asked,
        profile_id=profile_id,
        destination_endpoint=endpoint,
    )

    is_metering = bool(cluster_id % 2) or cluster_id == METERING
    if is_metering and isinstance(verdict, Admitted):
        assert verdict.only_answer
        assert asked is Asked.IN_THE_CLEAR


# ------------------------------------------------------------------ which of our endpoints


@pytest.mark.parametrize(
    ("profile_id", "expected"),
    [
        (SE_PROFILE, [HA_ENDPOINT, SE_ENDPOINT, 0xC0]),
        (HA_PROFILE, [HA_ENDPOINT]),
        (0xFFFF, [HA_ENDPOINT, SE_ENDPOINT]),
    ],
)
def test_a_frame_for_all_endpoints_reaches_those_of_its_profile(
    profile_id: int, expected: list[int]
) -> None:
    ours = {e.endpoint_id: e for e in (SMART_ENERGY, HOME_AUTOMATION, MIRROR)}

    reached = addressed(
        ours, heard(READ, BASIC, destination_endpoint=ALL_ENDPOINTS, profile_id=profile_id)
    )

    assert sorted(endpoint.endpoint_id for endpoint in reached) == expected


@pytest.mark.parametrize("profile_id", [HA_PROFILE, 0xFFFF])
def test_a_strict_endpoint_does_not_hear_other_profiles(profile_id: int) -> None:
    ours = {0xC0: MIRROR}

    for destination in (0xC0, ALL_ENDPOINTS):
        frame = heard(READ, BASIC, destination_endpoint=destination, profile_id=profile_id)
        assert addressed(ours, frame) == []


# ------------------------------------------------------------------ which keys count, who is known


class Holder:
    """Has keys with some devices."""

    def __init__(self, *devices: Eui64) -> None:
        self.devices = devices

    def is_established(self, device: Eui64) -> bool:
        return device in self.devices


def test_where_a_proof_is_required_only_keys_that_followed_from_one_count_sec_4_sec_6() -> None:
    holders = (Holder(address(1)), Holder(address(2)))
    demanded = True
    strict = KeyTrust(proof_required=True, holders=holders, demanded=lambda: demanded)
    lax = KeyTrust(proof_required=False, holders=holders, demanded=lambda: demanded)

    assert [strict.count(address(n)) for n in (1, 2, 3)] == [True, True, False]
    assert [strict.may_be_told(address(n)) for n in (1, 3)] == [True, False]
    assert lax.count(address(3))
    demanded = False
    assert strict.may_be_told(address(3))
    assert not strict.count(address(3))


def se_meter(number: int = 1) -> KnownDevice:
    descriptor = Simple_Desc_rsp(status=0, nwk_addr=0x1234, endpoint_id=9, profile_id=SE_PROFILE)
    return KnownDevice(
        eui64=address(number),
        nwk=0x1234,
        active_endpoints=(9, 10),
        simple_descriptors={9: descriptor},
    )


def test_a_known_device_is_what_its_descriptors_say_active_or_not(
    clock: VirtualClock, bus: SignalBus
) -> None:
    directory = Directory({address(1): se_meter()}, clock, bus)
    senders = KnownSenders(
        directory=directory, admits_strangers=lambda: False, our_trust_center=lambda: address(7)
    )

    assert not directory.is_active(address(1))
    assert senders(heard(READ, BASIC)) == SE_METER
    assert senders(heard(READ, BASIC, source_endpoint=10)) == NOT_ASKED_YET
    assert senders(heard(READ, BASIC, source_endpoint=11)) == NOT_ASKED_YET
    assert senders(heard(READ, BASIC, source=address(2), source_nwk=2)) == STRANGER
    assert senders(heard(READ, BASIC, source=address(7), source_nwk=7)) == NOT_ASKED_YET


def test_a_stranger_may_take_part_where_joining_is_open_to_all(
    clock: VirtualClock, bus: SignalBus
) -> None:
    senders = KnownSenders(
        directory=Directory({}, clock, bus),
        admits_strangers=lambda: True,
        our_trust_center=lambda: None,
    )

    assert senders(heard(READ, BASIC)) == NOT_ASKED_YET


# ------------------------------------------------------------------ what waits


def waiting(number: int, octets: int = 10) -> Incoming:
    return heard(bytes(octets), BASIC, source=address(number % 200), source_nwk=number)


def test_frames_come_out_as_they_came_in_each_with_its_moment() -> None:
    pending = PendingFrames()
    for second in range(3):
        pending.hold(waiting(1, second + 1), float(second))
    pending.hold(waiting(2), 5.0)

    released = pending.release(address(1))

    assert [(since, len(frame.data)) for since, frame in released] == [(0, 1), (1, 2), (2, 3)]
    assert pending.release(address(1)) == []
    assert len(pending) == 1


def test_of_one_device_the_latest_are_kept() -> None:
    pending = PendingFrames()

    gone = [pending.hold(waiting(1, n + 1), float(n)) for n in range(MOST_HELD_OF_ONE + 3)]

    assert gone == [0] * MOST_HELD_OF_ONE + [1] * 3
    assert [since for since, _ in pending.release(address(1))] == list(
        range(3, MOST_HELD_OF_ONE + 3)
    )


@given(st.lists(st.tuples(st.integers(0, 199), st.integers(1, 1500)), max_size=700))
def test_no_flood_fills_more_than_its_room(frames: Sequence[tuple[int, int]]) -> None:
    pending = PendingFrames()

    gone = sum(pending.hold(waiting(n, octets), float(i)) for i, (n, octets) in enumerate(frames))

    left = [f for n in range(200) for _, f in pending.release(address(n))]
    assert len(left) + gone == len(frames)
    assert len(left) <= MOST_HELD
    assert sum(len(frame.data) for frame in left) <= MOST_HELD_OCTETS
    assert len(pending) == 0


def test_what_waits_too_long_is_dropped() -> None:
    pending = PendingFrames()
    pending.hold(waiting(1), 0.0)
    pending.hold(waiting(1), 30.0)
    pending.hold(waiting(2), 1.0)

    assert pending.expire(LONGEST_HELD) == 0
    assert pending.expire(LONGEST_HELD + 2) == 2
    assert [since for since, _ in pending.release(address(1))] == [30.0]
    assert pending.release(address(2)) == []


# ------------------------------------------------------------------ the gate


class Inside:
    """Remembers what came through."""

    def __init__(self) -> None:
        self.endpoints: Mapping[int, Endpoint] = {
            e.endpoint_id: e for e in (SMART_ENERGY, HOME_AUTOMATION)
        }
        self.taken: list[Admitted] = []
        self.told: list[Status] = []

    def take(self, admitted: Admitted) -> None:
        self.taken.append(admitted)

    def default_response(self, frame: Incoming, header: Frame, status: Status) -> None:
        del frame, header
        self.told.append(status)

    def asked(self, frame: Incoming, header: Frame) -> Asked:
        del frame, header
        return Asked.NOT


class Door:
    """A gate, and what is before and behind it."""

    def __init__(self, clock: VirtualClock, bus: SignalBus) -> None:
        self.inside, self.trust, self.bus = Inside(), Trust(), bus
        self.serial: list[Incoming] = []
        nodes = SerialNodes(RecordingSender().send)
        nodes.serve(lambda node: node == address(1), self.serial.append)
        self.gate = Gate(
            self.inside,
            self.inside,
            nodes,
            noted=self.trust.noted.append,
            senders=self.trust.sender,
            only_serves=self.trust.only_serves,
            encryption=self.trust.encryption,
            keys=self.trust.keys,
            statistics=self.trust.statistics,
            clock=clock,
            bus=bus,
        )

    def hears(self, header: Frame = REPORT, cluster_id: int = METERING, **more: object) -> None:
        given = TO_HA | {"encrypted": False} | more
        self.gate.received(heard(header, cluster_id, **given))

    def counted(self) -> dict[str, int]:
        """Return every counter that is not 0."""
        statistics = self.gate.statistics
        found = {name: getattr(statistics, name) for name in statistics.__struct_fields__}
        return {name: count for name, count in found.items() if count}


@pytest.fixture
def door(clock: VirtualClock, bus: SignalBus) -> Door:
    return Door(clock, bus)


async def test_every_frame_is_noted_and_those_of_the_device_profile_end_there(door: Door) -> None:
    malformed, announcement = heard(b"\x00", METERING), heard(b"", 0x0013, destination_endpoint=0)

    door.gate.received(malformed)
    door.gate.received(announcement)

    assert door.trust.noted == [malformed, announcement]
    assert door.counted() == {"received": 1, "malformed": 1}


async def test_what_is_believed_goes_through_and_what_is_not_is_counted_and_told(
    door: Door,
) -> None:
    door.hears()
    door.hears(profile_id=SE_PROFILE, destination_endpoint=SE_ENDPOINT)
    door.hears(encrypted=True, profile_id=SE_PROFILE, destination_endpoint=0x33)
    door.gate.received(heard(b"\x00", METERING))
    door.trust.profile = lambda _frame: SE_PROFILE
    door.hears(encrypted=True)
    door.trust.proven = lambda _device: False
    door.hears(encrypted=True)
    door.trust.admitted = False
    door.hears()

    assert [admitted.endpoint for admitted in door.inside.taken] == [HOME_AUTOMATION]
    assert door.inside.told == [Status.FAILURE, Status.NOT_AUTHORIZED]
    assert door.counted() == {
        "received": 7,
        "in_the_clear": 1,
        "for_nobody": 1,
        "malformed": 1,
        "wrong_profile": 1,
        "not_established": 1,
        "not_admitted": 1,
    }


async def test_data_of_a_serial_node_is_taken_as_it_is(door: Door) -> None:
    data = heard(b"\xff\x00 no ZCL", digi.SERIAL_DATA, **TO_SERIAL_PORT)
    sample = heard(b"\x01", digi.IO_SAMPLE, **TO_SERIAL_PORT)

    door.gate.received(data)
    door.gate.received(sample)

    assert door.serial == [data, sample]
    assert door.inside.taken == []
    assert door.counted() == {"received": 2, "serial": 2}


async def test_a_serial_node_that_may_not_take_part_is_not_heard(door: Door) -> None:
    door.trust.admitted = False

    door.gate.received(heard(b"hello", digi.SERIAL_DATA, **TO_SERIAL_PORT))

    assert door.serial == []
    assert door.counted() == {"received": 1, "not_admitted": 1}


@pytest.mark.parametrize(
    "other",
    [
        {"source": address(2)},
        {"destination_endpoint": digi.COMMAND_ENDPOINT},
        {"cluster_id": digi.NODE_IDENTIFICATION},
        {"profile_id": HA_PROFILE},
    ],
)
async def test_what_is_no_data_of_a_serial_node_is_decided_upon_as_all_else(
    door: Door, other: dict[str, Any]
) -> None:
    door.gate.received(heard(REPORT, **{"cluster_id": digi.SERIAL_DATA} | TO_SERIAL_PORT | other))

    assert door.serial == []
    assert door.counted() == {"received": 1, "for_nobody": 1}


async def test_where_no_serial_node_is_served_nobodys_data_is_taken() -> None:
    nodes = SerialNodes(RecordingSender().send)

    assert not nodes.knows(heard(b"hello", digi.SERIAL_DATA, **TO_SERIAL_PORT))


async def test_octets_for_a_serial_port_go_out_as_they_are() -> None:
    air = RecordingSender()

    await SerialNodes(air.send).write(address(1), b"\xff\x00")

    assert air.sent == [Outgoing(address(1), 0xC105, 0x0011, 0xE8, 0xE8, b"\xff\x00")]


def test_a_report_marked_as_a_clients_is_the_servers_where_there_is_no_client(
    door: Door,
) -> None:
    turned = Frame(zcl.REPORT_ATTRIBUTES, 1, b"\x00\x00\x20\x01", from_server=False)
    door.trust.serving.add((address(1), 9, METERING))

    door.hears(turned)
    door.hears(turned, PRICE)

    assert [admitted.header.from_server for admitted in door.inside.taken] == [True, False]
    assert door.counted() == {"received": 2, "wrong_direction": 1}


def test_nothing_but_a_report_is_turned(door: Door) -> None:
    door.trust.serving.add((address(1), 9, METERING))

    door.hears(READ)
    door.hears(COMMAND)

    assert [admitted.header for admitted in door.inside.taken] == [READ, COMMAND]


def test_a_report_that_is_turned_and_not_believed_is_not_counted_as_taken(door: Door) -> None:
    door.trust.serving.add((address(1), 9, METERING))
    door.trust.admitted = False

    door.hears(Frame(zcl.REPORT_ATTRIBUTES, 1, b"\x00\x00\x20\x01", from_server=False))

    assert door.counted() == {"received": 1, "not_admitted": 1}


@pytest.mark.parametrize("news", [DeviceUpdated, DeviceActive])
async def test_what_waits_goes_through_once_its_sender_has_told_what_it_is(
    door: Door, news: type[DeviceUpdated]
) -> None:
    door.trust.profile = lambda _frame: None
    door.hears()
    before = list(door.inside.taken)

    door.trust.profile = lambda _frame: HA_PROFILE
    door.bus.send(news(address(2)))
    of_another = list(door.inside.taken)
    door.bus.send(news(address(1)))
    door.bus.send(news(address(1)))

    assert before == of_another == []
    assert [admitted.header for admitted in door.inside.taken] == [REPORT]
    assert door.counted() == {"received": 1, "held": 1}


async def test_what_waits_is_refused_when_its_sender_turns_out_to_be_of_smart_energy(
    door: Door,
) -> None:
    door.trust.profile = lambda _frame: None
    door.hears()

    door.trust.profile = lambda _frame: SE_PROFILE
    door.bus.send(DeviceUpdated(address(1)))

    assert door.inside.taken == []
    assert door.counted() == {"received": 1, "held": 1, "in_the_clear": 1}


async def test_what_waits_in_vain_is_dropped_and_counted(door: Door, clock: VirtualClock) -> None:
    door.trust.profile = lambda _frame: None
    door.hears()
    door.bus.send(DeviceUpdated(address(1)))  # which tells of another endpoint
    await clock.advance(LONGEST_HELD + 1)

    door.trust.profile = lambda _frame: HA_PROFILE
    door.bus.send(DeviceUpdated(address(1)))

    assert door.inside.taken == []
    assert door.counted() == {"received": 1, "held": 1, "not_interviewed": 1}


async def test_of_a_removed_device_nothing_waits(door: Door) -> None:
    door.trust.profile = lambda _frame: None
    door.hears()

    door.bus.send(DeviceRemoved(address(1)))
    door.trust.profile = lambda _frame: HA_PROFILE
    door.bus.send(DeviceUpdated(address(1)))

    assert door.inside.taken == []
    assert door.counted() == {"received": 1, "held": 1, "not_interviewed": 1}


async def test_a_frame_for_several_endpoints_waits_for_all_of_them_or_none(door: Door) -> None:
    door.trust.profile = lambda _frame: None
    door.hears(COMMAND, IDENTIFY, destination_endpoint=ALL_ENDPOINTS, profile_id=0xFFFF)
    waiting = list(door.inside.taken)

    door.trust.profile = lambda _frame: HA_PROFILE
    door.bus.send(DeviceUpdated(address(1)))

    assert waiting == []
    assert [a.endpoint for a in door.inside.taken] == [SMART_ENERGY, HOME_AUTOMATION]
