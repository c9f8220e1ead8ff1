"""What the code of a plug-in speaks with: the bridge, in another process.

A hook is a function of a plug-in that takes a `Bridge`, and may be a coroutine::

    async def start(bridge: Bridge) -> None:
        print(await bridge.call("get_time"))
        await bridge.listen("received_price_event", print)

Whatever is named here follows SemVer, and `API_VERSION` is its version; what is not is our own.
"""

from sebridge.plugin.bridge import (
    Bridge,
    BridgeError,
    HttpAnswer,
    HttpRequest,
    Refused,
    Storage,
)
from sebridge.plugin.clock import Clock
from sebridge.plugin.device import BoundCluster, Device, Devices, Light

API_VERSION = "1.1.0"
"""A plug-in says in its manifest with which it goes, as `requires_api: ">=1.0, <2"`."""

__all__ = [
    "API_VERSION",
    "BoundCluster",
    "Bridge",
    "BridgeError",
    "Clock",
    "Device",
    "Devices",
    "HttpAnswer",
    "HttpRequest",
    "Light",
    "Refused",
    "Storage",
]
