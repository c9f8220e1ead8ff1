"""The table: which components of Home Assistant show what, and how. Data only.

A template sees the JSON of its topic as `value_json`; what is null there becomes `None`, which
Home Assistant shows as unknown. Source: Home Assistant, MQTT integration and its platforms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import enum
from typing import Final

from sebridge.features.load_control.records import EventStatus


class Place(enum.Enum):
    """The topic a component reads."""

    BRIDGE = "the gateway's availability"
    INFO = "what the gateway is"
    PRICE = "the price of a commodity"
    ACTIVE_DRLC = "load-control events in force"
    ACTIVE_MESSAGE = "messages in force"
    PRICES_CHANGED = "streamed when the prices in force change"
    DRLC_CHANGED = "streamed when the load-control events in force change"
    DRLC_REPORTED = "streamed when a device reports on a load-control event"
    MESSAGES_CHANGED = "streamed when the messages in force change"
    MESSAGE_CONFIRMED = "streamed when somebody confirms a message"
    DEVICE = "what is known of a device"
    DEVICE_AVAILABILITY = "whether a device is there"
    DEVICE_DRLC = "the device's last word on a load-control event"
    METERING = "a meter's reading"


class Presence(enum.Enum):
    """When a component is available."""

    DEVICE = "while the gateway and its device are there"
    GATEWAY = "while the gateway is there"
    ALWAYS = "always, as it tells just that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One component. `key` is part of its unique id, so it never changes.

    `place` and `template` give its state, `attributes` its attributes (a template on the same
    topic; empty: the whole JSON). `command` is the RPC method it calls, with `command_template`
    or `payload_press` as parameters. `more` are keys that only its platform has.
    """

    key: str
    platform: str
    name: str
    place: Place | None = None
    template: str | None = None
    attributes: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    precision: int | None = None  # decimals shown
    icon: str | None = None
    category: str | None = None
    options: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    command: str | None = None
    command_template: str | None = None
    presence: Presence = Presence.DEVICE
    enabled: bool = True
    more: Mapping[str, str] = field(default_factory=dict)


TOTAL: Final = "total_increasing"
MEASUREMENT: Final = "measurement"
TIMESTAMP: Final = "timestamp"
DIAGNOSTIC: Final = "diagnostic"
CONFIG: Final = "config"

SHORT_JOINING_WINDOW: Final = 240  # seconds that the switch opens the network for
MESSAGE_DURATION: Final = 60  # minutes that a message from the notify action is shown
IDENTIFY_TIME: Final = 10  # seconds
HIGHEST_TIER: Final = 48

_CHANGED: Final = (
    "{{ {'event_type': 'in_force' if value_json.record_list else 'ended',"
    " 'events': value_json.record_list} | to_json }}"
)
_CHANGES: Final = ("in_force", "ended")
_EVENTS: Final = "{{ {'events': value_json.record_list} | to_json }}"

_STATUS_WORDS: Final = {int(status): status.name.lower() for status in EventStatus}
_OTHER: Final = "other"
EVENT_STATUSES: Final = (*_STATUS_WORDS.values(), _OTHER)
"""What a device may say of a load-control event, in words."""

