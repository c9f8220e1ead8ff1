"""Raw registers become readings, in the right unit."""

import pytest

from sebridge.features.metering.meters import (
    MeterConfiguration,
    MeterRegisters,
    Meters,
    Reason,
    configuration_in,
)
from sebridge.features.metering.scale import NO_FACTOR, NO_OCTET
from sebridge.features.metering.signals import Reading
from sebridge.model.row_codec import RowCodec
from sebridge.zcl.attributes import AttributeValue, attribute_value, write_value
from sebridge.zcl.general import parse_values
from tests.gateway.radio_side import address

METER, OTHER = address(1), address(2)


def value(attribute_id: int, attribute_type: int, number: int) -> AttributeValue:
    octets = write_value(attribute_type, number)
    return attribute_value(attribute_id, attribute_type, number, octets)


def delivered(raw: int) -> AttributeValue:
    return value(0x0000, 0x25, raw)


def demand(raw: int) -> AttributeValue:
    return value(0x0400, 0x2A, raw)


UNIT_KWH, MULTIPLIER_1, DIVISOR_1000 = (
    value(0x0300, 0x30, 0),
    value(0x0301, 0x22, 1),
    value(0x0302, 0x22, 1000),
)


@pytest.fixture
def store() -> dict[str, MeterConfiguration]:
    return {}


@pytest.fixture
def registers() -> dict[str, MeterRegisters]:
    return {}


@pytest.fixture
def meters(store: dict[str, MeterConfiguration], registers: dict[str, MeterRegisters]) -> Meters:
    meters = Meters(store=store, registers=registers, successions={})
    meters.configure(METER, 9, [UNIT_KWH, MULTIPLIER_1, DIVISOR_1000])
    return meters


def energy(meters: Meters, raw: int) -> float | None:
    reading = meters.take(METER, 9, [delivered(raw)], 5.0).reading
    assert reading is not None
    return reading.energy_in


def test_kilowatt_hours_are_right_met_2(meters: Meters) -> None:
    reading = meters.take(METER, 9, [delivered(4_711_123), demand(-1500)], 5.0).reading

    assert reading is not None
    assert (reading.energy_in, reading.unit) == (4711.123, "kWh")
    assert (reading.power, reading.power_unit) == (-1.5, "kW")
    assert (reading.energy_out, reading.status, reading.commodity) == (None, None, "electricity")
    assert reading.time == 5.0


@pytest.mark.parametrize(
    ("configuration", "kwh"),
    [
        ([UNIT_KWH, DIVISOR_1000], 12.0),
        ([UNIT_KWH, MULTIPLIER_1], 12_000.0),
        ([value(0x0301, 0x22, 3), value(0x0302, 0x22, 100)], 360.0),
        ([value(0x0301, 0x22, 0), value(0x0302, 0x22, 0)], 12_000.0),
        ([], 12_000.0),
    ],
    ids=["no multiplier", "no divisor", "both", "both zero", "nothing"],
)
def test_what_is_missing_or_zero_counts_as_1_met_2(
    meters: Meters, configuration: list[AttributeValue], kwh: float
) -> None:
    meters.configure(METER, 9, configuration)

    assert energy(meters, 12_000) == kwh


def test_until_its_configuration_is_known_a_meter_has_no_reading() -> None:
    meters = Meters(store={}, registers={}, successions={})

    assert meters.take(METER, 9, [delivered(12_000)], 1.0).reading is None
    assert not meters.configured(METER, 9)
    meters.configure(METER, 9, [DIVISOR_1000])

    reading = meters.reading(METER, 9)
    assert reading is not None
    assert reading.energy_in == 12.0
    assert meters.configured(METER, 9)


def test_a_divisor_that_changes_changes_the_readings_and_is_kept(
    meters: Meters, store: dict[str, MeterConfiguration]
) -> None:
    energy(meters, 12_000)

    reading = meters.take(METER, 9, [value(0x0302, 0x22, 100)], 6.0).reading

    assert reading is not None
    assert reading.energy_in == 120.0
    assert store[f"{METER}/9"].divisor == 100


def test_one_changed_factor_makes_no_configuration_of_a_meter_that_has_none() -> None:
    meters = Meters(store={}, registers={}, successions={})

    assert meters.take(METER, 9, [value(0x0302, 0x22, 100), delivered(1)], 6.0).reading is None


