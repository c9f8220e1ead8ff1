"""Requests about Plugwise circles: own extensions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, iso_time, unix_time, zigbee_time
from sebridge.base.errors import ParameterError, RequestError, UnknownDeviceError
from sebridge.features.plugwise.book import CircleState
from sebridge.features.plugwise.history import CircleHour
from sebridge.model.data_types import UtcTime
from sebridge.model.values import ABSENT, Absent
from sebridge.plugwise.answers import FIFTY_HERTZ, Calibration, DeviceInfo
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

MOST_HOURS: Final = 1500
"""Hours of one answer: 62 days."""
_HOUR: Final = 3600
_AS_FAR_AS_ALLOWED: Final = UtcTime(0)
_NOW: Final = UtcTime(0)
_LONGEST_NAME: Final = 64


class StickState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the stick is there; `address` is its own, `problem` says why it is not there."""

    present: bool
    address: Eui64 | None
    problem: str | None


class ListedCircle(msgspec.Struct, frozen=True, kw_only=True):
    """A circle as it was seen last.

    `power` is in W, negative where it produces; `energy_in` and `energy_out` are what it has
    consumed and produced in all that is known of its log, in kWh. `last_seen` is seconds since
    2000. What is not known is null. `problem` says why it is not available.
    """

    circle_address: Eui64
    name: str
    circle_plus: bool
    available: bool
    problem: str | Absent = ABSENT
    on: bool | None
    power: float | None
    energy_in: float | None
    energy_out: float | None
    last_seen: UtcTime | None


class ListCirclesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The stick, its circles, the Circle+ first, and the circles that would like to join."""

    stick: StickState
    circle_list: Sequence[ListedCircle]
    joining_list: Sequence[Eui64]


class GetCircleResponse(ListedCircle, frozen=True, kw_only=True):
    """A circle as it is now, and what it is.

    `clock_offset` is by how many seconds its clock is fast, `mains_frequency` in Hz.
    """

    hardware_version: str
    firmware_date: str
    mains_frequency: int
    clock_offset: int


class SwitchCircleResponse(ListedCircle, frozen=True, kw_only=True):
    """The circle, as it is after it was switched."""


class AddCircleResponse(ListedCircle, frozen=True, kw_only=True):
    """The circle that was added."""


class RemoveCircleResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The circle that was removed."""

    circle_address: Eui64


class CalibrateCircleResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers by which the pulses of a circle become energy, as its maker measured them."""

    circle_address: Eui64
    gain_a: float
    gain_b: float
    offset_total: float
    offset_noise: float


class HourOfCircle(msgspec.Struct, frozen=True, kw_only=True):
    """What a circle consumed and produced in an hour, in kWh; times are seconds since 2000."""

    begin: UtcTime
    end: UtcTime
    energy_in: float
    energy_out: float


class GetCircleHistoryResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The hours that a circle has logged, oldest first."""

    circle_address: Eui64
    unit: str = "kWh"
    record_list: Sequence[HourOfCircle]


class Circles(Protocol):
    """Who speaks with the stick and its circles. All raise as `Stick.ask` does."""

    @property
    def stick(self) -> StickState:
        """How the stick is."""

    async def look(self, mac: Eui64) -> tuple[DeviceInfo, int]:
        """Ask a circle how it is; return that, and by how many seconds its clock is fast."""

    async def switch(self, mac: Eui64, *, on: bool) -> None:
        """Switch its relay."""

    async def calibrate(self, mac: Eui64) -> Calibration:
        """Ask a circle for its calibration, and go by it."""

    async def add(self, mac: Eui64, name: str) -> None:
        """Take a circle into the network."""

    async def remove(self, mac: Eui64) -> None:
        """Have a circle leave the network, and forget it."""


class Book(Protocol):
    """Who knows how circles are."""

    @property
    def states(self) -> Sequence[CircleState]:
        """Those of all circles, the Circle+ first."""

    @property
    def wishes(self) -> Sequence[Eui64]:
        """The circles that would like to join."""

    def get(self, mac: Eui64) -> CircleState | None:
        """Return the state of a circle; None where there is no such."""


class Hours(Protocol):
    """Who keeps the hours of circles."""

    def hours(self, mac: Eui64, begin: float, end: float) -> Iterator[CircleHour]:
        """Yield the hours that begin in a span of time (since 1970), oldest first."""


CircleName = Annotated[str, msgspec.Meta(max_length=_LONGEST_NAME)]


