"""What stands between the radio of a simulated endpoint and its clusters."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.gateway.admission import FrameStatistics, Gate, KeyTrust, Sender
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange, Sender as FrameSender
from sebridge.gateway.general_commands import ReportingTables
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.gateway.router import Router, at_once
from sebridge.radio.radio import Incoming

ANSWER_WITHIN: Final = 10.0
"""Seconds for which an answer is waited for."""


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """Makes the parts, for who keeps no directory of others and reads no reports.

    `keys` says which link keys count.
    """

    keys: KeyTrust
    clock: Clock
    bus: SignalBus
    encryption: EncryptionRules = msgspec.field(default_factory=EncryptionRules)
    statistics: FrameStatistics = msgspec.field(default_factory=FrameStatistics)

    def exchange(self, sender: FrameSender) -> Exchange:
        """Return what asks and answers by a radio."""
        return Exchange(
            sender,
            self.clock,
            lambda: ANSWER_WITHIN,
            encryption=self.encryption,
            may_be_told=self.keys.may_be_told,
            no_default_response=lambda: True,
        )

    def router(
        self,
        endpoints: Mapping[int, Endpoint],
        exchange: Exchange,
        tables: ReportingTables = MappingProxyType({}),
    ) -> Router:
        """Return what brings frames to the clusters of the endpoints."""
        return Router(
            endpoints,
            exchange,
            self.clock,
            self.bus,
            network_time=lambda: zigbee_time(self.clock.utc()),
            admits_report=_takes_all,
            heard=_expects_nothing,
            reporting_tables=tables,
            statistics=self.statistics,
            durable=at_once,
        )

    def gate(self, router: Router, exchange: Exchange) -> Gate:
        """Return what takes the frames of the radio."""
        return Gate(
            router,
            exchange,
            None,
            noted=_note_nobody,
            senders=_as_it_says,
            only_serves=_serves_nothing,
            encryption=self.encryption,
            keys=self.keys,
            statistics=self.statistics,
            clock=self.clock,
            bus=self.bus,
        )


def _as_it_says(frame: Incoming) -> Sender:
    """Take a sender for what it says that it is: a device keeps no directory of others."""
    return Sender(admitted=True, profile=frame.profile_id)


def _note_nobody(_frame: Incoming) -> None:
    """Take no note of a frame: a device does not watch who else is there."""


def _takes_all(_device: Eui64, _now: float) -> bool:
    """Say that a device takes whatever is reported to it."""
    return True


def _expects_nothing(_report: AttributesReported, _now: float) -> None:
    """Take no note of a report: a device asks nobody for any."""


def _serves_nothing(_device: Eui64, _endpoint: int, _cluster_id: int) -> bool:
    """Know nothing of what others serve."""
    return False