def test_a_formatting_that_changes_changes_no_number_met_3(meters: Meters) -> None:
    energy(meters, 12_000)

    reading = meters.take(METER, 9, [value(0x0303, 0x18, 0x2A)], 6.0).reading

    assert reading is not None
    assert reading.energy_in == 12.0


@pytest.mark.parametrize("invalid", [delivered(0xFFFFFFFFFFFF), demand(-0x800000)])
def test_an_invalid_value_is_no_number(meters: Meters, invalid: AttributeValue) -> None:
    meters.take(METER, 9, [delivered(1), demand(1)], 1.0)

    reading = meters.take(METER, 9, [invalid], 5.0).reading

    assert reading is not None
    assert None in {reading.energy_in, reading.power}
    assert {reading.energy_in, reading.power} != {None}


@pytest.mark.parametrize(
    "strange",
    [
        AttributeValue(0x0000, 0x42, "12", b"\x0212"),
        AttributeValue(0x0000, 0x10, value=True, raw=b"\x01"),
        value(0x0000, 0xE2, 5),
        AttributeValue(0x0000, 0xE2, None, b"\xff\xff\xff\xff"),
        value(0x0999, 0x25, 5),
    ],
    ids=["text", "flag", "time", "no time", "other attribute"],
)
def test_what_is_no_register_concerns_no_reading(meters: Meters, strange: AttributeValue) -> None:
    assert meters.take(METER, 9, [strange], 5.0).reading is None


def test_each_tier_has_its_register(meters: Meters) -> None:
    values = [
        value(0x0100, 0x25, 1000),
        value(0x0102, 0x25, 2000),
        value(0x0103, 0x25, 500),
        value(0x015F, 0x25, 700),
    ]

    reading = meters.take(METER, 9, values, 5.0).reading

    assert reading is not None
    assert reading.tiers_in == {1: 1.0, 2: 2.0}
    assert reading.tiers_out == {2: 0.5, 48: 0.7}


def test_status_bits_and_the_register_of_what_is_given_back_are_shown(meters: Meters) -> None:
    reading = meters.take(METER, 9, [value(0x0200, 0x18, 8), value(0x0001, 0x25, 250)], 5.0).reading

    assert reading is not None
    assert (reading.status, reading.energy_out) == (8, 0.25)


@pytest.mark.parametrize(
    ("percent", "factor"), [(95, 0.95), (-100, -1.0), (0, 0.0), (101, None), (-0x80, None)]
)
def test_a_power_factor_is_shown_as_such_whatever_scales_the_rest(
    meters: Meters, percent: int, factor: float | None
) -> None:
    reading = meters.take(METER, 9, [value(0x0006, 0x28, percent)], 5.0).reading
    later = meters.take(METER, 9, [delivered(5)], 6.0).reading

    assert reading is not None
    assert later is not None
    assert (reading.power_factor, later.power_factor) == (factor, factor)


def test_a_power_factor_goes_with_the_meter_that_told_it(meters: Meters) -> None:
    meters.take(METER, 9, [value(0x0006, 0x28, 95), delivered(500)], 5.0)
    for time, raw in enumerate((10, 20)):
        meters.take(METER, 9, [delivered(raw)], 6.0 + time)  # another one counts on
    meters.configure(METER, 9, [UNIT_KWH])

    reading = meters.take(METER, 9, [delivered(30)], 9.0).reading

    assert reading is not None
    assert (reading.energy_in, reading.power_factor) == (30.0, None)


def test_a_gas_meter_is_a_gas_meter(meters: Meters) -> None:
    meters.configure(METER, 9, [value(0x0300, 0x30, 1), value(0x0306, 0x18, 1), DIVISOR_1000])

    reading = meters.take(METER, 9, [delivered(2500)], 5.0).reading

    assert reading is not None
    assert (reading.energy_in, reading.unit, reading.commodity) == (2.5, "m³", "gas")


def test_a_first_report_after_a_restart_is_shown_at_once(
    meters: Meters, store: dict[str, MeterConfiguration]
) -> None:
    del meters  # it wrote the store

    after = Meters(store=store, registers={}, successions={})

    assert energy(after, 12_000) == 12.0


