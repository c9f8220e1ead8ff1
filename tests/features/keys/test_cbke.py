"""Key establishment as a state table: two sessions talk to each other."""

from dataclasses import dataclass, field, replace
import itertools
import random
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.arithmetic import perform
from sebridge.features.keys.cbke import step
from sebridge.features.keys.records import (
    KEY_ESTABLISHMENT_CLUSTER,
    ConfirmKeyDataRequestRecord,
    ConfirmKeyDataResponseRecord,
    EphemeralDataRequestRecord,
    EphemeralDataResponseRecord,
    InitiateKeyEstablishmentRequestRecord,
    InitiateKeyEstablishmentResponseRecord,
    TerminateKeyEstablishmentRecord,
)
from sebridge.features.keys.session import (
    LONGEST_STEP,
    Accept,
    Action,
    Delivered,
    Established,
    Event,
    Failed,
    MakeCodes,
    MakeEphemeral,
    ReadSuites,
    Received,
    Send,
    Session,
    Setup,
    Start,
    State,
    SuitesRead,
    TimePassed,
    Times,
    Undelivered,
    Unreadable,
    initiator,
    responder,
)
from sebridge.model.record import Record
from tests.crypto.key_vectors import (
    EXCHANGES,
    GATEWAY,
    METER,
    ORDER_4,
    Scripted,
    ephemeral_number,
    published,
    store,
    with_bit_flipped,
)
from tests.examples import fewer_examples
from tests.zcl.wire import kinds

NOW = 1000.0


@dataclass
class Side:
    """A session with its news, and the number of its next frame."""

    session: Session
    actions: list[Action] = field(default_factory=list)

    def hear(self, event: Event, now: float = NOW) -> list[Action]:
        """Hear what happened, and what is computed because of that; return what comes of it."""
        done = step(self.session, event, now)
        self.session = done.session
        self.actions += done.actions
        if done.actions and isinstance(done.actions[0], MakeEphemeral | MakeCodes):
            return self.hear(perform(done.actions[0]), now)
        return list(done.actions)

    def frames(self) -> list[Record]:
        return [action.record for action in self.actions if isinstance(action, Send)]

    def one(self, kind: type) -> Any:
        (found,) = [action for action in self.actions if isinstance(action, kind)]
        return found


def setup(device: Eui64, partner: Eui64, **changes: Any) -> Setup:
    chance = random.Random(device & 0xFF)
    return replace(Setup(own=store(device), partner=partner, randomness=chance), **changes)


def meter(**changes: Any) -> Side:
    return Side(initiator(setup(METER, GATEWAY, **changes)))


def gateway(**changes: Any) -> Side:
    return Side(responder(setup(GATEWAY, METER, **changes)))


def talk(u: Side, v: Side, most: int = 99) -> None:
    """Let both talk until nothing more is said, or so many frames were carried."""
    numbers = itertools.count(1)
    waiting = [(u, action) for action in u.hear(Start())]
    while waiting and most:
        speaker, action = waiting.pop(0)
        other = v if speaker is u else u
        match action:
            case ReadSuites():
                waiting += [(u, one) for one in u.hear(SuitesRead(v.session.setup.suites))]
            case Send(record=record):
                most -= 1
                answers = other.hear(Received(record, next(numbers)))
                waiting += [(other, one) for one in answers]
            case Accept():
                other.hear(Delivered())


def established(side: Side) -> Secret:
    assert side.session.state is State.ESTABLISHED
    key = side.one(Established).link_key
    assert isinstance(key, Secret)
    return key


def refused(side: Side, status: TerminateStatus) -> Failed:
    """Check that the side has said so, and return its news."""
    record = side.frames()[-1]
    assert isinstance(record, TerminateKeyEstablishmentRecord)
    assert int(record.status_code) == status
    assert record.wait_time == 30
    assert record.key_establishment_suite == side.session.setup.own.suites
    assert side.session.state is State.FAILED
    news = side.one(Failed)
    assert isinstance(news, Failed)
    assert news.status == status
    assert not news.by_partner
    return news


# ------------------------------------------------------------------ when all is well