class PlugwiseMethods:
    """Requests about circles; `circles` is None where no stick is configured."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, circles: Circles | None, book: Book, hours: Hours, clock: Clock) -> None:
        self._circles = circles
        self._book = book
        self._hours = hours
        self._clock = clock

    @method(scope=Scope.READ)
    async def list_circles(self) -> ListCirclesResponse:
        """Return the Plugwise stick and its circles, as they were seen last. Sends nothing."""
        return ListCirclesResponse(
            stick=self._needed().stick,
            circle_list=[ListedCircle(**_told(state)) for state in self._book.states],
            joining_list=self._book.wishes,
        )

    @method(scope=Scope.READ)
    async def get_circle(self, circle_address: Eui64) -> GetCircleResponse:
        """Ask a Plugwise circle how it is now: its relay, its power, its clock, what it is."""
        circles = self._known(circle_address)
        info, fast = await circles.look(circle_address)
        hardware = info.hardware
        return GetCircleResponse(
            **self._of(circle_address),
            hardware_version="-".join((hardware[:4], hardware[4:8], hardware[8:])),
            firmware_date=iso_time(info.build_date)[:10],
            mains_frequency=50 if info.frequency == FIFTY_HERTZ else 60,
            clock_offset=fast,
        )

    @method
    async def switch_circle(self, circle_address: Eui64, *, on: bool) -> SwitchCircleResponse:
        """Switch the relay of a Plugwise circle on or off; return when it has done so."""
        await self._known(circle_address).switch(circle_address, on=on)
        return SwitchCircleResponse(**self._of(circle_address))

    @method(scope=Scope.READ)
    async def get_circle_history(
        self,
        circle_address: Eui64,
        begin: UtcTime = _AS_FAR_AS_ALLOWED,
        end: UtcTime = _NOW,
    ) -> GetCircleHistoryResponse:
        """Return what a Plugwise circle consumed and produced, hour by hour, from its log.

        The hours begin from `begin` on and before `end`, in seconds since 2000 (0: 1500 hours
        back, and until now), and are 1500 at most. They are kept for three years. Sends nothing.
        """
        self._known(circle_address)
        until = unix_time(end) if end else self._clock.utc()
        most = MOST_HOURS * _HOUR
        since = unix_time(begin) if begin else until - most
        if since >= until:
            raise ParameterError("end", "is not after the begin")
        if until - since > most:
            raise ParameterError("begin", f"may be {MOST_HOURS} hours before the end at most")
        return GetCircleHistoryResponse(
            circle_address=circle_address,
            record_list=[
                HourOfCircle(
                    begin=UtcTime(zigbee_time(hour.start)),
                    end=UtcTime(zigbee_time(hour.start + _HOUR)),
                    energy_in=hour.energy.consumed,
                    energy_out=hour.energy.produced,
                )
                for hour in self._hours.hours(circle_address, since, until)
            ],
        )

    @method(scope=Scope.READ)
    async def calibrate_circle(self, circle_address: Eui64) -> CalibrateCircleResponse:
        """Ask a Plugwise circle for its calibration again, and go by it from then on."""
        found = await self._known(circle_address).calibrate(circle_address)
        return CalibrateCircleResponse(
            circle_address=circle_address,
            gain_a=found.gain_a,
            gain_b=found.gain_b,
            offset_total=found.offset_total,
            offset_noise=found.offset_noise,
        )

    @method
    async def add_circle(self, circle_address: Eui64, name: CircleName = "") -> AddCircleResponse:
        """Take a circle into the Plugwise network, and return when it is there.

        It is looked for for half a minute. One that is there already may be given another name;
        a name of the configuration stays.
        """
        await self._needed().add(circle_address, name)
        return AddCircleResponse(**self._of(circle_address))

    @method(scope=Scope.ADMIN)
    async def remove_circle(self, circle_address: Eui64) -> RemoveCircleResponse:
        """Have a circle leave the Plugwise network, and forget it with its history.

        Where it is added again, its history comes again from its log.
        """
        await self._known(circle_address).remove(circle_address)
        return RemoveCircleResponse(circle_address=circle_address)

    def _needed(self) -> Circles:
        if self._circles is None:
            raise RequestError("no Plugwise stick is configured")
        return self._circles

    def _known(self, mac: Eui64) -> Circles:
        circles = self._needed()
        if self._book.get(mac) is None:
            raise UnknownDeviceError(f"{mac} is no circle of the Plugwise stick")
        return circles

    def _of(self, mac: Eui64) -> Mapping[str, Any]:
        state = self._book.get(mac)
        if state is None:
            raise UnknownDeviceError(f"{mac} has left the Plugwise network meanwhile")
        return _told(state)


def _told(state: CircleState) -> dict[str, Any]:
    energy = state.energy
    return {
        "circle_address": state.mac,
        "name": state.name,
        "circle_plus": state.is_plus,
        "available": state.is_there,
        "problem": state.problem or ABSENT,
        "on": state.is_on,
        "power": None if state.watts is None else round(state.watts, 3),
        "energy_in": None if energy is None else energy.consumed,
        "energy_out": None if energy is None else energy.produced,
        "last_seen": None if state.seen is None else UtcTime(zigbee_time(state.seen)),
    }