def test_a_device_that_is_removed_is_forgotten_with_all_its_endpoints(
    meters: Meters, store: dict[str, MeterConfiguration], registers: dict[str, MeterRegisters]
) -> None:
    meters.configure(METER, 10, [DIVISOR_1000])
    meters.configure(OTHER, 9, [DIVISOR_1000])
    for device in (METER, OTHER):
        meters.take(device, 9, [delivered(5)], 1.0)

    meters.forget(METER)

    assert list(store) == list(registers) == [f"{OTHER}/9"]
    assert not meters.configured(METER, 9)
    assert meters.configured(OTHER, 9)


def test_every_number_has_its_reasons(meters: Meters) -> None:
    meters.configure(
        METER, 9, [UNIT_KWH, DIVISOR_1000, value(0x0303, 0x18, 0xFB), value(0x0304, 0x18, 0x2B)]
    )
    reading = meters.take(METER, 9, [delivered(12_000)], 5.0).reading

    reasons = meters.reasons(METER, 9)

    assert reasons["energy_in"] == Reason(
        attribute_id=0x0000,
        raw=12_000,
        multiplier=1,
        divisor=1000,
        offset=0.0,
        unit="kWh",
        bcd=False,
        formatting=0xFB,
        time=5.0,
        problem=None,
    )
    assert (reasons["power"].raw, reasons["power"].unit) == (None, "kW")
    assert reasons["power"].formatting == 0x2B
    assert reading is not None
    assert list(reading.why) == ["energy_in"]


def test_a_meter_of_unknown_configuration_has_no_reasons_and_no_scale() -> None:
    meters = Meters(store={}, registers={}, successions={})

    assert meters.reasons(METER, 9) == {}
    assert meters.scale(METER, 9) is None


# ------------------------------------------------------------------ what is no number, and why


def on_the_wire(meters: Meters, octets: str) -> Reading:
    """Return what a meter shows after a report, as it was on the air."""
    reading = meters.take(METER, 9, parse_values(bytes.fromhex(octets)), 5.0).reading
    assert reading is not None
    return reading


@pytest.mark.parametrize(
    ("octets", "field", "raw"),
    [
        ("0000 25 ffffffffffff", "energy_in", 0xFFFFFFFFFFFF),
        ("0000 23 ffffffff", "energy_in", 0xFFFFFFFF),
        ("0000 22 ffffff", "energy_in", 0xFFFFFF),
        ("0000 39 0000c07f", "energy_in", None),
        ("0100 24 ffffffffff", "energy_out", 0xFFFFFFFFFF),
        ("0004 2a 000080", "power", -0x800000),
        ("0004 29 0080", "power", -0x8000),
        ("0004 2b 00000080", "power", -0x80000000),
        ("0004 22 ffffff", "power", 0xFFFFFF),
    ],
)
def test_no_value_of_any_width_is_no_number_and_its_raw_value_stays(
    meters: Meters, octets: str, field: str, raw: int | None
) -> None:
    meters.take(METER, 9, [delivered(1), demand(1), value(0x0001, 0x25, 1)], 1.0)

    reading = on_the_wire(meters, octets)

    assert getattr(reading, field) is None
    assert (reading.why[field]["raw"], reading.why[field]["problem"]) == (raw, "no_value")


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("0103 22 ffffff", "no_multiplier"),
        ("0203 22 ffffff", "no_divisor"),
        ("0203 23 ffffffff", "no_divisor"),
        ("0003 30 ff", "unknown_unit"),
        ("0003 30 0e", "unknown_unit"),
        ("0003 30 7f", "unknown_unit"),
        ("0003 18 ff", "unknown_unit"),
    ],
)
def test_what_scales_and_is_not_available_makes_no_number_and_says_so(
    meters: Meters, told: str, problem: str
) -> None:
    reading = on_the_wire(meters, f"{told} 0000 25 234dde170000 0004 2a 0a0000")

    assert (reading.energy_in, reading.power) == (None, None)
    assert reading.why["energy_in"]["problem"] == reading.why["power"]["problem"] == problem
    assert (reading.unit is None) == (problem == "unknown_unit")
    assert meters.scale(METER, 9) is None
    assert meters.reasons(METER, 9)["energy_in"].problem == problem


def test_registers_that_are_no_bcd_say_so(meters: Meters) -> None:
    reading = on_the_wire(meters, "0003 30 80 0000 25 bc0a00000000")

    assert reading.energy_in is None
    assert reading.why["energy_in"]["problem"] == "not_bcd"


