"""A simulated display shows the message in force, and the person before it may confirm."""

from collections.abc import Callable

import msgspec

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import GetLastMessageRecord
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.simulator.vocabulary import (
    DISPLAY,
    NOTHING,
    Question,
    SimulatedHost,
    SimulatedPart,
    always,
)
from sebridge.zcl.identifiers import MESSAGING


class DisplaySettings(msgspec.Struct, frozen=True):
    """What the person in front of the display does."""

    confirm_after: float | None = 5.0  # seconds; None: never


class MessageOnDisplay:
    """The message that a person sees on a display, and the button to confirm it with.

    `bus` tells what comes on display, which the person confirms where it asks for that. `confirm`
    is given the identifier of the message.
    """

    def __init__(
        self,
        messages: MessagingClient,
        settings: DisplaySettings,
        clock: Clock,
        bus: SignalBus,
        confirm: Callable[[int], None],
    ) -> None:
        self._messages = messages
        self._settings = settings
        self._clock = clock
        self._confirm = confirm
        bus.listen(ActiveEventsChanged, self._on_change)

    @property
    def message(self) -> str | None:
        """The text on display."""
        messages = self._messages.active(zigbee_time(self._clock.utc()))
        return str(messages[-1].message) if messages else None

    def press_confirm(self) -> None:
        """Confirm the message on display, if it asks for it."""
        for message in self._messages.waiting(zigbee_time(self._clock.utc())):
            self._confirm(message.message_id)

    def _on_change(self, signal: ActiveEventsChanged) -> None:
        pause = self._settings.confirm_after
        if signal.cluster_id == MESSAGING and signal.records and pause is not None:
            self._clock.call_later(pause, self.press_confirm)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a display hear messages, and ask for the last one."""
    if host.kind is not DISPLAY:
        return NOTHING
    client = MessagingClient(
        host.endpoint_id, Schedule(Policy.MESSAGE, {}, MOST_HEARD), time_is_known=always
    )

    def confirm(message_id: int) -> None:
        host.carry_out(client, client.confirm(message_id, host.zigbee_now()))

    settings = host.options.read(DisplaySettings)
    shown = MessageOnDisplay(client, settings, host.clock, host.bus, confirm)
    return SimulatedPart(
        clusters=(client,),
        questions=(Question(client, GetLastMessageRecord()),),
        views=(shown,),
    )
