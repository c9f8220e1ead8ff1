"""What Home Assistant is to be told, and what was told before. Pure.

What was announced is remembered across restarts, so that nothing stays behind when a device goes,
the discovery prefix changes or discovery is switched off.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
import json
import logging
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.features.metering.signals import Reading
from sebridge.homeassistant.discovered import (
    DiscoveredDevice,
    GatewayFacts,
    MeterShape,
    shape_of,
)
from sebridge.homeassistant.discovery import Discovery, Payload
from sebridge.homeassistant.naming import Naming
from sebridge.homeassistant.schema import check
from sebridge.settings.options import HomeAssistantOptions
from sebridge.transports.mqtt.topics import Topics, eui64_topic

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Memory:
    """What must be known after a restart. Each mapping may be a storage collection.

    shapes: `<eui64>/<endpoint>` -> what that meter measures.
    price_units: commodity -> such as USD/kWh.
    announced: discovery topic -> `<platform> <key>` of every component it ever had.
    """

    shapes: MutableMapping[str, MeterShape] = field(default_factory=dict)
    price_units: MutableMapping[str, str] = field(default_factory=dict)
    announced: MutableMapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is to be kept on a discovery topic; an empty payload withdraws."""

    topic: str
    payload: bytes


class Announcements:
    """Decides what stands on each discovery topic."""

    def __init__(
        self,
        options: HomeAssistantOptions,
        topics: Topics,
        gateway: GatewayFacts,
        memory: Memory,
    ) -> None:
        self._enabled = options.enabled
        self._naming = Naming(options.discovery_prefix, gateway.name)
        self._discovery = Discovery(topics, self._naming, gateway)
        self._memory = memory

    @property
    def birth_topic(self) -> str | None:
        """Where Home Assistant says that it is there; None when it is of no interest."""
        return self._naming.status if self._enabled else None

    # -------------------------------------------------------------- what is to be told

    def gateway(self) -> list[Announcement]:
        """Return the announcement of the gateway; none when it may not be published."""
        payload = self._discovery.gateway(self._memory.price_units)
        return self._announce(self._naming.gateway, payload)

    def device(self, device: DiscoveredDevice) -> list[Announcement]:
        """Return the announcement of a device; none when it may not be published."""
        shapes = {
            endpoint.number: self._memory.shapes[place]
            for endpoint in device.endpoints
            if (place := _place(device.eui64, endpoint.number)) in self._memory.shapes
        }
        identifier = self._naming.device(device.eui64)
        return self._announce(identifier, self._discovery.device(device, shapes))

    def withdraw(self, device: Eui64) -> list[Announcement]:
        """Forget a device and its meters."""
        branch = _place(device, "")
        for place in [place for place in self._memory.shapes if place.startswith(branch)]:
            del self._memory.shapes[place]
        return self._withdraw([self._naming.topic(self._naming.device(device))])

    def outdated(self, devices: Iterable[Eui64]) -> list[Announcement]:
        """Return the withdrawals of what an earlier run told of others than these devices."""
        wanted = set()
        if self._enabled:
            names = [self._naming.gateway, *(self._naming.device(device) for device in devices)]
            wanted = {self._naming.topic(name) for name in names}
        return self._withdraw([topic for topic in self._memory.announced if topic not in wanted])

    # -------------------------------------------------------------- what is learned

    def learn_meter(self, device: Eui64, endpoint: int, reading: Reading) -> bool:
        """Take a reading; tell whether the meter shows something new, so must be announced."""
        place = _place(device, endpoint)
        known = self._memory.shapes.get(place)
        if known is not None and known.covers(reading):
            return False
        shape = shape_of(reading) if known is None else known.with_reading(reading)
        self._memory.shapes[place] = shape
        return True

    def learn_price_unit(self, commodity: str, unit: str) -> bool:
        """Take the unit of a price; tell whether it is new, so the gateway must be announced."""
        if self._memory.price_units.get(commodity) == unit:
            return False
        self._memory.price_units[commodity] = unit
        return True

    # -------------------------------------------------------------- how it is written

    def _announce(self, identifier: str, payload: Payload) -> list[Announcement]:
        if not self._enabled:
            return []
        sound = _without_problems(identifier, payload)
        if sound is None:
            return []
        topic = self._naming.topic(identifier)
        parts = self._with_removals(topic, sound)
        text = json.dumps(sound | {"cmps": parts}, separators=(",", ":"), ensure_ascii=False)
        return [Announcement(topic, text.encode())]

    def _with_removals(self, topic: str, payload: Payload) -> Mapping[str, Any]:
        """Add the components of earlier that are gone: only then Home Assistant drops them."""
        parts: dict[str, Any] = payload["cmps"]
        now = {f"{part['p']} {key}": key for key, part in parts.items()}
        before = self._memory.announced.get(topic, ())
        gone = [name.split(" ", 1) for name in before if name not in now]
        known = tuple(sorted({*before, *now}))
        if known != before:
            self._memory.announced[topic] = known
        return parts | {key: {"p": platform} for platform, key in gone if key not in parts}

    def _withdraw(self, topics: Iterable[str]) -> list[Announcement]:
        told = [topic for topic in topics if topic in self._memory.announced]
        for topic in told:
            del self._memory.announced[topic]
        return [Announcement(topic, b"") for topic in told]


def _without_problems(identifier: str, payload: Payload) -> Payload | None:
    """Leave bad components out, so that the device is not lost for one; say each in the log."""
    problems = check(payload)
    for problem in problems.payload:
        _LOGGER.error("%s is not announced to Home Assistant: %s", identifier, problem)
    if problems.payload:
        return None
    for key, found in problems.components.items():
        _LOGGER.error("%s of %s is not announced: %s", key, identifier, "; ".join(found))
    sound = {key: part for key, part in payload["cmps"].items() if key not in problems.components}
    return payload | {"cmps": sound} if sound else None


def _place(device: Eui64, endpoint: int | str) -> str:
    return f"{eui64_topic(device)}/{endpoint}"
