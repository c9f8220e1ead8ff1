"""The stick and its circles, as callers ask for them."""

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.features.plugwise.book import Book
from sebridge.features.plugwise.book_keeper import BookKeeper
from sebridge.features.plugwise.history import CircleHistory
from sebridge.features.plugwise.methods import StickState
from sebridge.plugwise.answers import Calibration, DeviceInfo
from sebridge.plugwise.circle import Circle
from sebridge.plugwise.circles import Circles
from sebridge.plugwise.stick import Stick


class PlugwiseNetwork:
    """Carries out what callers want of circles. All raise as `Stick.ask` does."""

    def __init__(
        self,
        stick: Stick,
        circles: Circles,
        book: Book,
        keeper: BookKeeper,
        history: CircleHistory,
    ) -> None:
        self._stick = stick
        self._circles = circles
        self._book = book
        self._keeper = keeper
        self._history = history

    @property
    def stick(self) -> StickState:
        """How the stick is."""
        info = self._stick.info
        return StickState(
            present=info is not None,
            address=None if info is None else info.mac,
            problem=self._stick.problem,
        )

    def facts(self) -> dict[str, object]:
        """Return what `health` tells."""
        states = self._book.states
        return {
            "stick": self._stick.info is not None,
            "problem": self._stick.problem,
            "circles": len(states),
            "available": sum(state.is_there for state in states),
        }

    def notes(self) -> list[str]:
        """Return what people should know."""
        problem = self._stick.problem
        return [] if problem is None else [f"the Plugwise stick is not there: {problem}"]

    async def look(self, mac: Eui64) -> tuple[DeviceInfo, int]:
        """Ask a circle how it is; return that, and by how many seconds its clock is fast."""
        circle = self._circle(mac)
        return await self._circles.look(mac), await circle.clock_is_fast()

    async def switch(self, mac: Eui64, *, on: bool) -> None:
        """Switch its relay."""
        self._circle(mac)
        await self._circles.switch(mac, on=on)

    async def calibrate(self, mac: Eui64) -> Calibration:
        """Ask a circle for its calibration, and go by it."""
        return await self._circle(mac).calibration(again=True)

    async def add(self, mac: Eui64, name: str) -> None:
        """Take a circle into the network."""
        await self._circles.add(mac)
        if name:
            self._keeper.rename(mac, name)

    async def remove(self, mac: Eui64) -> None:
        """Have a circle leave the network, and forget it."""
        await self._circles.remove(mac)
        self._history.forget(mac)

    def _circle(self, mac: Eui64) -> Circle:
        """Return a circle; one that is known of an earlier run is asked once the stick is there."""
        circle = self._circles.known.get(mac)
        if circle is None:
            raise DeliveryError("the Plugwise stick has not told of its circles yet")
        return circle
