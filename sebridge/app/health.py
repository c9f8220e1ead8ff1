"""How the bridge is: the facts, as every door shows them, and what is wrong with them."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from sebridge.app.radio_keeper import RadioKeeper
from sebridge.base.clock import Clock, iso_time
from sebridge.gateway.admission import Gate
from sebridge.gateway.attribute_room import MOST_OF_ONE, AttributeRoom
from sebridge.gateway.reporting.receiver import ReportReceiver
from sebridge.network.directory import Directory
from sebridge.network.manager import DeviceManager
from sebridge.radio.radio import Radio

MOST_NOTES: Final = 8  # so that a crowd of devices does not make it endless
WORST_LAG: Final = 2.0  # seconds of event loop lag that are still healthy


class Watched(Protocol):
    """The gateway, as far as its health goes."""

    clock: Clock
    started: float
    radio: Radio
    keeper: RadioKeeper
    gate: Gate
    attribute_room: AttributeRoom
    reports: ReportReceiver
    directory: Directory
    manager: DeviceManager


class Stored(Protocol):
    """The responses that wait for a head-end, as far as its health goes."""

    @property
    def counters(self) -> Mapping[str, int | str | None]:
        """How many wait, were dropped, were pushed; and what stands in the way of pushing."""


class Link(Protocol):
    """The link to the broker, as far as its health goes."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""

    @property
    def counters(self) -> Mapping[str, int]:
        """Messages published, received, queued, dropped; sessions begun."""


class Health:
    """Puts the facts together whenever somebody asks.

    `writable` says whether the database can be written, `lag` how late the event loop is, in
    seconds.
    """

    def __init__(
        self,
        gateway: Watched,
        link: Link,
        stored: Stored,
        writable: Callable[[], bool],
        lag: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._link = link
        self._stored = stored
        self._writable = writable
        self._lag = lag

    def facts(self) -> dict[str, Any]:
        """Return how the bridge is now, in plain values."""
        gateway, counters = self._gateway, self._gateway.gate.statistics
        devices = [known.eui64 for known in gateway.directory]
        age = gateway.keeper.age
        return {
            "time": iso_time(gateway.clock.utc()),
            "uptime": int(gateway.clock.utc() - gateway.started),
            "radio": {
                "joined": gateway.radio.network.joined,
                "age": None if age is None else int(age),
                "starts": gateway.keeper.starts,
            },
            "frames": {
                "received": counters.received,
                "reports": gateway.reports.reports,
                "malformed": counters.malformed,
                "not_admitted": counters.not_admitted,
                "in_the_clear": counters.in_the_clear,
                "not_established": counters.not_established,
                "wrong_profile": counters.wrong_profile,
                "held": counters.held,
                "not_interviewed": counters.not_interviewed,
                "unsupported": counters.unsupported,
                "for_nobody": counters.for_nobody,
                "unanswered": counters.unanswered,
            },
            "broker": {"connected": self._link.connected} | dict(self._link.counters),
            "responses": dict(self._stored.counters),
            "database_writable": self._writable(),
            "devices": {
                "known": len(devices),
                "active": sum(gateway.directory.is_active(device) for device in devices),
            },
            "limits": {
                "strangers_turned_away": gateway.manager.visits.turned_away,
                "devices_crowded_out": gateway.directory.crowded_out,
                "attributes_left_out": gateway.attribute_room.left_out,
            },
            "notes": [
                f"{device} has more attributes than are kept: {MOST_OF_ONE} of one device"
                for device in gateway.attribute_room.crowded
            ][:MOST_NOTES],
            "event_loop_lag": round(self._lag(), 4),
        }


def problems_of(facts: Mapping[str, Any]) -> list[str]:
    """Return in words what is wrong; nothing where the bridge does what it should."""
    radio, lag = facts["radio"], facts["event_loop_lag"]
    found = []
    if radio["age"] is None:
        found.append("the radio is down")
    elif not radio["joined"]:
        found.append("the radio is not on a network")
    if not facts["broker"]["connected"]:
        found.append("the broker is not connected")
    if not facts["database_writable"]:
        found.append("the database cannot be written")
    if lag > WORST_LAG:
        found.append(f"the event loop is {lag:g} s late")
    return found
