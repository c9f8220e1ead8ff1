"""XML as text: what is written into a document, and pieces of XML kept as they are."""

import re
from typing import Final, Self
from xml.etree.ElementTree import Element

from sebridge.rpc.xml_guard import parse_fragment

UNFIT: Final = "\ufffd"
"""What stands for a character that XML cannot hold, such as a control character."""

_MARKS: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_MARKS_OF_ATTRIBUTES: Final = _MARKS | {'"': "&quot;", "\t": "&#9;", "\n": "&#10;"}
_UNFIT: Final = "[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_SPECIAL: Final = re.compile(rf"[&<>\r]|{_UNFIT}")
_SPECIAL_IN_ATTRIBUTES: Final = re.compile(rf'[&<>\r"\t\n]|{_UNFIT}')

_NO_TAG: Final = re.compile(r"[^A-Za-z0-9_.\-]")


def escaped(text: str) -> str:
    """Return the text as it stands between tags; what XML cannot hold becomes UNFIT."""
    return _SPECIAL.sub(lambda found: _MARKS.get(found[0], UNFIT), text)


def attribute(name: str, value: str) -> str:
    """Return a blank, the name, and the value in quotes; what XML cannot hold becomes UNFIT."""
    shown = _SPECIAL_IN_ATTRIBUTES.sub(lambda f: _MARKS_OF_ATTRIBUTES.get(f[0], UNFIT), value)
    return f' {name}="{shown}"'


def timestamp_attribute(timestamp: float | None) -> str:
    """Return the attribute with seconds since 1970 to the millisecond; nothing for None."""
    return "" if timestamp is None else f' timestamp="{round(float(timestamp), 3)!r}"'


def tag(name: str) -> str:
    """Return a name as a tag: what no tag can hold becomes "_", and "_" precedes a digit."""
    fit = _NO_TAG.sub("_", name)
    return fit if fit[:1].isalpha() or fit[:1] == "_" else f"_{fit}"


def wrapped(name: str, attributes: str, inside: str) -> str:
    """Return an element; the attributes are as `attribute` gives them, the inside is XML."""
    return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"


def markup(element: Element) -> str:
    """Return the XML of an element, without what follows its end tag."""
    attributes = "".join(attribute(name, value) for name, value in element.items())
    return wrapped(element.tag, attributes, inner_markup(element))


def inner_markup(element: Element) -> str:
    """Return the XML of what an element holds."""
    parts = [escaped(element.text or "")]
    for child in element:
        parts += markup(child), escaped(child.tail or "")
    return "".join(parts)


class Xml(str):
    """A piece of XML that is passed on as it is: text and elements, no declaration.

    It is well-formed and within the default limits: making one of anything else raises
    MarkupError.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Return the piece, checked."""
        parse_fragment(text)
        return super().__new__(cls, text)

    @property
    def root(self) -> Element:
        """An element of no meaning that holds the piece's text and elements."""
        return parse_fragment(self)
