"""What discovery needs to know of the gateway, of its devices and of their meters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

from sebridge.base.addresses import Eui64
from sebridge.features.metering.signals import Reading
from sebridge.model.values import ABSENT
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.identifiers import DEVICE_NAMES, SE_PROFILE

_LONGEST_TEXT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayFacts:
    """Who the gateway is. What is not known is empty."""

    name: str  # [a-z0-9_-]+
    version: str
    radio: str = ""  # ezsp, xbee, znp or simulated
    firmware: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredEndpoint:
    """One endpoint of a device, from its simple descriptor."""

    number: int
    profile_id: int
    device_id: int
    servers: frozenset[int]
    clients: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredDevice:
    """One device. Its texts come over the air: they are cut to 64 printable characters."""

    eui64: Eui64
    name: str
    manufacturer: str
    model: str
    endpoints: tuple[DiscoveredEndpoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterShape:
    """What a meter measures, so far as it has shown it. Kept across restarts.

    A component is announced once its value was seen, and stays when the value is not valid for a
    while; after a restart it must not vanish just because the meter has not spoken yet.
    """

    unit: str
    power_unit: str
    commodity: str
    energy_in: bool = False
    energy_out: bool = False
    power: bool = False
    status: bool = False
    tiers_in: tuple[int, ...] = ()
    tiers_out: tuple[int, ...] = ()

    def covers(self, reading: Reading) -> bool:
        """Tell whether the reading has nothing that the shape had not."""
        return (
            self.unit == reading.unit
            and self.power_unit == reading.power_unit
            and self.commodity == reading.commodity
            and (self.energy_in or reading.energy_in is None)
            and (self.energy_out or reading.energy_out is None)
            and (self.power or reading.power is None)
            and (self.status or reading.status is None)
            and all(tier in self.tiers_in for tier in _shown(reading.tiers_in))
            and all(tier in self.tiers_out for tier in _shown(reading.tiers_out))
        )

    def with_reading(self, reading: Reading) -> Self:
        """Return the shape with what the reading has and the shape had not."""
        return replace(
            self,
            unit=reading.unit,
            power_unit=reading.power_unit,
            commodity=reading.commodity,
            energy_in=self.energy_in or reading.energy_in is not None,
            energy_out=self.energy_out or reading.energy_out is not None,
            power=self.power or reading.power is not None,
            status=self.status or reading.status is not None,
            tiers_in=_joined(self.tiers_in, _shown(reading.tiers_in)),
            tiers_out=_joined(self.tiers_out, _shown(reading.tiers_out)),
        )


def shape_of(reading: Reading) -> MeterShape:
    """Return the shape of a meter that is seen for the first time."""
    blank = MeterShape(
        unit=reading.unit, power_unit=reading.power_unit, commodity=reading.commodity
    )
    return blank.with_reading(reading)


def discovered(known: KnownDevice) -> DiscoveredDevice | None:
    """Return a known device as discovery sees it; None before it told of any endpoint."""
    endpoints = tuple(
        DiscoveredEndpoint(
            number=number,
            profile_id=int(descriptor.profile_id),
            device_id=0 if descriptor.device_id is ABSENT else int(descriptor.device_id),
            servers=frozenset(descriptor.servers),
            clients=frozenset(descriptor.clients),
        )
        for number, descriptor in sorted(known.simple_descriptors.items())
        if descriptor.profile_id is not ABSENT
    )
    if not endpoints:
        return None
    return DiscoveredDevice(
        eui64=known.eui64,
        name=_clean(known.name) or _kind(endpoints),
        manufacturer=_clean(known.manufacturer),
        model=_clean(known.model),
        endpoints=endpoints,
    )


def _kind(endpoints: Iterable[DiscoveredEndpoint]) -> str:
    """Return what to call a device that has no name."""
    kinds = (DEVICE_NAMES.get(e.device_id) for e in endpoints if e.profile_id == SE_PROFILE)
    return (next((kind for kind in kinds if kind), None) or "device").capitalize()


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:_LONGEST_TEXT]


def _shown(tiers: dict[int, float | None]) -> Iterable[int]:
    return (tier for tier, value in tiers.items() if value is not None)


def _joined(some: tuple[int, ...], others: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({*some, *others}))
