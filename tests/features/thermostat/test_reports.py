"""What the numbers of a thermostat mean to people."""

from typing import Any

import pytest

from sebridge.features.thermostat import reports
from sebridge.features.thermostat.reports import SHOWN


@pytest.mark.parametrize(
    ("attribute_id", "number", "shown"),
    [
        (reports.LOCAL_TEMPERATURE, 2153, ("temperature", 21.53)),
        (reports.SYSTEM_MODE, 4, ("mode", "heat")),
        (reports.SYSTEM_MODE, 2, ("mode", None)),
        (reports.CONTROL_SEQUENCE, 1, ("can", "cool")),
        (reports.RUNNING_STATE, 0x0008, ("running", "heating")),
        (reports.RUNNING_STATE, 0x0010, ("running", "cooling")),
        (reports.RUNNING_STATE, 0x0004, ("running", "fan")),
        (reports.RUNNING_STATE, 0x0000, ("running", "idle")),
    ],
)
def test_a_number_is_shown_as_a_word_or_in_its_unit(
    attribute_id: int, number: int, shown: tuple[str, Any]
) -> None:
    attribute = SHOWN[attribute_id]

    assert (attribute.name, attribute.meaning(number)) == shown
