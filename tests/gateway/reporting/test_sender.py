"""Reports of our own attributes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError, UnsupportedAttributeError
from sebridge.features.metering.mirror_server import MirrorServer
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.general_commands import configure_reporting, read_reporting
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.sender import MOST_PER_DEVICE, ReportSender
from sebridge.network.peer import Peer
from sebridge.radio.radio import Outgoing
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.data_types import (
    BOOLEAN,
    DATA_TYPES,
    DATE,
    NO_DATA,
    TIME_OF_DAY,
    UNKNOWN_TYPE,
)
from sebridge.zcl.frame import REPORT_ATTRIBUTES
from sebridge.zcl.general import parse_values
from sebridge.zcl.identifiers import METERING, SE_PROFILE
from sebridge.zcl.reporting import (
    SENDING,
    AttributeReportingConfigurationRecord,
    parse_configurations,
    parse_reporting_statuses,
    write_configure_reporting,
    write_read_configuration,
)
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, Trust, address, peer


class Registers(LocalCluster):
    """A meter whose numbers a test turns."""

    definition = MeterServer.definition
    server = True

    def __init__(self) -> None:
        self.energy, self.power = 100, 5
        super().__init__(
            LocalAttributes(
                [
                    LocalAttribute(0x0000, 0x25, lambda: self.energy),
                    LocalAttribute(0x0400, 0x2A, lambda: self.power),
                ]
            )
        )


class House:
    def __init__(self, exchange: Exchange, clock: VirtualClock) -> None:
        self.registers = Registers()
        endpoint = Endpoint(9, SE_PROFILE, 0x0501, (self.registers,))
        self.endpoints = {9: endpoint}
        self.store: dict[PairedAttribute, AttributeReportingConfigurationRecord] = {}
        self.longest_frame = 75
        self.absent: set[Eui64] = set()
        self.exchange, self.clock = exchange, clock
        self.sender = self.opened()

    def opened(self, **limits: int) -> ReportSender:
        """Return a sender of what is kept, as after a start."""
        return ReportSender(
            endpoints=lambda: self.endpoints,
            exchange=self.exchange,
            is_active=lambda device: device not in self.absent,
            store=self.store,
            clock=self.clock,
            period=lambda: 1.0,
            longest_frame=lambda: self.longest_frame,
            **limits,
        )

    def configure(self, who: Peer, attribute_id: int = 0, **more: int) -> Status:
        given = {"attribute_type": 0x25, "min_interval": 10, "max_interval": 300} | more
        record = AttributeReportingConfigurationRecord(attribute_id, **given)
        return self.sender.configure(pairing(who), record)


def pairing(who: Peer, cluster_id: int = METERING) -> Pairing:
    return Pairing(who, 9, cluster_id, server=True)


@pytest.fixture
async def house(exchange: Exchange, clock: VirtualClock) -> AsyncIterator[House]:
    house = House(exchange, clock)
    await house.sender.start()
    yield house
    await house.sender.stop()


def reports(sender: RecordingSender) -> list[tuple[int, list[int]]]:
    devices = [(out.destination or 0) & 0xFF for out in sender.sent]
    frames = sender.take()
    assert all(f.command_id == REPORT_ATTRIBUTES and f.from_server for f in frames)
    values = [[value.value for value in parse_values(frame.payload)] for frame in frames]
    return list(zip(devices, values, strict=True))


async def test_a_value_is_reported_at_first_then_by_change_and_by_time(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    assert house.configure(peer(), reportable_change=5) == Status.SUCCESS
    await clock.advance(1)
    assert reports(sender) == [(1, [100])]

    house.registers.energy = 105
    await clock.advance(9)
    assert reports(sender) == []
    await clock.advance(1)
    assert reports(sender) == [(1, [105])]
    await clock.advance(299)
    assert reports(sender) == []
    await clock.advance(1)
    assert reports(sender) == [(1, [105])]


async def test_what_is_due_for_one_peer_goes_in_one_frame(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.configure(peer(1))
    house.configure(peer(1), 0x0400, attribute_type=0x2A)
    house.configure(peer(2))

    await clock.advance(1)

    assert reports(sender) == [(1, [100, 5]), (2, [100])]


async def test_a_report_that_was_not_taken_is_tried_again(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    sender.silent.add(address(1))
    house.configure(peer())
    await clock.advance(1)
    sender.take()
    sender.silent.clear()

    await clock.advance(1)

    assert reports(sender) == [(1, [100])]
    await clock.advance(5)
    assert reports(sender) == []


async def test_a_new_configuration_takes_the_place_of_the_old(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.configure(peer())
    await clock.advance(1)
    sender.take()

    assert house.configure(peer(), max_interval=0xFFFF) == Status.SUCCESS
    await clock.advance(1000)

    assert reports(sender) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"attribute_id": 0x0999}, Status.UNSUPPORTED_ATTRIBUTE),
        ({"attribute_type": 0x20}, Status.INVALID_DATA_TYPE),
        ({"min_interval": 301}, Status.INVALID_VALUE),
        ({"min_interval": 301, "max_interval": 0}, Status.SUCCESS),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(
    house: House, more: dict[str, int], status: Status
) -> None:
    assert house.configure(peer(), **more) == status


def test_a_cluster_that_is_not_there_has_no_attributes(house: House) -> None:
    record = AttributeReportingConfigurationRecord(0, 0, 0x25)

    assert house.sender.configure(pairing(peer(), 0x0B04), record) == Status.UNSUPPORTED_ATTRIBUTE
    house.endpoints.clear()
    assert house.configure(peer()) == Status.UNSUPPORTED_ATTRIBUTE


def test_the_number_of_configurations_is_limited(house: House) -> None:
    statuses = [house.configure(peer(1, endpoint=number)) for number in range(1, 66)]

    assert statuses == [Status.SUCCESS] * 64 + [Status.INSUFFICIENT_SPACE]
    assert house.configure(peer(1, endpoint=1)) == Status.SUCCESS


async def test_configurations_are_kept_and_go_on_after_a_restart(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.configure(peer())
    await clock.advance(1)
    await house.sender.stop()
    sender.take()

    again = house.opened()
    await again.start()
    await clock.advance(1)
    await again.stop()

    assert reports(sender) == [(1, [100])]
    assert again.configuration(pairing(peer()), 0x0000) == house.store[KEY]


KEY = PairedAttribute(pairing(peer()), 0x0000)


async def test_nothing_is_sent_to_a_device_that_is_not_there_until_it_is_back(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.absent.add(address(1))
    house.configure(peer())
    await clock.advance(1000)
    assert reports(sender) == []

    house.absent.clear()
    await clock.advance(1)

    assert reports(sender) == [(1, [100])]


@pytest.mark.parametrize("how", ["stopped", "ended by the peer", "forgotten"])
async def test_what_was_ended_is_not_reported_and_not_kept(
    house: House, sender: RecordingSender, clock: VirtualClock, how: str
) -> None:
    house.configure(peer())
    if how == "stopped":
        house.sender.stop_reporting(pairing(peer()), [0x0000, 0x0400])
    elif how == "forgotten":
        house.sender.forget(address(1))
    else:
        house.configure(peer(), max_interval=0xFFFF)

    await clock.advance(1000)

    assert reports(sender) == []
    assert house.store == {}


def test_what_is_not_configured_is_told_apart_from_what_is_not_there(house: House) -> None:
    assert house.sender.configuration(pairing(peer()), 0x0400) == Status.NOT_FOUND
    missing = house.sender.configuration(pairing(peer()), 0x0999)
    assert missing == Status.UNSUPPORTED_ATTRIBUTE


def test_what_can_only_be_read_is_not_reported_and_said_to_be_so(house: House) -> None:
    house.registers.attributes.show([LocalAttribute(0x0001, 0x25, 7, reportable=False)])

    assert house.configure(peer(), 0x0001) == Status.UNREPORTABLE_ATTRIBUTE
    assert house.sender.configuration(pairing(peer()), 1) == Status.UNREPORTABLE_ATTRIBUTE


class SlowRadio(RecordingSender):
    """A radio to which one device is slow: nothing gets there before a test says so."""

    def __init__(self, slow: Eui64) -> None:
        super().__init__()
        self._slow = slow
        self.gets_there = asyncio.Event()

    @override
    async def send(self, frame: Outgoing) -> None:
        if frame.destination == self._slow:
            await self.gets_there.wait()
        await super().send(frame)


async def test_who_takes_nothing_yet_delays_no_other(clock: VirtualClock) -> None:
    radio = SlowRadio(address(1))
    house = House(Trust().exchange(radio, clock), clock)
    await house.sender.start()
    house.configure(peer(1))
    house.configure(peer(2))
    await clock.advance(1)
    house.registers.energy = 101
    await clock.advance(10)
    to_the_other = reports(radio)

    radio.gets_there.set()
    await clock.advance(1)
    to_the_slow_one = reports(radio)
    await clock.advance(9)
    await house.sender.stop()

    assert to_the_other == [(2, [100]), (2, [101])]
    assert to_the_slow_one == [(1, [100]), (1, [101])]


async def test_what_does_not_fit_into_a_frame_goes_in_several(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.longest_frame = 3 + 2 * 9
    house.registers.attributes.show([LocalAttribute(n, 0x25, n) for n in range(1, 6)])
    house.registers.attributes.show([LocalAttribute(6, 0x41, 40 * "ab")])
    for attribute_id in range(6):
        house.configure(peer(), attribute_id)
    house.configure(peer(), 6, attribute_type=0x41)

    await clock.advance(1)

    assert reports(sender) == [(1, [100, 1]), (1, [2, 3]), (1, [4, 5]), (1, [40 * "ab"])]


# ------------------------------------------------------------------ every type


def time_of_day(hours: int, minutes: int, seconds: int) -> int:
    return hours | minutes << 8 | seconds << 16


def date(year: int, month: int, day: int) -> int:
    return year | month << 8 | day << 16 | 0xFF << 24


class Course(msgspec.Struct, frozen=True):
    """What an attribute is at first, then; and a third value, after it has come to be reported.

    Where it changes by an amount, the second is too near to the first, and the third is not.
    """

    first: Any
    second: Any
    third: Any
    change: Any = 0


COURSES: dict[int, Course] = {
    **{kind: Course(50, 52, 55, 5) for kind, known in DATA_TYPES.items() if known.is_analog},
    **{kind: Course(-3, -1, 2, 5) for kind, known in DATA_TYPES.items() if known.is_signed},
    0x38: Course(1.5, 1.75, 2.0, 0.5),
    TIME_OF_DAY: Course(
        time_of_day(9, 59, 58), time_of_day(10, 0, 0), time_of_day(10, 0, 3), time_of_day(0, 0, 5)
    ),
    DATE: Course(date(126, 10, 31), date(126, 11, 1), date(126, 12, 31), date(0, 1, 0)),
    **{
        kind: Course(1, 1, 0)
        for kind, known in DATA_TYPES.items()
        if known.size and not known.is_analog
    },
    BOOLEAN: Course(first=True, second=True, third=False),
    **{kind: Course("ab", "ab", "cd") for kind in (0x41, 0x42, 0x43, 0x44)},
    **{
        kind: Course(*({"attribute_type": 0x20, "value": [n]} for n in (1, 1, 2)))
        for kind in (0x48, 0x50, 0x51)
    },
    0x4C: Course(*([{"attribute_type": 0x20, "value": n}] for n in (1, 1, 2))),
    0xF0: Course(*(f"00:00:00:00:00:00:00:0{n}" for n in (1, 1, 2))),
    0xF1: Course(*(16 * f"0{n}" for n in (1, 1, 2))),
}
"""Of each type that an attribute can have, discrete and analog."""


def test_there_is_a_course_for_every_type() -> None:
    assert COURSES.keys() == DATA_TYPES.keys() - {NO_DATA, UNKNOWN_TYPE}


@pytest.mark.parametrize("attribute_type", COURSES)
async def test_an_attribute_of_any_type_is_configured_read_back_and_reported(
    house: House, sender: RecordingSender, clock: VirtualClock, attribute_type: int
) -> None:
    """By the commands of the air: at once, not before the minimum, by change, at the maximum."""
    course = COURSES[attribute_type]
    now = [course.first]
    shown = LocalAttribute(0x0001, attribute_type, lambda: now[-1])
    house.registers.attributes.show([shown])
    record = AttributeReportingConfigurationRecord(1, 0, attribute_type, 10, 60, course.change)
    tables = {SENDING: house.sender}

    done = configure_reporting(tables, pairing(peer()), write_configure_reporting([record]))
    back = read_reporting(tables, pairing(peer()), write_read_configuration(SENDING, [1]))
    told = []
    for value, seconds in ((course.first, 1), (course.second, 30), (course.third, 1)):
        now.append(value)
        await clock.advance(seconds)
        told.append(reports(sender))
    await clock.advance(59)
    told.append(reports(sender))
    await clock.advance(1)
    told.append(reports(sender))

    assert parse_reporting_statuses(done) == []
    assert [answer.record for answer in parse_configurations(back)] == [record]
    third = [(1, [course.third])]
    assert told == [[(1, [course.first])], [], third, [], third]


# ------------------------------------------------------------------ attributes without a value


@pytest.mark.parametrize(
    "broken",
    [UnsupportedAttributeError("not there"), ParameterError("", "no value"), ZeroDivisionError()],
)
async def test_an_attribute_that_cannot_be_read_does_not_end_the_reports_of_the_others(
    house: House, sender: RecordingSender, clock: VirtualClock, broken: Exception
) -> None:
    def breaks() -> int:
        raise broken

    house.registers.attributes.show([LocalAttribute(0x0001, 0x25, breaks)])
    house.configure(peer(), 0x0001)
    house.configure(peer(), 0x0000)

    await clock.advance(120)
    house.registers.energy = 101
    await clock.advance(120)

    assert reports(sender) == [(1, [100]), (1, [101])]


async def test_it_is_reported_once_it_has_a_value(
    house: House, sender: RecordingSender, clock: VirtualClock
) -> None:
    house.registers.attributes.show([LocalAttribute(0x0001, 0x25, lambda: None)])
    house.configure(peer(), 0x0001)
    await clock.advance(60)
    before = reports(sender)

    house.registers.attributes.show([LocalAttribute(0x0001, 0x25, 7)])
    await clock.advance(1)

    assert before == []
    assert reports(sender) == [(1, [7])]


async def test_a_mirror_that_has_lost_its_values_does_not_end_the_reports_of_the_others(
    exchange: Exchange, clock: VirtualClock, sender: RecordingSender
) -> None:
    """As after a restart: what is configured is kept, what the meter told is not."""
    registers, mirror = Registers(), MirrorServer()
    ours = [Endpoint(9, SE_PROFILE, 0, (registers,)), Endpoint(0xC0, SE_PROFILE, 0, (mirror,))]
    record = AttributeReportingConfigurationRecord(0, 0, 0x25, 1, 300)
    kept = {
        PairedAttribute(Pairing(peer(), endpoint, METERING, server=True), 0): record
        for endpoint in (0xC0, 9)
    }
    again = ReportSender(
        endpoints=lambda: {endpoint.endpoint_id: endpoint for endpoint in ours},
        exchange=exchange,
        is_active=lambda _device: True,
        store=kept,
        clock=clock,
        period=lambda: 1.0,
        longest_frame=lambda: 75,
    )
    await again.start()

    await clock.advance(120)
    mirror.take([AttributeValue(0, 0x25, 3, bytes(6))])
    await clock.advance(1)
    await again.stop()

    assert reports(sender) == [(1, [100]), (1, [3])]


# ------------------------------------------------------------------ how many


def test_one_device_has_only_its_share(house: House) -> None:
    many = [LocalAttribute(0x1000 + n, 0x25, n) for n in range(MOST_PER_DEVICE + 1)]
    house.registers.attributes.show(many)

    taken = [house.configure(peer(), attribute.attribute_id) for attribute in many]

    assert taken == [Status.SUCCESS] * MOST_PER_DEVICE + [Status.INSUFFICIENT_SPACE]


def test_where_all_is_full_who_has_most_makes_room(exchange: Exchange, clock: VirtualClock) -> None:
    house = House(exchange, clock)
    house.sender = house.opened(most=8)
    many = [LocalAttribute(0x1000 + n, 0x25, n) for n in range(8)]
    house.registers.attributes.show(many)
    for attribute in many:
        house.configure(peer(1), attribute.attribute_id)

    taken = [house.configure(peer(2), attribute.attribute_id) for attribute in many]

    devices = [key.pairing.peer.device for key in house.store]
    assert taken == [Status.SUCCESS] * 4 + [Status.INSUFFICIENT_SPACE] * 4
    assert [devices.count(address(n)) for n in (1, 2)] == [4, 4]
