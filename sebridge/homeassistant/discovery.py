"""The gateway or a device -> its discovery payload. Pure.

Source: Home Assistant, MQTT integration, device discovery (Core 2024.11 and later).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
import json
from typing import Any, Final

from sebridge.homeassistant import entities
from sebridge.homeassistant.discovered import (
    DiscoveredDevice,
    DiscoveredEndpoint,
    GatewayFacts,
    MeterShape,
)
from sebridge.homeassistant.entities import Entity, Place, Presence
from sebridge.homeassistant.meters import meter_entities
from sebridge.homeassistant.naming import Naming, entity_id, unique_id
from sebridge.transports.mqtt.topics import Topics, eui64_topic
from sebridge.zcl.identifiers import (
    DRLC,
    HA_ENDPOINT,
    IDENTIFY,
    METERING,
    SE_ENDPOINT,
    SE_PROFILE,
)

Payload = dict[str, Any]

ELECTRICITY: Final = "electricity"

_NOTIFICATIONS: Final = {
    Place.PRICES_CHANGED: "updated_active_price_event",
    Place.DRLC_CHANGED: "updated_active_DRLC_events",
    Place.DRLC_REPORTED: "received_report_event_status",
    Place.MESSAGES_CHANGED: "updated_active_message_events",
    Place.MESSAGE_CONFIRMED: "received_message_confirmation",
}
_QOS: Final = 1


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entity with the topic it reads, as one device has it; `suffix` tells equal ones apart."""

    entity: Entity
    topic: str | None
    suffix: str = ""


