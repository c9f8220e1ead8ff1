"""The one watcher of reports: has devices report, asks again, and reads what they do not report."""

import asyncio
from collections.abc import (
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
import contextlib
import logging
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeviceRefusedError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.pairing import PairedAttribute, Pairing, pairing_with
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation, Expectations, Record
from sebridge.gateway.reporting.reader import ReadResult
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.signals import (
    AttributesReported,
    DeviceDoubted,
    LocalAttributesReported,
    ReportingAgreed,
    ReportsSetUp,
)
from sebridge.gateway.reporting.ways import ComingAttribute, Way
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceRemoved,
    DeviceReplaced,
    DeviceUpdated,
    KeyEstablished,
)
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.data_types import is_float
from sebridge.zcl.reporting import fitted
from sebridge.zcl.status import Status, status_name

T = TypeVar("T")

_LOGGER = logging.getLogger(__name__)

SET_UPS_AT_ONCE: Final = 8
"""Clusters: a network with many devices is not asked all that it has at the same moment."""
_MOST_IN_A_FRAME: Final = 4
"""Attributes: the widest configurations of so many fit into a frame, and so do their values."""
_NOT_THERE: Final = frozenset({Status.UNSUPPORTED_ATTRIBUTE, Status.WRITE_ONLY})
"""What a device answers to a read of what it will never show."""


class Servers(Protocol):
    """Which remote endpoints have the server side of a cluster."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return those on devices that are there."""

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return those of a device, there or not; UnknownDeviceError for an unknown one."""


class Binder(Protocol):
    """Who can make a device send what its cluster has to tell to the gateway."""

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Return the ZDO status; raise DeliveryError or AnswerTimeoutError."""


async def _nothing_to_know(_pairing: Pairing) -> None:
    """Return: the values of a server mean something by themselves."""


def _listens(_peer: Peer) -> bool:
    """Say that a server does not sleep, or can be asked all the same."""
    return False


