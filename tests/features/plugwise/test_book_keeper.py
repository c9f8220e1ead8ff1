"""What is heard of circles is told on, of those that are known."""

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.plugwise.book import Book, KnownCircle
from sebridge.features.plugwise.book_keeper import BookKeeper
from sebridge.features.plugwise.history import CircleHistory
from sebridge.features.plugwise.signals import CircleChanged
from sebridge.plugwise.signals import CircleLost, CircleSeen

LAMP, STRANGER = Eui64(0xD6F0001A400E2), Eui64(0xD6F0001A40223)


def test_of_a_circle_that_has_left_nothing_is_told() -> None:
    bus, clock, told = SignalBus(), VirtualClock(), list[Eui64]()
    book = Book({LAMP: KnownCircle()}, {})
    BookKeeper(book, CircleHistory({}, {}), clock, bus)
    bus.listen(CircleChanged, lambda signal: told.append(signal.state.mac))

    for mac in (STRANGER, LAMP):
        bus.send(CircleSeen(mac, 11.0, is_on=True, hour=None))
        bus.send(CircleLost(mac, "it is not reached"))

    assert told == [LAMP, LAMP]
