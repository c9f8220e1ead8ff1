"""The files that tell of the configuration: a key is declared once, and stands in all of them."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from script.configuration_files import app_keys, app_options, app_translations, example, page
from sebridge.settings.declaration import option, section
from sebridge.settings.kinds import TEXT, ListOf, TableOf, number, whole, words
from sebridge.settings.options import Options
from sebridge.settings.schema import validator_of
from tests.settings.test_declaration import tree


@section
class Lamp:
    kind: str = option(words("bulb", tube="a long one"), "what it is", example="tube")
    watts: int = option(whole(1, 100), "how bright", default=60)


@section
class Spare:
    where: str | None = option(TEXT, "a shelf", default=None)


@section
class House:
    lamps: tuple[Lamp, ...] = option(ListOf(Lamp), "on the ceiling", default=())
    warmth: float = option(number(0, 50), "degrees", default=20.0)
    spare: Spare | None = option(Spare, "true: there are some", default=None)
    names: Mapping[str, str] = option(
        TableOf(TEXT, lambda _room: TEXT, "rooms"), "of rooms", default={}, example={"k": "kitchen"}
    )


@section
class Configuration:
    house: House = option(House, "where we live", default=House(warmth=21.5))


EXAMPLE = """
house:  # where we live
  lamps:  # on the ceiling
#    - kind: tube  # a long one
#      watts: 60  # how bright
  warmth: 21.5  # degrees
  spare:  # true: there are some
#    where:  # a shelf
  names:  # of rooms
#    k: kitchen
"""


def test_the_example_has_a_key_with_its_default_and_its_words() -> None:
    text = example(Configuration)

    assert text.endswith(EXAMPLE)
    assert validator_of(Configuration)(tree(f"\n{_indented(EXAMPLE)}")) == Configuration()


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize(
    "row",
    [
        "| `house.lamps` | list: section |  | on the ceiling |",
        "| `house.lamps[].kind` | bulb, tube | must be given | what it is |",
        "| `house.lamps[].watts` | 1..100 | `60` | how bright |",
        "| `house.warmth` | 0..50, also fractions | `21.5` | degrees |",
        "| `house.spare.where` | text |  | a shelf |",
        "| `house.names` | rooms |  | of rooms |",
    ],
)
def test_the_page_has_a_key_with_all_that_is_declared_of_it(row: str) -> None:
    lines = page(Configuration).splitlines()

    assert "Where we live." in lines
    assert row in lines


def test_what_the_app_offers_is_in_each_of_its_files() -> None:
    manifest: dict[str, Any] = yaml.safe_load(app_options())
    translated = yaml.safe_load(app_translations())["configuration"]

    assert manifest["schema"].keys() == translated.keys()
    assert all(f'"{name}": ' in app_keys() for name in translated)
    assert manifest["options"]["gateway_name"] == Options().gateway.name
    assert manifest["schema"]["radio_channel"] == "int(11,26)?"
    assert manifest["schema"]["mqtt_tls"] == "bool"
