"""What a page of the documentation shows to be copied, and what Home Assistant makes of it."""

import datetime as dt
import json
from pathlib import Path
import re
from typing import Any, Final
from zoneinfo import ZoneInfo

import jinja2
import yaml

from sebridge.base.clock import iso_time

DOCS: Final = Path(__file__).parents[1] / "docs"
NOW: Final = dt.datetime(2026, 11, 29, 14, tzinfo=ZoneInfo("Europe/Berlin"))
"""When templates are rendered."""


def blocks(page: str, language: str) -> list[str]:
    """Return the examples of a page that are in a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def yaml_with(page: str, key: str) -> list[Any]:
    """Return what the examples in YAML say that have a key."""
    return [yaml.safe_load(text) for text in blocks(page, "yaml") if f"{key}:" in text.splitlines()]


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
