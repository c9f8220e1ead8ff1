"""The Prepayment cluster's client: tops up, changes the payment mode, hears what came of it."""

from typing import ClassVar, Final

from typing_extensions import override

from sebridge.base.errors import InvalidFieldError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.records import (
    PREPAYMENT_CLUSTER,
    ChangePaymentModeRecord,
    ConsumerTopUpRecord,
    SelectAvailableEmergencyCreditRecord,
)
from sebridge.features.prepayment.signals import PrepaymentAnswered
from sebridge.gateway.cluster import Command, LocalCluster, Outcome, Sending
from sebridge.network.peer import Peer
from sebridge.zcl.cluster import ClusterDefinition

ENERGY_SERVICE_INTERFACE: Final = 0x00
"""The originating device of what comes through an energy service interface."""
DISPLAY: Final = 0x02
"""The originating device of what a user enters at an in-premise display."""
LONGEST_CODE: Final = 25
"""Octets of a top-up code."""


class PrepaymentClient(LocalCluster):
    """Asks a prepayment meter; its answers are PrepaymentAnswered signals (PRE-2)."""

    definition: ClassVar[ClusterDefinition] = PREPAYMENT_CLUSTER
    server = False

    def __init__(self, local_endpoint: int, originating_device: int = DISPLAY) -> None:
        super().__init__()
        self.local_endpoint = local_endpoint
        self._origin = originating_device

    def top_up(self, meter: Peer, code: Secret) -> Outcome:
        """Enter a code of 1 to 25 octets; InvalidFieldError for another length."""
        if not 1 <= len(code) <= LONGEST_CODE:
            raise InvalidFieldError(f"a top-up code has 1..{LONGEST_CODE} octets")
        record = ConsumerTopUpRecord(originating_device=self._origin, top_up_code=code.reveal())
        return Outcome(sendings=(Sending(meter, record),))

    def select_emergency_credit(self, meter: Peer, now: int) -> Outcome:
        """Ask for emergency credit; the answer is a default response."""
        record = SelectAvailableEmergencyCreditRecord(
            command_issue_date_time=now, originating_device=self._origin
        )
        return Outcome(sendings=(Sending(meter, record),))

    def change_mode(self, meter: Peer, record: ChangePaymentModeRecord) -> Outcome:
        """Ask for another payment mode."""
        return Outcome(sendings=(Sending(meter, record),))

    @override
    def receive(self, command: Command) -> Outcome:
        """Say what a meter answered, or published of its books."""
        source, record = command.source, command.record
        answered = PrepaymentAnswered(source.device, source.endpoint, self.local_endpoint, record)
        return Outcome(signals=(answered,))
