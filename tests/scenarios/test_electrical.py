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


async def test_a_meter_has_no_fourth_phase(make_home: MakeHome) -> None:
    with pytest.raises(ConfigError, match="phases"):
        await make_home(simulator=house(4))
