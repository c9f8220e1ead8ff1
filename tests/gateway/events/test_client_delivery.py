"""What every service of a server does with whatever it has to say."""

from collections.abc import AsyncIterator, Sequence

from msgspec.structs import replace
import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DuplicateError, OutdatedError, UnknownEventError
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.records import CancelMessageRecord
from sebridge.gateway.events.client_delivery import ClientDelivery, Publication, refused
from sebridge.network.signals import DeviceActive, DeviceRemoved
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender
from tests.rules.parts import FIRST, SECOND, House, message_server


class Words(ClientDelivery[str]):
    """Says words, which are carried as the ids of cancelled messages."""

    said: Sequence[str] = ()

    def say(self, *words: str) -> None:
        for word in words:
            self._deliveries.begin(word)
        self.said = (*self.said, *words)

    @override
    def publication(self, key: str) -> Publication | None:
        if key not in self.said:
            return None
        return Publication(CancelMessageRecord(message_id=len(key)))

    @override
    def in_order(self, keys: Sequence[str]) -> list[str]:
        return sorted(keys)


class Talker:
    """Says words to two clients."""

    def __init__(self, sender: RecordingSender, clock: VirtualClock, bus: SignalBus) -> None:
        self.sender, self.clock, self.bus = sender, clock, bus
        house = House(message_server(), sender, clock, bus)
        house.directory.peers = [FIRST, SECOND]
        self.interval = 60.0
        means = replace(house.means, interval=lambda: self.interval)
        self.words = Words(house.endpoint, house.cluster, means)

    def heard(self) -> list[int]:
        return [frame.payload[0] for frame in self.sender.take()]


@pytest.fixture
async def talker(
    sender: RecordingSender, clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[Talker]:
    talker = Talker(sender, clock, bus)
    await talker.words.start()
    yield talker
    await talker.words.stop()


async def test_what_was_published_is_said_once(talker: Talker) -> None:
    talker.words.say("hello")

    reached = await talker.words.publish("hello")
    await talker.clock.advance(600)

    assert reached == [FIRST.device, SECOND.device]
    assert talker.heard() == [5, 5]


async def test_what_somebody_lacks_is_said_in_order_at_the_interval(talker: Talker) -> None:
    talker.interval = 5.0
    await talker.clock.advance(60)

    talker.words.say("two", "a")
    await talker.clock.advance(5)

    assert sorted(talker.heard()) == [1, 1, 3, 3]


async def test_what_is_over_is_not_said(talker: Talker) -> None:
    talker.words.say("hello", "a")
    talker.words.said = ("a",)

    await talker.clock.advance(60)

    assert talker.heard() == [1, 1]


async def test_who_was_removed_and_comes_back_hears_all_again(talker: Talker) -> None:
    talker.words.say("a")
    await talker.words.publish("a")
    talker.heard()

    talker.bus.send(DeviceRemoved(FIRST.device))
    talker.bus.send(DeviceActive(FIRST.device))
    await talker.clock.settle()

    assert talker.heard() == [1]


async def test_a_command_is_told_to_all_once(talker: Talker) -> None:
    talker.sender.silent.add(SECOND.device)

    reached = await talker.words.tell_all(CancelMessageRecord(message_id=9))
    await talker.clock.advance(600)

    assert reached == [FIRST.device]
    assert talker.heard() == [9, 9]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DuplicateError("twice"), Status.DUPLICATE_EXISTS),
        (UnknownEventError("nowhere"), Status.NOT_FOUND),
        (OutdatedError("too late"), Status.INVALID_FIELD),
    ],
)
def test_a_refusal_has_a_status_and_a_reason(
    error: DuplicateError | UnknownEventError | OutdatedError, status: Status
) -> None:
    record = CancelMessageRecord(message_id=1)

    told = refused(record, error)

    assert (told.status, told.record, told.reason) == (status, record, str(error))
