"""`driver.yml`: what may stand in it, and what is said of what may not."""

from typing import Any

import pytest
import yaml

from sebridge.base.errors import ConfigError
from sebridge.drivers.manifest import DriverManifest, read_manifest
from sebridge.zcl.identifiers import ON_OFF, TEMPERATURE_MEASUREMENT

WHOLE = {
    "name": {"en": "Plug", "de": "Stecker"},
    "class": "socket",
    "capabilities": ["onoff"],
    "zigbee": {
        "manufacturerName": "Acme",
        "productId": ["A 1", "A 2"],
        "endpoints": {
            1: {
                "clusters": [0, "on_off", 0x0402],
                "bindings": [6],
                "reporting": [
                    {
                        "cluster": "temperature",
                        "attribute": "measured_value",
                        "minInterval": 5,
                        "maxInterval": 60,
                        "minChange": 50,
                    },
                    {"cluster": 0x0402, "attribute": "0x0010", "maxInterval": 60, "minChange": 0.5},
                ],
            },
            2: {"clusters": [6, 0x0402]},
        },
        "learnmode": {"image": "assets/learn.svg", "instruction": {"en": "Press the button."}},
        "devices": {
            "second": {"endpoint": 2, "class": "light", "name": {"en": "Second"}},
        },
    },
}


SETTING = {
    "id": "rate",
    "type": "number",
    "label": {"en": "Rate"},
    "min": 0,
    "max": 255,
    "cluster": "level",
    "attribute": "default_move_rate",
}
CHOICES = [{"id": 0, "label": {"en": "off"}}, {"id": 255, "label": {"en": "as before"}}]


def read(document: Any) -> DriverManifest:
    return read_manifest(yaml.safe_dump(document).encode())


def changed(path: str, value: Any) -> Any:
    """Return the whole with another value at a path; None takes it away."""
    document = yaml.safe_load(yaml.safe_dump(WHOLE))
    *above, last = [int(key) if key.isdecimal() else key for key in path.split("/")]
    place = document
    for key in above:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def test_a_whole_one_is_read() -> None:
    manifest = read(WHOLE)

    first = manifest.zigbee.endpoints[1]
    assert manifest.zigbee.manufacturerName == ("Acme",)
    assert (first.clusters, first.bindings) == ((0, ON_OFF, TEMPERATURE_MEASUREMENT), (ON_OFF,))
    named, numbered = (one.record for one in first.reporting)
    assert (named.attribute_id, named.attribute_type, named.min_interval) == (0, 0x29, 5)
    assert (named.max_interval, named.reportable_change) == (60, 50)
    assert (numbered.attribute_id, numbered.reportable_change) == (0x0010, 0.5)


def test_what_a_part_does_not_say_is_as_in_the_whole() -> None:
    whole, second = read(WHOLE).parts

    assert (whole.key, whole.endpoints, whole.device_class) == ("", (1,), "socket")
    assert (second.key, second.endpoints, second.device_class) == ("second", (2,), "light")
    assert second.capabilities == whole.capabilities == {"onoff"}
    assert second.name == {"en": "Second"}
    assert read(changed("zigbee/devices/second/name", None)).parts[1].name == whole.name
    able = read(changed("zigbee/devices/second/capabilities", ["measure_temperature"])).parts[1]
    assert able.capabilities == {"measure_temperature"}


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("name", None, "name (line 1): is missing"),
        ("name", {"de": "x"}, "name.en (line"),
        ("name", {"english": "x"}, "is not a language like en"),
        ("name", {"en": "x\ny"}, "is not one line of up to 256 characters"),
        ("class", "plug", "class (line 3): the text is none of socket, light"),
        ("capabilities", ["on"], "capabilities[0] (line"),
        ("capabilities", ["button"], "needs bindings at an endpoint of it"),
        ("capabilities", "onoff", "must be a list"),
        ("zigbee/manufacturerName", [], "must have 1..256 entries"),
        ("zigbee/productId", "", "is empty, or longer than 32 characters"),
        ("zigbee/endpoints", {}, "must have an endpoint"),
        ("zigbee/endpoints/0", {}, "'0' is not in 1..254"),
        ("zigbee/endpoints/1/clusters", [70_000], "'70000' is not in 0..65535"),
        ("zigbee/endpoints/1/clusters", ["on_of"], "known cluster; is on_off meant?"),
        ("zigbee/endpoints/1/clusters", [0x0402], "onoff needs the cluster on_off at an endpoint"),
        ("zigbee/endpoints/1/bindings", ["onoff"], "is neither a number nor a known cluster"),
        ("zigbee/endpoints/1/reporting/0/attribute", "measured", "nor an attribute of the cluster"),
        ("zigbee/endpoints/1/reporting/0/attribute", "70000", "nor an attribute of the cluster"),
        ("zigbee/endpoints/1/reporting/0/minInterval", 61, "is longer than maxInterval"),
        ("zigbee/learnmode/image", "../x.svg", "is not the path of an svg, png or jpg"),
        ("zigbee/learnmode/instruction", {"de": "x"}, "zigbee.learnmode.instruction.en"),
        ("zigbee/devices/second/endpoint", 3, "is none of the endpoints"),
        ("zigbee/devices/third", {"endpoint": 2}, "is that of second"),
        ("zigbee/devices/second/name", {"de": "x"}, "zigbee.devices.second.name.en"),
        ("zigbee/devices/second/capabilities", ["button"], "zigbee.devices.second.capabilities"),
        ("zigbee/devices/2nd", {"endpoint": 2}, "is not a letter and up to 31 more"),
        ("settings", [SETTING, SETTING], "settings[1].id (line"),
        ("settings", [SETTING | {"endpoint": 3}], "settings[0].endpoint (line"),
        ("settings", [SETTING | {"max": 256}], "is of the type uint8, which has not all these"),
        ("settings", [SETTING | {"min": 9, "max": 1}], "and max, which is no less, go with"),
        ("settings", [SETTING | {"attribute": "current_level"}], "known and can be written"),
        ("settings", [SETTING | {"attribute": "?"}], "known and can be written"),
        ("settings", [SETTING | {"type": "dropdown"}], "go with the type dropdown"),
        ("settings", [SETTING | {"values": CHOICES}], "go with the type dropdown"),
        ("settings", [SETTING | {"label": {"de": "x"}}], "settings[0].label.en"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path: str, value: Any, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(changed(path, value))

    assert problem in str(caught.value)
    assert "driver.yml: " in str(caught.value)


def test_settings_say_what_they_take() -> None:
    number, choice, check = read(
        changed(
            "settings",
            [
                SETTING,
                SETTING | {"id": "choice", "type": "dropdown", "values": CHOICES},
                SETTING | {"id": "check", "type": "checkbox"},
            ],
        )
    ).settings

    assert [number.takes(value) for value in (-1, 0, 255, 256)] == [False, True, True, False]
    assert [choice.takes(value) for value in (0, 1, 255)] == [True, False, True]
    assert [check.takes(value) for value in (0, 1, 2)] == [True, True, False]
