"""The reports that callers want of devices, and those that devices say they will send."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import DeviceRefusedError, FullError
from sebridge.gateway.general_commands import ReportingTable
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation, Expectations, Record
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.zcl.data_types import UNKNOWN_TYPE
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.reporting import RECEIVING, STOP_REPORTING, fitted
from sebridge.zcl.status import Status

_NOTHING: Final[Mapping[int, int]] = {}

Outcome = tuple[int, Record]
"""A ZCL status, and the configuration of which it speaks."""


class ReportSubscriptions(ReportingTable):
    """Begins and ends what is expected, and tells the devices.

    `is_wanted` says which attributes the gateway has reported of its own accord: that these are
    not wanted has to be remembered.
    """

    def __init__(
        self,
        *,
        expectations: Expectations,
        is_wanted: Callable[[PairedAttribute], bool],
        access: AttributeAccess,
        reporting: RemoteReporting,
        clock: Clock,
    ) -> None:
        self._expectations = expectations
        self._is_wanted = is_wanted
        self._access = access
        self._reporting = reporting
        self._clock = clock

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
            instead = await self._read_instead(pairing, hopeful, wish=wish, refused=refused)
            for status, record in instead:
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

    # ------------------------------------------------------------------ what devices say

    @override
    def configure(self, pairing: Pairing, record: Record) -> Status:
        """Take what a peer says of the reports that it will send; a timeout of 0 ends it."""
        key = PairedAttribute(pairing, record.attribute_id)
        known = self._expectations.get(key)
        if known is not None and not known.record.direction:
            return Status.SUCCESS  # we configured it ourselves, and know more
        if not record.timeout:
            self._expectations.drop(key)
            return Status.SUCCESS
        try:
            self._expectations.put(key, Expectation(record=record), self._clock.monotonic())
        except FullError as error:
            return zcl_status(error)
        return Status.SUCCESS

    @override
    def configuration(self, pairing: Pairing, attribute_id: int) -> Record | Status:
        """Return after how many seconds a report is missed, up to 65,535."""
        found = self._expectations.get(PairedAttribute(pairing, attribute_id))
        if found is None or found.stopped:
            return Status.NOT_FOUND
        timeout = min(int(found.patience or found.record.timeout), 0xFFFF)
        return Record(attribute_id, RECEIVING, timeout=timeout)

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
        self,
        pairing: Pairing,
        known: Sequence[Outcome],
        *,
        wish: bool | None,
        refused: Mapping[int, int] = _NOTHING,
    ) -> list[Outcome]:
        """Begin to read what can be read; return the status of each as the read tells it."""
        ids = [record.attribute_id for status, record in known if status == Status.SUCCESS]
        read = {i: status for i, status, _ in await self._access.read(pairing, ids)} if ids else {}
        outcomes = [
            (status or read.get(record.attribute_id, Status.FAILURE), record)
            for status, record in known
        ]
        readable = [record for status, record in outcomes if status == Status.SUCCESS]
        is_read = not pairing.is_local or bool(wish)
        self._expect(pairing, readable, wish=wish, pseudo=is_read, refused=refused)
        return outcomes

    def _expect(
        self,
        pairing: Pairing,
        records: Sequence[Record],
        *,
        wish: bool | None,
        pseudo: bool = False,
        refused: Mapping[int, int] = _NOTHING,
    ) -> None:
        now = self._clock.monotonic()
        for record in records:
            refusal = refused.get(record.attribute_id, 0)
            expectation = Expectation(record=record, pseudo=pseudo, wish=wish, refusal=refusal)
            self._expectations.put(PairedAttribute(pairing, record.attribute_id), expectation, now)

    def _is_read_by_us(self, pairing: Pairing, attribute_id: int) -> bool:
        known = self._expectations.get(PairedAttribute(pairing, attribute_id))
        return pairing.is_local or (known is not None and known.pseudo)

    def _ending(self, pairing: Pairing, attribute_id: int) -> Record:
        known = self._expectations.get(PairedAttribute(pairing, attribute_id))
        record = Record(attribute_id) if known is None or known.record.direction else known.record
        return replace(record, min_interval=0, max_interval=STOP_REPORTING, reportable_change=0)

    def _end(self, key: PairedAttribute) -> None:
        if not self._is_wanted(key):
            self._expectations.drop(key)
            return
        stopped = Expectation(record=self._ending(key.pairing, key.attribute_id))
        self._expectations.put(key, stopped, self._clock.monotonic())
