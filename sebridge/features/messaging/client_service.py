"""The service of the Messaging client."""

from sebridge.base.secret import Secret
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.gateway.events.client_service import EventClientService


class MessagingClientService(EventClientService[DisplayMessageRecord, MessagingClient]):
    """Asks Messaging servers for their messages; a user confirms and unlocks them here."""

    questions = (GetLastMessageRecord(),)

    def confirmed(self, message_id: int) -> None:
        """Note that the user confirmed a message, or its cancellation."""
        self._changed(self._cluster.confirmed(message_id, self._now))

    def stamped(self, record: MessageConfirmationRecord) -> MessageConfirmationRecord:
        """Return a confirmation with the time at which it is made."""
        return record.replace(confirmation_time=record.confirmation_time or self._now)

    def unlock(self, pin: Secret) -> None:
        """Show the text of the protected messages there are (MSG-10).

        Raises WrongPinError, and RefusedError where this display has none.
        """
        self._changed(self._cluster.unlock(pin, self._now))
