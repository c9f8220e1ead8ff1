"""The components that are there without any feature: of the gateway, and of every device."""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    CONFIG,
    DIAGNOSTIC,
    MEASUREMENT,
    TIMESTAMP,
    Entity,
    Group,
    Presence,
)
from sebridge.transports.mqtt.topics import Topics

SHORT_JOINING_WINDOW: Final = 240  # seconds that the switch opens the network for


def entities_of_gateway(topics: Topics) -> tuple[Entity, ...]:
    """Return the components of the gateway."""
    return (
        Entity(
            key="connection",
            platform="binary_sensor",
            name="Connection",
            topic=topics.availability,
            device_class="connectivity",
            category=DIAGNOSTIC,
            presence=Presence.ALWAYS,
            more={"pl_on": "online", "pl_off": "offline"},
        ),
        Entity(
            key="network",
            platform="binary_sensor",
            name="ZigBee network",
            topic=topics.info,
            template="{{ 'ON' if value_json.network.joined else 'OFF' }}",
            device_class="connectivity",
            category=DIAGNOSTIC,
        ),
        Entity(
            key="network_status",
            platform="sensor",
            name="Network status",
            topic=topics.info,
            template="{{ value_json.network.status }}",
            attributes="{{ value_json.network | to_json }}",
            icon="mdi:zigbee",
            category=DIAGNOSTIC,
        ),
        Entity(
            key="channel",
            platform="sensor",
            name="Channel",
            topic=topics.info,
            template="{{ value_json.network.channel }}",
            icon="mdi:radio-tower",
            category=DIAGNOSTIC,
            enabled=False,
        ),
        Entity(
            key="permit_joining",
            platform="switch",
            name="Permit joining",
            topic=topics.info,
            template="{{ 'ON' if value_json.joining_until else 'OFF' }}",
            icon="mdi:location-enter",
            category=CONFIG,
            command="enable_joining",
            command_template=(
                "{{ {'join_time': "
                f"{SHORT_JOINING_WINDOW} if value == 'ON' else 0,"
                f" 'request_identifier': '{ACTION_IDENTIFIER}'}} | to_json }}}}"
            ),
        ),
        Entity(
            key="action_failed",
            platform="event",
            name="Failed action",
            group=Group.NEWS,
            topic=topics.notification("message"),
            template=(
                "{{ {'event_type': 'failed', 'reason': value_json.description} | to_json"
                f" if value_json.get('request_identifier') == '{ACTION_IDENTIFIER}' else '' }}}}"
            ),
            event_types=("failed",),
            icon="mdi:alert-circle-outline",
            category=DIAGNOSTIC,
        ),
        Entity(
            key="joining_until",
            platform="sensor",
            name="Joining open until",
            topic=topics.info,
            template="{{ value_json.joining_until }}",
            device_class=TIMESTAMP,
            category=DIAGNOSTIC,
        ),
        Entity(
            key="joining_remaining",
            platform="sensor",
            name="Joining open for",
            topic=topics.joining,
            template="{{ value_json.remaining }}",
            device_class="duration",
            unit="s",
            icon="mdi:timer-outline",
            category=DIAGNOSTIC,
        ),
    )


def entities_of_device(topics: Topics, device: Eui64) -> tuple[Entity, ...]:
    """Return the components of a device."""
    told = topics.at_device(device)
    return (
        Entity(
            key="connection",
            platform="binary_sensor",
            name="Connection",
            topic=topics.device_availability(device),
            device_class="connectivity",
            category=DIAGNOSTIC,
            presence=Presence.GATEWAY,
            more={"pl_on": "online", "pl_off": "offline"},
        ),
        Entity(
            key="last_seen",
            platform="sensor",
            name="Last seen",
            topic=told,
            template="{{ value_json.last_seen }}",
            device_class=TIMESTAMP,
            category=DIAGNOSTIC,
            presence=Presence.GATEWAY,
            enabled=False,
        ),
        Entity(
            key="lqi",
            platform="sensor",
            name="Link quality",
            topic=told,
            template="{{ value_json.lqi }}",
            state_class=MEASUREMENT,
            icon="mdi:signal",
            category=DIAGNOSTIC,
            enabled=False,
        ),
        Entity(
            key="rssi",
            platform="sensor",
            name="Signal strength",
            topic=told,
            template="{{ value_json.rssi }}",
            device_class="signal_strength",
            state_class=MEASUREMENT,
            unit="dBm",
            category=DIAGNOSTIC,
            enabled=False,
        ),
    )
