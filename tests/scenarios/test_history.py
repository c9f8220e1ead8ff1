"""What the meters counted is there by hours and days, also after the bridge was killed."""

import copy
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.settings.simulator_options import AirOptions, SimulatedDeviceOptions, SimulatorOptions
from tests.scenarios.conftest import Collections, Home, MakeHome

METER = "00:0d:6f:00:0a:00:00:01"
TOPIC = "sebridge/home/device/000d6f000a000001/9/metering"


async def history(home: Home, **asked: Any) -> list[dict[str, Any]]:
    answer = await home.result("get_history", device_address=METER, **asked)
    return list(answer["record_list"])


def total(points: list[dict[str, Any]]) -> float:
    return float(sum(point["value"] for point in points))


def shown(home: Home) -> float:
    return float(home.broker.kept(TOPIC)["energy_in"])


async def test_after_a_kill_nothing_is_lost_and_nothing_is_there_twice(make_home: MakeHome) -> None:
    kept: Collections = {}
    home = await make_home(kept=kept)
    price = {"issuer_event_id": 7, "price": 30, "duration_in_minutes": 0xFFFF}
    await home.result("create_price_event", record=price)
    await home.clock.advance(hours=1, minutes=13)
    before = await history(home)
    on_disk = copy.deepcopy(kept)  # what a kill leaves
    await home.stop()
    await home.clock.advance(hours=3)

    after = await make_home(kept=on_disk)
    await after.clock.advance(minutes=20)

    hours = await history(after)
    assert total(hours) == pytest.approx(shown(after) - 4711.0, abs=0.05)
    assert total(await history(after, resolution="day")) == pytest.approx(total(hours))
    assert hours[0] == before[0]
    assert [hour["spread"] for hour in hours] == [False] * len(hours)  # by the load profile
    assert [hour["complete"] for hour in hours] == [False, *[True] * (len(hours) - 2), False]
    costs = await history(after, quantity="cost")
    assert total(costs) == pytest.approx(0.3 * total(hours), rel=0.01)
    demand = await history(after, quantity="demand")
    assert len(demand) < len(hours)  # nobody knows it of the outage
    assert all(point["low"] <= point["value"] <= point["high"] for point in demand)


async def test_a_meter_in_the_place_of_another_goes_on_in_its_history(make_home: MakeHome) -> None:
    old, new = METER, "00:0d:6f:00:0a:00:00:12"
    meters = (
        SimulatedDeviceOptions(kind="meter", name="House", eui64=Eui64.parse(old)),
        SimulatedDeviceOptions(
            kind="meter", name="Fresh", eui64=Eui64.parse(new), options={"initial_energy": 3.0}
        ),
    )
    home = await make_home(simulator=SimulatorOptions(devices=meters, air=AirOptions(delay=0.0)))
    await home.clock.advance(minutes=30)
    await home.household.devices["House"].stop()
    await home.result("swap_meter", old_address=old, new_address=new)

    await home.clock.advance(minutes=30)

    answer = await home.result("get_history", device_address=new)
    assert total(answer["record_list"]) == pytest.approx(shown(home) - 4711.0, abs=0.05)
