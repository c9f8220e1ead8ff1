"""Take reports; ask for them when a device appears, and again when they stay away."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
import logging
from typing import Protocol

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.metering import records as metering
from sebridge.features.metering.meter_watch import MeterWatch
from sebridge.features.metering.meters import Meters
from sebridge.features.metering.scale_reader import read_scale
from sebridge.features.mirrors.server import MIRROR_ENDPOINTS
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.configuration import INITIAL_READS, PATIENCE, WANTED
from sebridge.gateway.reporting.reader import ReadResult, RemoteReader
from sebridge.gateway.reporting.signals import AttributesReported, MeterRead
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceRemoved,
    DeviceUpdated,
    KeyEstablished,
)
from sebridge.radio.radio import Incoming
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import (
    BASIC,
    HA_ENDPOINT,
    METERING,
    SE_ENDPOINT,
    SE_PROFILE,
)
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY = 30.0  # seconds between looks for reports that stay away
_RETRIES = (5.0, 30.0, 120.0, 600.0)  # seconds after which setting up is tried again


class Servers(Protocol):
    """Which remote endpoints have the server side of a cluster, on devices that are there."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return them."""


class Keeper(Protocol):
    """Who has devices report, and wants to know what they reported."""

    async def subscribe(
        self, pairing: Pairing, records: Sequence[AttributeReportingConfigurationRecord]
    ) -> Mapping[int, int]:
        """Have attributes reported; return the ZCL status of each that was refused."""

    def heard(self, pairing: Pairing, attribute_ids: Iterable[int]) -> None:
        """Know of a report."""


def local_endpoint_for(profile_id: int) -> int:
    """Return which of our endpoints speaks with devices of a profile."""
    return SE_ENDPOINT if profile_id == SE_PROFILE else HA_ENDPOINT


