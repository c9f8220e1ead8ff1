"""Every part is built in one phase: no attribute of a part is set by another, later."""

import ast
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
import re

PACKAGE = Path(__file__).parent.parent / "sebridge"

OF_LIBRARIES = {
    ("plugins/packing.py", "member"),
    ("radio/ether_application.py", "endpoint"),
    ("radio/ether_application.py", "own"),
    ("radio/ether_application.py", "self.state"),
    ("radio/ezsp/keys.py", "self._ezsp._protocol"),
    ("radio/ezsp/member.py", "own"),
    ("radio/ezsp/member.py", "self._concurrent_requests_semaphore"),
    ("radio/ezsp/member.py", "self.state"),
    ("radio/member_radio.py", "member"),
    ("radio/xbee/member.py", "network"),
    ("radio/xbee/member.py", "own"),
    ("radio/xbee/member.py", "self.state.node_info"),
    ("radio/xbee/network.py", "network"),
    ("radio/xbee/network.py", "own"),
    ("radio/stick.py", "application"),
    ("radio/zigpy_radio.py", "application"),
    ("radio/znp/application.py", "endpoint"),
    ("rpc/alias.py", "copy"),
    ("rpc/method.py", "function"),
    ("rpc/xml_guard.py", "self._parser"),
    ("transports/mqtt/link.py", "paho"),
    ("transports/mqtt/link.py", "properties"),
    ("transports/mqtt/tls.py", "context"),
    ("transports/web/server.py", "context"),
}
"""Objects of Python and of zigpy, paho, expat, … which are set up so: there is no other way."""


class Classes:
    """What the classes of the package have: which of them are records that change, and the rest.

    A record is a struct that is not frozen: plain data, which those who keep it do change. All
    others are parts. A property that can be set is something that a part does.
    """

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self._records: dict[str, list[str]] = {}
        self._parts: set[str] = set()
        self._settable: set[str] = set()
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self._take(node)

    def _take(self, node: ast.ClassDef) -> None:
        told = [ast.unparse(part) for part in (*node.decorator_list, *node.bases, *node.keywords)]
        if {"msgspec.Struct", "dataclass"} & set(re.findall(r"[\w.]+", " ".join(told))) and (
            "frozen=True" not in " ".join(told)
        ):
            for line in node.body:
                if isinstance(line, ast.AnnAssign):
                    self._records.setdefault(ast.unparse(line.target), []).append(node.name)
            return
        for inner in ast.walk(node):
            match inner:
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    self._parts.add(name)
                case ast.Attribute(value=ast.Name(id=name), attr="setter"):
                    self._settable.add(name)

    def may_be_set(self, owner: str, name: str | None) -> bool:
        """Say whether something is a field of a record, by its name or else by its owner's.

        A record's variable is called as its class is: `counters` one of `RadioCounters`.
        """
        if name in self._settable:
            return True
        of_records = self._records.get(name, ()) if name else [*chain(*self._records.values())]
        if name and of_records and name not in self._parts:
            return True
        called = owner.rpartition(".")[2].strip("_")
        return any(snake(record).endswith(called) for record in of_records)


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def late(tree: ast.Module, classes: Classes) -> Iterator[tuple[int, str]]:
    """Yield the lines in which an attribute of another object is set, and the object."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store() | ast.Del()):
                if not name.startswith("__") and not classes.may_be_set(ast.unparse(owner), name):
                    yield node.lineno, ast.unparse(owner)
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[owner, name, *_]):
                known = str(name.value) if isinstance(name, ast.Constant) else None
                if not classes.may_be_set(ast.unparse(owner), known):
                    yield node.lineno, ast.unparse(owner)
            case ast.Call(func=ast.Attribute(attr="__setattr__" | "__delattr__")):
                yield node.lineno, ast.unparse(node.func)


def test_no_attribute_of_a_part_is_set_by_another() -> None:
    trees = {file: ast.parse(file.read_text()) for file in sorted(PACKAGE.rglob("*.py"))}
    classes = Classes(trees.values())

    found = {
        (file.relative_to(PACKAGE).as_posix(), owner, line)
        for file, tree in trees.items()
        for line, owner in late(tree, classes)
    }

    of_ours = {one for one in found if one[:2] not in OF_LIBRARIES}
    assert sorted(of_ours) == []
    assert {one[:2] for one in found} == OF_LIBRARIES  # no exception that is not needed


def test_a_late_attribute_would_be_found() -> None:
    tree = ast.parse("""
@dataclass
class RadioCounters:
    sent: int
    heard: int

class Part:
    def __init__(self):
        self.heard = None
        self.told = 0

    @property
    def speed(self):
        return 1

    @speed.setter
    def speed(self, speed):
        self.heard = speed

def connect(self, other, counters, by_name):
    other.heard = self._hear
    other.part.told += 1
    (other.told, self.sent) = 1, 2
    other.unheard_of = lambda: None
    setattr(other, "told", 1)
    setattr(other, by_name, 1)
    del other.told
    object.__setattr__(other, "told", 1)
    for other.told in range(3):
        pass
    with open(other) as other.told:
        pass
    self.heard = 1
    counters.heard += 1
    self._counters.heard = 2
    setattr(counters, by_name, 1)
    other.sent = 5
    other.speed = 3
""")

    found = sorted({line for line, _ in late(tree, Classes([tree]))})

    assert found == [*range(21, 30), 31]
