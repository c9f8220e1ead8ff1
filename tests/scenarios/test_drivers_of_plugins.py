"""A plug-in brings a driver: its device has that as long as the plug-in runs."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from tests.api.home import Home
from tests.doubles import RecordingBroker
from tests.page_examples import blocks
from tests.patience import until
from tests.plugins.packages import named, package

DRIVER = """
name: {en: Desk lamp}
class: light
capabilities: [onoff]
zigbee:
  manufacturerName: sebridge simulator
  productId: HA smart plug
  endpoints:
    1:
      clusters: [on_off]
      reporting: [{cluster: on_off, attribute: on_off, maxInterval: 60}]
"""
PLUG = Eui64.parse("00:0d:6f:00:0a:00:00:21")


class House(Home):
    """A house with a plug, and a plug-in that has another driver for it."""

    def __init__(self, clock: VirtualClock, folder: Path) -> None:
        device = SimulatedDeviceOptions(kind="smart_plug", name="plug", eui64=PLUG)
        self.broker = RecordingBroker()
        super().__init__(
            clock,
            (),
            broker=self.broker,
            simulator=SimulatorOptions(devices=(device,), air=AirOptions(delay=0.0)),
            plugins=PluginsOptions(directory=folder, allow_unsigned=True),
        )

    async def shown(self) -> tuple[list[str], Any]:
        """Return the components that act on the plug, and how often it is to report."""
        await self.clock.advance(minutes=1)
        config = self.broker.retained[f"homeassistant/device/sebridge_home_{PLUG:016x}/config"]
        parts = json.loads(config)["cmps"]
        coming = await self.call("read_reporting_configuration", **QUESTION)
        keys = [key for key in ("1_on_off", "1_light") if "uniq_id" in parts.get(key, {})]
        return keys, coming["record_list"][0]["max_interval"]


QUESTION = {
    "destination_address": str(PLUG),
    "destination_endpoint_id": 1,
    "source_endpoint_id": 1,
    "cluster_id": 6,
    "server_or_client": 0,
    "remote_configuration": True,
    "reporting_direction": 0,
    "record_list": [{"attribute_id": 0}],
}


@pytest.fixture
async def house(clock: VirtualClock, tmp_path: Path) -> AsyncIterator[House]:
    made = package(named("desk", more="drivers: [lamp]\n"), {"drivers/lamp/driver.yml": DRIVER})
    (tmp_path / "desk.zip").write_bytes(made)
    more = "drivers: [my_plug]\nscope: command\nhooks: {start: 'my_plug:start'}\n"
    [code] = blocks("drivers.md", "python")
    made = package(
        named("my_plug", more=more), {"drivers/my_plug/driver.yml": DRIVER}, my_plug=code
    )
    (tmp_path / "my_plug.zip").write_bytes(made)
    house = House(clock, tmp_path)
    await house.start()
    await house.clock.advance(minutes=1)
    yield house
    await house.stop()


async def test_a_device_has_the_driver_of_a_plug_in_while_that_runs(house: House) -> None:
    before = await house.shown()
    await house.call("install_package", filename="desk.zip")
    await house.call("start_plugin", plugin_name="desk")
    meanwhile = await house.shown()
    listed = (await house.call("list_drivers"))["driver_list"]
    await house.call("stop_plugin", plugin_name="desk")
    after = await house.shown()

    assert before == after == (["1_on_off"], 1800)
    assert meanwhile == (["1_light"], 60)
    assert (listed[0]["driver"], listed[0]["plugin"]) == ("lamp", "desk")
    assert list(listed[0]["device_list"]) == [str(PLUG)]


async def test_the_code_of_the_page_shows_what_the_plug_tells(house: House) -> None:
    topic = f"sebridge/home/plugin/my_plug/{PLUG:016x}/lit"
    await house.call("install_package", filename="my_plug.zip")
    await house.call("start_plugin", plugin_name="my_plug")

    await house.call("switch_device", destination_address=str(PLUG), command="off")
    await house.clock.advance(seconds=5)

    await until(lambda: house.broker.retained.get(topic) == b'{"lit":false}')