def test_both_sides_have_the_same_key_in_the_end() -> None:
    u, v = meter(), gateway()

    talk(u, v)

    assert established(u) == established(v)
    assert [type(record) for record in u.frames()] == [
        InitiateKeyEstablishmentRequestRecord,
        EphemeralDataRequestRecord,
        ConfirmKeyDataRequestRecord,
    ]
    assert [type(record) for record in v.frames()] == [
        InitiateKeyEstablishmentResponseRecord,
        EphemeralDataResponseRecord,
        ConfirmKeyDataResponseRecord,
    ]


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_published_exchange_is_repeated_octet_for_octet(exchange: dict[str, Any]) -> None:
    sides = {}
    for name, other in (("initiator", "responder"), ("responder", "initiator")):
        own, partner = published(exchange[name]), published(exchange[other])
        sides[name] = Setup(
            own=CertificateStore([own]),
            partner=partner.certificate.subject,
            randomness=Scripted(ephemeral_number(exchange[name], own.suite)),
        )
    u, v = Side(initiator(sides["initiator"])), Side(responder(sides["responder"]))
    suite = u.session.setup.own.suites

    talk(u, v)

    head = f"{suite:02x}000306"
    assert [record.serialize().hex() for record in u.frames()] == [
        head + exchange["initiator"]["certificate"],
        exchange["initiator"]["ephemeral_public"],
        exchange["macu"],
    ]
    assert [record.serialize().hex() for record in v.frames()] == [
        head + exchange["responder"]["certificate"],
        exchange["responder"]["ephemeral_public"],
        exchange["macv"],
    ]
    assert established(u) == established(v) == Secret(bytes.fromhex(exchange["key_data_link_key"]))


@pytest.mark.parametrize(
    ("ours", "theirs", "forced", "chosen"),
    [
        (SUITES, SUITES, None, 2),
        ((SUITE_1,), SUITES, None, 1),
        (SUITES, (SUITE_1,), None, 1),
        (SUITES, SUITES, 1, 1),
    ],
)
def test_the_highest_common_suite_is_used_unless_one_is_forced(
    ours: tuple[Suite], theirs: tuple[Suite], forced: int | None, chosen: int
) -> None:
    u = meter(own=store(METER, *ours), forced_suite=forced)
    v = gateway(own=store(GATEWAY, *theirs))

    talk(u, v)

    first = u.frames()[0]
    assert isinstance(first, InitiateKeyEstablishmentRequestRecord)
    assert first.key_establishment_suite == chosen
    assert established(u) == established(v)


def test_a_forced_suite_does_not_ask_what_the_partner_has() -> None:
    u = meter(forced_suite=1)

    (action,) = u.hear(Start())

    assert isinstance(action, Send)


def test_the_responder_stores_its_key_only_when_its_answer_was_delivered() -> None:
    u, v = meter(), gateway()

    talk(u, v, most=5)

    assert v.session.state is State.DELIVERY
    assert not [action for action in v.actions if isinstance(action, Established)]
    v.hear(Delivered())
    assert established(v)


def test_a_frame_that_comes_twice_is_ignored_and_not_computed_again() -> None:
    u, v = meter(), gateway()
    talk(u, v, most=1)
    (request,) = u.frames()

    again = v.hear(Received(request, 1))

    assert again == []
    assert v.session.state is State.EPHEMERAL_REQUEST


def test_an_established_session_hears_nothing_more() -> None:
    u, v = meter(), gateway()
    talk(u, v)

    for event in (Unreadable("x"), TimePassed(), Received(u.frames()[0], 99), Delivered()):
        assert v.hear(event, now=1e9) == []

    assert v.session.state is State.ESTABLISHED


@fewer_examples(20)  # each multiplies points of a curve
@given(st.sampled_from(SUITES), st.integers(0, 10**6))
def test_two_random_peers_agree(suite: Suite, seed: int) -> None:
    u = meter(own=store(METER, suite), randomness=random.Random(seed))
    v = gateway(randomness=random.Random(seed + 1))

    talk(u, v)

    assert established(u) == established(v)


# ------------------------------------------------------------------ what an Initiate is refused for


def request_to(v: Side, **changes: Any) -> InitiateKeyEstablishmentRequestRecord:
    """Send a good Initiate request with some fields changed; return it."""
    own = store(METER).find(SUITE_1)
    record = InitiateKeyEstablishmentRequestRecord(
        key_establishment_suite=1,
        ephemeral_data_generate_time=3,
        confirm_key_generate_time=6,
        identity=own.certificate.octets,
    ).replace(**changes)
    v.hear(Received(record, 1))
    return record


@pytest.mark.parametrize("bits", [0, 3, 0xFFFF, 0x8001])
def test_not_exactly_one_suite_is_a_bad_message(bits: int) -> None:
    v = gateway()

    request_to(v, key_establishment_suite=bits)

    assert "not exactly one suite" in refused(v, TerminateStatus.BAD_MESSAGE).why