class ReportReceiver(Service):
    """Turns reports and reads into signals, and keeps the reports coming.

    `is_mirrored` says which meters sleep: they report to their mirrors, and are not asked.
    """

    def __init__(
        self,
        reader: RemoteReader,
        keeper: Keeper,
        servers: Servers,
        meters: Meters,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self.reports = 0
        self.is_mirrored: Callable[[Peer], bool] = lambda _peer: False
        self._reader = reader
        self._keeper = keeper
        self._servers = servers
        self._meters = meters
        self._watch = MeterWatch(meters, bus, self._read_again)
        self._clock = clock
        self._bus = bus
        self._last_report: dict[tuple[Eui64, int, int], float] = {}
        self._busy: set[tuple[Eui64, int, int]] = set()
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._on_updated(signal.device))
        bus.listen(DeviceInactive, lambda signal: self._on_gone(signal.device))
        bus.listen(DeviceRemoved, self._on_removed)

    # ------------------------------------------------------------------ what comes

    def reported(self, frame: Incoming, header: Frame, values: Sequence[AttributeValue]) -> None:
        """Take the values of a report."""
        self.reports += 1
        key = (frame.source, frame.source_endpoint, frame.cluster_id)
        self._last_report[key] = self._clock.monotonic()
        self._keeper.heard(_pairing(frame, header), (value.attribute_id for value in values))
        self.publish(
            AttributesReported(
                frame.source,
                frame.source_endpoint,
                frame.destination_endpoint,
                frame.profile_id,
                frame.cluster_id,
                0 if header.from_server else 1,
                header.manufacturer_code,
                values,
                reported=True,
                time=self._clock.utc(),
            )
        )

    def publish(self, signal: AttributesReported) -> None:
        """Tell of values, and of what they say of a meter."""
        self._bus.send(signal)
        standard = signal.manufacturer_code is None and signal.server_or_client == 0
        if signal.cluster_id == METERING and standard:
            reading = self._meters.take(
                signal.device,
                signal.endpoint,
                signal.values,
                signal.time,
                to_mirror=signal.local_endpoint in MIRROR_ENDPOINTS,
            )
            if reading is not None:
                self._bus.send(MeterRead(signal.device, signal.endpoint, reading))
            self._watch.look()
        elif signal.cluster_id == BASIC and standard:
            self._watch.look_at_identity(signal.device, signal.values)

    # ------------------------------------------------------------------ what is asked for

    async def read(self, peer: Peer, cluster_id: int, attribute_ids: Sequence[int]) -> None:
        """Read attributes of a remote server and publish them like a report."""
        values = _values(await self._ask(peer, cluster_id, attribute_ids))
        if values:
            self.publish(self._answer(peer, cluster_id, values))

    async def read_meters(self) -> None:
        """Read every meter's registers now; a meter that does not answer is passed over."""
        awake = [p for p in self._servers.servers(METERING) if not self.is_mirrored(p)]
        for peer in awake:
            self.spawn(self._read_meter(peer), f"read {peer.device}")

    async def _read_meter(self, peer: Peer) -> None:
        try:
            await self.read(peer, METERING, INITIAL_READS[METERING])
        except SebridgeError as error:
            _LOGGER.info("meter %s was not read: %s", peer.device, error)

    async def set_up(self, peer: Peer, cluster_id: int) -> None:
        """Read what a cluster shows, and have it report; raise when the device does not answer."""
        local = local_endpoint_for(peer.profile_id)
        if cluster_id == METERING:
            found = await read_scale(self._reader, peer, local)
            found += _values(await self._ask(peer, cluster_id, metering.DETAILS))
            self._meters.configure(peer.device, peer.endpoint, found)
        readable = _values(await self._ask(peer, cluster_id, INITIAL_READS[cluster_id]))
        if readable:
            self.publish(self._answer(peer, cluster_id, readable))
        there = {value.attribute_id for value in readable}
        wanted = [record for record in WANTED[cluster_id] if record.attribute_id in there]
        refused = await self._keeper.subscribe(
            Pairing(peer, local, cluster_id, server=False), wanted
        )
        for attribute_id, status in refused.items():
            _LOGGER.info(
                "%s will not report 0x%04X of 0x%04X: status 0x%02X",
                peer.device,
                attribute_id,
                cluster_id,
                status,
            )

    @override
    async def run(self) -> None:
        """Look now and then for reports that stay away."""
        while True:
            await self._clock.sleep(_LOOK_EVERY)
            now = self._clock.monotonic()
            for cluster_id, records in WANTED.items():
                patience = PATIENCE * min(record.max_interval for record in records)
                for peer in self._servers.servers(cluster_id):
                    key = (peer.device, peer.endpoint, cluster_id)
                    if now - self._last_report.setdefault(key, now) > patience:
                        self._begin(peer, cluster_id)

    def _on_active(self, device: Eui64) -> None:
        for cluster_id in WANTED:
            for peer in self._servers.servers(cluster_id):
                if peer.device == device:
                    self._begin(peer, cluster_id)

    def _on_updated(self, device: Eui64) -> None:
        """Set up what an interview that was finished late has brought to light."""
        for cluster_id in WANTED:
            for peer in self._servers.servers(cluster_id):
                key = (peer.device, peer.endpoint, cluster_id)
                if peer.device == device and key not in self._last_report:
                    self._begin(peer, cluster_id)

    def _read_again(self, device: Eui64) -> None:
        """Set up a device's meters anew: what was known of them may no longer be true."""
        for peer in self._servers.servers(METERING):
            if peer.device == device:
                self._begin(peer, METERING)

    def _begin(self, peer: Peer, cluster_id: int) -> None:
        key = (peer.device, peer.endpoint, cluster_id)
        if key not in self._busy and not self._sleeps(peer, cluster_id):
            self._busy.add(key)
            self._last_report[key] = self._clock.monotonic()
            self.spawn(self._keep_setting_up(peer, cluster_id), f"set up {peer.device}")

    def _sleeps(self, peer: Peer, cluster_id: int) -> bool:
        return cluster_id == METERING and self.is_mirrored(peer)

    async def _keep_setting_up(self, peer: Peer, cluster_id: int) -> None:
        key = (peer.device, peer.endpoint, cluster_id)
        try:
            for pause in self._pauses(peer, cluster_id):
                if pause:
                    await self._clock.sleep(pause)
                gone = peer not in self._servers.servers(cluster_id)
                if (
                    gone
                    or self._sleeps(peer, cluster_id)
                    or await self._is_set_up(peer, cluster_id)
                ):
                    return
        finally:
            self._busy.discard(key)

    def _pauses(self, peer: Peer, cluster_id: int) -> Iterator[float]:
        """Give the seconds before each attempt; a meter without a scale is never given up."""
        yield from (0.0, *_RETRIES)
        while self._lacks_scale(peer, cluster_id):
            yield _RETRIES[-1]

    async def _is_set_up(self, peer: Peer, cluster_id: int) -> bool:
        try:
            await self.set_up(peer, cluster_id)
        except SebridgeError as error:
            _LOGGER.info("reports of %s not set up: %s", peer.device, error)
            return False
        return not self._lacks_scale(peer, cluster_id)  # it may have been doubted meanwhile

    def _lacks_scale(self, peer: Peer, cluster_id: int) -> bool:
        return cluster_id == METERING and not self._meters.configured(peer.device, peer.endpoint)

    async def _ask(
        self, peer: Peer, cluster_id: int, attribute_ids: Sequence[int]
    ) -> list[ReadResult]:
        local = local_endpoint_for(peer.profile_id)
        return await self._reader.read(peer, cluster_id, local, attribute_ids)

    def _answer(
        self, peer: Peer, cluster_id: int, values: Sequence[AttributeValue]
    ) -> AttributesReported:
        return AttributesReported(
            peer.device,
            peer.endpoint,
            local_endpoint_for(peer.profile_id),
            peer.profile_id,
            cluster_id,
            0,
            None,
            values,
            reported=False,
            time=self._clock.utc(),
        )

    def _on_gone(self, device: Eui64) -> None:
        for key in [key for key in self._last_report if key[0] == device]:
            del self._last_report[key]

    def _on_removed(self, signal: DeviceRemoved) -> None:
        self._on_gone(signal.device)
        self._meters.forget(signal.device)
        self._watch.forget(signal.device)


