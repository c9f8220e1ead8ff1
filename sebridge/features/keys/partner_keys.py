"""For a gateway that joined a network: gets keys with energy services there (NET-3, SEC-6)."""

from collections.abc import Sequence
import logging

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.network.directory import Directory
from sebridge.network.searching import ERRORS, REGISTER_AGAIN
from sebridge.network.service_search import ENERGY_SERVICES
from sebridge.network.signals import DeviceActive, DeviceUpdated, KeyEstablished, PartnerKeyGranted
from sebridge.radio.radio import Radio

_LOGGER = logging.getLogger(__name__)


class PartnerKeys(Service):
    """Asks the trust centre for a key with each server that is not the trust centre itself.

    Servers are those of energy services, and of the clusters `besides`.
    A server that has not proved itself yet is tried again (NET-5), then with the next news of it.
    """

    def __init__(
        self,
        *,
        radio: Radio,
        directory: Directory,
        besides: Sequence[int],
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._clusters = (*ENERGY_SERVICES, *besides)
        self._radio = radio
        self._directory = directory
        self._clock = clock
        self._bus = bus
        self._asking: set[Eui64] = set()
        bus.listen(DeviceActive, lambda signal: self._look_at(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._look_at(signal.device))
        bus.listen(KeyEstablished, lambda _signal: self._look())

    def _look_at(self, device: Eui64) -> None:
        if self._directory.is_active(device) and any(
            self._directory.servers_of(device, cluster) for cluster in self._clusters
        ):
            self._need({device})

    def _look(self) -> None:
        self._need(
            {p.device for cluster in self._clusters for p in self._directory.servers(cluster)}
        )

    def _need(self, servers: set[Eui64]) -> None:
        """Get keys with those of them with whom there is none."""
        trust_center = self._radio.network.trust_center
        if trust_center is None or not self._radio.is_established(trust_center):
            return  # nobody is granted a key who has not proved himself
        for device in sorted(servers - self._asking - {trust_center}):
            if not self._radio.is_established(device):
                self._asking.add(device)
                self.spawn(self._ask(device), f"get a key with {device}")

    async def _ask(self, device: Eui64) -> None:
        try:
            if await self._get(device):
                self._bus.send(PartnerKeyGranted(device))
        finally:
            self._asking.discard(device)

    async def _get(self, device: Eui64) -> bool:
        for attempt in range(ERRORS):
            if attempt:
                await self._clock.sleep(REGISTER_AGAIN)
            try:
                await self._radio.request_partner_key(device)
            except SebridgeError as error:
                _LOGGER.info("no key with the energy service %s: %s", device, error)
            else:
                return True
        return False
