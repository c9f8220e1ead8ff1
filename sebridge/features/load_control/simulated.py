"""Simulated devices that obey load control: a switch before a large load, and a thermostat."""

from collections.abc import Callable, Sequence
import contextlib
from functools import partial
from typing import Final

import msgspec

from sebridge.base.errors import ParameterError, RefusedError
from sebridge.crypto.suite import SUITE_1
from sebridge.features.load_control.client import DrlcClient, LoadControlSettings
from sebridge.features.load_control.participation import EventParticipation
from sebridge.features.load_control.records import GetScheduledEventsRecord, LoadControlEventRecord
from sebridge.features.load_control.signature import sign
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.event_cluster import end_of
from sebridge.model.values import ABSENT, Absent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.simulator.credentials import DeviceSecurity
from sebridge.simulator.vocabulary import (
    LOAD_CONTROL,
    NOTHING,
    THERMOSTAT,
    Question,
    SimulatedHost,
    SimulatedPart,
    always,
)

# device classes of SE: bits of device_class
_HVAC: Final = 0x0001
_WATER_HEATER: Final = 0x0004

_MOST_LOAD: Final = 1_000_000  # W
_NOT_USED: Final = 0xFF
_SET_POINT_NOT_USED: Final = -0x8000
_LOAD_NOT_USED: Final = -0x80


def share_of_load(events: Sequence[LoadControlEventRecord]) -> float:
    """Return which share of its load (0..1) a switch draws under these events.

    A duty cycle is the largest ON share, a load adjustment is relative to the average; an event
    that gives neither leaves it to the device, which switches off (DRLC-7, DRLC-8).
    """
    share = 1.0
    for event in events:
        if event.duty_cycle != _NOT_USED:
            share = min(share, event.duty_cycle / 100.0)
        elif event.average_load_adjustment_percentage != _LOAD_NOT_USED:
            share = min(share, 1.0 + event.average_load_adjustment_percentage / 100.0)
        elif not _asks_for_temperature(event):
            share = 0.0
    return min(max(share, 0.0), 1.0)


def _asks_for_temperature(event: LoadControlEventRecord) -> bool:
    offsets = {event.cooling_temperature_offset, event.heating_temperature_offset}
    points = {event.cooling_temperature_set_point, event.heating_temperature_set_point}
    return offsets != {_NOT_USED} or points != {_SET_POINT_NOT_USED}


class SetPoints(msgspec.Struct, frozen=True):
    """What a thermostat aims at, in degrees C."""

    heating: float = 21.0
    cooling: float = 25.0

    def under(self, events: Sequence[LoadControlEventRecord]) -> "SetPoints":
        """Return what it aims at under these events: always towards less load (DRLC-8)."""
        heating, cooling = self.heating, self.cooling
        for event in events:
            if event.heating_temperature_set_point != _SET_POINT_NOT_USED:
                heating = min(heating, event.heating_temperature_set_point / 100.0)
            elif event.heating_temperature_offset != _NOT_USED:
                heating = min(heating, self.heating - event.heating_temperature_offset / 10.0)
            if event.cooling_temperature_set_point != _SET_POINT_NOT_USED:
                cooling = max(cooling, event.cooling_temperature_set_point / 100.0)
            elif event.cooling_temperature_offset != _NOT_USED:
                cooling = max(cooling, self.cooling + event.cooling_temperature_offset / 10.0)
        return SetPoints(round(heating, 2), round(cooling, 2))


# ------------------------------------------------------------------ devices


class LoadSettings(msgspec.Struct, frozen=True):
    """A load that can be reduced, and whether its owner lets it."""

    load: float = 2000.0  # W
    opt_out: bool = False

    def __post_init__(self) -> None:
        """Raise ParameterError for a load that no home has."""
        if not 0 <= self.load <= _MOST_LOAD:
            raise ParameterError("load", f"must be 0..{_MOST_LOAD}")


class SeenEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event in force at a device that obeys load control.

    `end` is null for an event that lasts until it is cancelled; times are seconds since 2000.
    """

    issuer_event_id: int
    criticality_level: int
    start: int
    end: int | None
    participates: bool
    mandatory: bool


class SeenLoad(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of a device that obeys load control.

    `opt_out` says whether the owner wants no part in events to come, `load` is drawn without any,
    in watts. The set points of a thermostat are degrees C; others have none.
    """

    opt_out: bool
    load: float
    events: Sequence[SeenEvent]
    heating: float | Absent = ABSENT
    cooling: float | Absent = ABSENT


class Habit:
    """What the owner of a device does with events in which he need not take part."""

    def __init__(self, *, opt_out: bool) -> None:
        self.opt_out = opt_out

    def change(self, *, opt_out: bool) -> None:
        """Do so from now on."""
        self.opt_out = opt_out


