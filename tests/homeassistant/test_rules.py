"""The table of rules is sound in itself, and agrees with its second statement."""

import json

import pytest

from sebridge.homeassistant.device_classes import SENSOR_CLASSES, STATE_CLASSES
from tests.homeassistant import rules
from tests.homeassistant.house import REFERENCE


def test_no_two_abbreviations_mean_the_same() -> None:
    for table in (rules.ABBREVIATIONS, rules.DEVICE_ABBREVIATIONS, rules.ORIGIN_ABBREVIATIONS):
        assert len(set(table.values())) == len(table)


def test_every_key_that_is_required_is_known() -> None:
    assert rules.ROOT_REQUIRED <= rules.ROOT_KEYS
    assert rules.ORIGIN_REQUIRED <= rules.ORIGIN_KEYS
    assert rules.COMPONENT_REQUIRED <= rules.COMPONENT_KEYS


def test_a_sensor_has_units_and_state_classes_for_each_of_its_device_classes() -> None:
    assert SENSOR_CLASSES.keys() == rules.PLATFORMS["sensor"].device_classes
    assert all(r.state_classes <= STATE_CLASSES for r in SENSOR_CLASSES.values())


@pytest.mark.parametrize("device_class", sorted(SENSOR_CLASSES))
def test_the_units_are_among_those_of_the_second_statement(device_class: str) -> None:
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    listed = [
        branch["then"]
        for branch in reference["$defs"]["sensor_class"]["allOf"]
        if device_class in _classes(branch["if"]["properties"]["dev_cla"])
    ]

    (then,) = listed
    unit = then["properties"]["unit_of_meas"]
    allowed = set() if unit is False else set(unit["enum"])
    allowed |= set() if "unit_of_meas" in then.get("required", ()) else {None}

    assert SENSOR_CLASSES[device_class].units <= allowed


def _classes(condition: dict[str, object]) -> list[object]:
    several = condition.get("enum")
    return several if isinstance(several, list) else [condition.get("const")]
