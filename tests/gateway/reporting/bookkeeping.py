"""What keeps reports coming, over the recording radio."""

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.expectations import Expectation, Expectations
from sebridge.gateway.reporting.keeper import ReportKeeper
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.zcl.identifiers import METERING
from tests.gateway.radio_side import peer
from tests.gateway.reporting.remote import Places

FAR = Pairing(peer(), 0x5E, METERING, server=False)


class Books:
    """A keeper with its parts, and what it keeps."""

    def __init__(
        self, exchange: Exchange, places: Places, clock: VirtualClock, bus: SignalBus
    ) -> None:
        self.kept: dict[PairedAttribute, Expectation] = {}
        self.access = AttributeAccess(dict, exchange)
        self.expectations = Expectations(self.kept, lambda _device: True)
        self.keeper = ReportKeeper(
            self.expectations, RemoteReporting(exchange), self.access, places, clock, bus
        )