@pytest.mark.parametrize("bits", [2, 4, 0x8000])
def test_an_unknown_suite_is_unsupported(bits: int) -> None:
    v = gateway(own=store(GATEWAY, SUITE_1))

    request_to(v, key_establishment_suite=bits)

    assert f"0x{bits:04x} is not supported" in refused(v, TerminateStatus.UNSUPPORTED_SUITE).why


def test_a_suite_beside_the_forced_one_is_unsupported() -> None:
    v = gateway(forced_suite=2)

    request_to(v)

    refused(v, TerminateStatus.UNSUPPORTED_SUITE)


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("octets", [1, 47, 49, 73, 75])
def test_a_certificate_of_another_length_is_a_bad_message(suite: Suite, octets: int) -> None:
    v = gateway()

    request_to(v, key_establishment_suite=suite.bit, identity=bytes(octets))

    assert f"has {octets} octets" in refused(v, TerminateStatus.BAD_MESSAGE).why


def test_a_certificate_of_another_authority_is_of_an_unknown_issuer() -> None:
    v = gateway()

    request_to(v, identity=published(EXCHANGES[0]["initiator"]).certificate.octets)

    news = refused(v, TerminateStatus.UNKNOWN_ISSUER)
    assert "issuer" in news.why
    assert not news.leave  # the gateway does not leave its own network
    assert news.retry_at is None


def test_a_certificate_of_another_device_is_invalid() -> None:
    v = gateway()

    request_to(v, identity=store(GATEWAY).find(SUITE_1).certificate.octets)

    assert "not for 00:13:50" in refused(v, TerminateStatus.INVALID_CERTIFICATE).why


def test_a_certificate_that_is_not_for_key_agreement_is_invalid() -> None:
    v = gateway()
    octets = bytearray(store(METER).find(SUITE_2).certificate.octets)
    octets[36] = 0x80

    request_to(v, key_establishment_suite=2, identity=bytes(octets))

    assert "key usage" in refused(v, TerminateStatus.INVALID_CERTIFICATE).why


def test_the_issuer_is_checked_before_the_subject() -> None:
    v = gateway()
    stranger = new_authority(SUITE_1, random.Random(1), b"STRANGER")

    request_to(v, identity=stranger.issue(GATEWAY, random.Random(1)).certificate.octets)

    refused(v, TerminateStatus.UNKNOWN_ISSUER)


def test_a_certificate_whose_point_is_none_is_a_bad_message() -> None:
    v = gateway()
    octets = store(METER).find(SUITE_2).certificate.octets

    request_to(v, key_establishment_suite=2, identity=octets[:-37] + ORDER_4)

    assert "not of the order" in refused(v, TerminateStatus.BAD_MESSAGE).why


@pytest.mark.parametrize("name", ["ephemeral_data_generate_time", "confirm_key_generate_time"])
def test_an_invalid_time_is_a_bad_message(name: str) -> None:
    v = gateway()

    request_to(v, **{name: 0xFF})

    assert "0xff" in refused(v, TerminateStatus.BAD_MESSAGE).why


def test_an_answer_with_another_suite_is_a_bad_message() -> None:
    u, v = meter(), gateway()
    talk(u, v, most=1)
    (response,) = v.frames()
    assert isinstance(response, InitiateKeyEstablishmentResponseRecord)

    u.hear(Received(response.replace(requested_key_establishment_suite=1), 1))

    refused(u, TerminateStatus.BAD_MESSAGE)


def test_an_initiator_without_a_common_issuer_leaves_by_net_4() -> None:
    stranger = new_authority(SUITE_1, random.Random(1), b"STRANGER")
    own = CertificateStore([stranger.issue(METER, random.Random(1))])
    u, v = meter(own=own), gateway()

    talk(u, v)

    refused(v, TerminateStatus.UNKNOWN_ISSUER)
    news = u.one(Failed)
    assert news.leave
    assert news.by_partner
    assert news.why == "the partner ended it: UNKNOWN_ISSUER"


# ------------------------------------------------------------------ wrong points, codes and frames


def test_an_ephemeral_key_that_is_no_point_is_a_bad_message() -> None:
    for octets in (ORDER_4, b"\2" + bytes(36), bytes(37), b"\2", bytes(38)):
        v = gateway()
        talk(meter(), v, most=1)

        v.hear(Received(EphemeralDataRequestRecord(ephemeral_data=octets), 2))

        refused(v, TerminateStatus.BAD_MESSAGE)