GATEWAY: Final = (
    Entity(
        key="connection",
        platform="binary_sensor",
        name="Connection",
        place=Place.BRIDGE,
        device_class="connectivity",
        category=DIAGNOSTIC,
        presence=Presence.ALWAYS,
        more={"pl_on": "online", "pl_off": "offline"},
    ),
    Entity(
        key="network",
        platform="binary_sensor",
        name="ZigBee network",
        place=Place.INFO,
        template="{{ 'ON' if value_json.network.joined else 'OFF' }}",
        device_class="connectivity",
        category=DIAGNOSTIC,
    ),
    Entity(
        key="network_status",
        platform="sensor",
        name="Network status",
        place=Place.INFO,
        template="{{ value_json.network.status }}",
        attributes="{{ value_json.network | to_json }}",
        icon="mdi:zigbee",
        category=DIAGNOSTIC,
    ),
    Entity(
        key="permit_joining",
        platform="switch",
        name="Permit joining",
        place=Place.INFO,
        template="{{ 'ON' if value_json.joining_until else 'OFF' }}",
        icon="mdi:location-enter",
        category=CONFIG,
        command="enable_joining",
        command_template=(
            f"{{{{ {{'join_time': {SHORT_JOINING_WINDOW} if value == 'ON' else 0}} | to_json }}}}"
        ),
    ),
    Entity(
        key="joining_until",
        platform="sensor",
        name="Joining open until",
        place=Place.INFO,
        template="{{ value_json.joining_until }}",
        device_class=TIMESTAMP,
        category=DIAGNOSTIC,
    ),
    Entity(
        key="load_control",
        platform="binary_sensor",
        name="Load control",
        place=Place.ACTIVE_DRLC,
        template="{{ 'ON' if value_json.record_list else 'OFF' }}",
        attributes=_EVENTS,
        icon="mdi:transmission-tower-export",
    ),
    Entity(
        key="message",
        platform="sensor",
        name="Message",
        place=Place.ACTIVE_MESSAGE,
        template=(
            "{{ value_json.record_list[-1].message[:255] if value_json.record_list else none }}"
        ),
        attributes=_EVENTS,
        icon="mdi:message-text-outline",
    ),
    Entity(
        key="price_event",
        platform="event",
        name="Price event",
        place=Place.PRICES_CHANGED,
        template=_CHANGED,
        event_types=_CHANGES,
        icon="mdi:cash-clock",
    ),
    Entity(
        key="load_control_event",
        platform="event",
        name="Load-control event",
        place=Place.DRLC_CHANGED,
        template=_CHANGED,
        event_types=_CHANGES,
        icon="mdi:transmission-tower",
    ),
    Entity(
        key="load_control_report",
        platform="event",
        name="Load-control report",
        place=Place.DRLC_REPORTED,
        template=(
            "{{ {'event_type': "
            f"{_STATUS_WORDS}.get(value_json.record.event_status, '{_OTHER}'),"
            " 'source_address': value_json.source_address,"
            " 'issuer_event_id': value_json.record.issuer_event_id} | to_json }}"
        ),
        event_types=EVENT_STATUSES,
        icon="mdi:clipboard-check-outline",
    ),
    Entity(
        key="message_event",
        platform="event",
        name="Message event",
        place=Place.MESSAGES_CHANGED,
        template=_CHANGED,
        event_types=_CHANGES,
        icon="mdi:message-alert-outline",
    ),
    Entity(
        key="message_confirmed",
        platform="event",
        name="Message confirmation",
        place=Place.MESSAGE_CONFIRMED,
        template=(
            "{{ {'event_type': 'confirmed', 'source_address': value_json.source_address,"
            " 'message_id': value_json.record.message_id} | to_json }}"
        ),
        event_types=("confirmed",),
        icon="mdi:message-check-outline",
    ),
    Entity(
        key="send_message",
        platform="notify",
        name="Send a message to the displays",
        command="create_message_event",
        command_template=(
            "{{ {'record': {'message_id': now().timestamp() | int,"
            f" 'duration_in_minutes': {MESSAGE_DURATION}, 'message': value}}}} | to_json }}}}"
        ),
        icon="mdi:message-arrow-right-outline",
    ),
)
"""The gateway itself."""

CURRENT_PRICE: Final = "price"
"""The price in the main unit of its currency; its unit is the price board's (USD/kWh)."""

PRICES: Final = (
    Entity(
        key=CURRENT_PRICE,
        platform="sensor",
        name="Current price",
        place=Place.PRICE,
        template="{{ value_json.current.price if value_json.current else none }}",
        attributes=(
            "{{ {'currency': value_json.currency, 'per': value_json.unit,"
            " 'schedule': value_json.schedule} | to_json }}"
        ),
        state_class=MEASUREMENT,
        icon="mdi:cash",
    ),
    Entity(
        key="price_tier",
        platform="sensor",
        name="Price tier",
        place=Place.PRICE,
        template=(
            "{% set tier = value_json.current.tier if value_json.current else 0 %}"
            "{{ none if not value_json.current"
            f" else tier if tier and tier <= {HIGHEST_TIER} else 'none' }}}}"
        ),
        attributes=(
            "{{ {'label': value_json.current.label if value_json.current else none} | to_json }}"
        ),
        device_class="enum",
        options=("none", *(str(tier) for tier in range(1, HIGHEST_TIER + 1))),
        icon="mdi:stairs",
    ),
    Entity(
        key="price_until",
        platform="sensor",
        name="Current price until",
        place=Place.PRICE,
        template="{{ value_json.current.until if value_json.current else none }}",
        device_class=TIMESTAMP,
    ),
    Entity(
        key="next_price",
        platform="sensor",
        name="Next price",
        place=Place.PRICE,
        template="{{ value_json.next.price if value_json.next else none }}",
        icon="mdi:cash-fast",
    ),
    Entity(
        key="next_price_from",
        platform="sensor",
        name="Next price from",
        place=Place.PRICE,
        template="{{ value_json.next.from if value_json.next else none }}",
        device_class=TIMESTAMP,
    ),
)
"""The price of one commodity, at the gateway."""

