"""Units, device types and mirrors, by their numbers."""

import pytest

from sebridge.features.metering.scale import Scale
from sebridge.zcl.metering import (
    UNDEFINED_MIRROR,
    UNKNOWN_UNIT,
    Unit,
    mirrored_type_of,
    own_type_of,
    unit_of,
)


@pytest.mark.parametrize(
    ("unit_of_measure", "unit"),
    [
        (0x00, Unit("kWh", "kW", "electricity")),
        (0x80, Unit("kWh", "kW", "electricity")),
        (0x01, Unit("m³", "m³/h", "gas")),
        (0x81, Unit("m³", "m³/h", "gas")),
        (0x07, Unit("L", "L/h", "water")),
        (0x0C, Unit("MJ", "MJ/s", "heat")),
        (0x0D, Unit("kvarh", "kvar", "electricity")),
        (0x0E, UNKNOWN_UNIT),
        (0x7F, UNKNOWN_UNIT),
        (0x8E, UNKNOWN_UNIT),
        (0xFF, UNKNOWN_UNIT),
    ],
)
def test_the_unit_follows_the_attribute(unit_of_measure: int, unit: Unit) -> None:
    assert unit_of(unit_of_measure) == unit
    assert Scale(unit_of_measure=unit_of_measure).unit == unit


@pytest.mark.parametrize(("own", "mirrored"), [(0x00, 127), (0x01, 128), (0x0F, 142)])
def test_a_mirror_has_the_type_127_above_its_meters_met_11(own: int, mirrored: int) -> None:
    assert mirrored_type_of(own) == mirrored
    assert own_type_of(mirrored) == own
    assert own_type_of(own) == own


def test_what_has_no_type_as_a_mirror_is_undefined() -> None:
    assert mirrored_type_of(0x10) == UNDEFINED_MIRROR
    assert own_type_of(UNDEFINED_MIRROR) == UNDEFINED_MIRROR
