"""Take the reports that come from devices, and tell of them."""

from collections.abc import Sequence

from sebridge.base.clock import Clock
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.expectations import Expectations
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.radio.radio import Incoming
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame


class ReportReceiver:
    """Turns reports into signals, and lets the expectations know. `reports` counts them."""

    def __init__(self, *, expectations: Expectations, clock: Clock, bus: SignalBus) -> None:
        self.reports = 0
        self._expectations = expectations
        self._clock = clock
        self._bus = bus

    def reported(self, frame: Incoming, header: Frame, values: Sequence[AttributeValue]) -> None:
        """Take the values of a report."""
        self.reports += 1
        report = AttributesReported(
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
        self._expectations.heard(report, self._clock.monotonic())
        self._bus.send(report)
