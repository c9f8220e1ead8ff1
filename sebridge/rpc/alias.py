"""Aliases: names for pieces of XML, and putting the pieces where the names stand.

An alias may hold other aliases. What it stands for is looked up when it is used, so that one
request can go to many gateways although each has addresses of its own behind the name.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Final
from xml.etree.ElementTree import Element

from sebridge.base.errors import AliasError, MarkupError, RefusedError, RequestError
from sebridge.rpc.xml_guard import DEFAULT_LIMITS, LONGEST_NAME, XmlLimits, parse, parse_fragment
from sebridge.rpc.xml_reader import BLANK, is_alias, is_verbatim
from sebridge.rpc.xml_text import Xml

MAX_NESTING: Final = 8
"""Aliases inside each other, the outermost counted."""
MAX_ALIASES: Final = 500
RESERVED: Final = frozenset({"request_identifier"})
"""A parameter of every request, so of add_alias as well: no alias can have its name."""


class Aliases:
    """The aliases of one gateway. `store`, which is handed in, keeps each as XML under its name.

    What is lent stands beside them for a while, and is kept nowhere.
    """

    def __init__(self, store: MutableMapping[str, str], limits: XmlLimits = DEFAULT_LIMITS) -> None:
        self._store = store
        self._limits = limits
        self._lent: dict[str, tuple[str, str]] = {}  # what a name stands for, and to whom

    def define(self, name: str, content: Xml) -> None:
        """Keep what the name stands for, in place of what it stood for before.

        Raise AliasError for a name that is no tag or is reserved, for a content that is not only
        elements, for one that leads back to the name, and for more than MAX_ALIASES aliases;
        RefusedError for a name that is lent.
        """
        self._check(name, content)
        self._store[name] = str(content)

    def lend(self, definitions: Mapping[str, Xml], to: str) -> Callable[[], None]:
        """Have these names stand for something until what is returned is called.

        `to` is said to those who would define or remove them meanwhile. All or none: AliasError as
        of `define`, and for a name that stands for something already.
        """
        lent: list[str] = []

        def take_back() -> None:
            for name in lent:
                del self._lent[name]

        try:
            for name, content in definitions.items():
                if name in self._store:
                    raise AliasError(name, "is defined already")
                self._check(name, content)
                self._lent[name] = str(content), to
                lent.append(name)
        except RequestError:
            take_back()
            raise
        return take_back

    def _check(self, name: str, content: Xml) -> None:
        """Raise AliasError where a name cannot stand for this now."""
        _check_name(name)
        self._check_own(name)
        if name not in self._store and len(self._store) + len(self._lent) >= MAX_ALIASES:
            raise AliasError(name, f"there is no room for more than {MAX_ALIASES} aliases")
        root = content.root
        if any(text and text.strip(BLANK) for text in (root.text, *(c.tail for c in root))):
            raise AliasError(name, "stands for elements, not for text")
        if name in self._reached_from(root):
            raise AliasError(name, "would stand for itself")

    def _check_own(self, name: str) -> None:
        if name in self._lent:
            raise RefusedError(f"alias {name} is that of {self._lent[name][1]} while it runs")

    def remove(self, name: str) -> None:
        """Forget an alias; raise AliasError when there is none, RefusedError when it is lent."""
        self._check_own(name)
        if name not in self._store:
            raise AliasError(name, "is not defined")
        del self._store[name]

    def definitions(self) -> dict[str, Xml]:
        """Return what each name stands for."""
        lent = {name: text for name, (text, _) in self._lent.items()}
        return {name: Xml(text) for name, text in (lent | dict(self._store)).items()}

    def expansion(self) -> "Expansion":
        """Return what replaces the aliases of one document."""
        return Expansion(self, self._limits)

    def content(self, name: str) -> Element:
        """Return an element round what the name stands for; raise AliasError when it is unknown."""
        text = self._text(name)
        if text is None:
            raise AliasError(name, "is not defined")
        try:
            return parse_fragment(text, self._limits)
        except MarkupError as error:
            raise AliasError(name, f"cannot be read: {error}") from error

    def _text(self, name: str) -> str | None:
        lent = self._lent.get(name)
        return self._store.get(name) if lent is None else lent[0]

    def _reached_from(self, root: Element) -> set[str]:
        """Return the names that are found inside, or inside of what they stand for."""
        found: set[str] = set()
        waiting = set(_names_in(root))
        while waiting:
            name = waiting.pop()
            found.add(name)
            if self._text(name) is not None:
                waiting |= set(_names_in(self.content(name))) - found
        return found


class Expansion:
    """Replaces the aliases of one document; the limits hold for all that it gives."""

    def __init__(self, aliases: Aliases, limits: XmlLimits) -> None:
        self._aliases = aliases
        self._limits = limits
        self._elements = 0
        self._characters = 0
        self._contents: dict[str, Element] = {}

    def __call__(self, element: Element) -> list[Element]:
        """Return the element with all aliases replaced: itself as a rule, several for an alias.

        Raise AliasError for an unknown alias, one that leads back to itself, more than MAX_NESTING
        inside each other, and where the document grows beyond its limits. The element is not
        changed.
        """
        return self._expanded(element, 1, ())

    def _expanded(self, element: Element, depth: int, chain: tuple[str, ...]) -> list[Element]:
        if is_verbatim(element):
            for inner in element.iter():
                self._count(inner, depth, chain)
            return [element]
        self._count(element, depth, chain)
        if is_alias(element):
            inside = (*chain, element.tag)
            found = [self._expanded(e, depth, inside) for e in self._replacement(element, chain)]
            return [item for items in found for item in items]
        copy = Element(element.tag, element.attrib)
        copy.text, copy.tail = element.text, element.tail
        for child in element:
            copy.extend(self._expanded(child, depth + 1, chain))
        return [copy]

    def _replacement(self, element: Element, chain: tuple[str, ...]) -> Element:
        name = element.tag
        if name in chain:
            raise AliasError(name, f"stands for itself, by way of {' > '.join(chain)}")
        if len(chain) == MAX_NESTING:
            raise AliasError(name, f"more than {MAX_NESTING} aliases inside each other")
        if name not in self._contents:
            self._contents[name] = self._aliases.content(name)
        return self._contents[name]

    def _count(self, element: Element, depth: int, chain: tuple[str, ...]) -> None:
        self._elements += 1
        self._characters += _length(element)
        name = chain[0] if chain else element.tag
        if self._elements > self._limits.elements:
            raise AliasError(name, f"makes more than {self._limits.elements} elements")
        if self._characters > self._limits.size:
            raise AliasError(name, f"makes more than {self._limits.size} characters")
        if depth > self._limits.depth:
            raise AliasError(name, f"nested deeper than {self._limits.depth} levels")


def _names_in(element: Element) -> Iterator[str]:
    """Yield the names that are replaced inside the element."""
    if is_alias(element):
        yield element.tag
    elif not is_verbatim(element):
        for child in element:
            yield from _names_in(child)


def _length(element: Element) -> int:
    """Return the characters of an element, without those of its children and marks."""
    texts = (element.tag, element.text or "", element.tail or "")
    return sum(map(len, texts)) + sum(len(n) + len(v) for n, v in element.items())


def _check_name(name: str) -> None:
    if name in RESERVED:
        raise AliasError(name, "is reserved: it is a parameter of every request")
    if len(name) > LONGEST_NAME or not _is_tag(name):
        raise AliasError(name, f"the name must be a tag of XML, of up to {LONGEST_NAME} characters")


def _is_tag(name: str) -> bool:
    """Say whether the name can be a tag, which the parser knows best."""
    try:
        return parse(f"<{name}/>".encode(errors="replace")).tag == name
    except MarkupError:
        return False
