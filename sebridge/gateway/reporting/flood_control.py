"""Holds back the reports of devices that flood, says which these are, and when it is over."""

from collections.abc import Callable, Sequence
import logging

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.flood import TURN, Floods
from sebridge.gateway.reporting.signals import DeviceDoubted
from sebridge.network.signals import DeviceRemoved

_LOGGER = logging.getLogger(__name__)


class FloodControl(Service):
    """Takes of each device at most `most` reports in ten seconds; 0 is any number.

    `admits` says of a device and monotonic seconds whether a report that has come then is taken. Of
    what was held back nobody hears. Once a device floods no more, it is set up anew, so that
    what it shows now is read.
    """

    def __init__(self, most: Callable[[], int], clock: Clock, bus: SignalBus) -> None:
        super().__init__()
        self._floods = Floods(most, self._on_begin)
        self.admits = self._floods.admits
        self._most = most
        self._clock = clock
        self._bus = bus
        self._is_looking = False
        bus.listen(DeviceRemoved, lambda signal: self._floods.forget(signal.device))

    @property
    def refused(self) -> int:
        """How many reports were held back."""
        return self._floods.held_back

    def notes(self) -> Sequence[str]:
        """Return what people should know: which devices flood."""
        most = self._most()
        return [
            f"{device} floods: {count} reports within {TURN:.0f} s, of which {most} are taken"
            for device, count in self._floods.flooding.items()
        ]

    def _on_begin(self, device: Eui64) -> None:
        _LOGGER.warning("%s floods: it reports too often to take it all", device)
        if not self._is_looking:
            self._is_looking = True
            self.spawn(self._look_for_the_end(), "look for the end of a flood")

    async def _look_for_the_end(self) -> None:
        try:
            while self._floods.flooding:
                now = self._clock.monotonic()
                await self._clock.sleep(max(self._floods.turn_ends - now, 0.0))
                for device in self._floods.ended(self._clock.monotonic()):
                    _LOGGER.info("%s floods no more", device)
                    self._bus.send(DeviceDoubted(device))
        finally:
            self._is_looking = False
