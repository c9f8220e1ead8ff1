"""YAML text -> a tree of mappings, lists and scalars, of which each knows its line.

Safe by construction: no tag makes an object, and size, depth and number of nodes are limited.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import yaml

from sebridge.settings.scalar import Scalar, is_text, meaning

MAX_OCTETS: Final = 256 * 1024
_MAX_DEPTH: Final = 20
_MAX_NODES: Final = 20_000  # aliases could make a short text endless

Place = tuple[str | int, ...]

NO_TEXT: Final = "holds half of a surrogate pair, or octets that are no UTF-8"

_TAG: Final = "tag:yaml.org,2002:"
_COLLECTION_TAGS: Final = {f"{_TAG}map", f"{_TAG}seq"}
_TEXT_TAGS: Final = {f"{_TAG}{name}" for name in ("str", "timestamp", "merge", "value")}
_PLAIN_TAGS: Final = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float")}


class Origin(NamedTuple):
    """Where a value was given: for a person, and for sorting."""

    text: str
    order: int


class UnknownNameError(Exception):
    """A tag names something that does not exist; the message says what."""


Tag = Callable[[str], Scalar]
"""Turns what follows `!name` into a value; UnknownNameError when there is none."""


@dataclass(slots=True)
class Document:
    """The tree, where each of its values was given, and what is wrong so far."""

    tree: dict[str, Any] = field(default_factory=dict)
    origins: dict[Place, Origin] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    _wrong: set[Place] = field(default_factory=set, init=False)

    def complain(self, place: Place, problem: str) -> None:
        """Note a problem, with the line of the value or of the nearest thing around it.

        Of a value that is wrong already, nothing more is said: it would only follow from that.
        """
        if place and place in self._wrong:
            return
        self._wrong.add(place)
        near = place
        while near and near not in self.origins:
            near = near[:-1]
        origin = self.origins.get(near)
        where = dotted(place)
        if origin is not None:
            where = f"{where} ({origin.text})" if where else origin.text
        order = 0 if origin is None else origin.order
        self.problems.append((order, f"{where}: {problem}" if where else problem))


def dotted(place: Place) -> str:
    """Return `simulator.devices[0].name` for the keys and numbers that lead to it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def parse(text: str, tags: Mapping[str, Tag]) -> Document:
    """Return the tree; what is wrong is in its `problems`, and never raised."""
    document = Document()
    try:
        root = _compose(text)
    except yaml.YAMLError as error:
        _complain_of_syntax(document, error)
        return document
    if root is None:
        return document
    try:
        tree = _Planter(document, tags).value(root, ())
    except _TooLargeError:
        document.complain((), "its aliases (*name) make it too large or too deep")
        return document
    if isinstance(tree, dict):
        document.tree = tree
    elif not (isinstance(tree, Scalar) and tree.value is None):
        document.complain((), "must be a mapping of keys")
    return document


def _compose(text: str) -> yaml.Node | None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_OCTETS:
        raise yaml.YAMLError(f"is longer than {MAX_OCTETS // 1024} KiB")
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):  # counts before anything recurses
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise yaml.YAMLError(f"is nested deeper than {_MAX_DEPTH} levels (line {line})")
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def _complain_of_syntax(document: Document, error: yaml.YAMLError) -> None:
    # only what and where: the text around it may hold a password
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line = error.problem_mark.line + 1
        document.origins[()] = Origin(f"line {line}", line)
        document.complain((), error.problem or "is no YAML")
    elif isinstance(error, yaml.reader.ReaderError):
        document.complain((), f"character {error.position} is not allowed in YAML")
    else:
        document.complain((), str(error))


class _TooLargeError(Exception):
    """Aliases repeat so much that the tree would not end."""


class _Planter:
    """Turns nodes into the tree."""

    def __init__(self, document: Document, tags: Mapping[str, Tag]) -> None:
        self._document = document
        self._tags = tags
        self._nodes = 0

    def value(self, node: yaml.Node, place: Place) -> Any:
        """Return the value of a node."""
        line = node.start_mark.line + 1
        self._document.origins.setdefault(place, Origin(f"line {line}", line))
        self._nodes += 1
        if self._nodes > _MAX_NODES or len(place) > _MAX_DEPTH:
            raise _TooLargeError
        if isinstance(node, yaml.ScalarNode):
            return self._text(node, place)
        if node.tag not in _COLLECTION_TAGS:
            self._document.complain(place, f"the tag {node.tag} cannot stand here")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        return [self.value(item, (*place, number)) for number, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or not is_text(key.value):
                self._document.complain(place, f"the key in line {line} is not text")
            elif key.value in found:
                self._document.complain(
                    (*place, key.value), f"is given again in line {line}; once is enough"
                )
            else:
                below = (*place, key.value)
                self._document.origins[below] = Origin(f"line {line}", line)
                found[key.value] = self.value(item, below)
        return found

    def _text(self, node: yaml.ScalarNode, place: Place) -> Scalar:
        found = self._scalar(node, place)
        if is_text(found.text):
            return found
        self._document.complain(place, NO_TEXT)
        return Scalar("", None)

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Scalar:
        text = str(node.value)
        if node.tag in _TEXT_TAGS:
            return Scalar(text, text)
        if node.tag in _PLAIN_TAGS:
            return Scalar(text, meaning(text))
        try:
            return self._tags[node.tag](text)
        except KeyError:
            self._document.complain(place, f"the tag {node.tag} is unknown")
        except UnknownNameError as error:
            self._document.complain(place, str(error))
        return Scalar("", None)
