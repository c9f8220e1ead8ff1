"""What an answer or report tells of how a meter counts."""

from typing import Any

import pytest

from sebridge.features.metering.meter_configuration import (
    SCALING,
    MeterConfiguration,
    configuration_in,
    is_number,
)
from sebridge.zcl.attributes import AttributeValue


def value(attribute_id: int, plain: object) -> AttributeValue:
    return AttributeValue(attribute_id, 0x22, plain, b"")


def test_what_tells_how_a_meter_counts_is_picked_out() -> None:
    told = [value(0x0000, 5), value(0x0302, 1000), value(0x0304, 0xFB), value(0x0308, "aa")]

    found = configuration_in(told)

    assert found == {"divisor": 1000, "demand_formatting": 0xFB, "serial_number": "aa"}


@pytest.mark.parametrize("nothing", [None, "", True, 1.5])
def test_what_is_no_number_scales_nothing(nothing: object) -> None:
    assert not is_number(value(0x0302, nothing))
    assert configuration_in([value(0x0302, nothing)]) == {}


def test_an_empty_serial_number_is_none() -> None:
    assert configuration_in([value(0x0308, ""), value(0x0308, None)]) == {}


def test_what_scales_are_fields_of_the_configuration() -> None:
    fields: dict[str, Any] = dict.fromkeys(SCALING, 0x80)

    known = MeterConfiguration(**fields)

    assert (known.scale.multiplier, known.scale.divisor, known.scale.bcd) == (0x80, 0x80, True)


def test_the_demand_has_a_formatting_of_its_own() -> None:
    known = MeterConfiguration(summation_formatting=1, demand_formatting=2)

    assert [known.formatting_of(attribute_id) for attribute_id in (0x0000, 0x0400)] == [1, 2]
