"""The desks of the three client clusters: what more can be asked and done at each."""

from collections.abc import Sequence
from typing import Any

from sebridge.base.secret import Secret
from sebridge.features.load_control.client import DrlcClient
from sebridge.features.load_control.records import GetScheduledEventsRecord, LoadControlEventRecord
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import GetScheduledPricesRecord, PublishPriceRecord
from sebridge.features.price.tariff_records import (
    GetBlockPeriodsRecord,
    GetCalorificValueRecord,
    GetConversionFactorRecord,
)
from sebridge.features.price.values import Kind
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.client_desk import ClientDesk


class PriceBox(ClientDesk[PublishPriceRecord]):
    """The desk of the Price client, which also knows the values beside the price."""

    def __init__(self, endpoint: Endpoint, prices: PriceClient, **parts: Any) -> None:
        questions = (
            GetScheduledPricesRecord(),
            GetBlockPeriodsRecord(),
            GetConversionFactorRecord(),
            GetCalorificValueRecord(),
        )
        super().__init__(endpoint, prices, questions, **parts)
        self._prices = prices

    def listed(self, kind: Kind) -> Sequence[Any]:
        """Return the values of a kind, in force and to come."""
        return self._prices.listed(kind, self._now)


class LoadControlBox(ClientDesk[LoadControlEventRecord]):
    """The desk of the load-control client, at which a user opts out of events and back in."""

    def __init__(self, endpoint: Endpoint, load_control: DrlcClient, **parts: Any) -> None:
        super().__init__(endpoint, load_control, (GetScheduledEventsRecord(),), **parts)
        self._load_control = load_control

    def choose(self, event_id: int, *, out: bool) -> None:
        """Opt out of an event, or back in.

        Raises UnknownEventError, or RefusedError where participation is mandatory (DRLC-6).
        """
        self.carry_out(self._load_control.choose(event_id, self._now, out=out))


class MessageBox(ClientDesk[DisplayMessageRecord]):
    """The desk of the Messaging client, at which messages are confirmed and unlocked too."""

    def __init__(self, endpoint: Endpoint, messages: MessagingClient, **parts: Any) -> None:
        super().__init__(endpoint, messages, (GetLastMessageRecord(),), **parts)
        self._messages = messages

    def confirmed(self, message_id: int) -> None:
        """Note that the user confirmed a message, or its cancellation."""
        self.carry_out(self._messages.confirmed(message_id, self._now))

    def stamped(self, record: MessageConfirmationRecord) -> MessageConfirmationRecord:
        """Return a confirmation with the time at which it is made."""
        return record.replace(confirmation_time=record.confirmation_time or self._now)

    def unlock(self, pin: Secret) -> None:
        """Show the text of the protected messages there are (MSG-10).

        Raises RefusedError for a wrong PIN, and where this display has none.
        """
        self.carry_out(self._messages.unlock(pin, self._now))
