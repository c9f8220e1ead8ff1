"""Octets from outside -> a tree of elements, or a MarkupError that says where they go wrong.

What could cost more than the document is long is refused: a DOCTYPE and with it all entities,
processing instructions, other encodings, too many or too deep elements. Work and memory grow with
the size of the document only, and that is limited first.
"""

import codecs
from collections.abc import Mapping
import re
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import msgspec

from sebridge.base.errors import MarkupError
from sebridge.base.redaction import shown


class XmlLimits(msgspec.Struct, frozen=True):
    """How large a document may be; each is the greatest number that is allowed."""

    size: int = 262_144
    """Octets of the document."""
    depth: int = 32
    """Levels of elements, the root counted."""
    elements: int = 10_000
    """Elements in all."""
    attributes: int = 16
    """Attributes of one element."""
    text: int = 65_536
    """Characters of one piece of text, or of one tag with its attributes."""


DEFAULT_LIMITS: Final = XmlLimits()
LONGEST_NAME: Final = 255
"""Characters of a tag: errors say it."""


def parse(octets: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> Element:
    """Return the root of an XML document; raise MarkupError for what is none, or too much."""
    if len(octets) > limits.size:
        raise MarkupError(f"{len(octets)} octets are more than the {limits.size} allowed")
    return _Reading(limits).read(_decoded(octets))


def parse_fragment(text: str, limits: XmlLimits = DEFAULT_LIMITS) -> Element:
    """Return an element of no meaning that holds the fragment's text and elements.

    Raise MarkupError as `parse` does. The added element is counted in all limits, and its tag in
    the first line's columns.
    """
    try:
        octets = f"<xml>{text}</xml>".encode()
    except UnicodeEncodeError as error:
        raise MarkupError("text holds half of a surrogate pair") from error
    return parse(octets, limits)


# ------------------------------------------------------------------ octets -> text

_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16: Final = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
_OTHERS: Final = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii"}
_DECLARING: Final = b"<?xml"
_DECLARED: Final = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([^\"'>]{0,40})")


def _decoded(octets: bytes) -> str:
    octets = octets.removeprefix(codecs.BOM_UTF8)
    encoding = _encoding(octets)
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError as error:
        before = octets[: error.start].decode(encoding, errors="ignore")
        raise MarkupError(f"not {error.encoding}: {error.reason}", *_end_of(before)) from error


def _encoding(octets: bytes) -> str:
    """Return the codec by the first octets, which are beyond doubt, or by the declaration."""
    if octets.startswith(_UTF_32):
        raise MarkupError("UTF-32 is not understood: send UTF-8")
    if octets[:2] in _UTF_16:
        return _UTF_16[octets[:2]]
    if not octets.startswith(_DECLARING):
        return _OTHERS["utf-8"]
    declared = _DECLARED.match(octets)
    name = "utf-8" if declared is None else declared[1].decode("ascii", errors="replace")
    if name.lower() not in _OTHERS:
        raise MarkupError(f"encoding {shown(name)} is not understood: send UTF-8")
    return _OTHERS[name.lower()]


def _end_of(text: str) -> tuple[int, int]:
    """Return line and column of what comes after the text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


# ------------------------------------------------------------------ text -> elements


class _Reading:
    """One document on its way through Expat, which stops as soon as a handler refuses."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._depth = 0
        self._elements = 0
        self._text = 0
        self._builder = TreeBuilder()
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, text: str) -> Element:
        try:
            self._parser.Parse(text, True)  # noqa: FBT003  # it takes no names
        except expat.ExpatError as error:
            problem = expat.ErrorString(error.code)
            raise MarkupError(f"not XML: {problem}", error.lineno, error.offset + 1) from error
        return self._builder.close()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        limits = self._limits
        self._depth += 1
        self._elements += 1
        self._text = 0
        if self._depth > limits.depth:
            self._refuse(f"nested deeper than {limits.depth} levels")
        if self._elements > limits.elements:
            self._refuse(f"more than {limits.elements} elements")
        if len(attributes) > limits.attributes:
            self._refuse(f"more than {limits.attributes} attributes")
        if len(tag) > LONGEST_NAME:
            self._refuse(f"a name of more than {LONGEST_NAME} characters")
        if _length(tag, attributes) > limits.text:
            self._refuse(f"a tag of more than {limits.text} characters")
        self._builder.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._text = 0
        self._builder.end(tag)

    def _characters(self, text: str) -> None:
        self._text += len(text)
        if self._text > self._limits.text:
            self._refuse(f"a text of more than {self._limits.text} characters")
        self._builder.data(text)

    def _doctype(self, *_declaration: object) -> None:
        self._refuse("a DOCTYPE is not allowed")

    def _instruction(self, *_target_and_data: str) -> None:
        self._refuse("a processing instruction is not allowed")

    def _refuse(self, problem: str) -> None:
        parser = self._parser
        raise MarkupError(problem, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)


def _length(tag: str, attributes: Mapping[str, str]) -> int:
    length = len(tag)
    for name, value in attributes.items():
        length += len(name) + len(value)
    return length
