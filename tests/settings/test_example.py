"""config.example.yaml: it loads, it tells the defaults, and it leaves nothing out."""

from collections.abc import Iterator
import dataclasses
from dataclasses import replace
from pathlib import Path
import re
from typing import Any, get_args

import pytest
import yaml

from sebridge.model.shape import annotations
from sebridge.settings.config import default_simulator, load, read
from sebridge.settings.options import HttpOptions, Options, SimulatedDevice, TlsOptions

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
UNCOMMENTED = re.sub(r"^#(?=  )", "", TEXT, flags=re.MULTILINE)


def keys(tree: Any) -> Iterator[str]:
    """Yield the dotted keys of a YAML tree."""
    items = tree.items() if isinstance(tree, dict) else ()
    for key, value in items:
        yield key
        inner = value[0] if isinstance(value, list) else value
        yield from (f"{key}.{below}" for below in keys(inner))


def fields(kind: type) -> Iterator[str]:
    """Yield the dotted fields of the options."""
    for name, hint in annotations(kind).items():
        yield name
        for inner in (hint, *get_args(hint)):
            if dataclasses.is_dataclass(inner) and isinstance(inner, type):
                yield from (f"{name}.{below}" for below in fields(inner))


def test_the_example_is_the_defaults() -> None:
    assert read(TEXT, Path(), {}) == Options()


def test_the_example_loads_as_a_file() -> None:
    options = load(EXAMPLE, {})

    assert options.storage.path == EXAMPLE.parent / "data" / "sebridge.db"


def test_the_keys_that_are_not_in_use_show_their_defaults() -> None:
    options = read(UNCOMMENTED, Path(), {})

    assert options.mqtt.tls == TlsOptions()
    assert options.http is not None
    assert replace(options.http, tls=None, tokens=()) == HttpOptions()
    assert options.simulator == default_simulator()
    assert options.log.levels == {"sebridge.radio": "debug"}
    assert options.registry == {"ZDO_Device_Manager.refresh_interval": 120}


def test_the_example_has_every_key() -> None:
    found = set(keys(yaml.safe_load(UNCOMMENTED)))

    assert set(fields(Options)) <= found
    assert {f"simulator.devices.{f.name}" for f in dataclasses.fields(SimulatedDevice)} <= found


@pytest.mark.parametrize(
    "line", [line for line in TEXT.splitlines() if re.match(r"#? +(?!- )[a-z_0-9]+:", line)]
)
def test_each_key_has_a_comment(line: str) -> None:
    key = line.strip("# ").partition(":")[0]
    is_section = key in {"outbox", "air"}
    is_demonstrated = line.startswith("#      ")

    assert "  # " in line or is_section or is_demonstrated