PRICED: Final = frozenset({CURRENT_PRICE, "next_price"})
"""Those of them that carry the price board's unit."""

ANY_DEVICE: Final = (
    Entity(
        key="connection",
        platform="binary_sensor",
        name="Connection",
        place=Place.DEVICE_AVAILABILITY,
        device_class="connectivity",
        category=DIAGNOSTIC,
        presence=Presence.GATEWAY,
        more={"pl_on": "online", "pl_off": "offline"},
    ),
    Entity(
        key="last_seen",
        platform="sensor",
        name="Last seen",
        place=Place.DEVICE,
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
        place=Place.DEVICE,
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
        place=Place.DEVICE,
        template="{{ value_json.rssi }}",
        device_class="signal_strength",
        state_class=MEASUREMENT,
        unit="dBm",
        category=DIAGNOSTIC,
        enabled=False,
    ),
)
"""Every device."""

IDENTIFIES: Final = Entity(
    key="identify",
    platform="button",
    name="Identify",
    device_class="identify",
    category=DIAGNOSTIC,
    command="identify",
)
"""A device that shows itself when it is asked to; the parameters are in `payload_press`."""

OBEYS_LOAD_CONTROL: Final = Entity(
    key="load_control_status",
    platform="sensor",
    name="Load-control status",
    place=Place.DEVICE_DRLC,
    template=(f"{{{{ '{_OTHER}' if value_json.status.startswith('0x') else value_json.status }}}}"),
    attributes="",
    device_class="enum",
    options=EVENT_STATUSES,
    icon="mdi:transmission-tower",
)
"""A thermostat or load switch: what it last said of a load-control event."""

ENERGY_IN: Final = Entity(
    key="energy_in",
    platform="sensor",
    name="Consumption",
    place=Place.METERING,
    template="{{ value_json.energy_in }}",
    state_class=TOTAL,
)
ENERGY_OUT: Final = Entity(
    key="energy_out",
    platform="sensor",
    name="Returned",
    place=Place.METERING,
    template="{{ value_json.energy_out }}",
    state_class=TOTAL,
)
POWER: Final = Entity(
    key="power",
    platform="sensor",
    name="Flow",
    place=Place.METERING,
    template="{{ value_json.power }}",
    state_class=MEASUREMENT,
)
METER_STATUS: Final = Entity(
    key="meter_status",
    platform="binary_sensor",
    name="Problem",
    place=Place.METERING,
    template="{{ none if value_json.status is none else 'ON' if value_json.status else 'OFF' }}",
    attributes="{{ {'status': value_json.status} | to_json }}",
    device_class="problem",
    category=DIAGNOSTIC,
)

METER_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "electricity": {
        "energy_in": "Energy imported",
        "energy_out": "Energy exported",
        "power": "Power",
    },
    "heat": {"power": "Power"},
    "cooling": {"power": "Power"},
    "pressure": {"energy_in": "Pressure"},
}
"""What the components of a meter are called where its commodity has a better word."""

REGISTER_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "electricity": ("energy",),
    "gas": ("gas", "energy"),
    "water": ("water",),
    "heat": ("energy", "volume"),
    "cooling": ("energy", "volume"),
    "pressure": ("pressure",),
}
"""Device classes of a meter's registers, by commodity: the first that has its unit is taken."""

DEMAND_CLASSES: Final = ("power", "volume_flow_rate", "pressure")
"""Device classes of a meter's demand: the first that has its unit is taken."""
