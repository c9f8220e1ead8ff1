"""Who has proved who it is in time after joining, and who must go (NET-4)."""

from collections.abc import Callable, Iterable
import logging
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.keys.session import JOINING_LIMIT
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.network.signals import DeviceJoined, DeviceRemoved, KeyEstablished

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY: Final = 10.0  # seconds


class KeyDeadlines:
    """When the time of each device is over. Pure: `now` is monotonic seconds."""

    def __init__(self, limit: float = JOINING_LIMIT) -> None:
        self._limit = limit
        self._due: dict[Eui64, float] = {}

    def begin(self, device: Eui64, now: float) -> None:
        """Give a device its time, from now, unless it runs already."""
        self._due.setdefault(device, now + self._limit)

    def end(self, device: Eui64) -> None:
        """Forget a device's time: it has done it, or is gone."""
        self._due.pop(device, None)

    def take_overdue(self, now: float) -> list[Eui64]:
        """Return the devices whose time is over, and forget them."""
        overdue = [device for device, due in self._due.items() if now >= due]
        for device in overdue:
            del self._due[device]
        return overdue


class Remover(Protocol):
    """Who puts devices out."""

    async def remove(self, device: Eui64) -> None:
        """Forget a device and its key, and tell it to leave."""


class KeyGuard(Service):
    """Removes the devices that must establish a key and do not.

    `residents` are those that are known when it starts, `must_establish` says whether a device is
    one of Smart Energy that has no established key.
    """

    def __init__(
        self,
        residents: Callable[[], Iterable[Eui64]],
        must_establish: Callable[[Eui64], bool],
        remover: Remover,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._residents = residents
        self._must_establish = must_establish
        self._remover = remover
        self._clock = clock
        self._bus = bus
        self._deadlines = KeyDeadlines()
        bus.listen(DeviceJoined, lambda signal: self._begin(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._deadlines.end(signal.device))
        bus.listen(DeviceRemoved, lambda signal: self._deadlines.end(signal.device))

    @override
    async def run(self) -> None:
        """Look now and then for devices whose time is over."""
        for device in self._residents():
            self._begin(device)
        while True:
            await self._clock.sleep(_LOOK_EVERY)
            for device in self._deadlines.take_overdue(self._clock.monotonic()):
                if self._must_establish(device):
                    await self._remove(device)

    def _begin(self, device: Eui64) -> None:
        self._deadlines.begin(device, self._clock.monotonic())

    async def _remove(self, device: Eui64) -> None:
        minutes = JOINING_LIMIT / 60
        why = f"it has established no key within {minutes:.0f} minutes, and is removed"
        _LOGGER.warning("%s: %s", device, why)
        self._bus.send(KeyEstablishmentFailed(device, why))
        try:
            await self._remover.remove(device)
        except SebridgeError as error:
            _LOGGER.warning("%s could not be removed: %s", device, error)
