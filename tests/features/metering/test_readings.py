"""From reports to readings, and what is more than a new value of a meter."""

import asyncio
from typing import Any

from msgspec import structs
import pytest
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.app.clusters import CLUSTERS
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, MalformedAnswerError
from sebridge.base.signals import SignalBus
from sebridge.features.metering.meters import MeterConfiguration, Meters
from sebridge.features.metering.readings import (
    TIER_INTERVALS,
    WANTED,
    WANTED_POWER_FACTOR,
    MeterReadings,
    read_scale,
    read_tiers,
)
from sebridge.features.metering.signals import MeterRead, MeterStatusChanged, MeterSwapped
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.signals import DeviceDoubted
from sebridge.network.signals import DeviceRemoved, DeviceReplaced
from sebridge.radio.radio import Outgoing
from sebridge.zcl.attributes import AttributeValue, attribute_value, write_value
from sebridge.zcl.data_types import is_analog
from sebridge.zcl.frame import READ_ATTRIBUTES_RESPONSE, Frame
from sebridge.zcl.identifiers import METERING, MIRROR_ENDPOINTS, PRICE
from sebridge.zcl.reporting import write_configure_reporting
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, address
from tests.gateway.reporting.bookkeeping import FAR as PAIRING, report
from tests.gateway.reporting.remote import REGISTERS, RemoteMeter

METER = address(1)


def value(attribute_id: int, plain: Any, attribute_type: int = 0x25) -> AttributeValue:
    return attribute_value(attribute_id, attribute_type, plain, write_value(attribute_type, plain))


TOLD = [value(0x0300, 0), value(0x0302, 1000), value(0x0303, 0x2B), value(0x0308, "aa", 0x41)]


SERIAL_NUMBER_CHANGED = MeterSwapped(
    device=METER, endpoint=9, attribute_id=0x0308, before="aa", after="bb"
)


def swap(**register: Any) -> MeterSwapped:
    return MeterSwapped(device=METER, endpoint=9, attribute_id=0x0000, **register)


class House:
    """Readings of a meter whose configuration is known, and what was told of it."""

    def __init__(self, access: AttributeAccess, bus: SignalBus) -> None:
        self.bus = bus
        self.store: dict[str, MeterConfiguration] = {}
        self.meters = Meters(store=self.store, registers={}, successions={})
        self.readings = MeterReadings(meters=self.meters, reader=access, bus=bus)
        self.again: list[DeviceDoubted] = []
        self.told: list[object] = []
        self.read: list[MeterRead] = []
        self.at = 5.0  # UTC of what is told
        bus.listen(DeviceDoubted, self.again.append)
        bus.listen(MeterStatusChanged, self.told.append)
        bus.listen(MeterSwapped, self.told.append)
        bus.listen(MeterRead, self.read.append)
        self.meters.configure(METER, 9, TOLD)

    def tell(self, *values: AttributeValue, **more: Any) -> None:
        """Have the meter report."""
        self.bus.send(structs.replace(report(), values=values, time=self.at, **more))


@pytest.fixture
def access(exchange: Exchange) -> AttributeAccess:
    return AttributeAccess(dict, exchange, clusters=CLUSTERS)


@pytest.fixture
def house(access: AttributeAccess, bus: SignalBus) -> House:
    return House(access, bus)


def test_alarms_are_told_when_they_come_and_when_they_go_met_13(house: House) -> None:
    for status in (0, 0x02, 0x02, 0x06, 0x04, 0):
        house.tell(value(0x0200, status))

    assert house.told == [
        MeterStatusChanged(METER, 9, ("low_battery",), ()),
        MeterStatusChanged(METER, 9, ("tamper_detect",), ()),
        MeterStatusChanged(METER, 9, (), ("low_battery",)),
        MeterStatusChanged(METER, 9, (), ("tamper_detect",)),
    ]


