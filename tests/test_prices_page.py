"""Every payload of docs/prices.md is taken, and its templates make what they promise."""

import datetime as dt
import json
from pathlib import Path
import re
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import pytest
import yaml

from sebridge.base.clock import iso_time
from sebridge.features.price.curve_shapes import read_curve
from sebridge.features.price.topics import forecast_topic
from sebridge.settings.config import read
from sebridge.transports.mqtt.topics import Topics

PAGE = (Path(__file__).parents[1] / "docs" / "prices.md").read_text(encoding="utf-8")
NOW = dt.datetime(2026, 11, 29, 14, tzinfo=ZoneInfo("Europe/Berlin"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def yaml_with(key: str) -> list[Any]:
    return [yaml.safe_load(text) for text in blocks("yaml") if f"{key}:" in text.splitlines()]


def rendered(template: str, states: dict[str, Any]) -> Any:
    """Return what Home Assistant makes of a template; these are its functions.

    States, and variables of a script, are looked up in `states`.
    """
    environment = jinja2.Environment(autoescape=False)  # it makes JSON
    environment.filters |= {
        "as_datetime": dt.datetime.fromisoformat,
        "to_json": lambda value: json.dumps(value, default=str),
    }
    functions = {
        "now": lambda: NOW,
        "timedelta": dt.timedelta,
        "state_attr": lambda _entity, name: states[name],
    }
    return json.loads(environment.from_string(template, globals=functions | states).render())


def hours(first: dt.datetime, count: int) -> list[dict[str, Any]]:
    starts = [first.timestamp() + 3_600 * place for place in range(count)]
    return [
        {"start": iso_time(start), "end": iso_time(start + 3_600), "value": place}
        for place, start in enumerate(starts)
    ]


@pytest.mark.parametrize("payload", blocks("json"))
def test_every_payload_is_a_curve(payload: str) -> None:
    assert read_curve(payload.encode()).slots


def test_every_source_of_the_page_is_right() -> None:
    sources = [
        text.replace("!secret homeassistant_token", "a-token")
        for text in blocks("yaml")
        if text.startswith("price_source:")
    ]

    found = [read(text, Path(), {}).price_source for text in sources]

    assert len(found) == 3
    assert all(found)


def test_the_automation_publishes_a_curve() -> None:
    (automation,) = yaml_with("triggers")
    publish = automation["actions"][-1]["data"]
    starts = [hours(NOW, 2)[place] for place in range(2)]
    answer = {"SE4": [{k: slot[k] for k in ("start", "end")} | {"price": 321} for slot in starts]}

    made = rendered(publish["payload"], {"prices": answer})

    assert [slot.value for slot in read_curve(json.dumps(made).encode()).slots] == [321, 321]
    assert (publish["topic"], publish["retain"]) == ("energy/prices", True)


def test_emhass_gets_the_price_of_each_of_its_steps() -> None:
    (command,) = yaml_with("rest_command")
    slots = hours(NOW, 24)
    states = {"raw_today": slots[:10], "raw_tomorrow": slots[10:]}

    made = rendered(command["rest_command"]["plan_the_day"]["payload"], states)

    assert made == {"load_cost_forecast": [step // 2 for step in range(48)]}


def test_evcc_reads_the_topic_of_the_curve() -> None:
    (tariffs,) = yaml_with("tariffs")

    forecast = tariffs["tariffs"]["grid"]["forecast"]

    assert forecast["topic"] == forecast_topic(Topics("sebridge", "home"), "electricity")
