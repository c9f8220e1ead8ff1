"""A device that reports far too often: it is held back and named, and read when it is over."""

import json
from typing import Any

from benchmarks.building_devices import Building, BuildingMeter
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions
from tests.scenarios.conftest import Home, MakeHome

READ_DEMAND = 450
"""What the meters answer to a read."""


async def report(home: Home, building: Building, meter: BuildingMeter, demands: range) -> None:
    """Have a meter report so much within a second."""
    for demand in demands:
        building.send(meter.report(demand, 1000, demand))
        await home.clock.advance(1 / len(demands))


def demand(home: Home, meter: BuildingMeter) -> Any:
    told = home.broker.retained[f"sebridge/home/device/{meter.address:016x}/1/metering"]
    return json.loads(told)["why"]["power"]["raw"]


async def test_a_device_that_floods_is_held_back_named_and_read_when_it_stops(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=SimulatorOptions(air=AirOptions(delay=0.0)))
    building = Building(home.ether, 2)
    flooding, calm = building.meters
    for meter in building.meters:
        await home.gateway.manager.add(meter.address, meter.key)
    home.ether.open_joining(60)
    joining = home.gateway.manager.spawn(building.join(building.meters), "join")
    await home.clock.advance(seconds=60)
    await joining
    await home.result("registry_configuration", name="ZCL_Cluster.most_reports", value=50)
    await home.clock.advance(seconds=10)
    before = home.gateway.gate.statistics.reports

    for second in range(4):
        first = 1000 + 60 * second
        await report(home, building, flooding, range(first, first + 60))
        await report(home, building, calm, range(first, first + 1))
    taken = home.gateway.gate.statistics.reports - before
    during = home.bridge.health.facts()
    shown = [demand(home, meter) for meter in building.meters]
    await home.clock.advance(30)

    assert taken == 50 + 4  # of the one so many in ten seconds, of the other all
    assert during["limits"]["reports_refused"] == 4 * 60 - 50
    (note,) = during["notes"]
    assert note.startswith(f"{flooding.address} floods: ")
    assert shown == [1049, 1180]
    assert home.bridge.health.facts()["notes"] == []
    assert demand(home, flooding) == READ_DEMAND
