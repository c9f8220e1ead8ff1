"""A house of devices of every kind, as discovery sees it."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.features.metering.signals import Reading
from sebridge.homeassistant.announcements import Announcements, Memory
from sebridge.homeassistant.discovered import GatewayFacts
from sebridge.model.values import ABSENT
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice
from sebridge.settings.options import HomeAssistantOptions
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import HA_PROFILE, SE_PROFILE

REFERENCE: Final = Path(__file__).parent.parent / "reference/homeassistant_discovery.schema.json"
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


METER: Final = known(1, "Main meter", simple(10, (0x0000, 0x0003, 0x0702)))
PLUG: Final = known(2, "Plug", simple(1, (0x0000, 0x0006, 0x0702), profile_id=HA_PROFILE))
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
HOUSE: Final = (METER, PLUG, DISPLAY, THERMOSTAT, SWITCH, DOUBLE_METER, SILENT)


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


def announcements(memory: Memory | None = None, **options: Any) -> Announcements:
    return Announcements(
        HomeAssistantOptions(**options), TOPICS, GATEWAY, Memory() if memory is None else memory
    )


def content(payload: bytes) -> dict[str, Any]:
    read = json.loads(payload)
    assert isinstance(read, dict)
    return read


def part(payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    component = payload["cmps"][key]
    assert isinstance(component, dict)
    return component
