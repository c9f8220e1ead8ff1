"""docs/openadr.md: its configuration is right, and what it shows is what the bridge tells."""

import json
from pathlib import Path

import msgspec

from sebridge.base.clock import VirtualClock
from sebridge.features.openadr.documents import LIMITS, USED
from sebridge.features.openadr.methods import OpenAdrResponse
from sebridge.settings.config import read
from sebridge.settings.openadr_options import SimpleOptions
from tests.openadr_vtn import StandInVtn
from tests.page_examples import blocks
from tests.scenarios.test_openadr import Home

PAGE = "openadr.md"
TEXT = (Path(__file__).parents[1] / "docs" / PAGE).read_text()


def test_its_configuration_is_right() -> None:
    (shown,) = blocks(PAGE, "yaml")

    options = read(shown, Path(), {})

    assert options.openadr is not None
    assert options.openadr.programs == ("ResTOU",)
    assert options.price_source is not None
    assert options.price_source.openadr


async def test_what_it_shows_is_what_is_told(clock: VirtualClock) -> None:
    answer, state = blocks(PAGE, "json")
    home = Home(clock, StandInVtn(clock))

    told = msgspec.json.decode(answer, type=OpenAdrResponse)

    assert set(json.loads(answer)) == set(OpenAdrResponse.__struct_fields__)
    assert told.events[0].problems == ["EXPORT_PRICE: nothing is made of it"]
    assert list(json.loads(state)) == list(home.bridge.health.facts()["openadr"])


def test_it_names_every_payload_and_the_levels_as_they_are() -> None:
    levels = SimpleOptions()

    assert all(f"`{name}" in TEXT for name in (*USED, *LIMITS))
    assert "75, 50 or 0 %" in TEXT
    assert "level 1, 3 or 6" in TEXT
    assert (levels.duty_cycle, levels.criticality) == ((75, 50, 0), (1, 3, 6))
