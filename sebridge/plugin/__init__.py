"""What the code of a plug-in speaks with: the bridge, in another process. Versions follow SemVer.

A hook is a function of a plug-in that takes a `Bridge`, and may be a coroutine::

    async def start(bridge: Bridge) -> None:
        print(await bridge.call("get_time"))
        await bridge.listen("received_price_event", print)
"""

from sebridge.plugin.bridge import Bridge, BridgeError

__all__ = ["Bridge", "BridgeError"]
