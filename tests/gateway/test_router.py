"""The router: every frame to its cluster, every answer back."""

import asyncio
from collections.abc import AsyncIterator
import logging
from typing import Any

from hypothesis import given, strategies as st
import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import DeliveryError, StorageError
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.identify.cluster import IdentifyServer
from sebridge.features.identify.records import (
    IDENTIFY_CLUSTER,
    IdentifyQueryRecord,
    IdentifyQueryResponseRecord,
    IdentifyRecord,
)
from sebridge.features.identify.signals import Identifying
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.messaging.server import MessagingServer
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.price.records import (
    PRICE_CLUSTER,
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.features.price.server import PriceServer
from sebridge.features.time.server import TimeServer
from sebridge.gateway.cluster import Command, LocalCluster, Outcome, Sending
from sebridge.gateway.endpoint import Endpoint, EndpointsChanged, LocalEndpoints
from sebridge.gateway.events.signals import EventHeard
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.gateway.router import at_once, command_frame
from sebridge.gateway.signals import CommandHeard
from sebridge.model.record import Record
from sebridge.radio.radio import Outgoing
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import (
    ALL_ENDPOINTS,
    BASIC,
    DRLC,
    HA_ENDPOINT,
    HA_PROFILE,
    IDENTIFY,
    MESSAGING,
    METERING,
    PRICE,
    SE_ENDPOINT,
    SE_PROFILE,
    TIME,
)
from sebridge.zcl.reporting import SENDING, AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status
from tests.examples import one_fixture_for_all_examples
from tests.gateway.radio_side import (
    RecordingSender,
    Trust,
    address,
    heard,
    peer,
    question,
    unsigned,
)

ASK_PRICE = question(GetCurrentPriceRecord())
READ_MODEL = Frame(zcl.READ_ATTRIBUTES, 0x31, b"\x05\x00")
MIRROR = Endpoint(0xC0, SE_PROFILE, 0x0501, (BasicServer("maker", "mirror"),), is_strict=True)


class Reports:
    """Who expects reports; may refuse them. `told` is what is told to all others."""

    def __init__(self, bus: SignalBus) -> None:
        self.heard: list[tuple[AttributesReported, float]] = []
        self.told: list[AttributesReported] = []
        self.refusal: Exception | None = None
        bus.listen(AttributesReported, self.told.append)

    def hear(self, report: AttributesReported, now: float) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.heard.append((report, now))


class House:
    """A gateway's router with its clusters."""

    def __init__(
        self, trust: Trust, exchange: Exchange, clock: VirtualClock, bus: SignalBus
    ) -> None:
        now = lambda: zigbee_time(clock.utc())  # noqa: E731  # read like the gateway's own
        self.clock = clock
        self.prices = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}))
        self.smart_energy = Endpoint(
            SE_ENDPOINT,
            SE_PROFILE,
            0x0500,
            (
                BasicServer("maker", "model"),
                IdentifyServer(now),
                TimeServer(now),
                self.prices,
                DrlcServer(SE_ENDPOINT, Schedule(Policy.LOAD_CONTROL, {}), verify=unsigned),
                MessagingServer(
                    SE_ENDPOINT, Schedule(Policy.MESSAGE, {}), longest_frame=lambda: 75
                ),
                BasicClient(),
                MeteringClient(NoMirrors()),
            ),
        )
        self.home_automation = Endpoint(
            HA_ENDPOINT, HA_PROFILE, 7, (BasicServer("maker", "ha"), MeteringClient(NoMirrors()))
        )
        self.reports = Reports(bus)
        self.trust = trust
        self.durable = at_once
        self.endpoints = LocalEndpoints(bus, [self.smart_energy, self.home_automation])
        self.router = trust.router(
            self.endpoints, exchange, clock, bus, heard=self.reports.hear, durable=self._durable
        )
        self.gate = trust.gate(self.router, clock, bus)

    async def _durable(self) -> None:
        await self.durable()

    def add_price(self, event_id: int = 1, minutes: int = 60) -> None:
        record = PublishPriceRecord(issuer_event_id=event_id, duration_in_minutes=minutes, price=10)
        self.prices.add(record, zigbee_time(self.clock.utc()))

    async def hear(self, frame: Frame | bytes, cluster_id: int, **more: object) -> None:
        self.gate.received(heard(frame, cluster_id, **more))
        await self.clock.settle()