def test_a_formatting_that_is_not_available_is_none(meters: Meters) -> None:
    reading = on_the_wire(meters, "0303 18 ff 0000 25 e80300000000")

    assert reading.energy_in == 1.0
    assert reading.why["energy_in"]["formatting"] is None


@pytest.mark.parametrize(
    ("octets", "kwh"),
    [
        ("0000 39 00389345", 4.711),
        ("0000 3a 0000000000674240", 0.0368046875),
        ("0000 38 0060", 0.512),
    ],
    ids=["single", "double", "semi"],
)
def test_a_register_may_be_a_float(meters: Meters, octets: str, kwh: float) -> None:
    assert on_the_wire(meters, octets).energy_in == pytest.approx(kwh, abs=1e-6)


def test_a_register_that_is_held_back_shows_the_last_good_value_and_why(meters: Meters) -> None:
    meters.take(METER, 9, [delivered(4_711_300), value(0x0100, 0x25, 1000)], 1.0)

    update = meters.take(METER, 9, [delivered(0), value(0x0100, 0x25, 0)], 2.0)

    reading = update.reading
    assert reading is not None
    assert (reading.energy_in, reading.tiers_in) == (4711.3, {1: 1.0})
    assert (reading.why["energy_in"]["raw"], reading.why["energy_in"]["problem"]) == (0, "fell")
    assert reading.why["tier_1_in"] == {"raw": 0, "problem": "fell"}
    assert len(update.anomalies) == 1


def test_what_is_kept_of_registers_is_read_as_it_was_written(
    meters: Meters, registers: dict[str, MeterRegisters]
) -> None:
    codec = RowCodec[MeterRegisters](MeterRegisters)
    on_the_wire(meters, "0000 25 e80300000000 0100 39 00389345")
    on_the_wire(meters, "0000 25 000000000000")
    (kept,) = registers.values()

    assert codec.read(codec.write(kept)) == kept


def test_a_register_that_fell_over_a_restart_is_held_back(
    meters: Meters, store: dict[str, MeterConfiguration], registers: dict[str, MeterRegisters]
) -> None:
    energy(meters, 4_711_300)
    after = Meters(store=store, registers=registers, successions={})

    shown = [
        after.take(METER, 9, [delivered(raw)], time).reading
        for raw, time in ((0, 20.0), (4_711_400, 21.0))
    ]

    assert [None if reading is None else reading.energy_in for reading in shown] == [None, 4711.4]


def test_a_meter_that_is_scaled_anew_may_show_less(meters: Meters) -> None:
    energy(meters, 4_711_000)

    reading = meters.take(METER, 9, [value(0x0302, 0x22, 100), delivered(471_100)], 6.0).reading

    assert reading is not None
    assert reading.energy_in == 4711.0


def test_registers_are_kept_when_they_are_first_heard_of_fall_or_have_grown_for_a_while(
    meters: Meters, registers: dict[str, MeterRegisters]
) -> None:
    kept = []
    for raw, time in ((1000, 0.0), (1001, 10.0), (0, 20.0), (1002, 30.0), (1003, 1000.0)):
        meters.take(METER, 9, [delivered(raw)], time)
        ((state),) = registers[f"{METER}/9"].registers
        kept.append((state.floor, state.low))

    assert kept == [(1000, None), (1000, None), (1001, 0), (1002, None), (1003, None)]


# ------------------------------------------------------------------ meters that cannot be read


SERIAL_A, SERIAL_B = (AttributeValue(0x0308, 0x41, text, b"") for text in ("aa", "bb"))


def mirrored(meters: Meters, *values: AttributeValue) -> float | None:
    """Return the energy that a sleeping meter shows after a report to its mirror."""
    reading = meters.take(OTHER, 9, values, 5.0, to_mirror=True).reading
    return None if reading is None else reading.energy_in


def test_a_sleeping_meter_shows_nothing_until_all_that_scales_is_there(meters: Meters) -> None:
    shown = [
        mirrored(meters, delivered(12_000)),
        mirrored(meters, UNIT_KWH, MULTIPLIER_1),
        mirrored(meters, DIVISOR_1000),
    ]

    assert shown == [None, None, 12.0]


def test_what_a_sleeping_meter_leaves_out_twice_it_does_not_have(meters: Meters) -> None:
    shown = [mirrored(meters, UNIT_KWH, DIVISOR_1000, delivered(12_000)) for _ in range(2)]

    assert shown == [None, 12.0]


