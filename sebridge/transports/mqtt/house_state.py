"""What there is to see of the simulated house -> a retained topic."""

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock, Timer
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.model.plain import to_plain
from sebridge.rpc.json_codec import dump
from sebridge.simulator.seen import SeenHouse
from sebridge.simulator.signals import SimulatedHouseChanged
from sebridge.transports.mqtt.states import StatePublisher

_SETTLING: Final = 1.0  # seconds


class HouseState(Service):
    """Keeps what there is to see of the house, at most once a second.

    Without what changes by itself all the time, such as the power: who wants that asks.
    """

    def __init__(
        self,
        *,
        bus: SignalBus,
        mqtt: StatePublisher,
        topic: str,
        seen: Callable[[], SeenHouse],
        clock: Clock,
    ) -> None:
        super().__init__()
        self._mqtt = mqtt
        self._topic = topic
        self._seen = seen
        self._clock = clock
        self._timer: Timer | None = None
        bus.listen(SimulatedHouseChanged, lambda _signal: self._soon())

    @override
    async def start(self) -> None:
        """Show it, and from now on whenever it changes."""
        await super().start()
        self._show()

    @override
    async def stop(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await super().stop()

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = self._clock.call_later(_SETTLING, self._show)

    def _show(self) -> None:
        self._timer = None
        payload = dump(to_plain(self._seen().at_rest()))
        self._mqtt.publish(self._topic, payload, retain=True, only_if_changed=True)