@fewer_examples(20)  # each multiplies points of a curve
@given(st.integers(0, 127))
def test_a_code_with_a_flipped_bit_is_a_bad_confirmation(place: int) -> None:
    u, v = meter(own=store(METER, SUITE_1)), gateway()
    talk(u, v, most=4)
    request = u.frames()[-1]
    assert isinstance(request, ConfirmKeyDataRequestRecord)
    code = with_bit_flipped(bytes(request.secure_message_authentication_code), place)

    v.hear(Received(request.replace(secure_message_authentication_code=code), 9))

    refused(v, TerminateStatus.BAD_KEY_CONFIRM)


def test_the_initiator_checks_the_code_of_the_responder_too() -> None:
    u, v = meter(), gateway()
    talk(u, v, most=5)
    own_code = u.frames()[-1]
    assert isinstance(own_code, ConfirmKeyDataRequestRecord)

    # its own code comes back
    echo = ConfirmKeyDataResponseRecord(
        secure_message_authentication_code=own_code.secure_message_authentication_code
    )
    u.hear(Received(echo, 9))

    news = refused(u, TerminateStatus.BAD_KEY_CONFIRM)
    assert news.retry_at == NOW + 32
    assert not news.leave
    assert not [action for action in u.actions if isinstance(action, (Established, Accept))]


def test_a_partner_with_a_foreign_key_is_found_out() -> None:
    # it shows the meter's certificate, but does not have its private key
    v = gateway()
    thief = replace(store(METER).find(SUITE_1))
    object.__setattr__(thief, "private_key", store(GATEWAY).find(SUITE_1).private_key)
    u = meter(own=CertificateStore([thief]))

    talk(u, v)

    refused(v, TerminateStatus.BAD_KEY_CONFIRM)
    assert u.session.state is State.FAILED
    assert u.one(Failed).status == TerminateStatus.BAD_KEY_CONFIRM


RECORDS: dict[type[Record], dict[str, bytes]] = {
    EphemeralDataRequestRecord: {"ephemeral_data": bytes(22)},
    EphemeralDataResponseRecord: {"ephemeral_data": bytes(22)},
    ConfirmKeyDataRequestRecord: {"secure_message_authentication_code": bytes(16)},
    ConfirmKeyDataResponseRecord: {"secure_message_authentication_code": bytes(16)},
}


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("begin", [meter, gateway])
def test_a_frame_out_of_order_is_a_bad_message(kind: type[Record], begin: Any) -> None:
    side = begin()
    side.hear(Start())

    side.hear(Received(kind(**RECORDS[kind]), 1))

    assert kind.__name__ in refused(side, TerminateStatus.BAD_MESSAGE).why


def test_every_command_has_its_place_in_the_table() -> None:
    every = set(kinds(KEY_ESTABLISHMENT_CLUSTER))
    u, v = meter(), gateway()

    talk(u, v)

    heard = {type(record) for record in [*u.frames(), *v.frames()]}
    assert every - heard == {TerminateKeyEstablishmentRecord}


@pytest.mark.parametrize("most", range(1, 6))
def test_an_unreadable_frame_is_a_bad_message_at_any_time(most: int) -> None:
    u, v = meter(), gateway()
    talk(u, v, most=most)

    v.hear(Unreadable("octet 3: too short"))

    assert refused(v, TerminateStatus.BAD_MESSAGE).why == "octet 3: too short"


# ------------------------------------------------------------------ the partner ends it


@pytest.mark.parametrize(
    ("wait", "seconds"), [(30, 30), (1, 1), (60, 60), (254, 60), (0, 32), (0xFF, 32)]
)
def test_a_refused_initiator_tries_again_after_the_wait_time_by_net_4(
    wait: int, seconds: int
) -> None:
    u = meter()
    u.hear(Start())

    u.hear(
        Received(
            TerminateKeyEstablishmentRecord(
                status_code=4, wait_time=wait, key_establishment_suite=1
            ),
            1,
        )
    )

    assert u.actions[1:] == [
        Failed(
            why="the partner ended it: NO_RESOURCES",
            status=4,
            by_partner=True,
            retry_at=NOW + seconds,
            leave=False,
            partner_suites=1,
        )
    ]


def test_a_status_of_a_later_edition_ends_it_too() -> None:
    v = gateway()
    request_to(v)

    v.hear(Received(TerminateKeyEstablishmentRecord(status_code=0x77), 2))

    news = v.one(Failed)
    assert news.why == "the partner ended it: 0x77"
    assert news.retry_at is None
    assert len(v.frames()) == 1  # a Terminate is not answered


