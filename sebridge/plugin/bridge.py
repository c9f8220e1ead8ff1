"""The bridge as the code of a plug-in sees it."""

from collections.abc import Awaitable, Callable, Mapping
import inspect
from typing import Any

from sebridge.plugin.channel import Channel, ChannelError

LISTEN = "plugin.listen"
"""The request by which a plug-in asks to be told of a notification."""

Listener = Callable[[Mapping[str, Any]], Any]


class BridgeError(Exception):
    """The bridge said no: `code` is that of the RPC error, `message` says why."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Bridge:
    """Calls RPC methods with the scope of the plug-in's manifest, and hears notifications."""

    def __init__(
        self, channel: Callable[[], Channel], spawn: Callable[[Awaitable[Any]], object]
    ) -> None:
        self._channel = channel
        self._spawn = spawn
        self._listeners: dict[str, list[Listener]] = {}

    async def call(self, method: str, /, **params: Any) -> dict[str, Any]:
        """Return the result of an RPC method, by the names and in the forms of JSON.

        BridgeError where it is refused or fails; ConnectionError when the bridge is gone.
        """
        try:
            result: dict[str, Any] = await self._channel().call(method, params)
        except ChannelError as error:
            raise BridgeError(error.code, error.message) from error
        return result

    async def listen(self, notification: str, listener: Listener) -> None:
        """Call a function, or a coroutine function, with the parameters of each notification.

        What comes faster than the plug-in takes it is dropped. BridgeError for a name that no
        notification can have.
        """
        try:
            await self._channel().call(LISTEN, {"notification": notification})
        except ChannelError as error:
            raise BridgeError(error.code, error.message) from error
        self._listeners.setdefault(notification, []).append(listener)

    def hear(self, notification: str, parameters: Mapping[str, Any]) -> None:
        """Hand a notification on to those who listen: the channel calls this."""
        for listener in self._listeners.get(notification, ()):
            made = listener(parameters)
            if inspect.isawaitable(made):
                self._spawn(made)
