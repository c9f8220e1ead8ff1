"""Every part is built in one phase: no callback of a part is assigned by another, later."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "sebridge"

OF_LIBRARIES = {
    "radio/ether_application.py",
    "radio/zigpy_radio.py",
    "rpc/xml_guard.py",
    "transports/mqtt/link.py",
}
"""Where parts of paho, expat and zigpy are handed their callbacks: there is no other way."""


def late_callbacks(tree: ast.Module) -> Iterator[int]:
    """Yield the lines in which another object's attribute becomes a method, lambda or partial."""
    methods = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    methods |= {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        of_others = [t for t in node.targets if isinstance(t, ast.Attribute) and not is_own(t)]
        if of_others and is_callback(node.value, methods):
            yield node.lineno


def is_own(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id in {"self", "cls"}


def is_callback(value: ast.expr, methods: set[str]) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "partial"
    named = isinstance(value, ast.Attribute) and value.attr in methods
    return named or isinstance(value, ast.Lambda)


def test_no_callback_of_a_part_is_assigned_by_another() -> None:
    found = [
        f"{file.relative_to(PACKAGE)}:{line}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if str(file.relative_to(PACKAGE)) not in OF_LIBRARIES
        for line in late_callbacks(ast.parse(file.read_text()))
    ]

    assert found == []


def test_a_late_callback_would_be_found() -> None:
    late = """
class Part:
    def connect(self, other):
        other.heard = self._hear
        other.part.told = lambda: None
        other.sign = partial(sign, self)
        self.heard = self._hear
        other.count = self.count

    def _hear(self):
        return 1
"""

    assert list(late_callbacks(ast.parse(late))) == [4, 5, 6]
