"""The shape of a meter -> its components, with units and device classes that fit. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sebridge.homeassistant import entities, rules
from sebridge.homeassistant.discovered import MeterShape
from sebridge.homeassistant.entities import Entity


def meter_entities(shape: MeterShape) -> list[Entity]:
    """Return the components of a meter that its shape has, with units and classes that fit."""
    names = entities.METER_NAMES.get(shape.commodity, {})
    found = []
    if shape.energy_in:
        found.append(_register(entities.ENERGY_IN, shape))
    if shape.energy_out:
        found.append(_register(entities.ENERGY_OUT, shape))
    found = [replace(entity, name=names.get(entity.key, entity.name)) for entity in found]
    found += _tiers(shape, names)
    if shape.power:
        demand = _classified(entities.POWER, entities.DEMAND_CLASSES, shape.power_unit)
        found.append(replace(demand, name=names.get("power", demand.name)))
    if shape.status:
        found.append(entities.METER_STATUS)
    return found


def _tiers(shape: MeterShape, names: Mapping[str, str]) -> Iterator[Entity]:
    sides = (
        (entities.ENERGY_IN, "tiers_in", shape.tiers_in),
        (entities.ENERGY_OUT, "tiers_out", shape.tiers_out),
    )
    for total, field, tiers in sides:
        for tier in tiers:
            yield replace(
                _register(total, shape),
                key=f"{total.key}_tier_{tier}",
                name=f"{names.get(total.key, total.name)} tier {tier}",
                template=f"{{{{ value_json.{field}.get('{tier}') }}}}",
            )


def _register(entity: Entity, shape: MeterShape) -> Entity:
    candidates = entities.REGISTER_CLASSES.get(shape.commodity, ())
    return _classified(entity, candidates, shape.unit)


def _classified(entity: Entity, candidates: Iterable[str], unit: str) -> Entity:
    """Give the entity its unit, and the first device class that has such a unit, if any.

    Home Assistant refuses a unit that does not fit the device class, so none is better then.
    """
    for device_class in candidates:
        fitting = rules.SENSOR_CLASSES[device_class]
        if unit in fitting.units:
            kept = entity.state_class in fitting.state_classes
            state_class = entity.state_class if kept else min(fitting.state_classes)
            return replace(entity, unit=unit, device_class=device_class, state_class=state_class)
    return replace(entity, unit=unit)
