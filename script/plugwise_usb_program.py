"""Use a Plugwise stick by plugwise_usb, as a foreign program does; run by its own Python.

Say in one line of JSON what was understood of each circle.
"""

import asyncio
from importlib.metadata import version
import json
import platform
import sys
from typing import Any

from plugwise_usb import Stick
from plugwise_usb.api import NodeFeature

_PATIENCE = 60.0  # seconds
_CIRCLES = 2
_LOADING = 30  # seconds until all are known
_LOGS = 20  # seconds for the log of a circle
_WANTED = (NodeFeature.POWER, NodeFeature.RELAY, NodeFeature.ENERGY)


async def _understood(node: Any) -> dict[str, Any]:
    """Return power in W, whether it is on, and kWh of this hour and day; then switch it off."""
    told = await node.get_state(_WANTED)
    for _ in range(_LOGS):
        power, energy = told[NodeFeature.POWER], told[NodeFeature.ENERGY]
        if power.last_8_seconds is not None and energy is not None and energy.hour_consumption:
            break
        await asyncio.sleep(1)
        told = await node.get_state(_WANTED)
    await node.relay_off()
    return {
        "power": told[NodeFeature.POWER].last_8_seconds,
        "is_on": told[NodeFeature.RELAY].state,
        "this_hour": energy and energy.hour_consumption,
        "this_day": energy and energy.day_consumption,
    }


async def _use(port: str) -> dict[str, Any]:
    stick = Stick(port, cache_enabled=False)
    await stick.connect()
    await stick.initialize()
    await stick.discover_nodes(load=True)
    for _ in range(_LOADING):
        if len(stick.nodes) == _CIRCLES and all(one.is_loaded for one in stick.nodes.values()):
            break
        await asyncio.sleep(1)
    circles = {mac: await _understood(node) for mac, node in sorted(stick.nodes.items())}
    told = {
        "program": f"plugwise_usb {version('plugwise_usb')}, Python {platform.python_version()}",
        "stick": stick.mac_stick,
        "circle_plus": stick.mac_coordinator,
        "circles": circles,
    }
    await stick.disconnect()
    return told


print(json.dumps(asyncio.run(asyncio.wait_for(_use(sys.argv[1]), _PATIENCE))))
