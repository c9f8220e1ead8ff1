"""One watcher has devices report, asks again, and reads what they do not report."""

from collections.abc import AsyncIterator
import logging

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DecodeError
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.pairing import OURSELVES, PairedAttribute, Pairing
from sebridge.gateway.reporting.expectations import GRACE, Expectation
from sebridge.gateway.reporting.signals import DeviceDoubted, ReportingAgreed
from sebridge.gateway.reporting.watcher import SET_UPS_AT_ONCE, WantedReports
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceRemoved,
    DeviceReplaced,
    DeviceUpdated,
    KeyEstablished,
)
from sebridge.zcl.frame import (
    CONFIGURE_REPORTING,
    DEFAULT_RESPONSE,
    READ_ATTRIBUTES_RESPONSE,
    Frame,
)
from sebridge.zcl.identifiers import (
    BASIC,
    HA_ENDPOINT,
    HA_PROFILE,
    METERING,
    SE_ENDPOINT,
    SE_PROFILE,
)
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import RecordingSender, address, peer
from tests.gateway.reporting.bookkeeping import FAR, WANTED, Books, report
from tests.gateway.reporting.remote import REGISTERS as ATTRIBUTES, Places, RemoteMeter

SCALE = ("read", [0x0302])
REGISTERS = ("read", [0x0000, 0x0001, 0x0200, 0x0400])
BINDING = ("bind", [METERING])
REPORTING = ("report", [0x0000, 0x0400, 0x0200])  # what it does not have is not asked for
POLL = ("read", [0x0000, 0x0400, 0x0200])
SET_UP = [SCALE, REGISTERS, BINDING, REPORTING]

OURS = Endpoint(0x5E, SE_PROFILE, 0x0500, (BasicServer("maker", "model"),))
NEAR = Pairing(Peer(OURSELVES, 0x5E, SE_PROFILE), 0x5E, BASIC, server=False)

ENERGY, DEMAND, STATUS, RECEIVED = 0x0000, 0x0400, 0x0200, 0x0001


class House:
    """A watcher, a meter that answers and whose demand a test turns, and what was told."""

    def __init__(
        self, exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
    ) -> None:
        self.meter, self.clock, self.bus = meter, clock, bus
        self.demand = 100
        others = [a for a in ATTRIBUTES if a.attribute_id != DEMAND]
        meter.attributes[METERING] = LocalAttributes(
            [*others, LocalAttribute(DEMAND, 0x2A, lambda: self.demand)]
        )
        self.places = Places(meter.story)
        self.asleep: set[Peer] = set()
        self.more: list[AttributeReportingConfigurationRecord] = []
        self.unprepared = False
        wanted = WantedReports(
            cluster_id=METERING,
            records=lambda _pairing: [*WANTED, *self.more],
            prepare=self._prepare,
            sleeps=lambda place: place in self.asleep,
        )
        self.books = Books(exchange, self.places, clock, bus, wanted=[wanted], endpoint=OURS)
        self.watcher, self.expectations = self.books.watcher, self.books.expectations

    async def _prepare(self, pairing: Pairing) -> None:
        await self.books.access.read(pairing, [0x0302])
        if self.unprepared:
            raise DecodeError("what scales the values is not known")

    def story(self) -> list[tuple[str, list[int]]]:
        """Return what the meter was asked since the last time."""
        told = list(self.meter.story)
        self.meter.story.clear()
        return told

    async def becomes_active(self, device: Eui64 | None = None) -> None:
        self.bus.send(DeviceActive(device or address(1)))
        await self.clock.settle()

    def report(self, *attribute_ids: int) -> None:
        self.expectations.heard(report(*attribute_ids), self.clock.monotonic())

    def read_in_place(self, attribute_id: int = DEMAND, pairing: Pairing = FAR) -> None:
        """Have an attribute read in the place of its device, as a caller would."""
        record = AttributeReportingConfigurationRecord(attribute_id, 0, 0x2A, 10, 60, 5)
        key = PairedAttribute(pairing, attribute_id)
        self.expectations.put(
            key, Expectation(record=record, pseudo=True, wish=True), self.clock.monotonic()
        )

    def expect(self, attribute_id: int = ENERGY, *, wish: bool | None = False) -> None:
        """Expect an attribute to be reported, as a caller would."""
        record = AttributeReportingConfigurationRecord(attribute_id, 0, 0x25, 10, 100, 1)
        key = PairedAttribute(FAR, attribute_id)
        self.expectations.put(key, Expectation(record=record, wish=wish), self.clock.monotonic())

    def read_attributes(self) -> set[int]:
        """Return what is read in the meter's place."""
        return {key.attribute_id for key, one in self.books.kept.items() if one.pseudo}

    def values(self) -> list[int]:
        """Return what was told of the meter."""
        return [value.value for told in self.books.told for value in told.values]


