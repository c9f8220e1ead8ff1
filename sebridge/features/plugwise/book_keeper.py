"""Keeps the book of circles by what is heard of them, and tells what is new in it."""

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.plugwise.book import Book, CircleState
from sebridge.features.plugwise.history import CircleHistory
from sebridge.features.plugwise.signals import CircleChanged, CirclesKnown
from sebridge.plugwise.signals import (
    CircleLost,
    CircleSeen,
    CirclesListed,
    EndpointWantsToJoin,
    HoursLogged,
    StickChanged,
)


class BookKeeper(Service):
    """Tells all that is known at its start, and then what changes."""

    def __init__(self, book: Book, history: CircleHistory, clock: Clock, bus: SignalBus) -> None:
        super().__init__()
        self._book = book
        self._history = history
        self._clock = clock
        self._bus = bus
        bus.listen(CirclesListed, self._on_list)
        bus.listen(CircleSeen, self._on_seen)
        bus.listen(CircleLost, lambda signal: self._lose(signal.mac, signal.reason))
        bus.listen(StickChanged, self._on_stick)
        bus.listen(HoursLogged, lambda signal: history.take(signal.mac, signal.hours))
        bus.listen(EndpointWantsToJoin, lambda signal: book.wish(signal.mac))

    @override
    async def start(self) -> None:
        """Tell what is known."""
        self._tell_which()
        for state in self._book.states:
            self._tell(state)
        await super().start()

    def rename(self, mac: Eui64, name: str) -> None:
        """Give a circle another name."""
        self._tell(self._book.rename(mac, name))

    def _tell_which(self) -> None:
        self._bus.send(CirclesKnown(tuple(state.mac for state in self._book.states)))

    def _tell(self, state: CircleState | None) -> None:
        if state is not None:
            self._bus.send(CircleChanged(state))

    def _on_list(self, signal: CirclesListed) -> None:
        new = self._book.know(signal.macs)
        self._tell_which()
        for state in new:
            self._tell(state)

    def _on_seen(self, signal: CircleSeen) -> None:
        state = self._book.see(
            signal.mac,
            self._clock.utc(),
            watts=signal.watts,
            is_on=signal.is_on,
            logged=self._history.total(signal.mac),
            hour=signal.hour,
        )
        self._tell(state)

    def _on_stick(self, signal: StickChanged) -> None:
        if not signal.is_there:
            for state in self._book.states:
                self._lose(state.mac, signal.reason)

    def _lose(self, mac: Eui64, reason: str) -> None:
        self._tell(self._book.lose(mac, reason))
