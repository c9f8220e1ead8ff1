"""Have devices report, keep it so, and read in the place of those that do not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
import logging
from typing import Final, Protocol

from typing_extensions import override
from zigpy.zcl.foundation import Status

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeviceRefusedError, FullError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.configuration import WANTED
from sebridge.gateway.reporting.expectations import Expectation, Expectations
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceInactive, DeviceRemoved
from sebridge.zcl.attributes import UNKNOWN_TYPE
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.reporting import STOP_REPORTING, AttributeReportingConfigurationRecord, fitted

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY: Final = 10.0  # seconds between looks for reports that stay away

Record = AttributeReportingConfigurationRecord
Outcome = tuple[int, Record]
"""A ZCL status, and the configuration of which it speaks."""


class Binder(Protocol):
    """Who can make a device send what its cluster has to tell to the gateway."""

    async def bind(self, peer: Peer, cluster_id: int, local_endpoint: int) -> int:
        """Return the ZDO status; raise DeliveryError or AnswerTimeoutError."""


class ReportKeeper(Service):
    """Configures devices to report, again when reports stay away, and ends it."""

    def __init__(
        self,
        expectations: Expectations,
        reporting: RemoteReporting,
        access: AttributeAccess,
        binder: Binder,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self.expectations = expectations
        self._reporting = reporting
        self._access = access
        self._binder = binder
        self._clock = clock
        bus.listen(DeviceActive, lambda signal: self._on_active(signal.device))
        bus.listen(DeviceInactive, lambda _signal: expectations.paused())
        bus.listen(DeviceRemoved, lambda signal: expectations.forget(signal.device))

    # ------------------------------------------------------------------ what callers want

    async def begin(
        self, pairing: Pairing, records: Sequence[Record], *, wish: bool | None
    ) -> list[Outcome]:
        """Have attributes reported; `wish` is True for pseudo reporting, False for none of it.

        Raises DeliveryError or AnswerTimeoutError when a device is not heard; then nothing has
        changed.
        """
        known = await self._with_types(pairing, records)
        if pairing.is_local or wish:
            return await self._read_instead(pairing, known, wish=wish)
        typed = [record for status, record in known if status == Status.SUCCESS]
        refused = await self._configure(pairing, typed)
        self._expect(pairing, [r for r in typed if r.attribute_id not in refused], wish=wish)
        outcomes = {r.attribute_id: (refused.get(r.attribute_id, 0), r) for r in typed}
        if wish is None and refused:
            hopeful = [(0, r) for r in typed if r.attribute_id in refused]
            for status, record in await self._read_instead(pairing, hopeful, wish=wish):
                if status == Status.SUCCESS:
                    outcomes[record.attribute_id] = (status, record)
        return [outcomes.get(record.attribute_id, (status, record)) for status, record in known]

    async def end(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[tuple[int, int]]:
        """End reports; return ZCL status and attribute id of each.

        Raises DeliveryError or AnswerTimeoutError when the device is not heard; then what it
        reports is still expected.
        """
        near = {i for i in attribute_ids if self._is_read_by_us(pairing, i)}
        far = [self._ending(pairing, i) for i in attribute_ids if i not in near]
        known = await self._with_types(pairing, far)
        typed = [record for status, record in known if status == Status.SUCCESS]
        refused = await self._configure(pairing, typed)
        statuses = {record.attribute_id: status for status, record in known} | refused
        for attribute_id in attribute_ids:
            self._end(PairedAttribute(pairing, attribute_id))
        return [(statuses.get(i, Status.SUCCESS), i) for i in attribute_ids]

    # ------------------------------------------------------------------ what the gateway wants

    async def subscribe(self, pairing: Pairing, records: Sequence[Record]) -> dict[int, int]:
        """Bind, and ask for reports of our own accord; return the status of what was refused.

        What a caller has configured or ended is left as the caller wants it.
        """
        peer, cluster_id = pairing.peer, pairing.cluster_id
        status = await self._binder.bind(peer, cluster_id, pairing.local_endpoint)
        if status:
            _LOGGER.info("%s did not bind 0x%04X: status 0x%02X", peer.device, cluster_id, status)
        wanted = [record for record in records if self._is_ours(pairing, record.attribute_id)]
        if not wanted:
            return {}
        refused = await self._reporting.configure(pairing, wanted)
        taken = [record for record in wanted if record.attribute_id not in refused]
        self._expect(pairing, taken, own=True)
        return refused

    def heard(self, pairing: Pairing, attribute_ids: Iterable[int]) -> None:
        """Know of a report."""
        self.expectations.heard(pairing, attribute_ids, self._clock.monotonic())

    def announced(self, pairing: Pairing, record: Record) -> Status:
        """Take what a peer says of the reports that it will send; a timeout of 0 ends it."""
        key = PairedAttribute(pairing, record.attribute_id)
        known = self.expectations.get(key)
        if known is not None and not known.record.direction:
            return Status.SUCCESS  # we configured it ourselves, and know more
        if not record.timeout:
            self.expectations.drop(key)
            return Status.SUCCESS
        try:
            self.expectations.put(key, Expectation(record=record), self._clock.monotonic())
        except FullError as error:
            return zcl_status(error)
        return Status.SUCCESS

    @override
    async def run(self) -> None:
        """Look now and then for reports that stay away."""
        while True:
            await self._clock.sleep(_LOOK_EVERY)
            for pairing, records in self.expectations.missed(self._clock.monotonic()).items():
                self.spawn(self._configure_again(pairing, records), f"ask {pairing.peer.device}")

    async def _configure_again(self, pairing: Pairing, records: Sequence[Record]) -> None:
        try:
            await self._reporting.configure(pairing, records)
        except SebridgeError as error:
            _LOGGER.info("reports of %s not configured again: %s", pairing.peer.device, error)

    # ------------------------------------------------------------------ parts

    async def _with_types(self, pairing: Pairing, records: Sequence[Record]) -> list[Outcome]:
        """Fill in the types that were left open; UNSUPPORTED_ATTRIBUTE where nobody knows."""
        unknown = [r.attribute_id for r in records if r.attribute_type == UNKNOWN_TYPE]
        types = await self._access.types(pairing, unknown)
        found: list[Outcome] = []
        for record in records:
            kind = types.get(record.attribute_id, record.attribute_type)
            if kind == UNKNOWN_TYPE:
                found.append((Status.UNSUPPORTED_ATTRIBUTE, record))
            else:
                found.append((Status.SUCCESS, fitted(record, kind, "reportable_change")))
        return found

    async def _configure(self, pairing: Pairing, records: Collection[Record]) -> dict[int, int]:
        """Return the status of what was refused, which is all if the device knows no reporting."""
        if not records:
            return {}
        try:
            return await self._reporting.configure(pairing, list(records))
        except DeviceRefusedError as error:
            status = Status.FAILURE if error.tx_status is None else error.tx_status
            return {record.attribute_id: status for record in records}

    async def _read_instead(
        self, pairing: Pairing, known: Sequence[Outcome], *, wish: bool | None
    ) -> list[Outcome]:
        """Begin to read what can be read; return the status of each as the read tells it."""
        ids = [record.attribute_id for status, record in known if status == Status.SUCCESS]
        read = {i: status for i, status, _ in await self._access.read(pairing, ids)} if ids else {}
        outcomes = [
            (status or read.get(record.attribute_id, Status.FAILURE), record)
            for status, record in known
        ]
        readable = [record for status, record in outcomes if status == Status.SUCCESS]
        self._expect(pairing, readable, wish=wish, pseudo=not pairing.is_local or bool(wish))
        return outcomes

    def _expect(
        self,
        pairing: Pairing,
        records: Sequence[Record],
        *,
        wish: bool | None = None,
        pseudo: bool = False,
        own: bool = False,
    ) -> None:
        now = self._clock.monotonic()
        for record in records:
            expectation = Expectation(record=record, pseudo=pseudo, wish=wish, own=own)
            self.expectations.put(PairedAttribute(pairing, record.attribute_id), expectation, now)

    def _is_read_by_us(self, pairing: Pairing, attribute_id: int) -> bool:
        known = self.expectations.get(PairedAttribute(pairing, attribute_id))
        return pairing.is_local or (known is not None and known.pseudo)

    def _is_ours(self, pairing: Pairing, attribute_id: int) -> bool:
        known = self.expectations.get(PairedAttribute(pairing, attribute_id))
        return known is None or known.own

    def _ending(self, pairing: Pairing, attribute_id: int) -> Record:
        known = self.expectations.get(PairedAttribute(pairing, attribute_id))
        record = Record(attribute_id) if known is None or known.record.direction else known.record
        return replace(record, min_interval=0, max_interval=STOP_REPORTING, reportable_change=0)

    def _end(self, key: PairedAttribute) -> None:
        own = (record.attribute_id for record in WANTED.get(key.pairing.cluster_id, ()))
        if key.attribute_id not in own or key.pairing.server or key.pairing.is_local:
            self.expectations.drop(key)
            return
        stopped = Expectation(record=self._ending(key.pairing, key.attribute_id))
        self.expectations.put(key, stopped, self._clock.monotonic())

    def _on_active(self, device: Eui64) -> None:
        self.expectations.resumed(device, self._clock.monotonic())
