"""Learn who made a device: its Basic cluster, read once when it becomes active."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
import logging
from typing import Protocol

from sebridge.base.addresses import Eui64
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import MANUFACTURER_NAME, MODEL_IDENTIFIER
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.gateway.reporting.receiver import local_endpoint_for
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive
from sebridge.zcl.identifiers import BASIC

_LOGGER = logging.getLogger(__name__)

_LONGEST = 32  # characters of a name (ZigBee Cluster Library, Basic cluster)


class KnownDevices(Protocol):
    """What is kept of devices."""

    def get(self, device: Eui64) -> KnownDevice | None:
        """Return what is known of a device."""

    def put(self, known: KnownDevice) -> object:
        """Keep what is known of a device."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return the places of active devices which have the server side of a cluster."""


class IdentityReader(Service):
    """Asks each device that has not told yet for its manufacturer and model."""

    def __init__(self, reader: RemoteReader, known: KnownDevices, bus: SignalBus) -> None:
        super().__init__()
        self._reader = reader
        self._known = known
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))

    def _on_active(self, device: Eui64) -> None:
        known = self._known.get(device)
        if known is None or known.model:
            return
        for peer in self._places(device):
            self.spawn(self._read(peer), f"ask {device} who it is")
            return

    def _places(self, device: Eui64) -> Iterator[Peer]:
        return (peer for peer in self._known.servers(BASIC) if peer.device == device)

    async def _read(self, peer: Peer) -> None:
        local = local_endpoint_for(peer.profile_id)
        wanted = (MANUFACTURER_NAME, MODEL_IDENTIFIER)
        try:
            found = await self._reader.read(peer, BASIC, local, wanted)
        except SebridgeError as error:
            _LOGGER.debug("%s did not tell who it is: %s", peer.device, error)
            return
        told = {a: str(v.value)[:_LONGEST] for a, _, v in found if v is not None}
        known = self._known.get(peer.device)
        if known is not None and told:
            self._known.put(
                replace(
                    known,
                    manufacturer=told.get(MANUFACTURER_NAME, known.manufacturer),
                    model=told.get(MODEL_IDENTIFIER, known.model),
                )
            )
