"""What Home Assistant shows of voltage, current and power factor: what was told once."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.electrical.measurements import (
    CURRENT,
    FURTHER_PHASES,
    POWER_FACTOR,
    QUANTITIES,
    VOLTAGE,
    Quantity,
)
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.features.electrical.topics import electrical_topic
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    MEASUREMENT,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
)
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT

_KINDS: Final = {
    kind: Entity(
        key=kind,
        platform="sensor",
        name=name,
        device_class=kind,
        state_class=MEASUREMENT,
        unit=unit,
        precision=precision,
        capability=f"measure_{kind}",
    )
    for kind, name, unit, precision in (
        (VOLTAGE, "Voltage", "V", 1),
        (CURRENT, "Current", "A", 2),
        (POWER_FACTOR, "Power factor", None, 2),
    )
}
_PHASES: Final = {phase: number for number, phase in enumerate(FURTHER_PHASES, start=2)}
"""The number of each further phase, as people count them."""


class ElectricalEntities(Entities):
    """The components of every server of Electrical Measurement.

    What it has shown is kept in the collection `electrical_shapes`, by `<eui64>/<endpoint>`.
    """

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._expiry = host.expiry
        self._shapes = host.open_collection("electrical_shapes", str, tuple[str, ...])
        host.bus.listen(ElectricityMeasured, self._on_values)
        host.bus.listen(DeviceRemoved, self._on_removal)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        measuring = [e.number for e in device.endpoints if ELECTRICAL_MEASUREMENT in e.servers]
        for number in measuring:
            shape = self._shapes.get(_key(device.eui64, number), ())
            topic = electrical_topic(self._topics, device.eui64, number)
            for quantity in QUANTITIES:
                if quantity.key not in shape:
                    continue
                yield replace(
                    _KINDS[quantity.kind],
                    key=quantity.key,
                    name=_name(quantity, shape),
                    topic=topic,
                    template=f"{{{{ value_json.get('{quantity.key}') }}}}",
                    endpoint=number,
                    is_one_of_several=len(measuring) > 1,
                    expires_after=self._expiry(
                        device.eui64, number, ELECTRICAL_MEASUREMENT, quantity.attribute_id
                    ),
                )

    def _on_values(self, signal: ElectricityMeasured) -> None:
        key = _key(signal.device, signal.endpoint)
        known = self._shapes.get(key, ())
        shape = {*known, *(name for name, value in signal.shown.items() if value is not None)}
        if len(shape) > len(known):
            self._shapes[key] = tuple(sorted(shape))
            self._bus.send(EntitiesChanged(signal.device))

    def _on_removal(self, signal: DeviceRemoved) -> None:
        branch = _key(signal.device, "")
        for key in [key for key in self._shapes if key.startswith(branch)]:
            del self._shapes[key]


def _name(quantity: Quantity, shape: tuple[str, ...]) -> str:
    """Return a name with the number of the phase, where there are several."""
    name, phase = _KINDS[quantity.kind].name, quantity.key.removeprefix(quantity.kind)[1:]
    is_alone = not any(f"{quantity.kind}_{further}" in shape for further in FURTHER_PHASES)
    return name if is_alone else f"{name} L{_PHASES.get(phase, 1)}"


def _key(device: Eui64, endpoint: int | str) -> str:
    return f"{device:016x}/{endpoint}"
