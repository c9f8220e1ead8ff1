"""A simulated circle: what flows through it, its clock, its log, and what it answers. Pure."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.plugwise.answers import (
    FIFTY_HERTZ,
    Answer,
    Calibration,
    ClockNow,
    Confirmation,
    DeviceInfo,
    Features,
    LogBuffer,
    LogEntry,
    PingAnswer,
    PowerNow,
    RealTimeNow,
    Status,
)
from sebridge.plugwise.energy import PULSES_PER_KWS
from sebridge.plugwise.log import BUFFERS, LOG_START, PLACE, PLACES, address_of, index_of
from sebridge.plugwise.moments import UNSET, MonthMinutes, RealTime, TimeOfDay
from sebridge.plugwise.requests import (
    KEEP_LOG,
    GetCalibration,
    GetClock,
    GetFeatures,
    GetInfo,
    GetLog,
    GetPower,
    GetRealTime,
    Ping,
    Request,
    Request4A,
    Request40,
    Request58,
    SetClock,
    SetIntervals,
    SetRealTime,
    Switch,
)

PULSES_PER_WS: Final = PULSES_PER_KWS / 1000
"""How often the meter of a circle pulses, which is exact: its calibration changes nothing."""
_MINUTE: Final = 60
_NOTHING: Final = LogEntry(UNSET, -1)
_HARDWARE: Final = "653909001106"
BUILT: Final = 1_309_164_738  # 2011-06-27
_KIND: Final = 2  # what DeviceInfo ends with, of the circle in the reference
_FEATURES: Final = 0xFFFFFFFFFFFFFFFE


class SimulatedCircle:
    """A circle through which `watts` flow while its relay is on; negative watts are produced.

    All moments are seconds since 1970. `fast` is by how many seconds its clock is fast. Its log
    begins at `place` of the ring, 0 to 24063, which is empty. `is_there` is False while nobody
    reaches it, and `delay` is how many seconds it takes to answer.
    """

    def __init__(
        self,
        address: Eui64,
        now: float,
        *,
        watts: float = 0.0,
        fast: float = 0.0,
        place: int = 0,
    ) -> None:
        self.address = address
        self.relay = True
        self.is_there = True
        self.delay = 0.05
        self._fast = fast
        self._watts = watts
        self._settled = now
        self._consumed = 0.0
        self._produced = 0.0
        self._intervals = (60, 0)
        self._next = place
        self._log: dict[int, LogEntry] = {}
        self._due = self._end_of_interval()
        self._real_time_fast = 0.0
        self._answers: Mapping[type[Request], Callable[[Any, float], Answer]] = {
            GetInfo: self._info,
            GetPower: self._power,
            Ping: self._ping,
            GetCalibration: self._calibration,
            GetLog: self._buffer,
            GetClock: self._clock_now,
            SetClock: self._set_clock,
            GetRealTime: self._real_time,
            SetRealTime: self._set_real_time,
            Switch: self._switch,
            SetIntervals: self._set_intervals,
            GetFeatures: lambda _request, _now: Features(mac=address, unknown=_FEATURES),
            Request40: partial(self._done, Status.DONE_40),
            Request4A: partial(self._done, Status.DONE_4A),
            Request58: partial(self._done, Status.DONE_58),
        }

    def draw(self, watts: float, now: float) -> None:
        """Have so many watts flow from now on, while the relay is on; negative are produced."""
        self.advance(now)
        self._watts = watts

    def be_fast(self, seconds: float, now: float) -> None:
        """Have a clock that is fast by so many seconds from now on; negative is slow."""
        self.advance(now)
        self._fast = seconds
        self._due = self._end_of_interval()

    def answer(self, request: Request, now: float) -> Answer | None:
        """Carry a request out, and return the answer; None for what a circle does not know."""
        self.advance(now)
        answer = self._answers.get(type(request))
        return None if answer is None else answer(request, now)

    def advance(self, now: float) -> None:
        """Count what has flowed until now, and log each interval that has ended."""
        while self._due - self._fast <= now:
            self._count(self._due - self._fast)
            self._write_log()
            self._due += self._intervals[0] * _MINUTE
        self._count(now)

    def _end_of_interval(self) -> int:
        """Return when the interval ends, by the circle's clock."""
        seconds = self._intervals[0] * _MINUTE
        return (int(self._settled + self._fast) // seconds + 1) * seconds

    def _count(self, moment: float) -> None:
        seconds = max(moment - self._settled, 0.0)
        self._settled = moment
        pulses = self._rate * seconds
        if pulses < 0:
            self._produced += pulses
        else:
            self._consumed += pulses

    @property
    def _rate(self) -> float:
        """Pulses per second."""
        return self._watts * PULSES_PER_WS if self.relay else 0.0

    def _write_log(self) -> None:
        date = MonthMinutes.of(self._due)
        if self._intervals[1]:
            self._write(LogEntry(date, round(self._consumed)))
            self._write(LogEntry(date, round(self._produced)))
        else:
            self._write(LogEntry(date, round(self._consumed + self._produced)))
        self._consumed = self._produced = 0.0

    def _write(self, entry: LogEntry) -> None:
        self._log[self._next] = entry
        self._next = (self._next + 1) % (BUFFERS * PLACES)

    # ------------------------------------------------------------------ answers

    def _info(self, _request: GetInfo, now: float) -> Answer:
        return DeviceInfo(
            mac=self.address,
            clock=MonthMinutes.of(now + self._fast),
            log_address=LOG_START + PLACE * self._next,
            relay=int(self.relay),
            frequency=FIFTY_HERTZ,
            hardware=_HARDWARE,
            build_date=BUILT,
            unknown=_KIND,
        )

    def _power(self, _request: GetPower, _now: float) -> Answer:
        return PowerNow(
            mac=self.address,
            pulses_1s=round(self._rate),
            pulses_8s=round(8 * self._rate),
            consumed=round(self._consumed),
            produced=round(self._produced),
        )

    def _ping(self, _request: Ping, _now: float) -> Answer:
        took = round(self.delay * 1000)
        return PingAnswer(mac=self.address, strength_in=90, strength_out=88, milliseconds=took)

    def _calibration(self, _request: GetCalibration, _now: float) -> Answer:
        return Calibration(
            mac=self.address, gain_a=1.0, gain_b=0.0, offset_total=0.0, offset_noise=0.0
        )

    def _buffer(self, request: GetLog, _now: float) -> Answer:
        first = PLACES * index_of(request.log_address)
        one, two, three, four = (self._log.get(first + n, _NOTHING) for n in range(PLACES))
        address = address_of(first // PLACES)
        return LogBuffer(mac=self.address, entries=(one, two, three, four), log_address=address)

    def _clock_now(self, _request: GetClock, now: float) -> Answer:
        return ClockNow(mac=self.address, moment=TimeOfDay.of(now + self._fast))

    def _set_clock(self, request: SetClock, now: float) -> Answer:
        minute = request.date.seconds()
        if request.log_address != KEEP_LOG:
            self._next = PLACES * index_of(request.log_address)
        self.be_fast(minute + request.time.second - now, now)
        return self._done(Status.CLOCK_SET, request, now)

    def _real_time(self, _request: GetRealTime, now: float) -> Answer:
        moment = RealTime.of(now + self._real_time_fast)
        return RealTimeNow(circle_plus=self.address, moment=moment)

    def _set_real_time(self, request: SetRealTime, now: float) -> Answer:
        self._real_time_fast = request.moment.seconds() - now
        return self._done(Status.REAL_TIME_SET, request, now)

    def _switch(self, request: Switch, now: float) -> Answer:
        self.relay = bool(request.relay)
        status = Status.SWITCHED_ON if self.relay else Status.SWITCHED_OFF
        return self._done(status, request, now)

    def _set_intervals(self, request: SetIntervals, now: float) -> Answer:
        self._intervals = (max(request.consumption, 1), request.production)
        self._due = self._end_of_interval()
        return self._done(Status.INTERVALS_SET, request, now)

    def _done(self, status: Status, _request: Request, _now: float) -> Answer:
        return Confirmation(status=status, mac=self.address)
