"""The blueprints of examples/homeassistant/: what they name is what discovery makes.

That Home Assistant takes and runs them is tried by script/try_with_homeassistant_blueprints.
"""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sebridge.homeassistant.device_classes import LEAST_CORE
from tests.homeassistant.house import RECORDED

FOLDER = Path(__file__).parents[2] / "examples" / "homeassistant"
BLUEPRINTS = sorted(FOLDER.glob("*.yaml"))


class _Input(str):
    """The name behind `!input`."""

    __slots__ = ()


class _Loader(yaml.SafeLoader):
    """YAML with the tag of blueprints."""


def _input(_loader: _Loader, node: yaml.Node) -> _Input:
    return _Input(node.value)


_Loader.add_constructor("!input", _input)


def read(path: Path) -> dict[str, Any]:
    tree = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    assert isinstance(tree, dict)
    return tree


def everything_in(tree: Any) -> Iterator[Any]:
    """Yield all that a tree is made of."""
    yield tree
    below = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for inner in below:
        yield from everything_in(inner)


def entities() -> set[str]:
    """Return the ids of the components that houses of every kind have."""
    found = everything_in(json.loads(RECORDED.read_text(encoding="utf-8")))
    return {one["def_ent_id"] for one in found if isinstance(one, dict) and "def_ent_id" in one}


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_a_blueprint_is_whole(path: Path) -> None:
    tree = read(path)
    head = tree["blueprint"]
    used = {str(one) for one in everything_in(tree) if isinstance(one, _Input)}

    assert head["domain"] == "automation"
    assert head["name"].startswith("Smart Energy: ")
    assert head["description"]
    assert head["homeassistant"]["min_version"] == f"{LEAST_CORE}.0"
    assert used == head["input"].keys()
    assert all(given["name"] and given["selector"] for given in head["input"].values())
    assert tree["triggers"]
    assert tree["actions"]
    assert tree["mode"] in {"queued", "restart"}


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_what_it_takes_by_itself_is_a_component_of_the_bridge(path: Path) -> None:
    known = entities()

    for given in read(path)["blueprint"]["input"].values():
        selector = given["selector"].get("entity") or {}
        for chosen in selector.get("filter", ()):
            assert chosen["integration"] == "mqtt"
            assert given["default"] in known
            assert given["default"].partition(".")[0] == chosen["domain"]


def test_each_blueprint_is_told_of() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert len(BLUEPRINTS) == 5
    assert all(f"`{path.name}`" in told for path in BLUEPRINTS)
