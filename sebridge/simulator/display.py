"""An in-premise display: shows the price and the message, and may confirm by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.price.client import PriceClient
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.zcl.identifiers import MESSAGING


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """What the person in front of the display does."""

    confirm_after: float | None = 5.0  # seconds; None: never


class Display:
    """What a person sees on the display, and the button to confirm with."""

    def __init__(
        self,
        prices: PriceClient,
        messages: MessagingClient,
        settings: DisplaySettings,
        clock: Clock,
        confirm: Callable[[int], None],
    ) -> None:
        self._prices = prices
        self._messages = messages
        self._settings = settings
        self._clock = clock
        self._confirm = confirm

    def watch(self, bus: SignalBus) -> None:
        """Confirm what asks for it, as the person of this home does."""
        bus.listen(ActiveEventsChanged, self._on_change)

    @property
    def price(self) -> float | None:
        """The price in force, in the main unit of its currency; None for unknown (PRC-19)."""
        prices = self._prices.active(zigbee_time(self._clock.utc()))
        return prices[-1].amount if prices else None

    @property
    def message(self) -> str | None:
        """The text on display."""
        messages = self._messages.active(zigbee_time(self._clock.utc()))
        return str(messages[-1].message) if messages else None

    def press_confirm(self) -> None:
        """Confirm the message on display, if it asks for it."""
        for message in self._messages.waiting(zigbee_time(self._clock.utc())):
            self._confirm(int(message.message_id))

    def _on_change(self, signal: ActiveEventsChanged) -> None:
        pause = self._settings.confirm_after
        if signal.cluster_id == MESSAGING and signal.records and pause is not None:
            self._clock.call_later(pause, self.press_confirm)
