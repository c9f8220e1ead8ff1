"""A module with a plug: hosts come and go, the air stays. What is the same for every kind."""

from collections.abc import Callable, Sequence
from typing import Protocol

from typing_extensions import override

from sebridge.base.service import Service
from sebridge.simulator.modules.node import ModuleNode
from sebridge.simulator.modules.serial_line import SerialLine, Write


class Sender(Protocol):
    """What sends the frames of the host."""

    def set_full(self, *, is_full: bool) -> None:
        """Have no room for a frame, or have it again."""


class PluggedModule(Service):
    """Serves one host at a time on `line`, and is `stack` on the air.

    `sender` is what can be full. The `services` end when the plug is pulled, in this order; then
    `power_off` takes the stack off the air, and all is forgotten that is not in the memory.
    """

    def __init__(
        self,
        line: SerialLine,
        stack: ModuleNode,
        sender: Sender,
        services: Sequence[Service],
        power_off: Callable[[], object],
    ) -> None:
        super().__init__()
        self._line = line
        self._node = stack
        self._sender = sender
        self._services = services
        self._power_off = power_off

    @override
    async def stop(self) -> None:
        """Pull the plug."""
        self._line.close()
        for service in self._services:
            await service.stop()
        self._power_off()
        await super().stop()

    def plug_in(self, write: Write) -> None:
        """Serve this host from now on."""
        self._line.open(write)

    def unplug(self) -> None:
        """Serve nobody; the network goes on."""
        self._line.close()

    def take(self, octets: bytes) -> None:
        """Take what the host sends, in pieces of any size."""
        self._line.feed(octets)

    def come_back(self) -> None:
        """Be on the air, where the network is there again in which it is."""
        self._node.come_back()

    def set_full(self, *, is_full: bool) -> None:
        """Have no room for frames to devices, or have it again."""
        self._sender.set_full(is_full=is_full)
