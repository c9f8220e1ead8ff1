"""What Home Assistant is to be told, and what was told before. Pure.

What was announced is remembered across restarts, so that nothing stays behind when a device goes,
the discovery prefix changes or discovery is switched off. Home Assistant takes away only what it
was told of since its start: what is withdrawn while it is away, a device or one of its components,
it would keep for ever. So what it may have missed is remembered too, and at its return it is taken
leave of: announced once more, by no more than the unique ids, and withdrawn again.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
import json
from typing import Any, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.sharing import shared
from sebridge.homeassistant.discovered import DiscoveredDevice, GatewayFacts
from sebridge.homeassistant.discovery import Discovery, Payload
from sebridge.homeassistant.entity import HasEntities
from sebridge.homeassistant.naming import Naming, unique_id
from sebridge.settings.options import HomeAssistantOptions
from sebridge.transports.mqtt.topics import Topics

_MOST_MISSED: Final = 256  # withdrawals that are remembered where there is no Home Assistant


class Announcement(msgspec.Struct, frozen=True):
    """What is to be kept on a discovery topic; an empty payload withdraws."""

    topic: str
    payload: bytes


class Announcements:
    """Decides what stands on each discovery topic.

    `announced` has for each of them `<platform> <key>` of every component that Home Assistant may
    have of it, and `missed` the same of those whose withdrawal it may have missed; they may be
    storage collections. `gateway` tells what is known of the gateway by then; its name is the
    same always.
    """

    def __init__(
        self,
        *,
        options: HomeAssistantOptions,
        topics: Topics,
        gateway: Callable[[], GatewayFacts],
        features: Sequence[HasEntities],
        announced: MutableMapping[str, tuple[str, ...]],
        missed: MutableMapping[str, tuple[str, ...]],
    ) -> None:
        self.is_enabled = options.enabled
        self._naming = Naming(options.discovery_prefix, gateway().name, topics.identities)
        self._discovery = Discovery(topics, self._naming, gateway, features, options.language)
        self._announced = announced
        self._missed = missed
        self._gone: dict[str, tuple[str, ...]] = {}  # of what is announced, as told last

    @property
    def birth_topics(self) -> tuple[str, ...]:
        """Where Home Assistant says that it is there; none where that is of no interest."""
        is_of_interest = self.is_enabled or self._announced or self._missed
        return self._naming.statuses if is_of_interest else ()

    def knows(self, topic: str) -> bool:
        """Tell whether something was announced on a topic, and not withdrawn since."""
        return topic in self._announced

    def knows_device(self, device: Eui64) -> bool:
        """Tell whether a device was announced, and not withdrawn since."""
        return self.knows(self._naming.topic(self._naming.device(device)))

    # -------------------------------------------------------------- what is to be told

    def others(self) -> Mapping[Eui64, DiscoveredDevice]:
        """Return the devices that are not of the ZigBee network."""
        return self._discovery.others()

    def gateway(self) -> list[Announcement]:
        """Return the announcement of the gateway; none where discovery is switched off."""
        return self._announce(self._naming.gateway, self._discovery.gateway())

    def device(self, device: DiscoveredDevice, *, is_heard: bool) -> list[Announcement]:
        """Return the announcements of a device and its parts; none where discovery is switched off.

        Parts that it has no more are withdrawn.
        """
        parts = self._discovery.parts(device)
        topics = {self._naming.topic(identifier) for identifier in parts}
        gone = [topic for topic in self._parts_of(device.eui64) if topic not in topics]
        found = self._withdraw(gone, is_heard=is_heard)
        found += self._announce(self._naming.device(device.eui64), self._discovery.device(device))
        for identifier, payload in parts.items():
            found += self._announce(identifier, payload)
        return found

    def withdraw(self, device: Eui64, *, is_heard: bool) -> list[Announcement]:
        """Forget a device; `is_heard` says that Home Assistant is there to hear of it."""
        topics = [*self._parts_of(device), self._naming.topic(self._naming.device(device))]
        return self._withdraw(topics, is_heard=is_heard)

    def _parts_of(self, device: Eui64) -> list[str]:
        """Return the topics on which parts of a device were announced."""
        whole = self._naming.topic(self._naming.device(device))
        below = f"{whole.removesuffix('/config')}_"
        return [topic for topic in self._announced if topic.startswith(below)]

    def outdated(self, devices: Iterable[Eui64], *, is_heard: bool) -> list[Announcement]:
        """Return the withdrawals of what an earlier run told of others than these devices."""
        wanted = set()
        if self.is_enabled:
            names = [self._naming.gateway, *(self._naming.device(device) for device in devices)]
            wanted = {self._naming.topic(name) for name in names}
        topics = [topic for topic in self._announced if self._naming.whole(topic) not in wanted]
        return self._withdraw(topics, is_heard=is_heard)

    def farewells(self) -> list[Announcement]:
        """Return what is said, and not kept, of that whose withdrawal may have been missed."""
        gone = {**self._missed, **self._gone}
        return [Announcement(topic, farewell(topic, names)) for topic, names in gone.items()]

    def partings(self) -> list[Announcement]:
        """Return what is said a while after the farewells, which are done with then."""
        found = [Announcement(topic, b"") for topic in self._missed]
        found += [Announcement(topic, parting(topic, names)) for topic, names in self._gone.items()]
        for topic, names in self._gone.items():
            self._announced[topic] = tuple(n for n in self._announced[topic] if n not in names)
        self._missed.clear()
        self._gone.clear()
        return found

    # -------------------------------------------------------------- how it is written

    def _announce(self, identifier: str, payload: Payload) -> list[Announcement]:
        if not self.is_enabled:
            return []
        topic = self._naming.topic(identifier)
        self._missed.pop(topic, None)
        parts = self._with_removals(topic, payload)
        text = json.dumps(payload | {"cmps": parts}, separators=(",", ":"), ensure_ascii=False)
        return [Announcement(topic, text.encode())]

    def _with_removals(self, topic: str, payload: Payload) -> Mapping[str, Any]:
        """Add the components of earlier that are gone: only then Home Assistant drops them."""
        parts: dict[str, Any] = payload["cmps"]
        now = {f"{part['p']} {key}": key for key, part in parts.items()}
        before = self._announced.get(topic, ())
        gone = tuple(name for name in before if name not in now)
        if gone:
            self._gone[topic] = gone
        else:
            self._gone.pop(topic, None)
        known = shared(tuple(sorted({*before, *now})))
        if known != before:
            self._announced[topic] = known
        return parts | {key: one for key, one in _removals(gone).items() if key not in parts}

    def _withdraw(self, topics: Iterable[str], *, is_heard: bool) -> list[Announcement]:
        told = [topic for topic in topics if topic in self._announced]
        for topic in told:
            names = self._announced.pop(topic)
            self._gone.pop(topic, None)
            if is_heard:
                continue
            if len(self._missed) >= _MOST_MISSED:
                del self._missed[next(iter(self._missed))]
            self._missed[topic] = names
        return [Announcement(topic, b"") for topic in told]


def farewell(topic: str, names: Iterable[str]) -> bytes:
    """Return an announcement by which Home Assistant knows again what once was on a topic.

    `names` are `<platform> <key>` of its components, of which each is told what any platform cannot
    be without; each takes what it knows. Nothing is ever on the topic of their states.
    """
    identifier = _identifier(topic)
    nowhere = f"{topic}/gone"
    parts = {}
    for name in names:
        platform, key = name.split(" ", 1)
        own = {"p": platform, "uniq_id": unique_id(identifier, key)}
        parts[key] = own | {"stat_t": nowhere, "cmd_t": nowhere, "evt_typ": ["gone"]}
    return _of_parts(identifier, parts)


def parting(topic: str, names: Iterable[str]) -> bytes:
    """Return an announcement by which Home Assistant takes away components, and no others."""
    return _of_parts(_identifier(topic), _removals(names))


def _removals(names: Iterable[str]) -> dict[str, dict[str, str]]:
    return {key: {"p": platform} for platform, key in (name.split(" ", 1) for name in names)}


def _identifier(topic: str) -> str:
    return topic.split("/")[-2]


def _of_parts(identifier: str, parts: Mapping[str, Any]) -> bytes:
    payload = {"dev": {"ids": [identifier]}, "o": {"name": "sebridge"}, "cmps": parts}
    return json.dumps(payload, separators=(",", ":")).encode()
