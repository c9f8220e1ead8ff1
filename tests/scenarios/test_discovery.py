"""What Home Assistant is told of a whole house, octet for octet as it always was."""

from dataclasses import replace
import json
from pathlib import Path
from typing import Any, Final

import pytest

from sebridge.base.addresses import Eui64
from sebridge.settings.simulator_options import (
    HOUSEHOLD,
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from tests.homeassistant.schema import check
from tests.scenarios.conftest import MakeHome

RECORDED: Final = Path(__file__).parents[1] / "reference/homeassistant_payloads.json"
GAS: Final = 0x01  # cubic metres


def household() -> SimulatorOptions:
    """Return one device of each kind, with sun on the roof, and a gas meter."""
    meter, *others = HOUSEHOLD
    sunny = replace(meter, options={"solar_peak": 20000.0})
    gas = SimulatedDeviceOptions(
        kind="meter",
        name="Gas meter",
        eui64=Eui64.parse("00:0d:6f:00:0a:00:00:06"),
        options={"unit_of_measure": GAS, "device_type": 1},
    )
    return SimulatorOptions(devices=(sunny, *others, gas), air=AirOptions(delay=0.0))


def price(identifier: int, unit: int = 0) -> dict[str, Any]:
    return {
        "issuer_event_id": identifier,
        "price": 25,
        "duration_in_minutes": 60,
        "start_time": 0,
        "unit_of_measure": unit,
    }


@pytest.fixture
async def told(make_home: MakeHome) -> dict[str, bytes]:
    """Return what is on the discovery topics after some hours with prices for both commodities."""
    home = await make_home(simulator=household())
    await home.result("create_price_event", record=price(1))
    await home.result("create_price_event", record=price(2, GAS))
    await home.clock.advance(hours=3)
    return {
        topic: payload
        for topic, payload in home.broker.retained.items()
        if topic.startswith("homeassistant/")
    }


def test_all_that_is_told_keeps_home_assistants_rules(told: dict[str, bytes]) -> None:
    problems = [check(json.loads(payload)) for payload in told.values()]

    assert not any(problems)


def test_a_simulated_household_is_announced_as_recorded(told: dict[str, bytes]) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))

    payloads = {topic: payload.decode() for topic, payload in told.items()}

    assert payloads == {
        topic: json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
        for topic, payload in recorded["household"].items()
    }


async def test_the_gateway_shows_its_radio_from_its_start_on_also_while_it_is_away(
    make_home: MakeHome,
) -> None:
    home = await make_home()

    home.gateway.keeper.lost(ConnectionError("unplugged"))
    home.bridge.discovery.announce_all(again=True)

    topic = "homeassistant/device/sebridge_home_gateway/config"
    shown = json.loads(home.broker.retained[topic])["dev"]
    assert (shown["hw"], shown["sn"]) == ("1", "0e:5e:b1:00:00:00:00:01")
    info = json.loads(home.broker.retained["sebridge/home/info"])
    assert info["radio"]["address"] == shown["sn"]


async def test_a_meter_is_unavailable_before_what_it_showed_expires(make_home: MakeHome) -> None:
    home = await make_home(simulator=household())
    await home.clock.advance(minutes=30)
    config = "homeassistant/device/sebridge_home_000d6f000a000001/config"
    parts = json.loads(home.broker.retained[config])["cmps"].values()
    soonest = min(part["exp_aft"] for part in parts if "exp_aft" in part)
    await home.household.devices[HOUSEHOLD[0].name].stop()

    await home.clock.advance(seconds=soonest)

    there = home.broker.retained["sebridge/home/device/000d6f000a000001/availability"]
    assert there == b"offline"
