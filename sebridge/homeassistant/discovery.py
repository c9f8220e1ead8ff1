"""The gateway or a device -> its discovery payload. Pure.

Source: Home Assistant, MQTT integration, device discovery (Core 2024.11 and later).
What its units need is in device_classes.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.homeassistant.discovered import DevicePart, DiscoveredDevice, GatewayFacts
from sebridge.homeassistant.entity import Entity, HasEntities, Presence
from sebridge.homeassistant.language import name_in
from sebridge.homeassistant.naming import Naming, entity_id, unique_id
from sebridge.homeassistant.own_entities import entities_of_device, entities_of_gateway
from sebridge.settings.options import ENGLISH
from sebridge.transports.mqtt.topics import Topics

Payload = dict[str, Any]

_QOS: Final = 1
_ZIGBEE: Final = "zigbee"
"""The kind of connection by which Home Assistant knows a device by its 64-bit address."""


class Discovery:
    """Makes the payloads of one gateway and its devices, of what its features have in them.

    Components have names in `language`, as in the configuration.
    """

    def __init__(
        self,
        topics: Topics,
        naming: Naming,
        gateway: Callable[[], GatewayFacts],
        features: Sequence[HasEntities],
        language: str = ENGLISH,
    ) -> None:
        self._language = language
        self._topics = topics
        self._naming = naming
        self._gateway = gateway
        self._features = features

    def gateway(self) -> Payload:
        """Return the payload of the gateway."""
        facts = self._gateway()
        name = f"sebridge {facts.name}"
        device = {
            "ids": [self._naming.gateway],
            "name": name,
            "mf": "sebridge",
            "mdl": f"Smart Energy gateway ({facts.radio})"
            if facts.radio
            else "Smart Energy gateway",
            "sw": facts.version,
            "hw": facts.firmware,
            "sn": facts.address,
        }
        parts = [part for feature in self._features for part in feature.of_gateway()]
        entities = [*entities_of_gateway(self._topics), *_in_order(parts)]
        return self._payload(self._naming.gateway, device, entities, [self._topics.availability])

    def others(self) -> Mapping[Eui64, DiscoveredDevice]:
        """Return the devices that are not of the ZigBee network."""
        return {device.eui64: device for one in self._features for device in one.others()}

    def device(self, device: DiscoveredDevice) -> Payload:
        """Return the payload of a device, without its parts that are shown as devices."""
        identifier = self._naming.device(device.eui64)
        described = {
            "ids": [identifier],
            "cns": self._connections(device),
            "name": device.name,
            "mf": device.manufacturer,
            "mdl": device.model,
            "hw": device.hardware,
            "sw": device.software,
            "sn": str(device.eui64),
            "via_device": self._naming.gateway,
        }
        elsewhere = {number for part in device.parts for number in part.endpoints}
        entities = self._entities(device, lambda entity: entity.endpoint not in elsewhere)
        if device.branch is None:
            entities = [*entities_of_device(self._topics, device.eui64), *entities]
        return self._payload(identifier, described, entities, self._availability(device))

    def parts(self, device: DiscoveredDevice) -> dict[str, Payload]:
        """Return the payloads of the parts that are shown as devices, by their identifiers.

        One that has no components is none.
        """
        payloads = (self._part(device, part) for part in device.parts)
        return {one["dev"]["ids"][0]: one for one in payloads if one["cmps"]}

    def _part(self, device: DiscoveredDevice, part: DevicePart) -> Payload:
        identifier = self._naming.part(device.eui64, part.key)
        described = {
            "ids": [identifier],
            "name": f"{device.name} {part.name}",
            "mf": device.manufacturer,
            "mdl": device.model,
            "via_device": self._naming.device(device.eui64),
        }
        entities = self._entities(device, lambda entity: entity.endpoint in part.endpoints)
        return self._payload(identifier, described, entities, self._availability(device))

    def _entities(
        self, device: DiscoveredDevice, belongs: Callable[[Entity], bool]
    ) -> list[Entity]:
        """Return those components of a device, in order, that belong to what is announced."""
        found = [
            entity
            for feature in self._features
            for entity in feature.of_device(device)
            if belongs(entity) and _is_named(device, entity)
        ]
        if device.parts:  # what is one of several in the whole may be alone in its part
            places = Counter(entity.key for entity in found)
            found = [
                replace(one, is_one_of_several=one.is_one_of_several and places[one.key] > 1)
                for one in found
            ]
        return _in_order([self._as_known(device, entity) for entity in found])

    def _availability(self, device: DiscoveredDevice) -> list[str]:
        own = (
            self._topics.device_availability(device.eui64)
            if device.branch is None
            else f"{device.branch}/availability"
        )
        return [self._topics.availability, own]

    def _connections(self, device: DiscoveredDevice) -> list[list[str]]:
        if device.branch is not None:
            return []
        return [[_ZIGBEE, str(self._naming.identities.address(device.eui64))]]

    def _as_known(self, device: DiscoveredDevice, part: Entity) -> Entity:
        """Return a component with the number under which its endpoint is known."""
        if part.endpoint is None:
            return part
        known = self._naming.identities.endpoint(device.eui64, part.endpoint)
        return part if known == part.endpoint else replace(part, endpoint=known)

    # -------------------------------------------------------------- how they are written

    def _payload(
        self,
        identifier: str,
        device: Mapping[str, Any],
        entities: Iterable[Entity],
        availability: list[str],
    ) -> Payload:
        name = str(device["name"])
        components = {_key(one): self._component(identifier, name, one) for one in entities}
        return {
            "dev": {key: value for key, value in device.items() if value},
            "o": {"name": "sebridge", "sw": self._gateway().version},
            "avty": [{"t": topic} for topic in availability],
            "avty_mode": "all",
            "cmps": components,
        }

    def _component(self, identifier: str, device_name: str, entity: Entity) -> Payload:
        suffix = f" {entity.endpoint}" if entity.is_one_of_several else ""
        name = entity.key + suffix
        written: Payload = {
            "p": entity.platform,
            "uniq_id": unique_id(identifier, _key(entity)),
            "def_ent_id": entity_id(entity.platform, device_name, name, identifier),
            "name": name_in(self._language, entity.name) + suffix,
            "qos": _QOS,
            "stat_t": entity.topic,
            "val_tpl": entity.template,
            "dev_cla": entity.device_class,
            "stat_cla": entity.state_class,
            "unit_of_meas": entity.unit or None,
            "sug_dsp_prc": entity.precision,
            "exp_aft": entity.expires_after,
            "ic": entity.icon,
            "ent_cat": entity.category,
            "ops": list(entity.options) or None,
            "evt_typ": list(entity.event_types) or None,
            "en": None if entity.enabled else False,
            "cmd_t": self._request_topic(entity.command),
            "cmd_tpl": entity.command_template,
        }
        if entity.attributes is not None:
            written |= {"json_attr_t": entity.topic, "json_attr_tpl": entity.attributes or None}
        written |= entity.more
        return {k: v for k, v in written.items() if v is not None} | self._presence(entity.presence)

    def _request_topic(self, command: str | None) -> str | None:
        request = self._topics.request
        return None if command is None else f"{request}/{command}" if command else request

    def _presence(self, presence: Presence) -> Payload:
        match presence:
            case Presence.DEVICE:
                return {}  # as the whole device
            case Presence.GATEWAY:
                return {"avty": [{"t": self._topics.availability}]}
            case Presence.ALWAYS:
                return {"avty": []}


def _is_named(device: DiscoveredDevice, entity: Entity) -> bool:
    """Say whether the driver of a device, if it has one, names what a component shows."""
    return entity.capability is None or all(
        endpoint.capabilities is None or entity.capability in endpoint.capabilities
        for endpoint in device.endpoints
        if endpoint.number == entity.endpoint
    )


def _in_order(parts: list[Entity]) -> list[Entity]:
    return sorted(parts, key=lambda part: part.group)


def _key(entity: Entity) -> str:
    return entity.key if entity.endpoint is None else f"{entity.endpoint}_{entity.key}"
