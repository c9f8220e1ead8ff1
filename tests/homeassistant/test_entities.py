"""The table of components is sound in itself."""

import json
import re

import pytest

from sebridge.features.load_control.records import EventStatus
from sebridge.homeassistant import entities
from sebridge.homeassistant.entities import Entity

SINGLE = (
    entities.IDENTIFIES,
    entities.OBEYS_LOAD_CONTROL,
    entities.ENERGY_IN,
    entities.ENERGY_OUT,
    entities.POWER,
    entities.METER_STATUS,
)
ALL = (*entities.GATEWAY, *entities.PRICES, *entities.ANY_DEVICE, *SINGLE)


def templates(entity: Entity) -> list[str]:
    return [t for t in (entity.template, entity.attributes, entity.command_template) if t]


@pytest.mark.parametrize("table", [entities.GATEWAY + entities.PRICES, entities.ANY_DEVICE, SINGLE])
def test_a_key_stands_once_for_a_device(table: tuple[Entity, ...]) -> None:
    keys = [entity.key for entity in table]

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
    assert (entity.place is not None) or (entity.command is not None)
    assert not (entity.template and entity.place is None)


def test_every_word_of_a_device_on_an_event_is_an_option() -> None:
    words = {status.name.lower() for status in EventStatus}

    assert words < set(entities.EVENT_STATUSES)
    assert set(entities.OBEYS_LOAD_CONTROL.options) == set(entities.EVENT_STATUSES)


def test_what_the_table_writes_as_json_is_json_when_the_values_are_filled_in() -> None:
    opening = next(entity for entity in entities.GATEWAY if entity.key == "permit_joining")
    assert opening.command_template is not None

    inner = re.fullmatch(r"\{\{ (.+) \| to_json \}\}", opening.command_template)

    assert inner is not None
    filled = inner[1].replace("'", '"').replace('240 if value == "ON" else 0', "240")
    assert json.loads(filled) == {"join_time": entities.SHORT_JOINING_WINDOW}
