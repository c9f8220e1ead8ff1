"""A meter that measures voltage and current: from its attributes to what a person sees."""

from dataclasses import replace
import json

import pytest

from sebridge.base.errors import ConfigError
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from tests.homeassistant.schema import check
from tests.scenarios.conftest import MakeHome

DEVICE = "sebridge/home/device/000d6f000a000001"
CONFIG = "homeassistant/device/sebridge_home_000d6f000a000001/config"


def house(phases: int) -> SimulatorOptions:
    meter = replace(HOUSEHOLD[0], options={"phases": phases, "current": 1.25})
    return SimulatorOptions(devices=(meter,), air=AirOptions(delay=0.0))


async def test_three_phases_are_read_scaled_shown_and_expire(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(3))

    await home.clock.advance(minutes=10)

    told = json.loads(home.broker.retained[f"{DEVICE}/9/electrical"])
    payload = json.loads(home.broker.retained[CONFIG])
    assert told.pop("time")
    assert told == {
        f"{kind}{phase}": value
        for phase in ("", "_b", "_c")
        for kind, value in (("voltage", 230.0), ("current", 1.25), ("power_factor", 0.95))
    }
    assert not check(payload)
    shown = payload["cmps"]["9_current_b"]
    assert (shown["name"], shown["unit_of_meas"], shown["exp_aft"]) == ("Current L2", "A", 1200)
    assert home.broker.lifetimes[f"{DEVICE}/9/electrical"] == 1200


async def test_the_average_power_factor_of_a_meter_is_reported_shown_and_expires(
    make_home: MakeHome,
) -> None:
    meter = replace(HOUSEHOLD[0], options={"average_power_factor": -0.87, "phases": 1})
    home = await make_home(simulator=SimulatorOptions(devices=(meter,), air=AirOptions(delay=0.0)))

    await home.clock.advance(minutes=10)

    told = json.loads(home.broker.retained[f"{DEVICE}/9/metering"])
    payload = json.loads(home.broker.retained[CONFIG])
    asked = await home.result("get_meter_reading", destination_address=str(meter.eui64))
    assert told["power_factor"] == asked["power_factor"] == -0.87
    assert not check(payload)
    factors = {key for key in payload["cmps"] if "power_factor" in key}
    assert factors == {"9_power_factor", "9_average_power_factor"}
    assert payload["cmps"]["9_average_power_factor"]["exp_aft"] == 1200


async def test_a_meter_has_no_fourth_phase(make_home: MakeHome) -> None:
    with pytest.raises(ConfigError, match="phases"):
        await make_home(simulator=house(4))