class Discovery:
    """Makes the payloads of one gateway and its devices."""

    def __init__(self, topics: Topics, naming: Naming, gateway: GatewayFacts) -> None:
        self._topics = topics
        self._naming = naming
        self._gateway = gateway

    def gateway(self, price_units: Mapping[str, str]) -> Payload:
        """Return the payload of the gateway; `price_units` by commodity, such as USD/kWh.

        The price of electricity is there even before it has a unit.
        """
        facts = self._gateway
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
        shown = [_Shown(entity, self._gateway_topic(entity.place)) for entity in entities.GATEWAY]
        for commodity in sorted({ELECTRICITY, *price_units}):
            shown += self._prices(commodity, price_units.get(commodity))
        return self._payload(self._naming.gateway, device, shown, [self._topics.availability])

    def device(self, device: DiscoveredDevice, meters: Mapping[int, MeterShape]) -> Payload:
        """Return the payload of a device; `meters` are the shapes known so far, by endpoint."""
        identifier = self._naming.device(device.eui64)
        described = {
            "ids": [identifier],
            "name": device.name,
            "mf": device.manufacturer,
            "mdl": device.model,
            "sn": str(device.eui64),
            "via_device": self._naming.gateway,
        }
        own = self._topics.device_availability(device.eui64)
        return self._payload(
            identifier,
            described,
            self._device_entities(device, meters),
            [self._topics.availability, own],
        )

    # -------------------------------------------------------------- which components

    def _prices(self, commodity: str, unit: str | None) -> Iterator[_Shown]:
        topic = self._topics.price(commodity)
        for entity in entities.PRICES:
            own = replace(entity, unit=unit) if entity.key in entities.PRICED else entity
            if commodity != ELECTRICITY:
                name = f"{commodity.capitalize()} {entity.name.lower()}"
                own = replace(own, key=f"{commodity}_{entity.key}", name=name)
            yield _Shown(own, topic)

    def _device_entities(
        self, device: DiscoveredDevice, meters: Mapping[int, MeterShape]
    ) -> list[_Shown]:
        places = {
            Place.DEVICE: self._topics.device(device.eui64),
            Place.DEVICE_AVAILABILITY: self._topics.device_availability(device.eui64),
        }
        shown = [
            _Shown(entity, places[entity.place]) for entity in entities.ANY_DEVICE if entity.place
        ]
        shown += _identify(device)
        if any(DRLC in endpoint.clients for endpoint in device.endpoints):
            topic = f"{self._topics.device(device.eui64)}/drlc"
            shown.append(_Shown(entities.OBEYS_LOAD_CONTROL, topic))
        measuring = [e.number for e in device.endpoints if METERING in e.servers]
        for number in measuring:
            if number in meters:
                suffix = f" {number}" if len(measuring) > 1 else ""
                topic = self._topics.metering(device.eui64, number)
                shown += [
                    _Shown(replace(entity, key=f"{number}_{entity.key}"), topic, suffix)
                    for entity in meter_entities(meters[number])
                ]
        return shown

    def _gateway_topic(self, place: Place | None) -> str | None:
        if place is None:
            return None
        if place in _NOTIFICATIONS:
            return self._topics.notification(_NOTIFICATIONS[place])
        return {
            Place.BRIDGE: self._topics.availability,
            Place.INFO: self._topics.info,
            Place.ACTIVE_DRLC: self._topics.active("drlc"),
            Place.ACTIVE_MESSAGE: self._topics.active("message"),
        }[place]

    # -------------------------------------------------------------- how they are written

    def _payload(
        self,
        identifier: str,
        device: Mapping[str, Any],
        shown: Iterable[_Shown],
        availability: list[str],
    ) -> Payload:
        name = str(device["name"])
        components = {s.entity.key: self._component(identifier, name, s) for s in shown}
        return {
            "dev": {key: value for key, value in device.items() if value},
            "o": {"name": "sebridge", "sw": self._gateway.version},
            "avty": [{"t": topic} for topic in availability],
            "avty_mode": "all",
            "cmps": components,
        }

    def _component(self, identifier: str, device_name: str, shown: _Shown) -> Payload:
        entity, key = shown.entity, shown.entity.key
        # a key begins with the endpoint where there can be several; people need not see it
        short = key.lstrip("0123456789").lstrip("_") + shown.suffix
        written: Payload = {
            "p": entity.platform,
            "uniq_id": unique_id(identifier, key),
            "def_ent_id": entity_id(entity.platform, device_name, short, identifier),
            "name": entity.name + shown.suffix,
            "qos": _QOS,
            "stat_t": shown.topic,
            "val_tpl": entity.template,
            "dev_cla": entity.device_class,
            "stat_cla": entity.state_class,
            "unit_of_meas": entity.unit or None,
            "sug_dsp_prc": entity.precision,
            "ic": entity.icon,
            "ent_cat": entity.category,
            "ops": list(entity.options) or None,
            "evt_typ": list(entity.event_types) or None,
            "en": None if entity.enabled else False,
            "cmd_t": entity.command and f"{self._topics.request}/{entity.command}",
            "cmd_tpl": entity.command_template,
        }
        if entity.attributes is not None:
            written |= {"json_attr_t": shown.topic, "json_attr_tpl": entity.attributes or None}
        written |= entity.more
        return {k: v for k, v in written.items() if v is not None} | self._presence(entity.presence)

    def _presence(self, presence: Presence) -> Payload:
        match presence:
            case Presence.DEVICE:
                return {}  # as the whole device
            case Presence.GATEWAY:
                return {"avty": [{"t": self._topics.availability}]}
            case Presence.ALWAYS:
                return {"avty": []}


def _identify(device: DiscoveredDevice) -> list[_Shown]:
    """Return the button of the first endpoint that can show itself."""
    able = next((e for e in device.endpoints if IDENTIFY in e.servers), None)
    if able is None:
        return []
    press = json.dumps(_identify_request(device, able), separators=(",", ":"))
    return [_Shown(replace(entities.IDENTIFIES, more={"pl_prs": press}), None)]


def _identify_request(device: DiscoveredDevice, endpoint: DiscoveredEndpoint) -> dict[str, Any]:
    sender = SE_ENDPOINT if endpoint.profile_id == SE_PROFILE else HA_ENDPOINT
    return {
        "destination_address": eui64_topic(device.eui64),
        "destination_endpoint_id": endpoint.number,
        "source_endpoint_id": int(sender),
        "identify_time": entities.IDENTIFY_TIME,
    }
