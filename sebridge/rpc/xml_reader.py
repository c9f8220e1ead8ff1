"""Elements -> plain values, by their `type`; `model.plain.from_plain` reads on from there.

An error names the element by its path, and never shows its text, which may be a key.
"""

from collections.abc import Callable
import math
import re
from typing import Any, Final
from xml.etree.ElementTree import Element

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.redaction import shown
from sebridge.model.plain import base64_octets, hex_octets, integer
from sebridge.rpc.xml_text import Xml, inner_markup

BLANK: Final = " \t\r\n"
"""White space of XML; it is removed round all values."""

_ALIAS: Final = "alias"
_XML: Final = "xml"
_TYPE: Final = "type"
_FLOAT: Final = re.compile(
    r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?"
)
_NOT_HEX: Final = re.compile(r"[^0-9a-fA-F]")
_HEX_OR_BLANK: Final = re.compile(r"(0[xX])?[0-9a-fA-F \t\r\n]*")
_DIGITS_OF_EUI64: Final = 16
_DIGITS_OF_NWK: Final = 4


def read_children(element: Element, path: str = "") -> dict[str, Any]:
    """Return an element's children by tag, as plain values; `path` names the element in errors.

    Raise ParameterError for a child that its type does not fit or that is there twice, and for
    text beside the children.
    """
    values: dict[str, Any] = {}
    for child in _children(element, path):
        below = _below(path, child.tag)
        if child.tag in values:
            raise ParameterError(below, "is given twice")
        values[child.tag] = read_value(child, below)
    return values


def read_value(element: Element, path: str) -> Any:
    """Return the plain value of an element; raise ParameterError where its type does not fit.

    base16 becomes bytes and base64 Base64, MAC text as addresses are printed, a record a
    dict that has its class name as `type`, xml an `Xml`.
    """
    kind = element.get(_TYPE, "").strip(BLANK)
    read = _READERS.get(kind.lower(), _record)
    return read(element, path)


# ------------------------------------------------------------------ values without children


def text_of(element: Element, path: str) -> str:
    """Return the text without white space round it; ParameterError where there are children."""
    if len(element):
        raise ParameterError(path, "holds elements where a value is expected")
    return (element.text or "").strip(BLANK)


def _untyped(element: Element, path: str) -> Any:
    if len(element):
        raise ParameterError(path, "holds elements and has no type: say list, dict or a record")
    text = text_of(element, path)
    if not text:
        return None
    for read in (_bool, _int, _float):
        try:
            return read(element, path)
        except ParameterError:
            continue
    raise ParameterError(path, "has no type and is no bool, int or float: say type")


def _none(element: Element, path: str) -> None:
    if text_of(element, path):
        raise ParameterError(path, "must be empty")


def _bool(element: Element, path: str) -> bool:
    word = text_of(element, path).lower()
    if word not in {"true", "false"}:
        raise ParameterError(path, "is neither TRUE nor FALSE")
    return word == "true"


def _int(element: Element, path: str) -> int:
    text = text_of(element, path)
    try:
        return integer(text)
    except ParameterError:
        # the value itself must not be part of the message
        raise ParameterError(path, "is not a whole number, decimal or 0x") from None


def _float(element: Element, path: str) -> float:
    text = text_of(element, path)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    if math.isinf(number):
        raise ParameterError(path, "is not a number of a size that can be kept")
    return number


def _mac(element: Element, path: str) -> str:
    digits = _NOT_HEX.sub("", re.sub("^0[xX]", "", text_of(element, path))).lower()
    if len(digits) == _DIGITS_OF_EUI64:
        return ":".join(digits[i : i + 2] for i in range(0, _DIGITS_OF_EUI64, 2))
    if len(digits) == _DIGITS_OF_NWK:
        return digits
    raise ParameterError(path, "is not an address of 16 or 4 hex digits")


def _base16(element: Element, path: str) -> bytes:
    text = text_of(element, path)
    if not _HEX_OR_BLANK.fullmatch(text):
        raise ParameterError(path, "must be hex digits")
    return hex_octets(re.sub("^0[xX]", "", text), path)


def _base64(element: Element, path: str) -> bytes:
    return base64_octets(text_of(element, path), path)


# ------------------------------------------------------------------ values with children


def _children(element: Element, path: str) -> list[Element]:
    children = list(element)
    texts = [element.text, *(child.tail for child in children)]
    if any(text and text.strip(BLANK) for text in texts):
        raise ParameterError(path, "holds text where elements are expected")
    return children


def _list(element: Element, path: str) -> list[Any]:
    return [read_value(item, f"{path}[{i}]") for i, item in enumerate(_children(element, path))]


def _record(element: Element, path: str) -> dict[str, Any]:
    """Read a record; its class is looked up by who knows what is expected here."""
    name = element.get(_TYPE, "").strip(BLANK)
    if not len(element) and element.text and element.text.strip(BLANK):
        known = ", ".join(_NAMES)
        raise ParameterError(path, f"type {shown(name)} is none of {known}, nor a record's class")
    fields = read_children(element, path)
    if _TYPE in fields:
        raise ParameterError(_below(path, _TYPE), "no record has a field of this name")
    return {_TYPE: name, **fields}


def _xml(element: Element, path: str) -> Xml:
    try:
        return Xml(inner_markup(element).strip(BLANK))
    except DecodeError as error:
        raise ParameterError(path, str(error)) from error


def _unreplaced(_element: Element, path: str) -> Any:
    raise ParameterError(path, "is an alias, which cannot stand here")


_NAMES: Final[dict[str, Callable[[Element, str], Any]]] = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "string": text_of,
    "MAC": _mac,
    "base16": _base16,
    "base64": _base64,
    "none": _none,
    "list": _list,
    "dict": read_children,
    _XML: _xml,
    _ALIAS: _unreplaced,
}
_READERS: Final = {name.lower(): read for name, read in _NAMES.items()} | {"": _untyped}


def is_alias(element: Element) -> bool:
    """Say whether the element stands for an alias of its name."""
    return element.get(_TYPE, "").strip(BLANK).lower() == _ALIAS


def is_verbatim(element: Element) -> bool:
    """Say whether what the element holds is kept as XML, with nothing in it replaced."""
    return element.get(_TYPE, "").strip(BLANK).lower() == _XML


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
