"""Take reports, ask for them, and ask again when they stay away."""

from collections.abc import AsyncIterator
import logging

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.metering.meter_configuration import MeterConfiguration
from sebridge.features.metering.meters import Meters
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation, Expectations
from sebridge.gateway.reporting.keeper import ReportKeeper
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.gateway.reporting.receiver import BoundaryReader, ReportReceiver, local_endpoint_for
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.signals import AttributesReported, MeterRead
from sebridge.network.signals import DeviceActive, DeviceInactive, DeviceRemoved, DeviceUpdated
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.identifiers import (
    BASIC,
    HA_ENDPOINT,
    HA_PROFILE,
    METERING,
    PRICE,
    SE_ENDPOINT,
    SE_PROFILE,
)
from tests.gateway.radio_side import RecordingSender, address, heard, peer
from tests.gateway.reporting.remote import Places, RemoteMeter

CONFIGURATION = ("read", [0x0300, 0x0301, 0x0302, 0x0303, 0x0306])
DETAILS = ("read", [0x0304, 0x0308])
REGISTERS = ("read", [0x0000, 0x0001, 0x0200, 0x0400])
BINDING = ("bind", [METERING])
REPORTING = ("report", [0x0000, 0x0400, 0x0200])  # what it does not have is not asked for
SET_UP = [CONFIGURATION, DETAILS, REGISTERS, BINDING, REPORTING]

HEADER = Frame(REPORT_ATTRIBUTES, 1, from_server=True)
ENERGY = AttributeValue(0x0000, 0x25, 12_345, b"\x39\x30\0\0\0\0")


class House:
    """A receiver, a meter that answers, and what was told."""

    def __init__(
        self, reader: RemoteReader, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
    ) -> None:
        self.meter, self.clock, self.bus = meter, clock, bus
        self.places = Places(meter.story)
        self.store: dict[str, MeterConfiguration] = {}
        exchange = reader._exchange
        self.expected: dict[PairedAttribute, Expectation] = {}
        keeper = ReportKeeper(
            Expectations(self.expected, lambda _device: True),
            RemoteReporting(exchange),
            AttributeAccess(dict, exchange),
            self.places,
            clock,
            bus,
        )
        self.receiver = ReportReceiver(reader, keeper, self.places, Meters(self.store), clock, bus)
        self.reported: list[AttributesReported] = []
        self.readings: list[MeterRead] = []
        bus.listen(AttributesReported, self.reported.append)
        bus.listen(MeterRead, self.readings.append)

    def story(self) -> list[tuple[str, list[int]]]:
        """Return what the meter was asked since the last time."""
        told = list(self.meter.story)
        self.meter.story.clear()
        return told

    async def becomes_active(self) -> None:
        self.bus.send(DeviceActive(address(1)))
        await self.clock.settle()

    def report(self, *values: AttributeValue, header: Frame = HEADER, **more: object) -> None:
        self.receiver.reported(heard(header, METERING, **more), header, values)