@pytest.mark.parametrize("theirs", [0, 4])
def test_without_a_common_suite_nothing_is_sent(theirs: int) -> None:
    u = meter()
    u.hear(Start())

    u.hear(SuitesRead(theirs))

    news = u.one(Failed)
    assert u.frames() == []
    assert news.status == TerminateStatus.UNSUPPORTED_SUITE
    assert news.partner_suites == theirs
    assert news.retry_at == NOW + 32
    assert "no common suite" in news.why


# ------------------------------------------------------------------ time


@pytest.mark.parametrize(
    ("most", "waits"), [(1, 10 + 20), (2, 10 + 20), (3, 10 + 29), (4, 10 + 29), (5, 10)]
)
def test_a_side_waits_as_long_as_its_partner_needs_and_then_gives_up_silently(
    most: int, waits: int
) -> None:
    u, v = meter(times=Times(20, 29)), gateway(times=Times(20, 29))
    talk(u, v, most=most)
    side = v if most % 2 else u
    said = len(side.frames())

    side.hear(TimePassed(), NOW + waits - 0.1)
    before = side.session.state
    side.hear(TimePassed(), NOW + waits)

    assert side.session.deadline is None
    assert not before.over
    assert side.session.state is State.FAILED
    assert len(side.frames()) == said
    assert side.one(Failed).status is None
    assert "in time" in side.one(Failed).why


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_no_side_waits_longer_than_30_seconds_and_the_way_however_long_its_partner_says(
    most: int,
) -> None:
    u, v = meter(times=Times(254, 254)), gateway(times=Times(254, 254))
    talk(u, v, most=most)
    side = v if most % 2 else u

    assert side.session.deadline == NOW + 10 + LONGEST_STEP


def test_a_partner_that_begins_again_is_answered_again() -> None:
    """It lost the answer, or somebody else has begun in its name before."""
    u, v = meter(), gateway()
    talk(u, v, most=1)
    again = meter()
    again.hear(Start())
    again.hear(SuitesRead(3))
    (request,) = (action.record for action in again.actions if isinstance(action, Send))

    v.hear(Received(request, 99), NOW + 5)

    assert len(v.frames()) == 2
    assert v.session.state is State.EPHEMERAL_REQUEST
    assert v.session.deadline == NOW + 5 + 10 + 3


def test_a_partner_that_never_answers_is_tried_again_later() -> None:
    u = meter()
    u.hear(Start())
    assert u.session.deadline == NOW + 10

    u.hear(SuitesRead(3), NOW + 5)
    u.hear(TimePassed(), NOW + 15)

    news = u.one(Failed)
    assert news.why == "no initiate response came in time"
    assert news.retry_at == NOW + 15 + 32
    assert not news.leave


def test_a_session_that_has_not_begun_does_not_time_out() -> None:
    v = gateway()

    assert v.hear(TimePassed(), 1e9) == []
    assert v.session.state is State.INITIATE_REQUEST


def test_a_partner_out_of_reach_ends_it() -> None:
    u = meter()
    u.hear(Start())

    u.hear(Undelivered())

    assert u.one(Failed).why == "the partner cannot be reached"
    assert u.frames() == []


def test_an_event_without_meaning_changes_nothing() -> None:
    u = meter()

    for event in (Delivered(), SuitesRead(3)):
        assert u.hear(event) == []

    assert u.session.state is State.NEW


# ------------------------------------------------------------------ anything


@st.composite
def frames(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from(kinds(KEY_ESTABLISHMENT_CLUSTER)))
    assert issubclass(kind, Record)
    return kind.deserialize(draw(st.binary(min_size=78, max_size=80)))


events = st.one_of(
    st.builds(Received, frames(), st.integers(0, 255)),
    st.sampled_from(
        [Start(), SuitesRead(3), Delivered(), Undelivered(), TimePassed(), Unreadable("x")]
    ),
)


@fewer_examples(2)  # each multiplies points of a curve
@given(st.sampled_from([meter, gateway]), st.lists(events, max_size=6))
def test_whatever_comes_is_answered_or_ends_it_and_never_gives_a_key(
    begin: Any, heard: list[Event]
) -> None:
    side = begin()

    for event in heard:
        side.hear(event)

    assert side.session.state is not State.ESTABLISHED
    assert len([action for action in side.actions if isinstance(action, Failed)]) == int(
        side.session.state is State.FAILED
    )
