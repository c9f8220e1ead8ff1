"""config.example.yaml: it loads, it tells the defaults, and it leaves nothing out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from sebridge.settings.config import load, read
from sebridge.settings.declaration import Option, options_of
from sebridge.settings.http_options import HttpOptions
from sebridge.settings.kinds import ListOf
from sebridge.settings.options import Options, TlsOptions
from sebridge.settings.simulator_options import HOUSEHOLD, SimulatorOptions

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
UNCOMMENTED = re.sub(r"^#(?=  )", "", TEXT, flags=re.MULTILINE)
WITH_ONE_SOURCE = re.sub(r"^  homeassistant:.*\n(?:    .*\n)+", "", UNCOMMENTED, flags=re.MULTILINE)
"""Prices come from one: the table stays."""
WITH_AN_XBEE = re.sub(
    r"^  type: simulated (.*)\n  path: ",
    r"  type: xbee \1\n  path: /dev/xbee ",
    WITH_ONE_SOURCE,
    count=1,
    flags=re.MULTILINE,
)
"""Serial nodes need one."""


def keys(tree: Any) -> Iterator[str]:
    """Yield the dotted keys of a YAML tree."""
    items = tree.items() if isinstance(tree, dict) else ()
    for key, value in items:
        yield key
        inner = value[0] if isinstance(value, list) else value
        yield from (f"{key}.{below}" for below in keys(inner))


def test_the_example_is_the_defaults() -> None:
    assert read(TEXT, Path(), {}) == Options()


def test_the_example_loads_as_a_file() -> None:
    options = load(EXAMPLE, {})

    assert options.storage.path == EXAMPLE.parent / "data" / "sebridge.db"


def test_the_keys_that_are_not_in_use_show_their_defaults() -> None:
    options = read(WITH_AN_XBEE, Path(), {})

    assert options.mqtt.tls == TlsOptions()
    assert options.http is not None
    assert replace(options.http, tls=None, tokens=(), ingress=None) == HttpOptions()
    assert options.simulator == SimulatorOptions(devices=HOUSEHOLD)
    assert options.log.levels == {"sebridge.radio": "debug"}
    assert options.registry == {"ZDO_Device_Manager.refresh_interval": 120}


def declared(kind: type) -> Iterator[tuple[str, Option]]:
    """Yield every key that is declared at or below a section."""
    for name, option in options_of(kind).items():
        yield name, option
        below = option.takes.items if isinstance(option.takes, ListOf) else option.takes
        if isinstance(below, type):
            yield from ((f"{name}.{key}", inner) for key, inner in declared(below))


def test_the_example_has_every_key() -> None:
    assert {place for place, _ in declared(Options)} <= set(keys(yaml.safe_load(UNCOMMENTED)))


@pytest.mark.parametrize(("place", "option"), list(declared(Options)))
def test_each_key_has_words_for_people(place: str, option: Option) -> None:
    is_clear = "." not in place and isinstance(option.takes, type)

    assert option.words or is_clear
