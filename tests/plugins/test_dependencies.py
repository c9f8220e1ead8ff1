"""Who stands on whom, and who starts first."""

import pytest

from sebridge.base.errors import RequestError
from sebridge.plugins.dependencies import dependents, starting_order, unmet
from sebridge.plugins.manifest import Manifest, read_manifest
from tests.plugins.packages import named


def installed(**needs: str) -> dict[str, Manifest]:
    return {
        name: read_manifest(named(name, more=f"dependencies: [{needed}]\n").encode())
        for name, needed in needs.items()
    }


DIAMOND = installed(top="left, right", left="base", right="base", base="", alone="")


def test_what_is_needed_starts_first_and_once() -> None:
    assert starting_order(["top", "alone", "base"], DIAMOND) == [
        "base",
        "left",
        "right",
        "top",
        "alone",
    ]


def test_all_that_stand_on_one_are_found() -> None:
    assert sorted(dependents("base", DIAMOND)) == ["left", "right", "top"]
    assert dependents("top", DIAMOND) == []


def test_what_is_missing_or_too_old_is_told() -> None:
    others = installed(base="")
    manifest = installed(top="base >=2, left")["top"]

    assert unmet(manifest, others) == [
        "base >=2 is needed, and 1.0 is installed",
        "left is not installed",
    ]
    with pytest.raises(RequestError, match="top: left is not installed"):
        starting_order(["top"], installed(top="left"))


def test_a_circle_is_told_with_its_members() -> None:
    circle = installed(a="b", b="c", c="b")

    with pytest.raises(RequestError, match="plug-ins need each other: b > c > b"):
        starting_order(["a"], circle)
    assert sorted(dependents("b", circle)) == ["a", "c"]