class WantedReports(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature wants reported by every server of a cluster.

    `prepare` asks a server for what must be known before its values mean anything; while that
    fails nothing else is asked, and it is tried again. Then `records` says what is wanted of that
    server. Servers that `sleeps` names cannot be asked: what they report by themselves is all
    there is.
    """

    cluster_id: int
    records: Callable[[Pairing], Sequence[Record]]
    prepare: Callable[[Pairing], Awaitable[object]] = _nothing_to_know
    sleeps: Callable[[Peer], bool] = _listens


class ReportWatcher(Service):
    """Carries out what the expectations say, attribute by attribute.

    `store` keeps what is expected; hand in a power-safe one. What it reads in the place of a
    device is told as if it had been reported. A device is read again only when its answer to the
    question before has come, or is no longer waited for. Eight clusters are set up at once.
    """

    def __init__(
        self,
        *,
        store: MutableMapping[PairedAttribute, Expectation],
        is_active: Callable[[Eui64], bool],
        servers: Servers,
        access: AttributeAccess,
        reporting: RemoteReporting,
        binder: Binder,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._woken = asyncio.Event()
        self._wanted: dict[int, WantedReports] = {}
        self.expectations = Expectations(
            store=store,
            is_active=is_active,
            sleeps=self._sleeps,
            changed=self._woken.set,
            agreed_otherwise=lambda device: bus.send(ReportingAgreed(device)),
        )
        self._is_active = is_active
        self._servers = servers
        self._access = access
        self._reporting = reporting
        self._binder = binder
        self._clock = clock
        self._bus = bus
        self._being_read: set[Pairing] = set()
        self._room = asyncio.Semaphore(SET_UPS_AT_ONCE)
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._want(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._on_updated(signal.device))
        bus.listen(DeviceDoubted, lambda signal: self._doubt(signal.device))
        bus.listen(DeviceReplaced, self._on_replaced)
        bus.listen(DeviceInactive, lambda signal: self.expectations.paused(signal.device))
        bus.listen(DeviceRemoved, lambda signal: self.expectations.forget(signal.device))

    def want(self, reports: Iterable[WantedReports]) -> None:
        """Have these reported by whatever is set up from now on; for a cluster the first holds."""
        for one in reports:
            self._wanted.setdefault(one.cluster_id, one)

    def wants(self, key: PairedAttribute) -> bool:
        """Say whether the gateway has an attribute reported of its own accord."""
        pairing = key.pairing
        wanted = self._wanted.get(pairing.cluster_id)
        if wanted is None or pairing.server or pairing.is_local:
            return False
        return any(record.attribute_id == key.attribute_id for record in wanted.records(pairing))

    def coming(self, device: Eui64) -> list[ComingAttribute]:
        """Return how each attribute of a device that should come does; UnknownDeviceError."""
        wanted = [
            PairedAttribute(pairing, record.attribute_id)
            for cluster_id, reports in self._wanted.items()
            for pairing in self._pairings(device, cluster_id)
            for record in reports.records(pairing)
        ]
        every = dict.fromkeys((*wanted, *self.expectations.attributes_of(device)))
        return [self.expectations.coming(key) for key in every]

    def read_now(self, cluster_id: int) -> None:
        """Have all servers of a cluster read, and told, what is wanted of it.

        Who sleeps is not asked, and who does not answer is passed over.
        """
        for peer in self._servers.servers(cluster_id):
            pairing = pairing_with(peer, cluster_id)
            if not self._sleeps(pairing):
                self.spawn(self._read_wanted_or_log(pairing), f"read {peer.device}")

    def changed(self, pairing: Pairing) -> None:
        """Have a server read, and told, that somebody has just changed something of.

        One that reports all that is wanted of it tells it by itself, and is not asked.
        """
        wanted = self._wanted.get(pairing.cluster_id)
        if wanted is None or self._sleeps(pairing):
            return
        keys = [PairedAttribute(pairing, one.attribute_id) for one in wanted.records(pairing)]
        if any(self.expectations.coming(key).way is Way.PSEUDO_REPORT for key in keys):
            self.spawn(self._read_wanted_or_log(pairing), f"read {pairing.peer.device}")

    @override
    async def run(self) -> None:
        """Do what is due, then sleep until something is."""
        while True:
            self._woken.clear()
            now = self._clock.monotonic()
            self._carry_out(now)
            next_due = self.expectations.next_due()
            if next_due is None:
                await self._woken.wait()
            else:
                with contextlib.suppress(AnswerTimeoutError):
                    await self._clock.within(max(next_due - now, 0.0), self._woken.wait())

    def _carry_out(self, now: float) -> None:
        due = self.expectations.due(now)
        for pairing, records in due.configure.items():
            self.spawn(self._configure(pairing, records), f"ask {pairing.peer.device}")
        for pairing in due.set_up:
            self.spawn(self._set_up_in_turn(pairing), f"set up {pairing.peer.device}")
        for pairing, attribute_ids in due.read.items():
            if pairing not in self._being_read:
                self._being_read.add(pairing)
                self.spawn(self._read(pairing, attribute_ids), f"read {pairing.peer.device}")

    # ------------------------------------------------------------------ which clusters

    def _on_active(self, device: Eui64) -> None:
        self.expectations.resumed(device, self._clock.monotonic())
        self._want(device)

    def _want(self, device: Eui64) -> None:
        for pairing in self._clusters_of(device):
            self.expectations.want(pairing, self._clock.monotonic())

    def _on_updated(self, device: Eui64) -> None:
        """Set up what an interview that was finished late has brought to light."""
        for pairing in self._clusters_of(device):
            if not self.expectations.is_wanted(pairing):
                self.expectations.want(pairing, self._clock.monotonic())

    def _on_replaced(self, signal: DeviceReplaced) -> None:
        """Set up what another device has; of one of another kind, expect nothing else."""
        if signal.is_other_kind:
            self.expectations.forget(signal.device)
            self._on_updated(signal.device)
        else:
            self._doubt(signal.device)

    def _doubt(self, device: Eui64) -> None:
        for pairing in self._clusters_of(device):
            self.expectations.doubt(pairing, self._clock.monotonic())

    def _clusters_of(self, device: Eui64) -> Iterator[Pairing]:
        """Give the clusters of a device that is there, of which reports are wanted."""
        if self._is_active(device):
            for cluster_id in self._wanted:
                yield from self._pairings(device, cluster_id)

    def _pairings(self, device: Eui64, cluster_id: int) -> Iterator[Pairing]:
        """Give those of which anything is wanted."""
        for peer in self._servers.servers_of(device, cluster_id):
            pairing = pairing_with(peer, cluster_id)
            if self._wanted[cluster_id].records(pairing):
                yield pairing

    def _sleeps(self, pairing: Pairing) -> bool:
        wanted = self._wanted.get(pairing.cluster_id)
        return wanted is not None and wanted.sleeps(pairing.peer)

    # ------------------------------------------------------------------ setting up

    async def _set_up_in_turn(self, pairing: Pairing) -> None:
        async with self._room:
            await self._set_up(pairing)

    async def _set_up(self, pairing: Pairing) -> None:
        if pairing not in self._clusters_of(pairing.peer.device):
            self.expectations.unwant(pairing)
            return
        succeeded = False
        try:
            if not self._sleeps(pairing):
                await self._have_reported(self._wanted[pairing.cluster_id], pairing)
                succeeded = True
        except SebridgeError as error:
            _LOGGER.info("reports of %s not set up: %s", pairing.peer.device, error)
        finally:
            self.expectations.ended(pairing, self._clock.monotonic(), succeeded=succeeded)
            self._bus.send(ReportsSetUp(pairing.peer.device))

    async def _have_reported(self, wanted: WantedReports, pairing: Pairing) -> None:
        """Read what a cluster shows, bind it, and ask for reports of what it has.

        What a caller has configured or ended is left as the caller wants it. Raises where the
        device does not answer.
        """
        await wanted.prepare(pairing)
        types, missing = await self._read_wanted(pairing)
        records = [
            _typed(record, types)
            for record in wanted.records(pairing)
            if record.attribute_id not in missing and self._is_ours(pairing, record.attribute_id)
        ]
        now = self._clock.monotonic
        try:
            await self._bind(pairing)
            refused = await self._ask_for_reports(pairing, records)
        except SebridgeError:  # until it is agreed, all of it is read
            unheard = dict.fromkeys((record.attribute_id for record in records), Status.TIMEOUT)
            self.expectations.agreed(pairing, records, unheard, now())
            raise
        self.expectations.agreed(pairing, records, refused, now())

    async def _bind(self, pairing: Pairing) -> None:
        peer, cluster_id = pairing.peer, pairing.cluster_id
        status = await self._binder.bind(peer, cluster_id, pairing.local_endpoint)
        if status:
            _LOGGER.info("%s did not bind 0x%04X: status 0x%02X", peer.device, cluster_id, status)

    async def _ask_for_reports(
        self, pairing: Pairing, records: Sequence[Record]
    ) -> Mapping[int, int]:
        """Return the ZCL status of each attribute that the device will not report."""
        refused: dict[int, int] = {}
        for some in _in_frames(records):
            try:
                refused |= await self._reporting.configure(pairing, some)
            except DeviceRefusedError as error:  # it knows no reporting at all
                status = Status.FAILURE if error.tx_status is None else error.tx_status
                refused |= dict.fromkeys((record.attribute_id for record in some), status)
        for attribute_id, refusal in refused.items():
            _LOGGER.info(
                "%s will not report 0x%04X of 0x%04X: status 0x%02X; it is read instead",
                pairing.peer.device,
                attribute_id,
                pairing.cluster_id,
                refusal,
            )
        return refused

    def _is_ours(self, pairing: Pairing, attribute_id: int) -> bool:
        known = self.expectations.get(PairedAttribute(pairing, attribute_id))
        return known is None or known.own

    async def _configure(self, pairing: Pairing, records: Sequence[Record]) -> None:
        try:
            await self._reporting.configure(pairing, records)
        except SebridgeError as error:
            _LOGGER.info("reports of %s not configured again: %s", pairing.peer.device, error)

    # ------------------------------------------------------------------ reading

    async def _read_wanted_or_log(self, pairing: Pairing) -> None:
        try:
            await self._read_wanted(pairing)
        except SebridgeError as error:
            _LOGGER.info("%s was not read: %s", pairing.peer.device, error)

    async def _read_wanted(self, pairing: Pairing) -> tuple[dict[int, int], set[int]]:
        """Read and tell what is wanted of a cluster.

        Return the data types of what was read, and the attributes that the cluster has not.
        """
        wanted = self._wanted[pairing.cluster_id].records(pairing)
        found = await self._read_asked(pairing, sorted(record.attribute_id for record in wanted))
        values = [value for _, status, value in found if not status and value is not None]
        if values:
            self._tell(pairing, values, reported=False)
        types = {value.attribute_id: value.attribute_type for value in values}
        return types, self._note_missing(pairing, found)

    def _note_missing(self, pairing: Pairing, found: Sequence[ReadResult]) -> set[int]:
        missing = {i: status for i, status, _ in found if status in _NOT_THERE}
        for attribute_id, status in self.expectations.missing(pairing, missing).items():
            _LOGGER.info(
                "%s has no attribute 0x%04X of 0x%04X: %s",
                pairing.peer.device,
                attribute_id,
                pairing.cluster_id,
                status_name(status),
            )
        return set(missing)

    async def _read_asked(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        """Read attributes; what a device tells besides is nothing that is wanted, or kept.

        What did not fit into an answer is asked for again. Raises where nothing was answered.
        """
        found: list[ReadResult] = []
        for some in _in_frames(attribute_ids):
            left = list(some)
            try:
                while left:
                    answer = await self._access.read(pairing, left)
                    told = [result for result in answer if result[0] in left]
                    found += told
                    rest = [i for i in left if all(i != result[0] for result in told)]
                    if len(rest) == len(left):
                        break
                    left = rest
            except SebridgeError as error:
                if not found:
                    raise
                _LOGGER.info("%s did not tell all: %s", pairing.peer.device, error)
                break
        return found

    async def _read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> None:
        """Read in the place of reports, and tell what its configuration wants told."""
        try:
            found = await self._read_asked(pairing, attribute_ids)
        except SebridgeError as error:
            _LOGGER.info("%s was not read: %s", pairing.peer.device, error)
        else:
            now = self._clock.monotonic()
            values = [
                value
                for attribute_id, _, value in found
                if value is not None
                and self.expectations.take(PairedAttribute(pairing, attribute_id), value.value, now)
            ]
            if values:
                self._tell(pairing, values, reported=True)
            self._note_missing(pairing, found)
        finally:
            self._being_read.discard(pairing)

    def _tell(self, pairing: Pairing, values: Sequence[AttributeValue], *, reported: bool) -> None:
        peer, time = pairing.peer, self._clock.utc()
        side = 1 if pairing.server else 0
        if pairing.is_local:
            told = LocalAttributesReported(
                peer.endpoint, peer.profile_id, pairing.cluster_id, side, values, time
            )
            self._bus.send(told)
            return
        report = AttributesReported(
            peer.device,
            peer.endpoint,
            pairing.local_endpoint,
            peer.profile_id,
            pairing.cluster_id,
            side,
            pairing.manufacturer_code,
            values,
            reported=reported,
            time=time,
        )
        self._bus.send(report)


def _in_frames(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Give so many at a time as fit into a frame."""
    for start in range(0, len(items), _MOST_IN_A_FRAME):
        yield items[start : start + _MOST_IN_A_FRAME]


def _typed(record: Record, types: Mapping[int, int]) -> Record:
    """Return a configuration for the type that an attribute has on the wire.

    A float has no smallest step that would mean the same as one of a whole number: any change of
    it counts, no faster than the shortest interval.
    """
    kind = types.get(record.attribute_id, record.attribute_type)
    if kind == record.attribute_type:
        return record
    known = replace(record, reportable_change=0) if is_float(kind) else record
    return fitted(known, kind, "reportable_change")
