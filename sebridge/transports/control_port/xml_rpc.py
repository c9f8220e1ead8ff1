"""XML-RPC as octets: calls without parameters in, values and faults out. Pure.

Source: Dave Winer, XML-RPC Specification, 1999-06-15.
"""

from collections.abc import Mapping, Sequence
import enum
from typing import Final
from xml.etree.ElementTree import Element

import msgspec

from sebridge.base.errors import MarkupError
from sebridge.rpc.xml_guard import XmlLimits, parse
from sebridge.rpc.xml_text import escaped

LIMITS: Final = XmlLimits(size=16_384, depth=16, elements=200, attributes=2, text=1_024)
"""A call has a method and no parameters: that is small."""
_DECLARATION: Final = '<?xml version="1.0"?>'
_LARGEST: Final = 0x7FFF_FFFF  # of an int

Value = str | int | float | Mapping[str, "Value"] | Sequence["Value"]
"""What can be said: texts, numbers of 32 bits, tables and lists of such."""


class FaultCode(enum.IntEnum):
    """What is wrong, in the numbers that servers of XML-RPC have agreed upon."""

    NOT_XML_RPC = -32600
    UNKNOWN_METHOD = -32601
    WRONG_PARAMETERS = -32602
    FAILED = -32500


class Fault(Exception):  # noqa: N818  # as XML-RPC calls it
    """Something that the caller is told in the place of a value."""

    def __init__(self, code: FaultCode, problem: str) -> None:
        super().__init__(problem)
        self.code = code


class Call(msgspec.Struct, frozen=True):
    """A method, and how many parameters it is given."""

    method: str
    parameters: int


def read_call(document: bytes) -> Call:
    """Read a call; Fault for what is none, or too much for one."""
    try:
        root = parse(document, LIMITS)
    except MarkupError as error:
        raise Fault(FaultCode.NOT_XML_RPC, str(error)) from error
    names = [child.tag for child in root]
    if root.tag != "methodCall" or names not in (["methodName"], ["methodName", "params"]):
        raise Fault(FaultCode.NOT_XML_RPC, "not a methodCall with a methodName")
    return Call((root[0].text or "").strip(), _parameters_in(root))


def _parameters_in(root: Element) -> int:
    return sum(len(child) for child in root if child.tag == "params")


def write_result(value: Value) -> bytes:
    """Return the answer that has this value."""
    inside = f"<params><param>{_value(value)}</param></params>"
    return f"{_DECLARATION}<methodResponse>{inside}</methodResponse>".encode()


def write_fault(fault: Fault) -> bytes:
    """Return the answer that says what is wrong."""
    told = _value({"faultCode": int(fault.code), "faultString": str(fault)})
    return f"{_DECLARATION}<methodResponse><fault>{told}</fault></methodResponse>".encode()


def _value(value: Value) -> str:
    if isinstance(value, str):
        inside = f"<string>{escaped(value)}</string>"
    elif isinstance(value, int):
        assert abs(value) <= _LARGEST, "it does not fit 32 bits"
        inside = f"<int>{value}</int>"
    elif isinstance(value, float):
        inside = f"<double>{value!r}</double>"
    elif isinstance(value, Mapping):
        members = "".join(
            f"<member><name>{escaped(name)}</name>{_value(member)}</member>"
            for name, member in value.items()
        )
        inside = f"<struct>{members}</struct>"
    else:
        inside = f"<array><data>{''.join(map(_value, value))}</data></array>"
    return f"<value>{inside}</value>"
