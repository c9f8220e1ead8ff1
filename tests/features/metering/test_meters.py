"""Raw registers become readings, in the right unit."""

from hypothesis import given, strategies as st
import pytest

from sebridge.features.metering.meters import (
    MeterConfiguration,
    Meters,
    Reason,
    RegisterDecrease,
    configuration_in,
    decrease_of,
)
from sebridge.zcl.attributes import AttributeValue, write_value
from tests.gateway.radio_side import address

METER, OTHER = address(1), address(2)


def value(attribute_id: int, attribute_type: int, number: int) -> AttributeValue:
    octets = write_value(attribute_type, number)
    return AttributeValue(attribute_id, attribute_type, number, octets)


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
def meters(store: dict[str, MeterConfiguration]) -> Meters:
    meters = Meters(store)
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
    meters = Meters({})

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
    meters = Meters({})

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
        AttributeValue(0x0000, 0x39, 1.5, b"\0\0\xc0?"),
        value(0x0999, 0x25, 5),
    ],
    ids=["text", "flag", "float", "other attribute"],
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


def test_a_gas_meter_is_a_gas_meter(meters: Meters) -> None:
    meters.configure(METER, 9, [value(0x0300, 0x30, 1), value(0x0306, 0x18, 1), DIVISOR_1000])

    reading = meters.take(METER, 9, [delivered(2500)], 5.0).reading

    assert reading is not None
    assert (reading.energy_in, reading.unit, reading.commodity) == (2.5, "m³", "gas")


def test_a_first_report_after_a_restart_is_shown_at_once(
    meters: Meters, store: dict[str, MeterConfiguration]
) -> None:
    del meters  # it wrote the store

    after = Meters(store)

    assert energy(after, 12_000) == 12.0


def test_a_device_that_is_removed_is_forgotten_with_all_its_endpoints(
    meters: Meters, store: dict[str, MeterConfiguration]
) -> None:
    meters.configure(METER, 10, [DIVISOR_1000])
    meters.configure(OTHER, 9, [DIVISOR_1000])

    meters.forget(METER)

    assert list(store) == [f"{OTHER}/9"]
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
        unit="kWh",
        bcd=False,
        formatting=0xFB,
        time=5.0,
    )
    assert (reasons["power"].raw, reasons["power"].unit) == (None, "kW")
    assert reasons["power"].formatting == 0x2B
    assert reading is not None
    assert list(reading.why) == ["energy_in"]


def test_a_meter_of_unknown_configuration_has_no_reasons_and_no_scale() -> None:
    meters = Meters({})

    assert meters.reasons(METER, 9) == {}
    assert meters.scale(METER, 9) is None


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


@pytest.mark.parametrize("nothing", [None, "", True, 1.5])
def test_what_is_no_number_scales_nothing(nothing: object) -> None:
    assert configuration_in([shown(0x0302, nothing)]) == {}


def test_an_empty_serial_number_is_none() -> None:
    assert configuration_in([shown(0x0308, ""), shown(0x0308, None)]) == {}


def test_a_configuration_is_scale_and_more() -> None:
    known = MeterConfiguration(unit_of_measure=0x80, multiplier=2, divisor=100)

    assert (known.scale.multiplier, known.scale.divisor, known.scale.bcd) == (2, 100, True)


def test_the_demand_has_a_formatting_of_its_own() -> None:
    known = MeterConfiguration(summation_formatting=1, demand_formatting=2)

    assert [known.formatting_of(attribute_id) for attribute_id in (0x0000, 0x0400)] == [1, 2]


# ------------------------------------------------------------------ registers that fall


REGISTER = st.integers(0, 0xFFFFFFFFFFFE)
EIGHT_DIGITS = 0x2B  # 5 left, 3 right


@given(REGISTER, REGISTER, st.none() | st.integers(0, 255), st.booleans())
def test_only_what_shows_less_fell(
    before: int,
    after: int,
    formatting: int | None,
    bcd: bool,  # noqa: FBT001  # hypothesis's
) -> None:
    assert (decrease_of(before, after, formatting, bcd=bcd) is None) == (after >= before)


@pytest.mark.parametrize(
    ("before", "after", "formatting", "decrease"),
    [
        (99_999_990, 5, EIGHT_DIGITS, RegisterDecrease.ROLLED_OVER),
        (99_999_990, 5, None, RegisterDecrease.UNEXPLAINED),
        (50_000_000, 5, EIGHT_DIGITS, RegisterDecrease.UNEXPLAINED),
        (99_999_990, 50_000_000, EIGHT_DIGITS, RegisterDecrease.UNEXPLAINED),
        (0xFFFFFFFFFFF0, 7, None, RegisterDecrease.ROLLED_OVER),
        (0xFFFFFFFFFFF0, 7, EIGHT_DIGITS, RegisterDecrease.ROLLED_OVER),
        (1000, 999, None, RegisterDecrease.UNEXPLAINED),
    ],
)
def test_it_rolled_over_from_the_end_of_its_width_to_its_beginning(
    before: int, after: int, formatting: int | None, decrease: RegisterDecrease
) -> None:
    assert decrease_of(before, after, formatting) == decrease


def test_a_register_in_bcd_rolls_over_by_its_digits() -> None:
    assert decrease_of(0x99999990, 0x5, EIGHT_DIGITS, bcd=True) is RegisterDecrease.ROLLED_OVER
    assert decrease_of(0x999999999990, 0x5, None, bcd=True) is RegisterDecrease.ROLLED_OVER
    assert decrease_of(0xABC, 0x5, None, bcd=True) is RegisterDecrease.UNEXPLAINED