def test_a_register_that_rolled_over_is_logged_once_and_goes_on_met_6(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for raw in (99_999_999, 3, 4):
        house.tell(value(0x0000, raw))

    assert caplog.text.count("rolled over: 3 after 99999999") == 1
    assert caplog.text.count("0x0000") == 1
    assert house.again == []
    reading = house.meters.reading(METER, 9)
    assert reading is not None
    assert reading.energy_in == 0.004


def test_a_register_that_fell_without_reason_has_the_meter_read_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for raw in (5000, 4000, 3000):
        house.tell(value(0x0000, raw))

    assert house.again == [DeviceDoubted(METER)]
    assert house.told == []
    assert "is held back until it counts on: 4000 after 5000" in caplog.text


def test_a_register_that_falls_again_and_again_is_asked_about_once_an_hour(house: House) -> None:
    for minute in range(120):
        house.at = 60.0 * minute
        house.tell(value(0x0000, 4_711_300 + minute if minute % 2 == 0 else 0))

    shown = {told.reading.energy_in for told in house.read}
    assert min(energy or 0.0 for energy in shown) == 4711.3
    assert len(house.again) == 2


def test_each_meter_that_counts_on_from_a_low_value_is_told_and_has_its_scale_read(
    house: House,
) -> None:
    for minute, raw in enumerate((47_113, 15, 16)):
        house.at = 60.0 * minute
        house.tell(value(0x0000, raw))
    asked = len(house.again)
    first = house.meters.reading(METER, 9)
    house.meters.configure(METER, 9, TOLD)

    for minute, raw in enumerate((900, 3, 4)):
        house.at = 600 + 60.0 * minute
        house.tell(value(0x0000, raw))

    assert house.told == [swap(before=47_113, after=16), swap(before=900, after=4)]
    assert (asked, len(house.again)) == (2, 3)
    assert first is None  # until its scale was read
    assert house.meters.reading(METER, 9) is None


def test_a_demand_that_falls_and_a_register_that_was_invalid_are_nothing_special(
    house: House,
) -> None:
    house.tell(value(0x0400, 500, 0x2A), value(0x0000, 0xFFFFFFFFFFFF))
    house.tell(value(0x0400, 400, 0x2A), value(0x0000, 5))

    assert house.again == []


def test_another_serial_number_is_another_meter(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.tell(value(0x0000, 5000), value(0x0308, "aa", 0x41))
    assert house.told == []

    house.tell(value(0x0308, "bb", 0x41))

    assert house.told == [SERIAL_NUMBER_CHANGED]
    assert house.again == [DeviceDoubted(METER)]
    assert "another meter" in caplog.text
    assert house.meters.reading(METER, 9) is None
    house.meters.configure(METER, 9, [*TOLD[:3], value(0x0308, "bb", 0x41)])
    reading = house.meters.reading(METER, 9)
    assert reading is not None
    assert reading.energy_in is None


async def test_another_serial_number_at_set_up_forgets_the_old_values(
    house: House, meter: RemoteMeter
) -> None:
    house.tell(value(0x0000, 5000))
    meter.attributes[METERING] = LocalAttributes([*REGISTERS, LocalAttribute(0x0308, 0x41, "bb")])

    await house.readings.prepare(PAIRING)
    house.tell(value(0x0000, 7))

    assert (house.told, house.again) == ([SERIAL_NUMBER_CHANGED], [])
    assert house.meters.reasons(METER, 9)["energy_in"].raw == 7


def test_a_replaced_device_is_another_meter_and_may_show_less(house: House) -> None:
    house.tell(value(0x0000, 5000))

    house.bus.send(DeviceReplaced(METER))
    house.meters.configure(METER, 9, TOLD)
    house.tell(value(0x0000, 7))

    assert [told.reading.energy_in for told in house.read] == [5.0, 0.007]

    assert house.told == [
        MeterSwapped(device=METER, endpoint=0, attribute_id=None, before=None, after=None)
    ]


def test_another_kind_of_device_is_no_other_meter(house: House) -> None:
    house.tell(value(0x0000, 5000))

    house.bus.send(DeviceReplaced(METER, is_other_kind=True))

    assert house.told == []


# ------------------------------------------------------------------ reports and readings


def test_a_report_becomes_one_reading(house: House) -> None:
    house.tell(value(0x0000, 12_345), value(0x0400, -1500, 0x2A))

    (told,) = house.read
    assert (told.device, told.endpoint) == (METER, 9)
    assert (told.reading.energy_in, told.reading.power) == (12.345, -1.5)


@pytest.mark.parametrize(
    "other",
    [{"server_or_client": 1}, {"manufacturer_code": 0x101E}, {"cluster_id": PRICE}],
    ids=["client side", "manufacturer's", "another cluster's"],
)
def test_what_is_no_standard_register_makes_no_reading(house: House, other: dict[str, Any]) -> None:
    house.tell(value(0x0000, 12_345), **other)

    assert house.read == []


def test_before_its_configuration_is_known_a_meters_report_makes_no_reading(house: House) -> None:
    house.tell(value(0x0000, 12_345), endpoint=10)

    assert house.read == []


def test_what_a_sleeping_meter_tells_its_mirror_becomes_its_reading(house: House) -> None:
    scale = [value(0x0300, 0), value(0x0301, 1), value(0x0302, 1000)]

    house.tell(*scale, value(0x0000, 12_345), endpoint=10, local_endpoint=MIRROR_ENDPOINTS[0])

    (told,) = house.read
    assert (told.device, told.endpoint, told.reading.energy_in) == (METER, 10, 12.345)


async def test_a_meter_is_prepared_by_its_scale_and_then_its_details(
    house: House, meter: RemoteMeter
) -> None:
    house.store.clear()
    house.meters.forget(METER)

    await house.readings.prepare(PAIRING)

    assert meter.story == [ALL, ("read", [0x0304, 0x0308, 0x0006]), ("read", [0x0100, 0x0101])]
    assert house.store[f"{METER}/9"].divisor == 1000
    assert house.meters.configured(METER, 9)


def test_a_device_that_is_removed_loses_its_meters_configuration(house: House) -> None:
    house.bus.send(DeviceRemoved(METER))

    assert house.store == {}


# ------------------------------------------------------------------ what is wanted


def test_every_configuration_fits_its_attribute_and_can_be_sent() -> None:
    for record in (*WANTED, WANTED_POWER_FACTOR):
        declared = Metering.find_attribute(record.attribute_id)
        assert record.attribute_type == declared.zcl_type
        assert 0 < record.min_interval < record.max_interval < 0xFFFF
        assert bool(record.reportable_change) == is_analog(record.attribute_type)
    assert write_configure_reporting(WANTED)


# ------------------------------------------------------------------ what scales


UNIT, MULTIPLIER = "0003 00 30 00", "0103 00 22 010000"
DIVISOR, NO_DIVISOR = "0203 00 22 e80300", "0203 86"
ALL = ("read", [0x0300, 0x0301, 0x0302, 0x0303, 0x0306])


def says(meter: RemoteMeter, *records: str) -> None:
    payload = bytes.fromhex("".join(records))
    meter.answers = Frame(READ_ATTRIBUTES_RESPONSE, 0, payload)


async def test_what_a_meter_has_is_read_in_one_frame(
    access: AttributeAccess, meter: RemoteMeter
) -> None:
    values = await read_scale(access, PAIRING)

    assert meter.story == [ALL]
    assert [value.attribute_id for value in values] == ALL[1]


async def test_what_a_meter_says_that_it_does_not_have_is_left_out(
    access: AttributeAccess, meter: RemoteMeter
) -> None:
    says(meter, UNIT, MULTIPLIER, NO_DIVISOR)

    values = await read_scale(access, PAIRING)

    assert [value.attribute_id for value in values] == [0x0300, 0x0301]


async def test_what_did_not_fit_into_the_answer_is_asked_for_alone(
    access: AttributeAccess, meter: RemoteMeter, sender: RecordingSender
) -> None:
    rounds = iter([(UNIT, MULTIPLIER), (DIVISOR,)])

    def hear(out: Outgoing) -> None:
        says(meter, *next(rounds))
        meter.hear(out)

    sender.answer = hear

    values = await read_scale(access, PAIRING)

    assert meter.story == [ALL, ("read", [0x0302])]
    assert [value.value for value in values] == [0, 1, 1000]


async def test_a_meter_that_keeps_silent_about_its_divisor_is_not_guessed_at(
    access: AttributeAccess, meter: RemoteMeter
) -> None:
    says(meter, UNIT, MULTIPLIER)

    with pytest.raises(MalformedAnswerError, match="0x0302"):
        await read_scale(access, PAIRING)


@pytest.mark.parametrize("status", [Status.FAILURE, Status.TIMEOUT, Status.HARDWARE_FAILURE])
async def test_a_divisor_that_cannot_be_read_now_is_not_missing(
    access: AttributeAccess, meter: RemoteMeter, status: Status
) -> None:
    says(meter, UNIT, MULTIPLIER, f"0203 {status:02x}")

    with pytest.raises(DeliveryError, match=status.name) as refused:
        await read_scale(access, PAIRING)

    assert refused.value.tx_status == status


# ------------------------------------------------------------------ tiers


def tier_registers(*attribute_ids: int) -> LocalAttributes:
    tiers = [LocalAttribute(attribute_id, 0x25, 5) for attribute_id in attribute_ids]
    return LocalAttributes([*REGISTERS, *tiers])


async def test_tiers_are_asked_for_until_the_meter_has_neither_register_of_one(
    access: AttributeAccess, meter: RemoteMeter
) -> None:
    meter.attributes[METERING] = tier_registers(0x0100, 0x0102, 0x0103, 0x0106)

    tiers = await read_tiers(access, PAIRING)

    assert tiers == (0x0100, 0x0102, 0x0103)
    assert meter.story == [("read", [i, i + 1]) for i in (0x0100, 0x0102, 0x0104)]


async def test_there_are_48_tiers_at_most(access: AttributeAccess, meter: RemoteMeter) -> None:
    meter.attributes[METERING] = tier_registers(*range(0x0100, 0x0200))

    tiers = await read_tiers(access, PAIRING)

    assert tiers == tuple(range(0x0100, 0x0160))


async def test_a_meter_that_cannot_be_asked_for_tiers_has_none(
    access: AttributeAccess, meter: RemoteMeter, clock: VirtualClock
) -> None:
    meter.silent = True

    reading = asyncio.ensure_future(read_tiers(access, PAIRING))
    await clock.advance(120)

    assert await reading == ()


async def test_the_tiers_of_a_meter_are_wanted_once_it_was_asked_for_them(
    house: House, meter: RemoteMeter
) -> None:
    meter.attributes[METERING] = tier_registers(0x0100, 0x0101)
    before = house.readings.wanted(PAIRING)

    await house.readings.prepare(PAIRING)
    after = house.readings.wanted(PAIRING)
    house.bus.send(DeviceRemoved(METER))

    assert [record.attribute_id for record in after[len(before) :]] == [0x0100, 0x0101]
    assert before == list(WANTED) == house.readings.wanted(PAIRING)
    assert {(r.min_interval, r.max_interval) for r in after[len(before) :]} == {TIER_INTERVALS}


async def test_a_power_factor_is_wanted_of_a_meter_that_has_one(
    house: House, meter: RemoteMeter
) -> None:
    meter.attributes[METERING] = LocalAttributes([LocalAttribute(0x0006, 0x28, 95)])

    await house.readings.prepare(PAIRING)
    with_it = house.readings.wanted(PAIRING)
    meter.attributes[METERING] = LocalAttributes([])
    await house.readings.prepare(PAIRING)

    assert with_it == [*WANTED, WANTED_POWER_FACTOR]
    assert house.readings.wanted(PAIRING) == list(WANTED)
