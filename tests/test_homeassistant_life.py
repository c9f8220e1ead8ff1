"""What `script/test-homeassistant` compares, without a Home Assistant."""

import json

from script.homeassistant_life import Component, Wish, differences, known_devices, told

TOPIC = "homeassistant/device/sebridge_home_gateway/config"
PAYLOAD = {
    "dev": {"ids": ["sebridge_home_gateway"], "name": "sebridge home"},
    "avty": [{"t": "sebridge/home/availability"}],
    "cmps": {
        "channel": {
            "p": "sensor",
            "uniq_id": "a",
            "name": "Channel",
            "stat_t": "i",
            "val_tpl": "v",
        },
        "connection": {"p": "binary_sensor", "uniq_id": "b", "name": "Connection", "avty": []},
        "gone": {"p": "sensor"},
    },
}
KEPT = {TOPIC: json.dumps(PAYLOAD).encode(), "homeassistant/status": b"online"}


def test_what_is_announced_is_read_with_what_stands_for_the_whole_device() -> None:
    found = told(KEPT, "homeassistant")

    assert found.devices == {"sebridge_home_gateway": "sebridge home"}
    assert found.components == {
        "a": Component("a", "Channel", "sensor", ("sebridge/home/availability",), "i", "v"),
        "b": Component("b", "Connection", "binary_sensor", (), None, None),
    }


def test_below_another_prefix_nothing_is_announced() -> None:
    assert told(KEPT, "ha") == ({}, {})


def test_ghosts_and_what_is_missing_or_has_another_name_are_told_apart() -> None:
    wanted = {"new": "New", "same": "Same", "other": "Other"}

    found = list(differences("entity", wanted, {"same": "Same", "other": "Old", "old": "Old"}))

    assert found == [
        "entity new is announced, and Home Assistant does not have it",
        "entity old is a ghost: nothing announces it",
        "entity other is called 'Old', and not 'Other'",
    ]


def test_a_device_that_was_known_under_another_name_too_is_no_ghost() -> None:
    registered = [
        {"identifiers": [["mqtt", "old"], ["mqtt", "new"]], "name": "Meter"},
        {"identifiers": [["mqtt", "gone"]], "name": "Ghost"},
        {"identifiers": [["zha", "other"]], "name": "Other"},
    ]

    assert known_devices(registered, {"new": "Meter"}) == {"new": "Meter", "gone": "Ghost"}


def test_a_wish_says_what_of_it_is_not_so() -> None:
    wish = Wish(2, "Hall", {"sensor.a": "1"}, before_events=False)

    found = list(wish.unfulfilled(told(KEPT, "homeassistant"), {"sensor.a": "2"}))

    assert found == [
        "1 devices are announced, and not 2",
        "nothing is called Hall",
        "sensor.a is '2', and not '1'",
    ]
