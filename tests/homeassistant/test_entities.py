"""The components that features declare are sound in themselves."""

from typing import Final

import pytest

from sebridge.base.signals import SignalBus
from sebridge.features.metering.entities import shape_of
from sebridge.homeassistant.entity import Entity
from sebridge.homeassistant.own_entities import entities_of_device, entities_of_gateway
from tests.homeassistant.house import (
    METER,
    THERMOSTAT,
    TOPICS,
    Kept,
    device_of,
    entities,
    reading,
)

KEPT: Final[Kept] = {
    "price_units": {"electricity": "USD/kWh", "gas": "EUR/m³"},
    "meter_shapes": {
        "000d6f000a000001/10": shape_of(
            reading(energy_out=1.0, tiers_in={1: 1.0}, tiers_out={1: 1.0})
        )
    },
}
FEATURES: Final = entities(SignalBus(), KEPT)
OF_GATEWAY: Final = [
    *entities_of_gateway(TOPICS),
    *(entity for feature in FEATURES for entity in feature.of_gateway()),
]
OF_DEVICES: Final = [
    [
        *entities_of_device(TOPICS, known.eui64),
        *(entity for feature in FEATURES for entity in feature.of_device(device_of(known))),
    ]
    for known in (METER, THERMOSTAT)
]
ALL: Final = [*OF_GATEWAY, *(entity for device in OF_DEVICES for entity in device)]


def templates(entity: Entity) -> list[str]:
    return [t for t in (entity.template, entity.attributes, entity.command_template) if t]


@pytest.mark.parametrize("found", [OF_GATEWAY, *OF_DEVICES])
def test_a_key_stands_once_for_a_device(found: list[Entity]) -> None:
    keys = [(entity.endpoint, entity.key) for entity in found]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("entity", ALL, ids=lambda entity: entity.key)
def test_a_template_closes_what_it_opens(entity: Entity) -> None:
    for template in templates(entity):
        assert template.startswith(("{{ ", "{% "))
        assert template.endswith(" }}")
        assert template.count("{") == template.count("}")
        assert template.count("(") == template.count(")")
        assert template.count("'") % 2 == 0


@pytest.mark.parametrize("entity", ALL, ids=lambda entity: entity.key)
def test_a_component_reads_or_commands(entity: Entity) -> None:
    assert (entity.topic is not None) or (entity.command is not None)
    assert not (entity.template and entity.topic is None)
