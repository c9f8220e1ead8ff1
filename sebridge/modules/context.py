"""What an interface of the user is given, and all that it needs to know of the gateway."""

import asyncio
from collections.abc import Coroutine, MutableMapping
from typing import Any, Protocol

from sebridge.base.clock import Clock


class Context(Protocol):
    """The gateway, as an interface class sees it: the one argument of its constructor."""

    @property
    def clock(self) -> Clock:
        """The time, and the way to wait."""

    @property
    def store(self) -> MutableMapping[str, Any]:
        """What survives a restart and the removal of the interface.

        It takes text, numbers, truth values, None, and lists and dicts of these. A list or dict
        that was changed in place must be set again.
        """

    async def call(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """Call an RPC method, and return its result in plain values.

        Raises the SebridgeError with which the method refuses: RequestError and what is below it
        for wrong requests, DeliveryError and AnswerTimeoutError for devices that do not answer.
        """

    def notify(self, name: str, parameters: object, /) -> None:
        """Tell all who listen to the gateway.

        `name` is an identifier, `parameters` a dataclass or a dict; ParameterError otherwise.
        """

    def spawn(self, work: Coroutine[Any, Any, object], name: str) -> asyncio.Task[Any]:
        """Do something beside the requests, until it ends or the interface is removed.

        An error in it is logged.
        """
