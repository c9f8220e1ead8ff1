"""Keep services running: one that dies is started again, after a pause that grows."""

from collections.abc import Sequence
import logging

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.service import Service

_LOGGER = logging.getLogger(__name__)

_FIRST_PAUSE = 1.0  # seconds before a dead service is started again
_LONGEST_PAUSE = 60.0
_FORGIVEN_AFTER = 300.0  # seconds of life after which the pause is short again


class Supervisor(Service):
    """Starts services in their order, stops them in reverse, and revives those that die."""

    def __init__(self, services: Sequence[Service], clock: Clock) -> None:
        super().__init__()
        self.restarts = 0
        self._services = tuple(services)
        self._clock = clock

    @override
    async def start(self) -> None:
        """Start all services; when one cannot start, stop those that did and raise."""
        started: list[Service] = []
        try:
            for service in self._services:
                await service.start()
                started.append(service)
        except BaseException:
            for service in reversed(started):
                await service.stop()
            raise
        for service in self._services:
            self.spawn(self._keep(service), f"keep {service.name}")

    @override
    async def stop(self) -> None:
        """Stop all services, the last first."""
        await super().stop()
        for service in reversed(self._services):
            try:
                await service.stop()
            except Exception:
                _LOGGER.exception("%s could not be stopped", service.name)

    async def _keep(self, service: Service) -> None:
        pause = _FIRST_PAUSE
        while True:
            born = self._clock.monotonic()
            try:
                await service.wait()
            except Exception:
                _LOGGER.exception("%s died, and is started again", service.name)
            else:
                return  # it ended by itself: its work is done
            if self._clock.monotonic() - born > _FORGIVEN_AFTER:
                pause = _FIRST_PAUSE
            pause = await self._revive(service, pause)

    async def _revive(self, service: Service, pause: float) -> float:
        """Start a dead service, as often as it takes; return the pause before the next time."""
        while True:
            await self._clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            self.restarts += 1
            try:
                await service.start()
            except Exception:
                _LOGGER.exception("%s does not start, and is tried again", service.name)
            else:
                return pause
