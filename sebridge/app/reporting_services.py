"""The parts that have attributes reported, in both directions, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sebridge.app.energy_services import Keep
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.both_directions import BothDirections
from sebridge.gateway.reporting.expectations import Expectation, Expectations
from sebridge.gateway.reporting.keeper import ReportKeeper
from sebridge.gateway.reporting.pseudo import PseudoReporter
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.gateway.router import Router
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

_LOOK_EVERY: Final = 1.0  # seconds between looks for reports that are due
_MOST_SENT: Final = 1024  # configurations of all peers together


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingGrounds:
    """What reporting stands on; `keep` gives power-safe collections."""

    endpoints: Callable[[], Mapping[int, Endpoint]]
    exchange: Exchange
    bindings: RemoteBindings
    is_active: Callable[[Eui64], bool]
    keep: Keep
    clock: Clock
    bus: SignalBus


class ReportingServices:
    """Which reports are expected and kept coming; with a router also those that we send."""

    def __init__(self, grounds: ReportingGrounds) -> None:
        self._grounds = grounds
        expected = grounds.keep("expected_reports", PairedAttribute, Expectation)
        self.access = AttributeAccess(grounds.endpoints, grounds.exchange)
        self.remote = RemoteReporting(grounds.exchange)
        self.expectations = Expectations(expected, grounds.is_active)
        self.keeper = ReportKeeper(
            self.expectations,
            self.remote,
            self.access,
            grounds.bindings,
            grounds.clock,
            grounds.bus,
        )

    def open(self, router: Router, publish: Callable[[AttributesReported], None]) -> None:
        """Take the configurations of peers from now on; `publish` tells what we read ourselves."""
        grounds = self._grounds
        sent = grounds.keep("sent_reports", PairedAttribute, AttributeReportingConfigurationRecord)
        self.sender = ReportSender(
            router, grounds.clock, lambda: _LOOK_EVERY, sent, most=_MOST_SENT
        )
        self.sender.is_active = grounds.is_active
        router.reporting_table = BothDirections(self.sender, self.keeper)
        self._pseudo = PseudoReporter(
            self.expectations, self.access, publish, grounds.clock, grounds.bus
        )
        grounds.bus.listen(DeviceRemoved, lambda signal: self.sender.forget(signal.device))

    @property
    def services(self) -> list[Service]:
        """What runs for reporting."""
        return [self.keeper, self._pseudo, self.sender]