@pytest.fixture
async def house(
    exchange: Exchange, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[House]:
    house = House(exchange, meter, clock, bus)
    await house.watcher.start()
    yield house
    await house.watcher.stop()


# ------------------------------------------------------------------ setting up


async def test_a_server_is_prepared_read_bound_and_asked_for_reports_in_this_order(
    house: House,
) -> None:
    await house.becomes_active()

    assert house.story() == SET_UP
    assert house.places.bound == [(peer(), METERING, SE_ENDPOINT)]
    (told,) = house.books.told
    assert [value.attribute_id for value in told.values] == [ENERGY, STATUS, DEMAND]
    assert not told.reported


async def test_a_server_of_the_ha_profile_reports_to_endpoint_1_in_the_clear(
    house: House, sender: RecordingSender
) -> None:
    house.places.peers = [peer(profile=HA_PROFILE)]

    await house.becomes_active()

    assert house.places.bound == [(house.places.peers[0], METERING, HA_ENDPOINT)]
    assert {out.source_endpoint for out in sender.sent} == {HA_ENDPOINT}
    assert not any(out.encrypted for out in sender.sent)


async def test_who_does_not_answer_is_tried_again_after_pauses_that_grow(
    house: House, clock: VirtualClock
) -> None:
    house.meter.silent = True
    await house.becomes_active()

    attempts = []
    for pause in (10, 5, 10, 30, 10, 120):
        await clock.advance(pause)
        attempts.append(len(house.story()))
    assert attempts == [1, 1, 0, 1, 0, 1]
    house.meter.silent = False
    await clock.advance(610)

    assert house.story() == SET_UP


async def test_who_is_there_is_never_given_up(house: House, clock: VirtualClock) -> None:
    house.places.unbindable = True
    await house.becomes_active()

    await clock.advance(5 + 30 + 120 + 3 * 600)

    story = house.story()
    assert [step for step in story if step == BINDING] == [BINDING] * 7
    assert story.count(POLL) >= 30  # once a minute, as long as nothing is agreed
    house.places.unbindable = False
    await clock.advance(600)
    assert [step for step in house.story() if step != POLL] == SET_UP


async def test_what_cannot_be_prepared_is_asked_for_nothing_else(
    house: House, clock: VirtualClock
) -> None:
    house.unprepared = True
    await house.becomes_active()
    assert house.story() == [SCALE]

    house.unprepared = False
    await clock.advance(5)

    assert house.story() == SET_UP


async def test_who_is_gone_is_not_tried_again(house: House, clock: VirtualClock) -> None:
    house.meter.silent = True
    await house.becomes_active()
    house.story()

    house.places.peers.clear()
    await clock.advance(3600)

    assert house.story() == []


async def test_a_new_key_is_a_reason_to_try_at_once(house: House, clock: VirtualClock) -> None:
    house.unprepared = True
    await house.becomes_active()
    await clock.advance(60)
    house.story()
    house.unprepared = False

    house.bus.send(KeyEstablished(address(1), 1))
    await clock.settle()

    assert house.story() == SET_UP


async def test_what_a_device_refuses_to_report_is_read_in_its_place(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.places.status = 0x84
    house.meter.refusals = bytes.fromhex("8c 00 0004")

    with caplog.at_level(logging.INFO):
        await house.becomes_active()

    assert "did not bind 0x0702: status 0x84" in caplog.text
    assert "will not report 0x0400 of 0x0702: status 0x8C; it is read instead" in caplog.text
    assert house.story()[:4] == SET_UP
    assert house.read_attributes() == {DEMAND}


@pytest.mark.parametrize(
    ("refusals", "pairing", "asleep", "asked"),
    [
        ("8c 00 0004", FAR, False, [REGISTERS]),
        ("8c 00 0004", FAR, True, []),
        ("8c 00 0004", NEAR, False, []),
        ("00", FAR, False, []),
    ],
)
async def test_what_somebody_changed_is_read_where_it_is_not_all_reported(
    house: House,
    clock: VirtualClock,
    *,
    refusals: str,
    pairing: Pairing,
    asleep: bool,
    asked: list[tuple[str, list[int]]],
) -> None:
    house.meter.refusals = bytes.fromhex(refusals)
    await house.becomes_active()
    house.story()
    if asleep:
        house.asleep.add(peer())

    house.watcher.changed(pairing)
    await clock.settle()

    assert house.story() == asked


async def test_a_device_that_knows_no_reporting_is_read(
    house: House, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    house.meter.answers = Frame(DEFAULT_RESPONSE, 0, bytes((CONFIGURE_REPORTING, 0x82)))
    house.meter.answers_only = CONFIGURE_REPORTING

    with caplog.at_level(logging.INFO):
        await house.becomes_active()
    house.story()
    await clock.advance(600)

    assert house.read_attributes() == {ENERGY, DEMAND, STATUS}
    assert house.story()[:9] == [POLL] * 9
    assert "will not report 0x0400 of 0x0702: status 0x82; it is read instead" in caplog.text


async def test_what_was_left_out_of_an_answer_is_asked_for_again(house: House) -> None:
    house.meter.most_told = 2

    await house.becomes_active()

    reads = [ids for kind, ids in house.story() if kind == "read"]
    assert reads == [[0x0302], [ENERGY, RECEIVED, STATUS, DEMAND], [STATUS, DEMAND]]
    assert [v.attribute_id for told in house.books.told for v in told.values] == [
        ENERGY,
        STATUS,
        DEMAND,
    ]


async def test_an_attribute_is_configured_by_the_type_that_it_has_on_the_wire(
    house: House,
) -> None:
    house.meter.attributes[METERING] = LocalAttributes(
        [LocalAttribute(ENERGY, 0x39, 4711.25), LocalAttribute(DEMAND, 0x29, 5)]
    )

    await house.becomes_active()

    kept = {key.attribute_id: one.record for key, one in house.books.kept.items()}
    assert (kept[ENERGY].attribute_type, kept[ENERGY].reportable_change) == (0x39, 0)
    assert (kept[DEMAND].attribute_type, kept[DEMAND].reportable_change) == (0x29, 1)


async def test_many_attributes_are_read_and_configured_so_many_at_a_time_as_fit(
    house: House,
) -> None:
    tiers = range(0x0100, 0x0106)
    house.meter.attributes[METERING].show(LocalAttribute(tier, 0x25, 5) for tier in tiers)
    house.more = [AttributeReportingConfigurationRecord(t, 0, 0x25, 300, 900, 1) for t in tiers]

    await house.becomes_active()

    assert [len(ids) for kind, ids in house.story() if kind == "report"] == [4, 4, 1]
    told = {value.attribute_id for told in house.books.told for value in told.values}
    assert told == {ENERGY, STATUS, DEMAND, *tiers}
    assert house.read_attributes() == set()


async def test_what_a_device_does_not_have_is_said_once_and_not_asked_for(
    house: House, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    house.meter.attributes[METERING] = LocalAttributes()

    with caplog.at_level(logging.INFO):
        await house.becomes_active()
        house.bus.send(DeviceDoubted(address(1)))
        await clock.settle()

    assert house.story() == [SCALE, REGISTERS, BINDING] * 2
    assert house.books.told == []
    assert caplog.text.count("has no attribute 0x0400 of 0x0702: UNSUPPORTED_ATTRIBUTE") == 1


async def test_a_server_that_an_interview_finds_late_is_set_up_once(house: House) -> None:
    for _ in range(2):
        house.bus.send(DeviceUpdated(address(1)))
        await house.clock.settle()
    assert house.story() == SET_UP

    house.bus.send(DeviceUpdated(address(2)))
    house.bus.send(DeviceActive(address(2)))
    await house.clock.settle()
    assert house.story() == []


async def test_being_set_up_is_not_begun_twice_at_once(house: House) -> None:
    house.meter.silent = True
    await house.becomes_active()

    await house.becomes_active()

    assert house.story() == [SCALE]


async def test_so_many_are_set_up_at_once_and_the_next_when_one_is_done(
    house: House, clock: VirtualClock
) -> None:
    house.meter.silent = True
    house.places.peers = [peer(number) for number in range(1, SET_UPS_AT_ONCE + 3)]
    for place in house.places.peers:
        await house.becomes_active(place.device)
    begun = house.story()

    house.meter.silent = False
    await clock.advance(10)  # in which none of them has answered

    assert begun == [SCALE] * SET_UPS_AT_ONCE
    assert house.story().count(REPORTING) == 2


@pytest.mark.parametrize("doubt", [DeviceDoubted, DeviceReplaced])
async def test_a_device_in_doubt_is_set_up_once_more(
    house: House, doubt: type[DeviceDoubted | DeviceReplaced]
) -> None:
    await house.becomes_active()
    house.story()

    house.bus.send(doubt(address(1)))
    await house.clock.settle()

    assert house.story() == SET_UP


async def test_of_another_kind_of_device_only_what_it_has_is_expected(house: House) -> None:
    await house.becomes_active()
    before = len(list(house.watcher.expectations))
    house.story()
    house.bus.send(DeviceReplaced(address(1), is_other_kind=True))
    forgotten = len(list(house.watcher.expectations))
    await house.clock.settle()

    assert (before > 0, forgotten) == (True, 0)
    assert house.story() == SET_UP


async def test_a_device_that_went_is_set_up_when_it_comes_back(house: House) -> None:
    await house.becomes_active()
    house.story()

    house.bus.send(DeviceInactive(address(1)))
    house.bus.send(DeviceUpdated(address(1)))
    await house.clock.settle()

    assert house.story() == SET_UP


async def test_the_gateway_asks_by_itself_only_for_what_no_caller_decided(house: House) -> None:
    energy = AttributeReportingConfigurationRecord(ENERGY, 0, 0x25, 10, 100, 1)
    await house.books.subscriptions.begin(FAR, [energy], wish=None)
    await house.books.subscriptions.end(FAR, [DEMAND])
    house.story()

    await house.becomes_active()

    assert house.story()[-1] == ("report", [STATUS])
    kept = {key.attribute_id: expectation for key, expectation in house.books.kept.items()}
    assert kept[ENERGY].record == energy
    assert kept[DEMAND].stopped
    assert kept[STATUS].own


async def test_all_servers_can_be_read_at_once_and_a_silent_one_is_passed_over(
    house: House, clock: VirtualClock, sender: RecordingSender
) -> None:
    house.places.peers.append(peer(2))
    sender.silent.add(address(2))

    house.watcher.read_now(METERING)
    await clock.settle()

    assert house.story() == [REGISTERS]
    assert [told.device for told in house.books.told] == [address(1)]


async def test_nothing_is_expected_of_a_removed_device(house: House, clock: VirtualClock) -> None:
    await house.becomes_active()
    house.story()

    house.bus.send(DeviceRemoved(address(1)))
    await clock.advance(hours=1)

    assert (house.books.kept, house.story()) == ({}, [])


# ------------------------------------------------------------------ reports that stay away


async def test_a_device_whose_reports_stay_away_is_set_up_again(
    house: House, clock: VirtualClock
) -> None:
    await house.becomes_active()
    house.story()

    await clock.advance(750)
    assert house.story() == [("read", [ENERGY, DEMAND])] * 2
    await clock.advance(GRACE)

    assert house.story() == SET_UP


async def test_while_reports_come_nothing_is_asked(house: House, clock: VirtualClock) -> None:
    await house.becomes_active()
    house.story()

    for _ in range(20):
        await clock.advance(300)
        house.report(ENERGY, DEMAND, STATUS)

    assert house.story() == []


async def test_a_silent_attribute_does_not_hide_behind_the_others(
    house: House, clock: VirtualClock
) -> None:
    await house.becomes_active()
    house.story()

    for _ in range(6):
        await clock.advance(270)
        house.report(DEMAND, STATUS)

    assert house.story()[:6] == [("read", [ENERGY])] * 2 + SET_UP
    assert house.read_attributes() == {ENERGY}


async def test_an_attribute_that_is_never_reported_is_read_every_minute(
    house: House, clock: VirtualClock
) -> None:
    await house.becomes_active()
    await clock.advance(2 * 760)
    house.story()

    for _ in range(6):
        await clock.advance(100)
        house.report(DEMAND, STATUS)

    assert house.story() == [("read", [ENERGY])] * 10


async def test_what_does_not_report_is_asked_to_less_and_less_often(
    house: House, clock: VirtualClock
) -> None:
    house.meter.refusals = bytes.fromhex("8c 00 0000")
    await house.becomes_active()
    house.story()
    asked = []

    for hour in range(24):
        for _ in range(20):
            await clock.advance(180)
            house.report(DEMAND, STATUS)
        asked += [hour] * house.story().count(REPORTING)

    assert asked == [0, 0, 1, 3, 6, 13]


async def test_what_reports_after_all_is_read_no_more(house: House, clock: VirtualClock) -> None:
    house.meter.refusals = bytes.fromhex("8c 00 0000")
    await house.becomes_active()
    await clock.advance(120)
    house.story()

    house.report(ENERGY, DEMAND)
    await clock.advance(240)

    assert house.story() == []


async def test_what_a_caller_wants_is_configured_again_at_each_timeout(
    house: House, meter: RemoteMeter, clock: VirtualClock
) -> None:
    house.expect()

    await clock.advance(240)
    house.report(ENERGY)
    await clock.advance(240)
    assert meter.story == []
    await clock.advance(20)
    await clock.advance(260)

    assert meter.story == [("report", [ENERGY])] * 2


async def test_a_device_that_cannot_be_configured_again_is_tried_at_the_next_timeout(
    house: House, meter: RemoteMeter, clock: VirtualClock, sender: RecordingSender
) -> None:
    house.expect()
    sender.silent.add(address(1))
    await clock.advance(260)
    meter.story.clear()
    sender.silent.clear()

    await clock.advance(260)

    assert meter.story == [("report", [ENERGY])]


async def test_a_device_that_comes_back_has_its_time_from_then_on(
    house: House, meter: RemoteMeter, clock: VirtualClock
) -> None:
    house.places.peers.clear()
    house.expect()
    await clock.advance(200)

    await house.becomes_active()
    await clock.advance(200)

    assert meter.story == []


# ------------------------------------------------------------------ reading in the place of reports


async def test_values_are_told_as_the_device_would(house: House) -> None:
    house.read_in_place()
    await house.clock.advance(11)
    house.demand = 105
    await house.clock.advance(10)
    await house.clock.advance(58)

    assert house.values() == [100, 105]
    await house.clock.advance(1)
    assert house.values() == [100, 105, 105]
    told = house.books.told[0]
    assert (told.device, told.endpoint, told.local_endpoint) == (address(1), 9, 0x5E)
    assert (told.server_or_client, told.reported) == (0, True)


async def test_the_meter_is_read_every_shortest_interval(house: House, meter: RemoteMeter) -> None:
    house.read_in_place()

    await house.clock.advance(35)

    assert meter.story == [("read", [DEMAND])] * 4


async def test_nothing_is_read_while_nothing_is_expected(
    house: House, sender: RecordingSender
) -> None:
    await house.clock.advance(1000)
    assert not sender.sent

    house.read_in_place()
    house.expectations.drop(PairedAttribute(FAR, DEMAND))
    await house.clock.advance(1000)

    assert not sender.sent


async def test_a_device_that_is_gone_is_not_read(house: House, meter: RemoteMeter) -> None:
    house.read_in_place()
    await house.clock.advance(5)
    house.places.peers.clear()
    house.books.absent.add(address(1))
    house.bus.send(DeviceInactive(address(1)))
    await house.clock.advance(100)
    assert len(meter.story) == 1

    house.books.absent.clear()
    await house.becomes_active()

    assert len(meter.story) == 2


@pytest.mark.parametrize("answer_within", [35.0])
async def test_a_silent_device_is_not_asked_while_it_is_waited_for(
    house: House, meter: RemoteMeter, sender: RecordingSender, answer_within: float
) -> None:
    meter.silent = True
    house.read_in_place()

    await house.clock.advance(31)
    assert len(sender.sent) == 1
    await house.clock.advance(10)
    meter.silent = False
    await house.clock.advance(40)

    assert house.values() == [100]


async def test_what_a_device_tells_besides_is_not_told(house: House, meter: RemoteMeter) -> None:
    answer = bytes.fromhex("0004 00 2a 640000  0300 00 20 07  0500 86")
    meter.answers = Frame(READ_ATTRIBUTES_RESPONSE, 0, answer)
    house.read_in_place()

    await house.clock.advance(1)

    (told,) = house.books.told
    assert [value.attribute_id for value in told.values] == [DEMAND]


async def test_a_device_that_takes_no_frames_is_asked_again(
    house: House, sender: RecordingSender
) -> None:
    sender.silent.add(address(1))
    house.read_in_place()
    await house.clock.advance(15)
    sender.silent.clear()

    await house.clock.advance(10)

    assert house.values() == [100]


async def test_our_own_attributes_are_told_on_the_bus(
    house: House, sender: RecordingSender
) -> None:
    house.read_in_place(0x0004, NEAR)

    await house.clock.advance(1)

    (told,) = house.books.near
    assert (told.endpoint, told.cluster_id, told.server_or_client) == (0x5E, BASIC, 0)
    assert told.values[0].value == "maker"
    assert not sender.sent


# ------------------------------------------------------------------ who sleeps


async def test_who_sleeps_is_not_asked(house: House, clock: VirtualClock) -> None:
    house.asleep.add(peer())

    await house.becomes_active()
    house.watcher.read_now(METERING)
    await clock.advance(hours=1)

    assert house.story() == []


async def test_who_falls_asleep_is_asked_no_more(house: House, clock: VirtualClock) -> None:
    await house.becomes_active()
    house.story()

    house.asleep.add(peer())
    await clock.advance(hours=1)

    assert house.story() == []


async def test_who_wakes_for_good_is_set_up(house: House, clock: VirtualClock) -> None:
    house.asleep.add(peer())
    await house.becomes_active()
    await clock.advance(hours=1)

    house.asleep.clear()
    await clock.advance(600)

    assert house.story()[:4] == SET_UP


async def test_who_shows_values_hears_that_they_are_told_at_other_intervals(house: House) -> None:
    agreed: list[Eui64] = []
    house.bus.listen(ReportingAgreed, lambda signal: agreed.append(signal.device))

    house.expect(ENERGY)

    assert agreed == [FAR.peer.device]
