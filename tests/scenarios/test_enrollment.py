"""What thermostats and load switches are set to is read, told, shown and set."""

import json
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.network.signals import KeyEstablished
from tests.homeassistant.schema import check
from tests.scenarios.conftest import Home, MakeHome

SWITCH = "00:0d:6f:00:0a:00:00:05"
TOPIC = "sebridge/home/device/000d6f000a000005/9/drlc"
CONFIG = "homeassistant/device/sebridge_home_000d6f000a000005/config"


def told(home: Home) -> dict[str, Any]:
    return dict(json.loads(home.broker.retained[TOPIC]))


async def test_a_switch_is_put_into_a_group_and_tells_it(make_home: MakeHome) -> None:
    home: Home = await make_home()
    before = told(home)

    answer = await home.result(
        "set_load_control_enrollment",
        destination_address=SWITCH,
        utility_enrollment_group=7,
        start_randomization_minutes=10,
    )
    await home.clock.advance(seconds=5)

    assert (answer["status"], answer["source_endpoint_id"]) == (0, 9)
    assert (before["utility_enrollment_group"], before["device_classes"]) == (0, "water heater")
    assert told(home) | {"time": ""} == {
        "utility_enrollment_group": 7,
        "start_randomization_minutes": 10,
        "duration_randomization_minutes": before["duration_randomization_minutes"],
        "device_classes": "water heater",
        "time": "",
    }
    payload = json.loads(home.broker.retained[CONFIG])
    assert not check(payload)
    group = payload["cmps"]["9_utility_enrollment_group"]
    assert (group["p"], group["max"], group["en"]) == ("number", 254, False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "or a delay must be given"),
        ({"start_randomization_minutes": 61}, "must be 0..60"),
        ({"destination_endpoint_id": 3, "utility_enrollment_group": 1}, "are at 0x09"),
        (
            {"destination_address": "00:0d:6f:00:0a:00:00:01", "utility_enrollment_group": 1},
            "is not a load-control device",
        ),
    ],
)
async def test_what_cannot_be_set_is_said(
    make_home: MakeHome, wrong: dict[str, Any], said: str
) -> None:
    home: Home = await make_home()

    answer = await home.rpc(
        "set_load_control_enrollment", **{"destination_address": SWITCH} | wrong
    )

    assert said in answer["error"]["message"]


async def test_what_a_device_refuses_or_does_not_tell_is_said(make_home: MakeHome) -> None:
    home: Home = await make_home()
    device = next(d for d in home.household.devices.values() if str(d.eui64) == SWITCH)
    (cluster,) = [c for c in device.endpoint.clusters if c.cluster_id == 0x0701]
    cluster.attributes = type(cluster.attributes)()  # as of one that has none of them
    del home.broker.retained[TOPIC]

    answer = await home.result(
        "set_load_control_enrollment", destination_address=SWITCH, utility_enrollment_group=7
    )
    await home.clock.advance(seconds=5)

    assert answer["reason"] == "utility_enrollment_group: UNSUPPORTED_ATTRIBUTE"
    assert TOPIC not in home.broker.retained


async def test_what_it_is_set_to_is_forgotten_with_the_device(make_home: MakeHome) -> None:
    home: Home = await make_home()
    shown = {key[:16] for key in home.kept["enrolled_load_control"]}

    await home.result("remove_device", device_address=SWITCH)
    await home.clock.advance(seconds=1)

    assert SWITCH.replace(":", "") in shown
    assert all(not k.startswith("000d6f000a000005") for k in home.kept["enrolled_load_control"])


async def test_a_key_with_who_is_not_known_is_no_reason_to_ask(make_home: MakeHome) -> None:
    """A router establishes one with its trust centre, which need not have told of itself."""
    home: Home = await make_home()
    before = told(home)

    home.bus.send(KeyEstablished(Eui64.parse("00:0d:6f:00:0a:00:00:77"), 1))
    await home.clock.advance(seconds=5)

    assert told(home) == before
