"""What Home Assistant shows of zones: what they watch, their batteries, and their covers."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.ias_zone.topics import TOPIC
from sebridge.features.ias_zone.zone import ALARMS, ZONE_STATUS
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    DIAGNOSTIC,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
)
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import IAS_ZONE

_WATCHED: Final[Mapping[str, tuple[str, str]]] = {
    "generic": ("Alarm", "safety"),
    "motion": ("Motion", "motion"),
    "contact": ("Contact", "opening"),
    "smoke": ("Smoke", "smoke"),
    "water": ("Water", "moisture"),
    "co": ("Carbon monoxide", "carbon_monoxide"),
    "vibration": ("Vibration", "vibration"),
}
"""The name and the device class of what a zone watches."""


def _one_of(words: Iterable[str]) -> str:
    said = " or ".join(f"'{word}' in value_json.status" for word in sorted(words))
    return f"{{{{ none if value_json.status is none else 'ON' if {said} else 'OFF' }}}}"


_ALARM: Final = Entity(key="zone", platform="binary_sensor", name="Alarm", template=_one_of(ALARMS))
_FURTHER: Final = (
    Entity(
        key="tamper",
        platform="binary_sensor",
        name="Tampered with",
        template=_one_of({"tamper"}),
        device_class="tamper",
        category=DIAGNOSTIC,
        capability="alarm_tamper",
    ),
    Entity(
        key="low_battery",
        platform="binary_sensor",
        name="Low battery",
        template=_one_of({"battery"}),
        device_class="battery",
        category=DIAGNOSTIC,
        capability="alarm_battery",
    ),
)


class ZoneEntities(Entities):
    """The components of every zone, once it has told what it watches.

    That is kept in the collection `zone_kinds`, by `<eui64>/<endpoint>`.
    """

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._expiry = host.expiry
        self._kinds = host.open_collection("zone_kinds", str, str)
        host.bus.listen(ValuesShown, self._on_values)
        host.bus.listen(DeviceRemoved, self._on_removal)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        zones = [e.number for e in device.endpoints if IAS_ZONE in e.servers]
        for number in zones:
            kind = self._kinds.get(_key(device.eui64, number))
            if kind is None:
                continue
            name, device_class = _WATCHED[kind]
            alarm = replace(
                _ALARM, name=name, device_class=device_class, capability=f"alarm_{kind}"
            )
            for entity in (alarm, *_FURTHER):
                yield replace(
                    entity,
                    topic=self._topics.at_endpoint(device.eui64, number, TOPIC),
                    endpoint=number,
                    is_one_of_several=len(zones) > 1,
                    expires_after=self._expiry(device.eui64, number, IAS_ZONE, ZONE_STATUS),
                )

    def _on_values(self, signal: ValuesShown) -> None:
        kind = signal.shown.get("kind") if signal.cluster_id == IAS_ZONE else None
        key = _key(signal.device, signal.endpoint)
        if kind is not None and self._kinds.get(key) != kind:
            self._kinds[key] = kind
            self._bus.send(EntitiesChanged(signal.device))

    def _on_removal(self, signal: DeviceRemoved) -> None:
        branch = _key(signal.device, "")
        for key in [key for key in self._kinds if key.startswith(branch)]:
            del self._kinds[key]


def _key(device: Eui64, endpoint: int | str) -> str:
    return f"{device:016x}/{endpoint}"
