"""Loaded modules and their classes: all of a module, or nothing."""

from pathlib import Path
import sys

import pytest

from sebridge.base.errors import ModuleError, RequestError
from sebridge.modules.class_table import Kind
from sebridge.modules.loaded_modules import ModuleVersion
from tests.modules.user_code import COUNTER, LAMP, loaded, write


def test_an_opened_module_has_its_classes_in_the_table(tmp_path: Path) -> None:
    write(tmp_path, "lamp", LAMP)
    modules = loaded(tmp_path)

    modules.open("lamp")

    assert "lamp" in modules
    assert list(modules) == ["lamp"]
    assert modules.classes.find(Kind.CLUSTER, "LampServer").owner == "lamp"
    assert modules.paths == [str(tmp_path)]
    modules.close("lamp")
    assert "lamp" not in modules
    assert modules.classes.get(Kind.CLUSTER, "LampServer") is None
    assert "sebridge_modules.lamp" not in sys.modules


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("x = 1", "has no interface, endpoint, cluster or record class"),
        (LAMP.replace("LampServer", "PriceServer"), "the cluster class PriceServer is there"),
        (COUNTER + "\n    __version__ = object()", "__version__ or __version_extended__"),
        (
            """
            class Odd(type):
                def __getattribute__(self, name):
                    raise SystemExit
            class Strange(metaclass=Odd):
                pass
            """,
            "SystemExit",
        ),
    ],
    ids=["empty", "clash", "version", "strange"],
)
def test_a_module_that_is_of_no_use_leaves_nothing(tmp_path: Path, code: str, problem: str) -> None:
    write(tmp_path, "mine", code)
    modules = loaded(tmp_path)
    before = {kind: list(modules.classes.all(kind)) for kind in Kind}

    with pytest.raises(ModuleError, match=problem):
        modules.open("mine")

    assert {kind: list(modules.classes.all(kind)) for kind in Kind} == before
    assert list(modules) == []
    assert "sebridge_modules.mine" not in sys.modules


def test_a_module_is_loaded_once(tmp_path: Path) -> None:
    write(tmp_path, "counter", COUNTER)
    modules = loaded(tmp_path)
    modules.open("counter")

    with pytest.raises(RequestError, match="remove it to load it anew"):
        modules.open("counter")

    modules.close("counter")


def test_a_module_says_its_version(tmp_path: Path) -> None:
    write(
        tmp_path,
        "counter",
        COUNTER + "\n    __version__ = '1.2'\n    __version_extended__ = {'a': (1, 2)}",
    )
    write(tmp_path, "lamp", LAMP)
    modules = loaded(tmp_path)
    modules.open("counter")
    modules.open("lamp")

    assert modules.versions == {
        "counter": ModuleVersion("1.2", {"a": [1, 2]}),
        "lamp": ModuleVersion(None, None),
    }
    for name in modules:
        modules.close(name)
