"""How the bridge is: the facts, as every interface shows them, and what is wrong with them."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from sebridge.app.gateway import Gateway
from sebridge.app.ports import Ports
from sebridge.base.clock import iso_time
from sebridge.gateway.attribute_room import MOST_OF_ONE

MOST_NOTES: Final = 8  # so that a crowd of devices does not make it endless
WORST_LAG: Final = 2.0  # seconds of event loop lag that are still healthy


class Stored(Protocol):
    """The responses that wait for a head-end, as far as its health goes."""

    @property
    def counters(self) -> Mapping[str, int | str | None]:
        """How many wait, were dropped, were pushed; and what stands in the way of pushing."""


class Health:
    """Puts the facts together whenever somebody asks."""

    def __init__(self, gateway: Gateway, stored: Stored, ports: Ports) -> None:
        self._gateway = gateway
        self._stored = stored
        self._ports = ports

    def facts(self) -> dict[str, Any]:
        """Return how the bridge is now, in plain values."""
        gateway, counters = self._gateway, self._gateway.gate.statistics
        age = gateway.keeper.age
        return {
            "time": iso_time(gateway.clock.utc()),
            "uptime": int(gateway.clock.monotonic() - gateway.started),
            "radio": {
                "joined": gateway.radio.network.joined,
                "age": None if age is None else int(age),
                "starts": gateway.keeper.starts,
                "problem": gateway.keeper.problem,
            },
            "frames": {
                "received": counters.received,
                "reports": counters.reports,
                "serial": counters.serial,
                "malformed": counters.malformed,
                "not_admitted": counters.not_admitted,
                "in_the_clear": counters.in_the_clear,
                "not_established": counters.not_established,
                "wrong_profile": counters.wrong_profile,
                "wrong_direction": counters.wrong_direction,
                "held": counters.held,
                "not_interviewed": counters.not_interviewed,
                "unsupported": counters.unsupported,
                "for_nobody": counters.for_nobody,
                "unanswered": counters.unanswered,
                "waiting": gateway.manager.queued,
            },
            "broker": {"connected": self._ports.link.connected} | dict(self._ports.link.counters),
            "responses": dict(self._stored.counters),
            "database_writable": self._ports.writable(),
            "devices": {
                "known": len(gateway.directory),
                "active": gateway.directory.active,
            },
            "limits": {
                "strangers_turned_away": gateway.manager.interviews.turned_away,
                "devices_crowded_out": gateway.directory.crowded_out,
                "attributes_left_out": gateway.attribute_room.left_out,
                "frames_refused": gateway.manager.refused,
                "reports_refused": gateway.reporting.floods.refused,
            },
            **{name: facts() for name, facts in gateway.health.items()},
            "notes": [
                *gateway.reporting.floods.notes(),
                *(note for notes in gateway.notes for note in notes()),
                *(
                    f"{device} has more attributes than are kept: {MOST_OF_ONE} of one device"
                    for device in gateway.attribute_room.crowded
                ),
            ][:MOST_NOTES],
            "event_loop_lag": round(self._ports.lag(), 4),
        }


def problems_of(facts: Mapping[str, Any]) -> list[str]:
    """Return in words what is wrong; nothing where the bridge does what it should."""
    radio, lag = facts["radio"], facts["event_loop_lag"]
    found = []
    if radio["age"] is None:
        found.append(
            f"the radio is down: {radio['problem']}" if radio["problem"] else "the radio is down"
        )
    elif not radio["joined"]:
        found.append("the radio is not on a network")
    if not facts["broker"]["connected"]:
        found.append("the broker is not connected")
    if not facts["database_writable"]:
        found.append("the database cannot be written")
    if lag > WORST_LAG:
        found.append(f"the event loop is {lag:g} s late")
    return found