@pytest.fixture
async def house(
    trust: Trust, exchange: Exchange, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[House]:
    house = House(trust, exchange, clock, bus)
    yield house
    await house.router.stop()


# ------------------------------------------------------------------ security


@pytest.mark.parametrize("cluster_id", [TIME, PRICE, DRLC, METERING, MESSAGING])
async def test_a_secured_cluster_in_the_clear_is_refused_and_counted_sec_2(
    house: House, sender: RecordingSender, cluster_id: int
) -> None:
    house.add_price()

    await house.hear(ASK_PRICE, cluster_id, encrypted=False)

    assert sender.statuses() == [(ASK_PRICE.command_id, Status.FAILURE)]
    assert not sender.sent[0].encrypted
    assert house.gate.statistics.in_the_clear == 1


@pytest.mark.parametrize("profile_id", [HA_PROFILE, 0xFFFF, 0x0000])
async def test_another_profile_is_no_way_around_the_link_key_sec_2(
    house: House, sender: RecordingSender, profile_id: int
) -> None:
    house.add_price()

    await house.hear(ASK_PRICE, PRICE, encrypted=False, profile_id=profile_id)

    assert sender.statuses() == [(ASK_PRICE.command_id, Status.FAILURE)]


async def test_a_report_in_the_clear_reaches_nobody_sec_2(house: House) -> None:
    report = Frame(zcl.REPORT_ATTRIBUTES, 1, bytes.fromhex("0000 20 01"), from_server=True)

    await house.hear(report, METERING, encrypted=False)

    assert not house.reports.heard
    assert not house.reports.told


@pytest.mark.parametrize("encrypted", [True, False])
async def test_an_answer_follows_the_questions_encryption_sec_3(
    house: House, sender: RecordingSender, *, encrypted: bool
) -> None:
    await house.hear(READ_MODEL, BASIC, encrypted=encrypted)

    assert sender.sent[0].encrypted == encrypted
    assert sender.frames[0].command_id == zcl.READ_ATTRIBUTES_RESPONSE
    assert sender.frames[0].payload == bytes.fromhex("0500 00 42 05") + b"model"


async def test_encryption_can_be_switched_off_for_a_test_network(
    house: House, sender: RecordingSender
) -> None:
    house.trust.demanded = False
    house.add_price()

    await house.hear(ASK_PRICE, PRICE, encrypted=False)

    assert sender.frames[0].cluster_specific
    assert house.gate.statistics.in_the_clear == 0


async def test_a_sub_meter_on_the_ha_endpoint_needs_no_link_key(house: House) -> None:
    report = Frame(zcl.REPORT_ATTRIBUTES, 1, bytes.fromhex("0000 20 01"), from_server=True)

    await house.hear(
        report, METERING, encrypted=False, profile_id=HA_PROFILE, destination_endpoint=HA_ENDPOINT
    )

    assert house.reports.told[0].values == [AttributeValue(0, 0x20, 1, b"\x01")]


# ------------------------------------------------------------------ answers


async def test_an_answer_has_the_number_of_its_question_and_needs_none_itself(
    house: House, sender: RecordingSender
) -> None:
    house.add_price()

    await house.hear(ASK_PRICE, PRICE)

    (answer,) = sender.frames
    assert answer.sequence == ASK_PRICE.sequence
    assert answer.cluster_specific
    assert answer.from_server
    assert answer.no_default_response


async def test_an_answer_waits_until_what_it_says_is_kept(
    house: House, sender: RecordingSender
) -> None:
    kept = asyncio.Event()

    async def durable() -> None:
        await kept.wait()

    house.durable = durable
    house.add_price()
    await house.hear(ASK_PRICE, PRICE)
    before = list(sender.sent)

    kept.set()
    await house.clock.settle()

    assert before == []
    assert len(sender.sent) == 1


async def test_an_answer_goes_out_also_where_the_disk_refuses(
    house: House, sender: RecordingSender, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse() -> None:
        raise StorageError("the disk is full")

    house.durable = refuse
    house.add_price()

    await house.hear(ASK_PRICE, PRICE)

    assert len(sender.sent) == 1
    assert "not on the disk yet: the disk is full" in caplog.text


async def test_many_answers_come_one_at_a_time_in_order_gen_9(
    house: House, sender: RecordingSender, bus: SignalBus
) -> None:
    told: list[EventHeard] = []
    bus.listen(EventHeard, told.append)
    now = zigbee_time(house.clock.utc())
    for number in (3, 1, 2):
        record = PublishPriceRecord(
            issuer_event_id=number, start_time=now + 60 * number, duration_in_minutes=1, price=1
        )
        house.prices.add(record, now)

    await house.hear(question(GetScheduledPricesRecord()), PRICE)

    ids = [PublishPriceRecord.deserialize(f.payload).issuer_event_id for f in sender.frames]
    assert ids == [1, 2, 3]
    assert {frame.sequence for frame in sender.frames} == {0x21}
    assert told == [EventHeard(address(1), 9, SE_ENDPOINT, PRICE, [1, 2, 3])]


async def test_nothing_to_answer_is_not_found_gen_9(house: House, sender: RecordingSender) -> None:
    await house.hear(ASK_PRICE, PRICE)

    assert sender.statuses() == [(0x00, Status.NOT_FOUND)]


async def test_a_default_response_goes_against_the_direction_of_its_question(
    house: House, sender: RecordingSender
) -> None:
    await house.hear(ASK_PRICE, PRICE)

    (response,) = sender.frames
    assert response.from_server
    assert not response.cluster_specific
    assert response.no_default_response
    assert response.sequence == ASK_PRICE.sequence


@pytest.mark.parametrize(
    ("quiet", "statuses"), [(False, [(2, Status.SUCCESS)]), (True, [])], ids=["asked", "not asked"]
)
async def test_success_is_told_only_where_it_is_asked_for_gen_10(
    house: House, sender: RecordingSender, *, quiet: bool, statuses: list[tuple[int, int]]
) -> None:
    acknowledgement = PriceAcknowledgementRecord(provider_id=1, issuer_event_id=1, price_ack_time=5)

    await house.hear(question(acknowledgement, no_default_response=quiet), PRICE)

    assert sender.statuses() == statuses


async def test_an_error_is_told_even_where_no_response_is_asked_for_gen_10(
    house: House, sender: RecordingSender
) -> None:
    await house.hear(question(GetCurrentPriceRecord(), no_default_response=True), PRICE)

    assert sender.statuses() == [(0, Status.NOT_FOUND)]


@pytest.mark.parametrize(
    ("frame", "cluster_id", "status"),
    [
        (Frame(0x63, 1, cluster_specific=True), PRICE, Status.UNSUP_CLUSTER_COMMAND),
        (Frame(0x00, 1, cluster_specific=True), 0x0B04, Status.UNSUPPORTED_CLUSTER),
        (
            Frame(0x00, 1, cluster_specific=True, from_server=True),
            PRICE,
            Status.UNSUPPORTED_CLUSTER,
        ),
        (
            Frame(0x00, 1, b"\0", cluster_specific=True, manufacturer_code=0x101E),
            PRICE,
            Status.UNSUP_CLUSTER_COMMAND,
        ),
        (
            Frame(0x00, 1, b"\0\0", manufacturer_code=0x101E),
            BASIC,
            Status.UNSUP_CLUSTER_COMMAND,
        ),
        (Frame(0x08, 1, b"\0\0\0"), BASIC, Status.UNSUP_CLUSTER_COMMAND),
        (Frame(0x01, 1, b"\0\0", cluster_specific=True), PRICE, Status.MALFORMED_COMMAND),
        (Frame(0x00, 1, b"\0"), BASIC, Status.MALFORMED_COMMAND),
        (Frame(0x0A, 1, b"\0\0\x25\0", from_server=True), METERING, Status.MALFORMED_COMMAND),
        (Frame(0x02, 1, b"\0\0\x77\0"), BASIC, Status.MALFORMED_COMMAND),
    ],
    ids=[
        "unknown command",
        "unknown cluster",
        "wrong side",
        "manufacturer's command",
        "manufacturer's attribute",
        "unknown general command",
        "truncated command",
        "truncated read",
        "truncated report",
        "unknown type in write",
    ],
)
async def test_what_cannot_be_done_is_answered_with_why(
    house: House, sender: RecordingSender, frame: Frame, cluster_id: int, status: Status
) -> None:
    await house.hear(frame, cluster_id)

    assert sender.statuses() == [(frame.command_id, status)]
    assert sender.frames[0].manufacturer_code == frame.manufacturer_code
    assert house.gate.statistics.malformed + house.gate.statistics.unsupported == 1


async def test_octets_after_the_last_known_field_are_ignored_gen_11(
    house: House, sender: RecordingSender
) -> None:
    house.add_price()
    longer = Frame(0x00, 5, b"\0" + b"more than was known" * 3, cluster_specific=True)

    await house.hear(longer, PRICE)

    assert sender.frames[0].cluster_specific


async def test_a_broken_header_is_counted_and_not_answered(
    house: House, sender: RecordingSender
) -> None:
    await house.hear(b"\x03\x01\x00", PRICE)

    assert house.gate.statistics.malformed == 1
    assert not sender.sent


async def test_a_default_response_is_never_answered(house: House, sender: RecordingSender) -> None:
    await house.hear(Frame(zcl.DEFAULT_RESPONSE, 1, b"\0\0"), PRICE)
    await house.hear(Frame(zcl.DEFAULT_RESPONSE, 1, b"\0\0"), PRICE, encrypted=False)

    assert not sender.sent


# ------------------------------------------------------------------ who is addressed


@pytest.mark.parametrize(
    "place",
    [
        {"destination_endpoint": 0x20},
        {"destination_endpoint": 0xFF, "group": 7, "broadcast": True, "encrypted": False},
    ],
    ids=["endpoint", "group"],
)
async def test_a_frame_for_no_endpoint_of_ours_is_counted(
    house: House, sender: RecordingSender, place: dict[str, Any]
) -> None:
    await house.hear(READ_MODEL, BASIC, **place)

    assert house.gate.statistics.for_nobody == 1
    assert not sender.sent


@pytest.mark.parametrize("more", [{"broadcast": True}, {"destination_endpoint": ALL_ENDPOINTS}])
@pytest.mark.parametrize(
    ("frame", "cluster_id", "encrypted"),
    [
        (Frame(0x63, 1, cluster_specific=True), PRICE, True),
        (ASK_PRICE, PRICE, False),
        (Frame(0x00, 1, b"\0"), BASIC, False),
        (Frame(0x63, 1, cluster_specific=True), 0x0B04, False),
    ],
)
async def test_a_broadcast_is_never_answered_with_an_error_gen_10(
    house: House,
    sender: RecordingSender,
    more: dict[str, object],
    frame: Frame,
    cluster_id: int,
    *,
    encrypted: bool,
) -> None:
    await house.hear(frame, cluster_id, encrypted=encrypted, **more)

    assert not sender.sent


async def test_a_broadcast_question_that_can_be_answered_is(
    house: House, sender: RecordingSender, bus: SignalBus
) -> None:
    told: list[Identifying] = []
    bus.listen(Identifying, told.append)
    await house.hear(
        question(IdentifyRecord(identify_time=60)), IDENTIFY, broadcast=True, encrypted=False
    )

    await house.hear(question(IdentifyQueryRecord()), IDENTIFY, broadcast=True, encrypted=False)

    assert told == [Identifying(SE_ENDPOINT, 60)]
    assert [frame.cluster_specific for frame in sender.frames] == [True]


# ------------------------------------------------------------------ answers to us


async def test_an_answer_goes_to_who_asked_and_is_not_answered(
    house: House, sender: RecordingSender, exchange: Exchange, clock: VirtualClock
) -> None:
    def respond(out: Outgoing) -> None:
        number = Frame.parse(out.data).sequence
        answer = Frame(zcl.READ_ATTRIBUTES_RESPONSE, number, b"\0\0\x86", from_server=True)
        house.gate.received(heard(answer, METERING))

    sender.answer = respond

    answer = await exchange.ask(peer(), METERING, SE_ENDPOINT, READ_MODEL)
    await clock.settle()

    assert answer.payload == b"\0\0\x86"
    assert len(sender.sent) == 1


async def test_a_cluster_command_that_was_waited_for_needs_no_handler(
    house: House, sender: RecordingSender, exchange: Exchange, clock: VirtualClock
) -> None:
    left = IdentifyQueryResponseRecord(timeout=7)
    client = LocalIdentify()
    house.endpoints.add(Endpoint(SE_ENDPOINT, SE_PROFILE, 0, (client,)))

    def respond(out: Outgoing) -> None:
        number = Frame.parse(out.data).sequence
        house.gate.received(heard(question(left, from_server=True, sequence=number), IDENTIFY))

    sender.answer = respond

    answer = await exchange.ask(peer(), IDENTIFY, SE_ENDPOINT, question(IdentifyQueryRecord()))
    await clock.settle()

    assert answer.payload == left.serialize()
    assert len(sender.sent) == 1


class LocalIdentify(LocalCluster):
    """Asks; handles nothing that comes by itself."""

    definition = IDENTIFY_CLUSTER
    server = False


# ------------------------------------------------------------------ reports


async def test_a_report_becomes_one_signal_and_is_acknowledged(
    house: House, sender: RecordingSender
) -> None:
    report = Frame(zcl.REPORT_ATTRIBUTES, 9, bytes.fromhex("0004 2a 24faff"), from_server=True)
    signal = AttributesReported(
        address(1),
        9,
        SE_ENDPOINT,
        SE_PROFILE,
        METERING,
        0,
        None,
        [AttributeValue(0x0400, 0x2A, -1500, b"\x24\xfa\xff")],
        reported=True,
        time=house.clock.utc(),
    )

    await house.hear(report, METERING)

    assert house.reports.told == [signal]
    assert house.reports.heard == [(signal, house.clock.monotonic())]
    assert house.gate.statistics.reports == 1
    assert sender.statuses() == [(zcl.REPORT_ATTRIBUTES, Status.SUCCESS)]


async def test_a_report_says_which_side_and_whose_attributes_they_are(house: House) -> None:
    payload = bytes.fromhex("0004 2a 24faff")
    report = Frame(zcl.REPORT_ATTRIBUTES, 9, payload, from_server=False, manufacturer_code=0x101E)

    await house.hear(report, PRICE)

    (told,) = house.reports.told
    assert (told.cluster_id, told.server_or_client, told.manufacturer_code) == (PRICE, 1, 0x101E)


async def test_a_peer_may_have_our_attributes_reported(
    house: House, sender: RecordingSender
) -> None:
    payload = bytes.fromhex("00 0000 e2 0a00 2c01 01000000")
    configuring = Frame(zcl.CONFIGURE_REPORTING, 3, payload)
    await house.hear(configuring, TIME)
    assert sender.statuses() == [(zcl.CONFIGURE_REPORTING, Status.UNSUP_CLUSTER_COMMAND)]
    sender.take()
    house.router.reporting_tables = {SENDING: Table()}

    await house.hear(configuring, TIME)

    assert [f.command_id for f in sender.frames] == [zcl.CONFIGURE_REPORTING_RESPONSE]
    assert sender.frames[0].payload == b"\x00"


async def test_a_peer_may_ask_how_our_attributes_are_reported(
    house: House, sender: RecordingSender
) -> None:
    house.router.reporting_tables = {SENDING: Table()}

    await house.hear(Frame(zcl.READ_REPORTING_CONFIGURATION, 3, b"\0\0\0"), TIME)

    assert [f.command_id for f in sender.frames] == [zcl.READ_REPORTING_CONFIGURATION_RESPONSE]
    assert sender.frames[0].payload == bytes.fromhex("8b 00 0000")


@pytest.mark.parametrize(
    "answer",
    [
        Frame(0x77, 1, b"", cluster_specific=True, from_server=True),
        Frame(0x00, 1, b"", cluster_specific=True, from_server=True, manufacturer_code=0x101E),
    ],
)
async def test_an_awaited_answer_that_the_cluster_does_not_know_is_not_refused(
    house: House, sender: RecordingSender, answer: Frame
) -> None:
    asking = asyncio.ensure_future(house.router.exchange.ask(peer(), METERING, 0x5E, answer))
    await house.clock.settle()
    sender.take()

    await house.hear(answer, METERING)

    assert (await asking).command_id == answer.command_id
    assert not sender.sent


class Table:
    """Takes every configuration."""

    def configure(self, pairing: Pairing, record: AttributeReportingConfigurationRecord) -> Status:
        del pairing, record
        return Status.SUCCESS

    def configuration(
        self, pairing: Pairing, attribute_id: int
    ) -> AttributeReportingConfigurationRecord | Status:
        del pairing, attribute_id
        return Status.NOT_FOUND


async def test_a_write_without_response_is_not_answered(
    house: House, sender: RecordingSender
) -> None:
    await house.hear(Frame(zcl.WRITE_ATTRIBUTES_NO_RESPONSE, 3, b"\0\0\x20\1"), BASIC)

    assert not sender.sent


# ------------------------------------------------------------------ when things go wrong


async def test_a_bug_in_a_handler_is_logged_with_its_trace_and_told_as_failure(
    house: House, sender: RecordingSender, caplog: pytest.LogCaptureFixture
) -> None:
    house.reports.refusal = ZeroDivisionError("a bug")

    with caplog.at_level(logging.ERROR):
        await house.hear(Frame(zcl.REPORT_ATTRIBUTES, 9, b"", from_server=True), METERING)

    assert sender.statuses() == [(zcl.REPORT_ATTRIBUTES, Status.SOFTWARE_FAILURE)]
    assert "ZeroDivisionError" in caplog.text


async def test_a_refusal_has_the_status_of_its_error(house: House, sender: RecordingSender) -> None:
    house.reports.refusal = DeliveryError("no")

    await house.hear(Frame(zcl.REPORT_ATTRIBUTES, 9, b"", from_server=True), METERING)

    assert sender.statuses() == [(zcl.REPORT_ATTRIBUTES, Status.TIMEOUT)]
    assert house.gate.statistics.malformed == 0


async def test_an_answer_that_is_not_taken_is_counted(
    house: House, sender: RecordingSender
) -> None:
    sender.silent.add(address(1))

    await house.hear(ASK_PRICE, PRICE)

    assert house.gate.statistics.unanswered == 1


async def test_a_flood_of_questions_is_not_answered_without_limit(
    house: House, sender: RecordingSender
) -> None:
    for _ in range(600):
        house.gate.received(heard(ASK_PRICE, PRICE))
    await house.clock.settle()

    assert len(sender.sent) == 500
    assert house.gate.statistics.unanswered == 100
    await house.hear(ASK_PRICE, PRICE)
    assert len(sender.sent) == 501


async def test_a_router_that_was_stopped_in_a_flood_answers_again(
    house: House, sender: RecordingSender
) -> None:
    for _ in range(600):
        house.gate.received(heard(ASK_PRICE, PRICE))
    await house.router.stop()
    await house.clock.settle()
    assert not sender.sent

    await house.hear(ASK_PRICE, PRICE)

    assert len(sender.sent) == 1


class Talkative(LocalCluster):
    """Sends three commands when it hears one."""

    definition = PriceServer.definition
    server = True

    @override
    def receive(self, command: Command) -> Outcome:
        price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=1, price=1)
        delays = {1: 4.0, 2: 0.0, 3: 2.5}
        return Outcome(
            sendings=tuple(
                Sending(peer(n), price.replace(issuer_event_id=n), after)
                for n, after in delays.items()
            )
        )


async def test_what_a_cluster_wants_sent_goes_out_in_its_time(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.endpoints.add(Endpoint(SE_ENDPOINT, SE_PROFILE, 0, (Talkative(),)))
    sender.silent.add(address(2))

    await house.hear(question(GetCurrentPriceRecord(), no_default_response=True), PRICE)
    assert [out.destination for out in sender.sent] == [address(2)]
    await clock.advance(2.5)
    assert [out.destination for out in sender.sent] == [address(2), address(3)]
    await clock.advance(1.5)

    assert [out.destination for out in sender.sent] == [address(2), address(3), address(1)]
    assert all(out.encrypted for out in sender.sent)
    assert house.gate.statistics.unanswered == 1


# ------------------------------------------------------------------ junk


frames = st.builds(
    Frame,
    st.integers(0, 16),
    st.integers(0, 255),
    st.binary(max_size=40),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.just(0x101E),
).map(lambda frame: frame.serialize())
clusters = st.sampled_from([BASIC, IDENTIFY, TIME, PRICE, DRLC, METERING, MESSAGING, 0x0B04])


@one_fixture_for_all_examples()
@given(
    frames | st.binary(max_size=20),
    clusters,
    st.sampled_from([SE_PROFILE, HA_PROFILE, 0xFFFF, 0]),
    st.sampled_from([int(SE_ENDPOINT), int(HA_ENDPOINT), 0xFF, 3]),
    st.booleans(),
    st.booleans(),
)
async def test_no_octets_make_the_router_raise_or_a_handler_fail(
    caplog: pytest.LogCaptureFixture,
    octets: bytes,
    cluster_id: int,
    profile_id: int,
    endpoint: int,
    encrypted: bool,  # noqa: FBT001  # hypothesis hands in its values by place
    broadcast: bool,  # noqa: FBT001  # likewise
) -> None:
    clock, sender = VirtualClock(), RecordingSender()
    trust = Trust()
    house = House(trust, trust.exchange(sender, clock), clock, SignalBus(strict=True))

    house.gate.received(
        heard(
            octets,
            cluster_id,
            profile_id=profile_id,
            destination_endpoint=endpoint,
            encrypted=encrypted,
            broadcast=broadcast,
        )
    )
    await house.router.stop()

    assert house.gate.statistics.received == 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_frame_under_a_key_that_does_not_count_is_dropped_sec_4(
    house: House, sender: RecordingSender
) -> None:
    house.add_price()
    house.trust.proven = lambda _device: False

    await house.hear(ASK_PRICE, PRICE)

    assert sender.sent == []
    assert house.gate.statistics.not_established == 1
    await house.hear(ASK_PRICE, PRICE, encrypted=False)
    assert sender.statuses() == [(ASK_PRICE.command_id, Status.FAILURE)]


async def test_clusters_that_need_no_link_key_are_open_to_everybody_sec_4(
    house: House, sender: RecordingSender
) -> None:
    house.trust.proven = lambda _device: False
    ask_basic = Frame(zcl.READ_ATTRIBUTES, 1, b"\x00\x00")

    await house.hear(ask_basic, BASIC, encrypted=False)

    assert len(sender.sent) == 1


class Later(LocalCluster):
    """Answers when it likes."""

    definition = IDENTIFY_CLUSTER
    server = True

    @override
    def receive(self, command: Command) -> Outcome:
        return Outcome(answered_later=True)


async def test_what_is_answered_later_has_no_default_response(
    trust: Trust,
    exchange: Exchange,
    clock: VirtualClock,
    bus: SignalBus,
    sender: RecordingSender,
) -> None:
    later = Endpoint(9, SE_PROFILE, 0, (Later(),))
    router = trust.router([later], exchange, clock, bus)

    trust.gate(router, clock, bus).received(
        heard(Frame(0x00, 1, b"\x05\x00", cluster_specific=True), 3, destination_endpoint=9)
    )
    await clock.settle()

    assert sender.sent == []
    await router.stop()


class Signing(LocalCluster):
    """Signs what it sends."""

    definition = PRICE_CLUSTER
    server = True

    @override
    def outgoing(self, record: Record) -> Record:
        assert isinstance(record, PublishPriceRecord)
        return record.replace(price=99)


def test_a_record_goes_out_as_its_cluster_has_it() -> None:
    record = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=1, price=1)

    frame = command_frame(Signing(), record)

    assert frame.payload == record.replace(price=99).serialize()


# ------------------------------------------------------------------ endpoints that come and go


@pytest.fixture
def changes(house: House, bus: SignalBus) -> list[list[int]]:
    """Return which endpoints there were after each change."""
    seen: list[list[int]] = []
    bus.listen(EndpointsChanged, lambda _signal: seen.append(sorted(house.endpoints)))
    return seen


async def test_an_endpoint_that_is_added_answers_until_it_is_removed(
    house: House, sender: RecordingSender, changes: list[list[int]]
) -> None:
    house.endpoints.add(MIRROR)

    await house.hear(READ_MODEL, BASIC, destination_endpoint=0xC0)
    house.endpoints.remove(0xC0)
    house.endpoints.remove(0xC0)
    await house.hear(READ_MODEL, BASIC, destination_endpoint=0xC0)

    assert changes == [[HA_ENDPOINT, SE_ENDPOINT, 0xC0], [HA_ENDPOINT, SE_ENDPOINT]]
    assert len(sender.sent) == 1
    assert house.gate.statistics.for_nobody == 1


# ------------------------------------------------------------------ what was said of a cluster


OF_A_MAKER = 0xFC01


@pytest.mark.parametrize(("said", "refused"), [(True, 1), (False, 0), (None, 1)])
async def test_what_was_said_of_a_makers_cluster_decides_what_is_turned_away(
    house: House, sender: RecordingSender, *, said: bool | None, refused: int
) -> None:
    house.trust.encryption.say(SE_ENDPOINT, OF_A_MAKER, server=True, encrypted=said)

    await house.hear(READ_MODEL, OF_A_MAKER, encrypted=False)

    assert house.gate.statistics.in_the_clear == refused
    assert sender.statuses() == [
        (zcl.READ_ATTRIBUTES, Status.FAILURE if refused else Status.UNSUPPORTED_CLUSTER)
    ]


async def test_what_was_said_of_basic_is_demanded(house: House, sender: RecordingSender) -> None:
    house.trust.encryption.say(SE_ENDPOINT, BASIC, server=True, encrypted=True)

    await house.hear(READ_MODEL, BASIC, encrypted=False)

    assert house.gate.statistics.in_the_clear == 1
    assert sender.statuses() == [(zcl.READ_ATTRIBUTES, Status.FAILURE)]


async def test_what_was_said_of_one_side_lets_nobody_in_at_the_other(house: House) -> None:
    house.trust.encryption.say(SE_ENDPOINT, OF_A_MAKER, server=False, encrypted=False)

    await house.hear(READ_MODEL, OF_A_MAKER, encrypted=False)

    assert house.gate.statistics.in_the_clear == 1


async def test_each_command_is_told_also_one_that_nobody_takes(
    house: House, bus: SignalBus
) -> None:
    told: list[CommandHeard] = []
    bus.listen(CommandHeard, told.append)
    toggle = Frame(2, 1, b"\x01", cluster_specific=True)

    await house.hear(toggle, 6, destination_endpoint=HA_ENDPOINT, profile_id=HA_PROFILE)

    [command] = told
    assert (command.cluster_id, command.server_or_client, command.command_id) == (6, 1, 2)
    assert (command.payload, command.local_endpoint) == (b"\x01", HA_ENDPOINT)
