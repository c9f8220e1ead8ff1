"""What Home Assistant is to be told, and what was told before. Pure.

What was announced is remembered across restarts, so that nothing stays behind when a device goes,
the discovery prefix changes or discovery is switched off.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
import json
from typing import Any

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.sharing import shared
from sebridge.homeassistant.discovered import DiscoveredDevice, GatewayFacts
from sebridge.homeassistant.discovery import Discovery, Payload
from sebridge.homeassistant.entity import Entities
from sebridge.homeassistant.naming import Naming
from sebridge.settings.options import HomeAssistantOptions
from sebridge.transports.mqtt.topics import Topics


class Announcement(msgspec.Struct, frozen=True):
    """What is to be kept on a discovery topic; an empty payload withdraws."""

    topic: str
    payload: bytes


class Announcements:
    """Decides what stands on each discovery topic.

    `announced` has for each of them `<platform> <key>` of every component that it ever had; it may
    be a storage collection. `gateway` tells what is known of the gateway by then; its name is the
    same always.
    """

    def __init__(
        self,
        *,
        options: HomeAssistantOptions,
        topics: Topics,
        gateway: Callable[[], GatewayFacts],
        features: Sequence[Entities],
        announced: MutableMapping[str, tuple[str, ...]],
    ) -> None:
        self._enabled = options.enabled
        self._naming = Naming(options.discovery_prefix, gateway().name, topics.identities)
        self._discovery = Discovery(topics, self._naming, gateway, features, options.language)
        self._announced = announced

    @property
    def birth_topic(self) -> str | None:
        """Where Home Assistant says that it is there; None when it is of no interest."""
        return self._naming.status if self._enabled else None

    def knows(self, topic: str) -> bool:
        """Tell whether something was announced on a topic, and not withdrawn since."""
        return topic in self._announced

    def knows_device(self, device: Eui64) -> bool:
        """Tell whether a device was announced, and not withdrawn since."""
        return self.knows(self._naming.topic(self._naming.device(device)))

    # -------------------------------------------------------------- what is to be told

    def gateway(self) -> list[Announcement]:
        """Return the announcement of the gateway; none where discovery is switched off."""
        return self._announce(self._naming.gateway, self._discovery.gateway())

    def device(self, device: DiscoveredDevice) -> list[Announcement]:
        """Return the announcement of a device; none where discovery is switched off."""
        identifier = self._naming.device(device.eui64)
        return self._announce(identifier, self._discovery.device(device))

    def withdraw(self, device: Eui64) -> list[Announcement]:
        """Forget a device."""
        return self._withdraw([self._naming.topic(self._naming.device(device))])

    def outdated(self, devices: Iterable[Eui64]) -> list[Announcement]:
        """Return the withdrawals of what an earlier run told of others than these devices."""
        wanted = set()
        if self._enabled:
            names = [self._naming.gateway, *(self._naming.device(device) for device in devices)]
            wanted = {self._naming.topic(name) for name in names}
        return self._withdraw([topic for topic in self._announced if topic not in wanted])

    # -------------------------------------------------------------- how it is written

    def _announce(self, identifier: str, payload: Payload) -> list[Announcement]:
        if not self._enabled:
            return []
        topic = self._naming.topic(identifier)
        parts = self._with_removals(topic, payload)
        text = json.dumps(payload | {"cmps": parts}, separators=(",", ":"), ensure_ascii=False)
        return [Announcement(topic, text.encode())]

    def _with_removals(self, topic: str, payload: Payload) -> Mapping[str, Any]:
        """Add the components of earlier that are gone: only then Home Assistant drops them."""
        parts: dict[str, Any] = payload["cmps"]
        now = {f"{part['p']} {key}": key for key, part in parts.items()}
        before = self._announced.get(topic, ())
        gone = [name.split(" ", 1) for name in before if name not in now]
        known = shared(tuple(sorted({*before, *now})))
        if known != before:
            self._announced[topic] = known
        return parts | {key: {"p": platform} for platform, key in gone if key not in parts}

    def _withdraw(self, topics: Iterable[str]) -> list[Announcement]:
        told = [topic for topic in topics if topic in self._announced]
        for topic in told:
            del self._announced[topic]
        return [Announcement(topic, b"") for topic in told]
