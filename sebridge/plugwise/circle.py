"""A circle as others want it: its power, its clock, its relay and the hours of its log."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.plugwise.answers import (
    Calibration,
    ClockNow,
    Confirmation,
    DeviceInfo,
    LogBuffer,
    PowerNow,
    RealTimeNow,
)
from sebridge.plugwise.energy import (
    EnergyOfHour,
    EnergySoFar,
    energy_of_hour,
    energy_so_far,
    power,
)
from sebridge.plugwise.log import Progress, buffers_to_read, take
from sebridge.plugwise.moments import MonthMinutes, RealTime, TimeOfDay, seconds_of
from sebridge.plugwise.requests import (
    GetCalibration,
    GetClock,
    GetInfo,
    GetLog,
    GetPower,
    GetRealTime,
    SetClock,
    SetIntervals,
    SetRealTime,
    Switch,
)
from sebridge.plugwise.stick import Stick

_STEADY: Final = 8  # seconds
_HOUR: Final = 3600
_HOURLY: Final = 60  # minutes


class Flow(msgspec.Struct, frozen=True):
    """The power of a circle in W, negative where it produces, and its energy of this hour."""

    watts: float
    hour: EnergySoFar


class Circle:
    """One circle behind a stick. All methods raise as `Stick.ask` does.

    `logs_production` says that it is to log what is produced apart from what is consumed.
    """

    def __init__(
        self, stick: Stick, mac: Eui64, clock: Clock, *, logs_production: bool = False
    ) -> None:
        self.mac = mac
        self.logs_production = logs_production
        self._stick = stick
        self._clock = clock
        self._calibration: Calibration | None = None

    async def calibration(self, *, again: bool = False) -> Calibration:
        """Return the numbers of its meter, which are asked for once, or `again`."""
        if self._calibration is None or again:
            self._calibration = await self._stick.ask(GetCalibration(mac=self.mac), Calibration)
        return self._calibration

    async def info(self) -> DeviceInfo:
        """Return what it says of itself."""
        return await self._stick.ask(GetInfo(mac=self.mac), DeviceInfo)

    async def flow(self) -> Flow:
        """Return its power, the mean of the last 8 seconds, and its energy of this hour."""
        calibration = await self.calibration()
        now = await self._stick.ask(GetPower(mac=self.mac), PowerNow)
        seconds = max(self._clock.utc() % _HOUR, 1.0)
        return Flow(
            power(calibration, now.pulses_8s, _STEADY),
            energy_so_far(calibration, now, seconds, apart=self.logs_production),
        )

    async def switch(self, *, on: bool) -> None:
        """Switch its relay."""
        await self._stick.ask(Switch(mac=self.mac, relay=int(on)), Confirmation)

    async def clock_is_fast(self) -> int:
        """Return by how many seconds its clock is fast; negative is slow."""
        return (await self._own_time(await self.info())) - int(self._clock.utc())

    async def _own_time(self, info: DeviceInfo) -> int:
        """Return what its clock says now, in seconds since 1970, by what it said a moment ago."""
        now = await self._stick.ask(GetClock(mac=self.mac), ClockNow)
        return seconds_of(info.clock, now.moment)

    async def set_clock(self) -> None:
        """Set its clock right. Its log is to be read before: the dates in it are by that clock."""
        utc = self._clock.utc()
        date, time = MonthMinutes.of(utc), TimeOfDay.of(utc)
        await self._stick.ask(SetClock(mac=self.mac, date=date, time=time), Confirmation)

    async def log_production(self) -> None:
        """Have it log each hour what was produced apart from what was consumed."""
        request = SetIntervals(mac=self.mac, consumption=_HOURLY, production=_HOURLY)
        await self._stick.ask(request, Confirmation)

    async def catch_up(
        self, progress: Progress | None
    ) -> AsyncGenerator[tuple[Sequence[EnergyOfHour], Progress | None], None]:
        """Yield the hours of its log that are new, buffer by buffer, with how far it is read then.

        Who keeps both together, and goes on from there after whatever went wrong, has each hour
        once.
        """
        calibration, info = await self.calibration(), await self.info()
        own = await self._own_time(info)
        fast = own - int(self._clock.utc())
        for address in buffers_to_read(progress, info.log_address, own):
            buffer = await self._stick.ask(GetLog(mac=self.mac, log_address=address), LogBuffer)
            hours, progress = take(progress, buffer, fast)
            yield [energy_of_hour(hour, calibration) for hour in hours], progress


class CirclePlus(Circle):
    """The circle with which the others are associated: it has a clock with a battery besides."""

    @override
    async def clock_is_fast(self) -> int:
        """Return by how many seconds that of its two clocks is fast which is off by more."""
        now = await self._stick.ask(GetRealTime(mac=self.mac), RealTimeNow)
        with_battery = now.moment.seconds() - int(self._clock.utc())
        return max(await super().clock_is_fast(), with_battery, key=abs)

    @override
    async def set_clock(self) -> None:
        """Set both clocks right."""
        await super().set_clock()
        moment = RealTime.of(self._clock.utc())
        await self._stick.ask(SetRealTime(mac=self.mac, moment=moment), Confirmation)
