"""Pseudo reporting: read what a device does not report, and tell it as if it did."""

import asyncio
from collections.abc import Callable, Sequence
import contextlib
import logging

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectations
from sebridge.gateway.reporting.read_plan import ReadPlan
from sebridge.gateway.reporting.signals import AttributesReported, LocalAttributesReported
from sebridge.zcl.attributes import AttributeValue

_LOGGER = logging.getLogger(__name__)


class PseudoReporter(Service):
    """Reads each attribute every `min_interval`, and publishes what its configuration wants told.

    Our own attributes are told on the bus in the same way. A device is asked again only
    when its answer to the question before has come, or is no longer waited for.
    """

    def __init__(
        self,
        expectations: Expectations,
        access: AttributeAccess,
        publish: Callable[[AttributesReported], None],
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._expectations = expectations
        self._access = access
        self._publish = publish
        self._clock = clock
        self._bus = bus
        self._plan = ReadPlan()
        self._under_way: set[Pairing] = set()
        self._woken = asyncio.Event()
        expectations.changed = self._woken.set

    @override
    async def run(self) -> None:
        """Read what is due, then sleep until something is."""
        while True:
            self._woken.clear()
            now = self._clock.monotonic()
            for pairing, ids in self._plan.due(self._expectations.to_read(), now).items():
                if pairing not in self._under_way:
                    self._under_way.add(pairing)
                    self.spawn(self._read(pairing, ids), f"read {pairing.peer.device}")
            pause = self._plan.pause(now)
            if pause is None:
                await self._woken.wait()
            else:
                with contextlib.suppress(AnswerTimeoutError):
                    await self._clock.within(pause, self._woken.wait())

    async def _read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> None:
        try:
            found = await self._access.read(pairing, attribute_ids)
        except SebridgeError as error:
            _LOGGER.info("%s was not read: %s", pairing.peer.device, error)
        else:
            now = self._clock.monotonic()
            values = [
                value
                for attribute_id, _, value in found
                if value is not None
                and self._plan.take(PairedAttribute(pairing, attribute_id), value.value, now)
            ]
            if values:
                self._tell(pairing, values)
        finally:
            self._under_way.discard(pairing)

    def _tell(self, pairing: Pairing, values: Sequence[AttributeValue]) -> None:
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
            reported=True,
            time=time,
        )
        self._publish(report)
