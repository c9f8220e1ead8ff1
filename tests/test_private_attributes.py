"""Tests see of a part what everybody sees: behind an underscore it may be made anew at any time."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent

OF_NAMED_TUPLES = {"_asdict", "_field_defaults", "_fields", "_make", "_replace"}
"""Names that are public in spite of their underscore, so that they clash with no field."""

BY_NAME = {"delattr", "getattr", "hasattr", "setattr"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in OF_NAMED_TUPLES


def private_uses(tree: ast.Module) -> Iterator[int]:
    """Yield the lines in which something private is used of anything but the class itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name) if is_private(name):
                yield node.lineno
            case ast.ImportFrom(names=names) if any(is_private(one.name) for one in names):
                yield node.lineno
            case ast.Call(func=func, args=arguments) if called(func) in BY_NAME:
                texts = [a.value for a in arguments if isinstance(a, ast.Constant)]
                if any(is_private(str(text).rpartition(".")[2]) for text in texts):
                    yield node.lineno


def called(function: ast.expr) -> str:
    """Return the last name of a function that is called: `setattr` also of a monkeypatch."""
    return ast.unparse(function).rpartition(".")[2]


def test_no_test_needs_what_is_private() -> None:
    found = [
        f"{file.relative_to(TESTS)}:{line}"
        for file in sorted(TESTS.rglob("*.py"))
        for line in private_uses(ast.parse(file.read_text()))
    ]

    assert found == []


def test_what_is_private_would_be_found() -> None:
    prying = """
from sebridge.base.clock import _Waits
clock._queue
home.clock._queue[0].callback
monkeypatch.setattr("sebridge.base.clock._LONGEST", 1)
monkeypatch.setattr(clock, "_queue", [])
getattr(clock, "_queue")
self._own
cls._own
entry._replace(key=1)
type(entry).__name__
self.clock._queue
"""

    assert sorted(private_uses(ast.parse(prying))) == [2, 3, 4, 5, 6, 7, 12]
