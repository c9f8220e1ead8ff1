"""Every payload of docs/prices.md is taken, and its templates make what they promise."""

import json
from pathlib import Path

import pytest

from sebridge.features.price.curve_shapes import read_curve
from sebridge.settings.config import read
from tests.page_examples import NOW, blocks, hours, rendered, yaml_with

PAGE = "prices.md"


@pytest.mark.parametrize("payload", blocks(PAGE, "json"))
def test_every_payload_is_a_curve(payload: str) -> None:
    assert read_curve(payload.encode()).slots


def test_every_source_of_the_page_is_right() -> None:
    sources = [text for text in blocks(PAGE, "yaml") if text.startswith("price_source:")]

    found = [read(text, Path(), {}).price_source for text in sources]

    assert len(found) == 3
    assert all(found)


def test_the_automation_publishes_a_curve() -> None:
    (automation,) = yaml_with(PAGE, "triggers")
    publish = automation["actions"][-1]["data"]
    starts = [hours(NOW, 2)[place] for place in range(2)]
    answer = {"SE4": [{k: slot[k] for k in ("start", "end")} | {"price": 321} for slot in starts]}

    made = rendered(publish["payload"], {"prices": answer})

    assert [slot.value for slot in read_curve(json.dumps(made).encode()).slots] == [321, 321]
    assert (publish["topic"], publish["retain"]) == ("energy/prices", True)
