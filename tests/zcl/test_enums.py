"""The words behind the numbers."""

from typing import Any

import pytest

from sebridge.zcl.enums import BITS, FIELDS, VALUES, words
from tests.reference_files import reference

ENUMS: dict[str, dict[str, Any]] = reference("se_clusters.yaml")["enums"]
# numbers on which the sources disagree have no word
DISPUTED = {"tunnel_protocol": {0x07, 0x08, 0x09}}
RESERVED = "reserved"


@pytest.mark.parametrize("name", [name for name, enum in ENUMS.items() if "values" in enum])
def test_an_enumeration_has_the_numbers_of_the_reference(name: str) -> None:
    if name == "unit_of_measure":
        plain = set(ENUMS[name]["values"])
        assert VALUES[name].keys() == plain | {number + 0x80 for number in plain}
    else:
        extra = {0xFF} if name == "alternate_cost_unit" else set()
        assert (
            VALUES[name].keys()
            == (ENUMS[name]["values"].keys() - DISPUTED.get(name, set())) | extra
        )


@pytest.mark.parametrize("name", [name for name, enum in ENUMS.items() if "bits" in enum])
def test_a_bit_field_has_the_masks_of_the_reference(name: str) -> None:
    wanted = {mask for mask, text in ENUMS[name]["bits"].items() if text != RESERVED}

    assert {bits.mask for bits in BITS[name]} == wanted


def test_every_field_names_words_that_there_are() -> None:
    assert set(FIELDS.values()) <= VALUES.keys() | BITS.keys()


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        ("event_status", 0x04, "opted out"),
        ("event_status", 0x77, ""),
        ("unit_of_measure", 0x81, "m³ BCD"),
        ("device_class", 0x0005, "HVAC, water heater"),
        ("device_class", 0xF000, ""),
        ("price_trailing_digit_and_tier", 0x21, "trailing digits 2, tier 1"),
        ("message_control", 0xAC, None),
        ("message_control", 0x03, "transmission 3, importance low"),
        ("tariff_type", 0x21, "for received, charging common blocks"),
        ("time_status", 0x0D, "master, master for zone and DST, superseding"),
        ("nothing", 1, ""),
    ],
)
def test_a_number_is_told_in_words(kind: str, number: int, text: str | None) -> None:
    whole = "transmission normal, importance critical, enhanced confirmation, confirmation required"

    assert words(kind, number) == (whole if text is None else text)
