"""A simulated display shows the message in force, and the person before it may confirm."""

from collections.abc import Callable
from typing import Final

import msgspec

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import GetLastMessageRecord
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.event_cluster import end_of
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

_LONGEST: Final = 86_400  # seconds


class DisplaySettings(msgspec.Struct, frozen=True):
    """What the person in front of the display does."""

    confirm_after: float | None = 5.0  # seconds; None: never

    def __post_init__(self) -> None:
        """Raise ParameterError for a person who never comes."""
        if self.confirm_after is not None and not 0 <= self.confirm_after <= _LONGEST:
            raise ParameterError("confirm_after", f"must be 0..{_LONGEST}, or null")


class SeenMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The message on a display.

    `importance` is 0 (low) to 3 (critical), `end` null for a message that lasts until another
    comes; times are seconds since 2000. `waits` says whether it is still to be confirmed.
    """

    message: str
    message_id: int
    importance: int
    start: int
    end: int | None
    waits: bool


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
        self.confirm_after = settings.confirm_after
        self._clock = clock
        self._confirm = confirm
        bus.listen(ActiveEventsChanged, self._on_change)

    def confirm_by_itself(self, after: float | None) -> None:
        """Have whoever stands there confirm what comes so many seconds later; None for never.

        ParameterError for a time that cannot be.
        """
        self.confirm_after = DisplaySettings(after).confirm_after

    @property
    def message(self) -> str | None:
        """The text on display."""
        messages = self._messages.active(zigbee_time(self._clock.utc()))
        return str(messages[-1].message) if messages else None

    def seen(self) -> SeenMessage | None:
        """Return what a person sees of the message on display; None without one."""
        now = zigbee_time(self._clock.utc())
        messages = self._messages.active(now)
        if not messages:
            return None
        shown = messages[-1]
        waiting = {message.message_id for message in self._messages.waiting(now)}
        return SeenMessage(
            message=str(shown.message),
            message_id=shown.message_id,
            importance=shown.message_control >> 2 & 3,
            start=shown.start_time,
            end=end_of(shown.start_time, shown.duration_in_minutes),
            waits=shown.message_id in waiting,
        )

    def press_confirm(self) -> int:
        """Confirm the messages on display that ask for it; return how many did."""
        waiting = self._messages.waiting(zigbee_time(self._clock.utc()))
        for message in waiting:
            self._confirm(message.message_id)
        return len(waiting)

    def _on_change(self, signal: ActiveEventsChanged) -> None:
        pause = self.confirm_after
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
        host.house.note_change()

    settings = host.options.read(DisplaySettings)
    shown = MessageOnDisplay(client, settings, host.clock, host.bus, confirm)
    return SimulatedPart(
        clusters=(client,),
        questions=(Question(client, GetLastMessageRecord()),),
        views=(shown,),
        shown={"message": shown.seen, "confirm_after": lambda: shown.confirm_after},
    )