@pytest.fixture
async def house(
    reader: RemoteReader, meter: RemoteMeter, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[House]:
    house = House(reader, meter, clock, bus)
    await house.receiver.start()
    yield house
    await house.receiver.stop()


# ------------------------------------------------------------------ setting up


async def test_a_meter_is_configured_read_bound_and_asked_for_reports_in_this_order(
    house: House,
) -> None:
    await house.becomes_active()

    assert house.story() == SET_UP
    assert house.places.bound == [(peer(), METERING, SE_ENDPOINT)]
    (told,) = house.readings
    assert (told.device, told.endpoint) == (address(1), 9)
    assert (told.reading.energy_in, told.reading.power) == (12.0, -1.5)
    assert not house.reported[0].reported


async def test_a_meter_of_the_ha_profile_reports_to_endpoint_1_in_the_clear(
    house: House, sender: RecordingSender
) -> None:
    house.places.peers = [peer(profile=HA_PROFILE)]

    await house.becomes_active()

    assert house.places.bound == [(house.places.peers[0], METERING, HA_ENDPOINT)]
    assert {out.source_endpoint for out in sender.sent} == {HA_ENDPOINT}
    assert not any(out.encrypted for out in sender.sent)


def test_each_profile_has_its_endpoint_of_ours() -> None:
    assert local_endpoint_for(SE_PROFILE) == SE_ENDPOINT
    assert local_endpoint_for(HA_PROFILE) == HA_ENDPOINT


async def test_a_meter_that_does_not_answer_is_tried_again_and_again(
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

    assert house.story()[:5] == SET_UP
    assert len(house.readings) == 1


async def test_a_meter_that_is_gone_is_not_tried_again(house: House, clock: VirtualClock) -> None:
    house.meter.silent = True
    await house.becomes_active()
    house.story()

    house.places.peers.clear()
    await clock.advance(3600)

    assert house.story() == []


async def test_after_the_last_attempt_only_missing_reports_begin_again(
    house: House, clock: VirtualClock
) -> None:
    house.places.unbindable = True
    await house.becomes_active()

    await clock.advance(5 + 30 + 120 + 600)

    assert [step for step in house.story() if step == BINDING] == [BINDING] * 5
    house.places.unbindable = False
    await clock.advance(30)
    assert house.story() == SET_UP


async def test_what_a_device_refuses_is_logged_and_the_rest_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.places.status = 0x84
    house.meter.refusals = bytes.fromhex("86 00 0004")

    with caplog.at_level(logging.INFO):
        await house.becomes_active()

    assert "did not bind 0x0702: status 0x84" in caplog.text
    assert "will not report 0x0400 of 0x0702: status 0x86" in caplog.text
    assert house.story() == SET_UP


async def test_a_meter_without_readings_is_not_asked_for_reports(house: House) -> None:
    house.meter.attributes[METERING] = type(house.meter.attributes[METERING])()

    await house.becomes_active()

    assert house.story() == [CONFIGURATION, DETAILS, REGISTERS, BINDING]
    assert house.reported == []


async def test_a_meter_that_an_interview_finds_late_is_set_up_once(house: House) -> None:
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

    assert house.story() == [CONFIGURATION]


# ------------------------------------------------------------------ reports that stay away


async def test_reporting_is_configured_again_when_reports_stay_away(
    house: House, clock: VirtualClock
) -> None:
    await house.becomes_active()
    house.story()

    await clock.advance(750)
    assert house.story() == []
    await clock.advance(30)

    assert house.story() == SET_UP


async def test_while_reports_come_nothing_is_asked(house: House, clock: VirtualClock) -> None:
    await house.becomes_active()
    house.story()

    for _ in range(10):
        await clock.advance(300)
        house.report(ENERGY)

    assert house.story() == []
    assert house.receiver.reports == 10


async def test_a_device_that_went_is_set_up_when_it_comes_back(house: House) -> None:
    await house.becomes_active()
    house.story()

    house.bus.send(DeviceInactive(address(1)))
    house.bus.send(DeviceUpdated(address(1)))
    await house.clock.settle()

    assert house.story() == SET_UP
    assert house.store


async def test_a_device_that_is_removed_loses_its_meters_configuration(house: House) -> None:
    await house.becomes_active()

    house.bus.send(DeviceRemoved(address(1)))

    assert house.store == {}


# ------------------------------------------------------------------ what is told


async def test_a_report_becomes_one_signal_and_one_reading(
    house: House, clock: VirtualClock
) -> None:
    await house.becomes_active()
    house.reported.clear()
    house.readings.clear()

    house.report(ENERGY)

    assert house.reported == [
        AttributesReported(
            address(1),
            9,
            SE_ENDPOINT,
            SE_PROFILE,
            METERING,
            0,
            None,
            (ENERGY,),
            reported=True,
            time=clock.utc(),
        )
    ]
    assert [told.reading.energy_in for told in house.readings] == [12.345]


@pytest.mark.parametrize(
    "header",
    [
        Frame(REPORT_ATTRIBUTES, 1, from_server=False),
        Frame(REPORT_ATTRIBUTES, 1, from_server=True, manufacturer_code=0x101E),
    ],
    ids=["client side", "manufacturer's"],
)
async def test_what_is_no_standard_register_makes_no_reading(house: House, header: Frame) -> None:
    await house.becomes_active()
    house.readings.clear()

    house.report(ENERGY, header=header)

    assert house.readings == []
    assert house.reported[-1].server_or_client == (0 if header.from_server else 1)


async def test_before_its_configuration_is_known_a_meters_report_makes_no_reading(
    house: House,
) -> None:
    house.report(ENERGY)

    assert len(house.reported) == 1
    assert house.readings == []


async def test_reports_of_other_clusters_are_told_too(house: House) -> None:
    house.receiver.reported(heard(HEADER, PRICE), HEADER, [ENERGY])

    assert [told.cluster_id for told in house.reported] == [PRICE]
    assert house.readings == []


async def test_all_meters_can_be_read_at_once_and_a_silent_one_is_passed_over(
    house: House, clock: VirtualClock, sender: RecordingSender
) -> None:
    house.places.peers.append(peer(2))
    await house.becomes_active()
    house.story()
    house.readings.clear()
    sender.silent.add(address(2))

    await house.receiver.read_meters()
    await clock.settle()

    assert house.story() == [REGISTERS]
    assert len(house.readings) == 1


# ------------------------------------------------------------------ boundaries


async def test_meters_are_read_a_moment_before_the_price_changes(
    house: House, clock: VirtualClock
) -> None:
    await house.becomes_active()
    house.story()
    boundary = clock.utc() + 65
    boundaries = BoundaryReader(house.receiver, lambda: boundary, clock)
    await boundaries.start()

    await clock.advance(61)
    assert house.story() == []
    await clock.advance(1)
    assert house.story() == [REGISTERS]
    await clock.advance(60)
    assert house.story() == []

    boundary = clock.utc() + 30
    await clock.advance(30)
    assert house.story() == [REGISTERS]
    await boundaries.stop()


async def test_without_price_changes_no_meter_is_read(house: House, clock: VirtualClock) -> None:
    boundaries = BoundaryReader(house.receiver, lambda: None, clock)
    await boundaries.start()

    await clock.advance(25)

    assert house.story() == []
    await boundaries.stop()


# ------------------------------------------------------------------ another meter


async def test_a_register_that_fell_has_the_configuration_read_again(house: House) -> None:
    await house.becomes_active()
    house.story()

    house.report(AttributeValue(0x0000, 0x25, 5, b""))
    await house.clock.settle()

    assert house.story() == SET_UP


async def test_another_model_has_the_configuration_read_again(house: House) -> None:
    await house.becomes_active()
    house.story()

    for model in ("A", "A", "B"):
        value = AttributeValue(0x0005, 0x42, model, b"")
        house.receiver.reported(heard(HEADER, BASIC), HEADER, [value])
    await house.clock.settle()

    assert house.story() == SET_UP


# ------------------------------------------------------------------ meters that sleep


async def test_a_meter_with_a_mirror_is_not_asked(house: House, clock: VirtualClock) -> None:
    house.receiver.is_mirrored = lambda place: place == peer()

    await house.becomes_active()
    await house.receiver.read_meters()
    await clock.advance(hours=1)

    assert house.story() == []


async def test_a_meter_that_gets_a_mirror_is_asked_no_more(
    house: House, clock: VirtualClock
) -> None:
    house.meter.silent = True
    await house.becomes_active()

    house.receiver.is_mirrored = lambda place: place == peer()
    await clock.advance(hours=1)

    assert house.story() == [CONFIGURATION]


async def test_what_a_sleeping_meter_tells_its_mirror_becomes_its_reading(house: House) -> None:
    scale = [
        AttributeValue(0x0300, 0x30, 0, b"\0"),
        AttributeValue(0x0301, 0x22, 1, b"\1\0\0"),
        AttributeValue(0x0302, 0x22, 1000, b"\xe8\3\0"),
    ]

    house.report(*scale, ENERGY, destination_endpoint=0xC0)

    (told,) = house.readings
    assert (told.device, told.endpoint, told.reading.energy_in) == (address(1), 9, 12.345)
