"""The message that a person sees on a display, and when it is confirmed."""

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import CancelMessageRecord, DisplayMessageRecord
from sebridge.features.messaging.simulated import DisplaySettings, MessageOnDisplay
from sebridge.gateway.cluster import Outcome
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.record import Record
from tests.gateway.radio_side import always, command


class Wall:
    """A display on a wall, with the cluster behind it."""

    def __init__(self, clock: VirtualClock, bus: SignalBus, settings: DisplaySettings) -> None:
        self.clock, self.bus = clock, bus
        self.messages = MessagingClient(9, Schedule(Policy.MESSAGE, {}), time_is_known=always)
        self.confirmed: list[int] = []
        self.display = MessageOnDisplay(self.messages, settings, clock, bus, self.confirmed.append)

    def hear(self, record: Record) -> None:
        self.tell(self.messages.receive(command(record, self.now)))

    def tell(self, outcome: Outcome) -> None:
        for signal in outcome.signals:
            self.bus.send(signal)

    @property
    def now(self) -> int:
        return zigbee_time(self.clock.utc())


@pytest.fixture
def wall(clock: VirtualClock, bus: SignalBus) -> Wall:
    return Wall(clock, bus, DisplaySettings(confirm_after=5.0))


def message(message_id: int, control: int = 0x80, start: int = 0) -> DisplayMessageRecord:
    return DisplayMessageRecord(
        message_id=message_id,
        message_control=control,
        start_time=start,
        duration_in_minutes=10,
        message=f"text {message_id}",
    )


async def test_the_newest_message_is_shown_msg_1(wall: Wall, clock: VirtualClock) -> None:
    assert wall.display.message is None
    wall.hear(message(1))
    wall.hear(message(2))

    assert wall.display.message == "text 2"
    await clock.advance(minutes=10)
    assert wall.display.message is None


async def test_a_message_that_asks_for_it_is_confirmed_once_msg_4_msg_7(
    wall: Wall, clock: VirtualClock
) -> None:
    wall.hear(message(1))
    await clock.advance(4.9)
    assert wall.confirmed == []
    await clock.advance(0.1)
    assert wall.confirmed == [1]

    wall.hear(message(1))
    await clock.advance(60)

    assert wall.confirmed == [1]


async def test_a_message_to_come_is_confirmed_when_it_is_on_display(
    wall: Wall, clock: VirtualClock
) -> None:
    wall.hear(message(1, start=wall.now + 60))
    await clock.advance(60)
    assert wall.confirmed == []

    wall.tell(wall.messages.advance(wall.now))
    await clock.advance(5)

    assert wall.confirmed == [1]


@pytest.mark.parametrize("control", [0x00, 0x40])
async def test_a_message_that_asks_for_nothing_is_not_confirmed_msg_7(
    wall: Wall, clock: VirtualClock, control: int
) -> None:
    wall.hear(message(1, control))

    await clock.advance(60)

    assert wall.confirmed == []


async def test_a_message_that_was_cancelled_is_not_confirmed(
    wall: Wall, clock: VirtualClock
) -> None:
    wall.hear(message(1))
    wall.hear(CancelMessageRecord(message_id=1))

    await clock.advance(60)

    assert wall.confirmed == []


async def test_a_person_may_do_nothing_by_itself(clock: VirtualClock, bus: SignalBus) -> None:
    wall = Wall(clock, bus, DisplaySettings(confirm_after=None))
    wall.hear(message(1))
    await clock.advance(60)
    assert wall.confirmed == []

    wall.display.press_confirm()

    assert wall.confirmed == [1]
