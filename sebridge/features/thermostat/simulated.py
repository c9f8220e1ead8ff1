"""A simulated thermostat of a room, which is heated, and where its options say so cooled."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.thermostat import reports
from sebridge.features.thermostat.records import DEFINITION, SetpointRaiseLowerRecord
from sebridge.features.thermostat.reports import BITMAP16, ENUM8, INT16, UINT8
from sebridge.features.thermostat.room import COLDEST, WARMEST, Room
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.simulator.vocabulary import NOTHING, ROOM_THERMOSTAT, SimulatedHost, SimulatedPart
from sebridge.zcl.cluster import ClusterDefinition

_HEATS: Final = 2  # what it can do: the control sequence
_HEATS_AND_COOLS: Final = 4
_HEATING: Final = 0x0001  # bits of the running state
_COOLING: Final = 0x0002

_RAISED: Final = {0: ("heating",), 1: ("cooling",), 2: ("heating", "cooling")}


class SeenThermostat(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of a thermostat: its mode, and what it aims at in degrees C."""

    mode: str
    heating: float
    cooling: float | None


class ThermostatServer(LocalCluster):
    """Keeps a room as warm as is aimed at; `changed` is called when that changes.

    `utc` gives seconds since 1970.
    """

    definition: ClassVar[ClusterDefinition] = DEFINITION
    server = True

    def __init__(self, room: Room, utc: Callable[[], float], changed: Callable[[], object]) -> None:
        self._room = replace(room, since=utc())
        self._utc = utc
        self._changed = changed
        shown = [
            LocalAttribute(reports.LOCAL_TEMPERATURE, INT16, self._temperature),
            LocalAttribute(reports.ABS_MIN_HEATING, INT16, _hundredths(COLDEST)),
            LocalAttribute(reports.ABS_MAX_HEATING, INT16, _hundredths(WARMEST)),
            LocalAttribute(reports.HEATING_DEMAND, UINT8, lambda: self.room.heating_demand),
            self._setpoint(reports.HEATING_SETPOINT, "heating"),
            LocalAttribute(
                reports.CONTROL_SEQUENCE, ENUM8, _HEATS_AND_COOLS if room.cools else _HEATS
            ),
            LocalAttribute(
                reports.SYSTEM_MODE,
                ENUM8,
                lambda: self.room.mode,
                writable=True,
                highest=max(reports.MODES),
                written=lambda mode: self._set(mode=mode),
            ),
            LocalAttribute(reports.RUNNING_STATE, BITMAP16, self._running),
        ]
        if room.cools:
            shown += [
                LocalAttribute(reports.ABS_MIN_COOLING, INT16, _hundredths(COLDEST)),
                LocalAttribute(reports.ABS_MAX_COOLING, INT16, _hundredths(WARMEST)),
                LocalAttribute(reports.COOLING_DEMAND, UINT8, lambda: self.room.cooling_demand),
                self._setpoint(reports.COOLING_SETPOINT, "cooling"),
            ]
        super().__init__(LocalAttributes(shown))

    @property
    def room(self) -> Room:
        """The room as it is now."""
        self._room = self._room.at(self._utc())
        return self._room

    @override
    def receive(self, command: Command) -> Outcome:
        """Raise or lower what is aimed at, as far as that goes."""
        record = command.record
        if not isinstance(record, SetpointRaiseLowerRecord):
            raise UnsupportedCommandError(type(record).__name__)
        names = _RAISED.get(record.mode, ())
        wanted = {name: getattr(self.room, name) + record.amount / 10 for name in names}
        self._set(**{name: min(max(one, COLDEST), WARMEST) for name, one in wanted.items()})
        return Outcome()

    def _setpoint(self, attribute_id: int, name: str) -> LocalAttribute:
        def write(hundredths: int) -> None:
            self._set(**{name: hundredths / 100})

        return LocalAttribute(
            attribute_id,
            INT16,
            lambda: _hundredths(getattr(self.room, name)),
            writable=True,
            lowest=_hundredths(COLDEST),
            highest=_hundredths(WARMEST),
            written=write,
        )

    def _set(self, **changes: Any) -> None:
        self._room = replace(self.room, **changes)
        self._changed()

    def _temperature(self) -> int:
        return _hundredths(self.room.temperature)

    def _running(self) -> int:
        room = self.room
        return (_HEATING if room.heating_demand else 0) | (_COOLING if room.cooling_demand else 0)


def _hundredths(degrees: float) -> int:
    return round(degrees * 100)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a thermostat of the Home Automation profile keep its room."""
    if host.kind is not ROOM_THERMOSTAT:
        return NOTHING
    room = host.options.read(Room)
    server = ThermostatServer(room, host.clock.utc, host.house.note_change)
    return SimulatedPart(
        clusters=(server,),
        views=(server,),
        shown={"thermostat": partial(_seen, server)},
        measured={"temperature": lambda: round(server.room.temperature, 2)},
    )


def _seen(server: ThermostatServer) -> SeenThermostat:
    room = server.room
    return SeenThermostat(
        mode=reports.MODES.get(room.mode, "other"),
        heating=room.heating,
        cooling=room.cooling if room.cools else None,
    )