class Owner:
    """Who decides at a device whether it takes part in events; `carry_out` has that reported."""

    def __init__(
        self,
        client: DrlcClient,
        habit: Habit,
        zigbee_now: Callable[[], int],
        carry_out: Callable[[Outcome], None],
    ) -> None:
        self._client = client
        self._habit = habit
        self._now = zigbee_now
        self._carry_out = carry_out

    @property
    def opts_out(self) -> bool:
        """Whether the owner wants no part in events to come."""
        return self._habit.opt_out

    def choose(self, *, out: bool) -> None:
        """Opt out of all there are and that will come, or back in: where that is free (DRLC-6)."""
        self._habit.change(opt_out=out)
        for event in self._client.valid(self._now()):
            with contextlib.suppress(RefusedError):  # that one is mandatory
                self.choose_one(event.issuer_event_id, out=out)

    def choose_one(self, event_id: int, *, out: bool) -> None:
        """Opt out of one event, or back in.

        UnknownEventError for one that is not there, RefusedError for a mandatory one.
        """
        self._carry_out(self._client.choose(event_id, self._now(), out=out))

    def events(self) -> Sequence[SeenEvent]:
        """Return what a person sees of the events in force."""
        now = self._now()
        choices = {one.issuer_event_id: one for one in self._client.participation(now).events}
        return [_seen(event, choices[event.issuer_event_id]) for event in self._client.active(now)]


def _seen(event: LoadControlEventRecord, choice: EventParticipation) -> SeenEvent:
    return SeenEvent(
        issuer_event_id=event.issuer_event_id,
        criticality_level=event.criticality_level,
        start=event.start_time,
        end=end_of(event.start_time, event.duration_in_minutes),
        participates=choice.participates,
        mandatory=choice.mandatory,
    )


class LoadControlSwitch:
    """A relay before a water heater or a pump."""

    def __init__(
        self, client: DrlcClient, settings: LoadSettings, zigbee_now: Callable[[], int]
    ) -> None:
        self._client = client
        self.settings = settings
        self._now = zigbee_now

    @property
    def power(self) -> float:
        """The watts that are drawn now."""
        return self.settings.load * share_of_load(self._client.obeyed(self._now()))


class Thermostat:
    """Heating and cooling of a home; it draws less the further its set points give way."""

    WATTS_PER_DEGREE = 150.0

    def __init__(
        self,
        client: DrlcClient,
        settings: LoadSettings,
        set_points: SetPoints,
        zigbee_now: Callable[[], int],
    ) -> None:
        self._client = client
        self.settings = settings
        self._wanted = set_points
        self._now = zigbee_now

    @property
    def set_points(self) -> SetPoints:
        """What the thermostat aims at now."""
        return self._wanted.under(self._client.obeyed(self._now()))

    @property
    def power(self) -> float:
        """The watts that are drawn now."""
        events = self._client.obeyed(self._now())
        now = self._wanted.under(events)
        given = (self._wanted.heating - now.heating) + (now.cooling - self._wanted.cooling)
        drawn = self.settings.load - self.WATTS_PER_DEGREE * given
        return max(drawn, 0.0) * share_of_load(events)


# ------------------------------------------------------------------ what a device has of it


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let switches and thermostats obey, report signed where they can, and ask for all events."""
    if host.kind is LOAD_CONTROL:
        return _switch(host)
    return _thermostat(host) if host.kind is THERMOSTAT else NOTHING


def _switch(host: SimulatedHost) -> SimulatedPart:
    settings = host.options.read(LoadSettings)
    habit = Habit(opt_out=settings.opt_out)
    client = _client(host, _WATER_HEATER, habit)
    return _part(host, client, habit, LoadControlSwitch(client, settings, host.zigbee_now))


def _thermostat(host: SimulatedHost) -> SimulatedPart:
    settings = host.options.read(LoadSettings, load=1500.0)
    habit = Habit(opt_out=settings.opt_out)
    client = _client(host, _HVAC, habit)
    return _part(host, client, habit, Thermostat(client, settings, SetPoints(), host.zigbee_now))


def _part(
    host: SimulatedHost, client: DrlcClient, habit: Habit, device: LoadControlSwitch | Thermostat
) -> SimulatedPart:
    owner = Owner(client, habit, host.zigbee_now, partial(host.carry_out, client))

    def seen() -> SeenLoad:
        points = device.set_points if isinstance(device, Thermostat) else None
        return SeenLoad(
            opt_out=owner.opts_out,
            load=device.settings.load,
            events=owner.events(),
            heating=ABSENT if points is None else points.heating,
            cooling=ABSENT if points is None else points.cooling,
        )

    return SimulatedPart(
        clusters=(client,),
        questions=(Question(client, GetScheduledEventsRecord()),),
        load=lambda: device.power,
        views=(device, owner),
        shown={"load_control": seen},
        measured={"power": lambda: round(device.power, 1)},
    )


def _client(host: SimulatedHost, device_class: int, habit: Habit) -> DrlcClient:
    security = host.security
    return DrlcClient(
        host.endpoint_id,
        Schedule(Policy.LOAD_CONTROL, {}, MOST_HEARD),
        LoadControlSettings(device_class),
        host.random,
        time_is_known=always,
        opts_out=lambda _record: habit.opt_out,
        sign=None if security is None else partial(signature_of, security),
    )


def signature_of(security: DeviceSecurity, message: bytes) -> bytes | None:
    """Return a device's signature over some octets, with its certificate of suite 1.

    None where the trust centre could not verify it, because another certificate was shown.
    """
    if not security.own.suites & SUITE_1.bit:
        return None
    own = security.own.find(SUITE_1)
    shown = security.kept.find(own.certificate.subject)
    if shown is not None and shown.suite != SUITE_1.number:
        return None
    return sign(SUITE_1, own.private_key, message, security.randomness)