def _pairing(frame: Incoming, header: Frame) -> Pairing:
    peer = Peer(frame.source, frame.source_endpoint, frame.profile_id)
    return Pairing(
        peer,
        frame.destination_endpoint,
        frame.cluster_id,
        not header.from_server,
        header.manufacturer_code,
    )


def _values(results: Sequence[ReadResult]) -> list[AttributeValue]:
    return [value for _, status, value in results if status == Status.SUCCESS and value is not None]


class BoundaryReader(Service):
    """Reads every meter a moment before the price changes.

    Home Assistant costs each reading at the price of that moment, so what was used until the
    boundary must be told under the old price. `next_change` gives the next start or end of a price
    in seconds since 1970, or None.
    """

    LEAD = 3.0  # seconds before the boundary

    def __init__(
        self, receiver: ReportReceiver, next_change: Callable[[], float | None], clock: Clock
    ) -> None:
        super().__init__()
        self._receiver = receiver
        self._next_change = next_change
        self._clock = clock
        self._done: float | None = None

    @override
    async def run(self) -> None:
        """Wait for boundaries, looking again each second before one and every 10 s otherwise."""
        while True:
            boundary = self._next_change()
            left = 10.0 if boundary is None else boundary - self._clock.utc() - self.LEAD
            if boundary is not None and left <= 0 and boundary != self._done:
                self._done = boundary
                await self._receiver.read_meters()
                left = self.LEAD
            await self._clock.sleep(min(max(left, 1.0), 10.0))
