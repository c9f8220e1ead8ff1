"""Someone who hears notifications, and checks each against its declaration."""

from collections.abc import Iterable
from typing import Any, get_origin

from sebridge.api.notifications import NotificationFanOut, NotificationType, parameters_by_name
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.model.plain import to_plain
from sebridge.rpc.message import Notification


class Ear:
    """Hears what is told because of these declarations; `severity` is the least that is told."""

    def __init__(
        self, bus: SignalBus, clock: VirtualClock, types: Iterable[NotificationType[Any]]
    ) -> None:
        self.heard: list[Notification] = []
        self.severity, self.least_logged = 1, 3
        types = tuple(types)
        self._parameters = parameters_by_name(types)
        self.fan_out = NotificationFanOut(
            types,
            bus=bus,
            clock=clock,
            sinks=(self._hear,),
            least_sent=lambda: self.severity,
            least_logged=lambda: self.least_logged,
            shows=lambda _signal: True,
        )

    def _hear(self, message: Notification) -> None:
        declared = self._parameters[message.name]
        assert isinstance(message.parameters, get_origin(declared) or declared)
        self.heard.append(message)

    @property
    def names(self) -> list[str]:
        """What was heard."""
        return [message.name for message in self.heard]

    def one(self) -> dict[str, Any]:
        """Return the parameters of the only one."""
        (message,) = self.heard
        return dict(to_plain(message.parameters))
