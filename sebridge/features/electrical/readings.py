"""From reports to values in volts and amperes."""

from collections.abc import Sequence
from typing import Protocol

from sebridge.base.signals import SignalBus
from sebridge.features.electrical.measurements import FACTORS, Measurements
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import ReadResult, told_for_certain
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT


class Reader(Protocol):
    """Who can read attributes of devices."""

    async def read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        """Return attribute id, ZCL status and value of each."""


class ElectricalReadings:
    """Reads what scales the values of a server, and tells those that come from then on."""

    def __init__(self, reader: Reader, bus: SignalBus) -> None:
        self._reader = reader
        self._bus = bus
        self._measurements = Measurements()
        bus.listen(AttributesReported, self._on_report)
        bus.listen(DeviceRemoved, lambda signal: self._measurements.forget(signal.device))

    async def prepare(self, pairing: Pairing) -> None:
        """Read multipliers and divisors: before they are known, values mean nothing.

        Raises what the reader raises, DeliveryError where the server cannot tell now.
        """
        told = told_for_certain(await self._reader.read(pairing, FACTORS))
        self._measurements.configure(pairing.peer.device, pairing.peer.endpoint, told)

    def _on_report(self, report: AttributesReported) -> None:
        if report.cluster_id != ELECTRICAL_MEASUREMENT or not report.is_standard:
            return
        shown = self._measurements.take(report.device, report.endpoint, report.values)
        if shown is not None:
            told = ElectricityMeasured(report.device, report.endpoint, shown, report.time)
            self._bus.send(told)
