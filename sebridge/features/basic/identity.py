"""Learn who made a device, and which version: its Basic cluster, read once and listened to."""

from collections.abc import Iterator, Mapping, Sequence
import logging
from typing import Protocol

from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import (
    APPLICATION_VERSION,
    HW_VERSION,
    MANUFACTURER_NAME,
    MODEL_IDENTIFIER,
    SW_BUILD_ID,
)
from sebridge.gateway.pairing import local_endpoint_for
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceReplaced
from sebridge.zcl.identifiers import BASIC

_LOGGER = logging.getLogger(__name__)

_LONGEST = 32  # characters of a name (ZigBee Cluster Library, Basic cluster)
_NAMES = (MANUFACTURER_NAME, MODEL_IDENTIFIER)
_VERSIONS = (APPLICATION_VERSION, HW_VERSION, SW_BUILD_ID)


class KnownDevices(Protocol):
    """What is kept of devices."""

    def get(self, device: Eui64) -> KnownDevice | None:
        """Return what is known of a device."""

    def put(self, known: KnownDevice) -> object:
        """Keep what is known of a device."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return the places of active devices which have the server side of a cluster."""


class IdentityReader(Service):
    """Asks each device that has not told yet for its manufacturer and model, and its versions.

    These are two questions: both answers in one could be too long for a frame. A device that
    reports another model than before has been replaced.
    """

    def __init__(self, reader: RemoteReader, known: KnownDevices, bus: SignalBus) -> None:
        super().__init__()
        self._reader = reader
        self._known = known
        self._bus = bus
        self._models: dict[Eui64, str] = {}  # as they were reported
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(AttributesReported, self._on_report)
        bus.listen(DeviceReplaced, lambda signal: self._on_replaced(signal.device))
        bus.listen(DeviceRemoved, self._on_removed)

    def _on_active(self, device: Eui64) -> None:
        known = self._known.get(device)
        if known is None or (known.model and known.software is not None):
            return
        for peer in self._places(device):
            self.spawn(self._read(peer), f"ask {device} who it is")
            return

    def _on_report(self, report: AttributesReported) -> None:
        if report.cluster_id != BASIC or not report.is_standard:
            return
        for value in report.values:
            if value.attribute_id == MODEL_IDENTIFIER and isinstance(value.value, str):
                self._take_model(report.device, value.value)

    def _on_replaced(self, device: Eui64) -> None:
        """Know nothing more of who it was, and ask who it is."""
        known = self._known.get(device)
        if known is not None:
            self._known.put(replace(known, manufacturer="", model="", software=None, hardware=""))
            self._on_active(device)

    def _on_removed(self, signal: DeviceRemoved) -> None:
        self._models.pop(signal.device, None)

    def _take_model(self, device: Eui64, model: str) -> None:
        before = self._models.get(device)
        if before is None and self._known.get(device) is None:
            return  # strangers must not fill the memory
        self._models[device] = model
        if before not in {None, model}:
            _LOGGER.warning("%s was %s and is now %s", device, before, model)
            self._bus.send(DeviceReplaced(device))

    def _places(self, device: Eui64) -> Iterator[Peer]:
        return (peer for peer in self._known.servers(BASIC) if peer.device == device)

    async def _read(self, peer: Peer) -> None:
        known = self._known.get(peer.device)
        try:
            if known is not None and not known.model:
                self._take_names(peer.device, await self._ask(peer, _NAMES))
            if known is not None and known.software is None:
                self._take_versions(peer.device, await self._ask(peer, _VERSIONS))
        except SebridgeError as error:
            _LOGGER.debug("%s did not tell who it is: %s", peer.device, error)

    async def _ask(self, peer: Peer, wanted: Sequence[int]) -> Mapping[int, str]:
        """Return what a device tells of these attributes, as text."""
        local = local_endpoint_for(peer.profile_id)
        found = await self._reader.read(peer, BASIC, local, wanted)
        values = {a: v.value for a, _, v in found if v is not None}
        return {a: str(value)[:_LONGEST] for a, value in values.items() if value is not None}

    def _take_names(self, device: Eui64, told: Mapping[int, str]) -> None:
        known = self._known.get(device)
        if known is not None and told:
            self._known.put(
                replace(
                    known,
                    manufacturer=told.get(MANUFACTURER_NAME, known.manufacturer),
                    model=told.get(MODEL_IDENTIFIER, known.model),
                )
            )

    def _take_versions(self, device: Eui64, told: Mapping[int, str]) -> None:
        """Note the versions; the build says more of the software than the application's number."""
        known = self._known.get(device)
        if known is not None:
            software = told.get(SW_BUILD_ID) or told.get(APPLICATION_VERSION, "")
            hardware = told.get(HW_VERSION, "")
            self._known.put(replace(known, software=software, hardware=hardware))