def test_what_a_meter_reports_elsewhere_is_no_configuration(meters: Meters) -> None:
    told = [UNIT_KWH, MULTIPLIER_1, DIVISOR_1000, delivered(12_000)]

    assert meters.take(OTHER, 9, told, 5.0).reading is None


def test_another_sleeping_meter_in_the_same_place_begins_anew(meters: Meters) -> None:
    mirrored(meters, SERIAL_A, UNIT_KWH, MULTIPLIER_1, DIVISOR_1000, delivered(12_000))

    swap = meters.take(OTHER, 9, [DIVISOR_1000, SERIAL_B, delivered(500)], 5.0, to_mirror=True)
    shown = mirrored(meters, UNIT_KWH, MULTIPLIER_1, value(0x0302, 0x22, 100))

    assert (swap.reading, shown) == (None, 5.0)
    (anomaly,) = swap.anomalies
    assert (anomaly.before, anomaly.after, anomaly.decrease) == ("aa", "bb", None)


def test_what_two_sleeping_meters_told_is_not_mixed(meters: Meters) -> None:
    mirrored(meters, SERIAL_A, UNIT_KWH, DIVISOR_1000)

    shown = mirrored(meters, SERIAL_B, MULTIPLIER_1, delivered(500))

    assert shown is None


# ------------------------------------------------------------------ configuration


def shown(attribute_id: int, plain: object) -> AttributeValue:
    return AttributeValue(attribute_id, 0x22, plain, b"")


def test_what_tells_how_a_meter_counts_is_picked_out() -> None:
    told = [shown(0x0000, 5), shown(0x0302, 1000), shown(0x0304, 0xFB), shown(0x0308, "aa")]

    found = configuration_in(told)

    assert found == {"divisor": 1000, "demand_formatting": 0xFB, "serial_number": "aa"}


@pytest.mark.parametrize("wrong", ["", "1000", True, 1.5, -1, 0x1000000])
def test_what_is_no_number_scales_nothing(wrong: object) -> None:
    told = [shown(0x0302, wrong), shown(0x0300, wrong)]

    assert configuration_in(told) == {"divisor": NO_FACTOR, "unit_of_measure": NO_OCTET}
    assert configuration_in([shown(0x0302, None)]) == {}


def test_a_time_scales_nothing() -> None:
    assert configuration_in([value(0x0302, 0xE2, 1000)]) == {"divisor": NO_FACTOR}


def test_an_empty_serial_number_is_none() -> None:
    assert configuration_in([shown(0x0308, ""), shown(0x0308, None)]) == {}


def test_a_configuration_is_scale_and_more() -> None:
    known = MeterConfiguration(unit_of_measure=0x80, multiplier=2, divisor=100)

    assert (known.scale.multiplier, known.scale.divisor, known.scale.bcd) == (2, 100, True)


def test_the_demand_has_a_formatting_of_its_own() -> None:
    known = MeterConfiguration(summation_formatting=1, demand_formatting=2)

    assert [known.formatting_of(attribute_id) for attribute_id in (0x0000, 0x0400)] == [1, 2]


def test_what_a_meter_counts_is_known_once_it_has_told_its_unit_and_shown_something(
    meters: Meters, store: dict[str, MeterConfiguration], registers: dict[str, MeterRegisters]
) -> None:
    silent = meters.facts(METER, 9)
    unknown = meters.facts(METER, 10)
    energy(meters, 4_711_000)

    facts = meters.facts(METER, 9)
    after = Meters(store=store, registers=registers, successions={})

    assert silent is unknown is None
    assert facts is not None
    assert (facts.commodity, facts.unit, facts.shown) == ("electricity", "kWh", {0: 4711.0})
    assert after.facts(METER, 9) == facts
    assert (meters.is_heard(METER, 9), after.is_heard(METER, 9)) == (True, False)


def test_registers_are_kept_when_the_meter_may_not_be_heard_again(
    meters: Meters, registers: dict[str, MeterRegisters]
) -> None:
    energy(meters, 4_711_000)
    energy(meters, 4_711_500)
    meters.reading(METER, 10)  # one that was never heard

    meters.keep(METER)

    (kept,) = registers.values()
    assert [state.floor for state in kept.registers] == [4_711_500]
