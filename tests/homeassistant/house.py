"""A house of devices of every kind, as discovery sees it."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any, Final

from sebridge.app.features import FEATURES, clusters_of
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.features.metering.signals import Reading
from sebridge.gateway.reporting.expiry import Expiry
from sebridge.homeassistant.announcements import Announcements
from sebridge.homeassistant.discovered import DiscoveredDevice, GatewayFacts, discovered
from sebridge.homeassistant.discovery import Discovery
from sebridge.homeassistant.entity import Entities, EntityHost
from sebridge.homeassistant.naming import Naming
from sebridge.model.values import ABSENT
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.identities import Identities
from sebridge.network.known_device import KnownDevice
from sebridge.settings.options import HomeAssistantOptions
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import HA_PROFILE, SE_PROFILE

_REFERENCES: Final = Path(__file__).parents[1] / "reference"
REFERENCE: Final = _REFERENCES / "homeassistant_discovery.schema.json"
RECORDED: Final = _REFERENCES / "homeassistant_payloads.json"
TOPICS: Final = Topics("sebridge", "home")
GATEWAY: Final = GatewayFacts(
    name="home",
    version="0.1.0",
    radio="ezsp",
    firmware="7.4.3",
    address="00:0d:6f:00:00:00:00:01",
)
GATEWAY_TOPIC: Final = "homeassistant/device/sebridge_home_gateway/config"


def address(number: int) -> Eui64:
    return Eui64.parse(f"00:0d:6f:00:0a:00:00:{number:02x}")


def discovery_topic(number: int) -> str:
    return f"homeassistant/device/sebridge_home_000d6f000a0000{number:02x}/config"


def simple(
    endpoint: int,
    servers: tuple[int, ...] = (),
    clients: tuple[int, ...] = (),
    *,
    profile_id: int = SE_PROFILE,
    device_id: int = 0x0501,
) -> Simple_Desc_rsp:
    return Simple_Desc_rsp(
        status=0,
        nwk_addr=0x1234,
        endpoint_id=endpoint,
        profile_id=profile_id,
        device_id=device_id,
        device_version=0,
        input_clusters=servers,
        output_clusters=clients,
    )


def known(number: int, name: str, *endpoints: Simple_Desc_rsp, **more: Any) -> KnownDevice:
    return KnownDevice(
        eui64=address(number),
        name=name,
        manufacturer="Acme",
        model="A 1",
        simple_descriptors={e.endpoint_id: e for e in endpoints if e.endpoint_id is not ABSENT},
        **more,
    )


METER: Final = known(
    1, "Main meter", simple(10, (0x0000, 0x0003, 0x0702)), hardware="2", software="2.1.5"
)
PLUG: Final = known(2, "Plug", simple(1, (0x0000, 0x0006, 0x0702), profile_id=HA_PROFILE))
MEASURING_PLUG: Final = known(2, "Plug", simple(1, (0x0702, 0x0B04), profile_id=HA_PROFILE))
DISPLAY: Final = known(
    3,
    "Display",
    simple(1, (0x0000, 0x0003), (0x0700, 0x0702, 0x0703), device_id=0x0502),
)
THERMOSTAT: Final = known(
    4, "Thermostat", simple(1, (0x0000, 0x0003), (0x0700, 0x0701), device_id=0x0503)
)
SWITCH: Final = known(5, "Water heater", simple(1, (0x0000,), (0x0701,), device_id=0x0504))
DOUBLE_METER: Final = known(6, "Two", simple(1, (0x0702,)), simple(2, (0x0702,)))
SILENT: Final = known(7, "Silent")
SENSOR: Final = known(8, "Sensor", simple(1, (0x0000, 0x0402), profile_id=HA_PROFILE))
ROOM_THERMOSTAT: Final = known(
    9, "Room thermostat", simple(1, (0x0000, 0x0201), profile_id=HA_PROFILE)
)
HOUSE: Final = (METER, PLUG, DISPLAY, THERMOSTAT, SWITCH, DOUBLE_METER, SILENT, SENSOR)


def reading(**changes: Any) -> Reading:
    values: dict[str, Any] = {
        "unit": "kWh",
        "power_unit": "kW",
        "commodity": "electricity",
        "energy_in": 1234.5,
        "energy_out": None,
        "power": -0.25,
        "tiers_in": {},
        "tiers_out": {},
        "status": 0,
        "time": 1_300_000_000.0,
    }
    return Reading(**values | changes)


Kept = dict[str, dict[str, Any]]
"""Collections by their names."""


def entity_host(
    bus: SignalBus,
    kept: Kept,
    clock: Clock | None = None,
    role: Role = Role.COORDINATOR,
    expiry: Expiry = lambda *_attribute: None,
) -> EntityHost:
    """Return what features say by which components there are."""
    return EntityHost(
        bus=bus,
        topics=TOPICS,
        open_collection=lambda name, _key, _value: kept.setdefault(name, {}),
        network_clock=clock or VirtualClock(),
        serves=role.serves,
        shows=role.shows,
        default_prices={},
        expiry=expiry,
        clusters=clusters_of(FEATURES),
    )


def device_of(known: KnownDevice) -> DiscoveredDevice:
    """Return a device as discovery sees it."""
    device = discovered(known)
    assert device is not None
    return device


def entities(bus: SignalBus, kept: Kept, role: Role = Role.COORDINATOR) -> list[Entities]:
    """Return what all features say of components, with what they kept."""
    host = entity_host(bus, kept, role=role)
    return [feature.entities(host) for feature in FEATURES if feature.entities is not None]


def discovery(role: Role = Role.COORDINATOR, **kept: dict[str, Any]) -> Discovery:
    """Return what makes payloads after these collections were kept."""
    features = entities(SignalBus(), kept, role)
    return Discovery(
        TOPICS, Naming("homeassistant", "home", Identities()), lambda: GATEWAY, features
    )


def announcements(kept: Kept, bus: SignalBus, **options: Any) -> Announcements:
    """Return what decides on the discovery topics, as after a restart with what was kept."""
    chosen = HomeAssistantOptions(**options)
    return Announcements(
        options=chosen,
        topics=TOPICS,
        gateway=lambda: GATEWAY,
        features=entities(bus, kept) if chosen.enabled else [],
        announced=kept.setdefault("announced", {}),
        missed=kept.setdefault("missed_withdrawals", {}),
    )


def content(payload: bytes) -> dict[str, Any]:
    read = json.loads(payload)
    assert isinstance(read, dict)
    return read


def part(payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    component = payload["cmps"][key]
    assert isinstance(component, dict)
    return component
