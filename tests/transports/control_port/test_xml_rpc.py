"""XML-RPC as octets, held against Python's own."""

import xmlrpc.client

from hypothesis import given, strategies as st
import pytest

from sebridge.transports.control_port.xml_rpc import (
    Call,
    Fault,
    FaultCode,
    Value,
    read_call,
    write_fault,
    write_result,
)

OF_PYTHON_2 = (
    b"<?xml version='1.0'?>\n<methodCall>\n<methodName>list</methodName>\n"
    b"<params>\n</params>\n</methodCall>\n"
)
"""What xmlrpclib of Python 2.7 sends."""


def called(document: bytes) -> Call | str:
    try:
        return read_call(document)
    except Fault as fault:
        return f"{fault.code.name}: {fault}"


def test_a_call_of_an_old_client_is_read() -> None:
    assert called(OF_PYTHON_2) == Call("list", 0)


def test_a_call_of_todays_client_is_read() -> None:
    assert called(xmlrpc.client.dumps((), "discover").encode()) == Call("discover", 0)
    assert called(xmlrpc.client.dumps((1, "x"), "list").encode()) == Call("list", 2)


def test_a_call_may_have_no_place_for_parameters() -> None:
    call = b"<methodCall><methodName> list </methodName></methodCall>"

    assert called(call) == Call("list", 0)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "not XML"),
        (b"<methodResponse/>", "not a methodCall"),
        (b"<methodCall/>", "not a methodCall"),
        (b"<methodCall><params/></methodCall>", "not a methodCall"),
        (b"<!DOCTYPE x [<!ENTITY y 'z'>]><methodCall/>", "DOCTYPE"),
        (b"<methodCall>" + b"<a>" * 20, "nested deeper"),
        (b" " * 20_000, "are more than"),
    ],
)
def test_what_is_no_call_is_named(document: bytes, problem: str) -> None:
    told = str(called(document))
    assert told.startswith("NOT_XML_RPC: ")
    assert problem in told


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
_VALUES: st.SearchStrategy[Value] = st.recursive(
    _TEXT | st.integers(-(2**31) + 1, 2**31 - 1) | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(_VALUES)
def test_pythons_client_reads_what_is_answered(value: Value) -> None:
    ((read,), method) = xmlrpc.client.loads(write_result(value))

    assert read == value
    assert method is None


def test_pythons_client_reads_what_is_wrong() -> None:
    told = write_fault(Fault(FaultCode.FAILED, "the radio <is> away & gone"))

    with pytest.raises(xmlrpc.client.Fault) as raised:
        xmlrpc.client.loads(told)

    assert raised.value.faultCode == -32500
    assert raised.value.faultString == "the radio <is> away & gone"


@given(st.binary(max_size=200))
def test_nothing_breaks_the_reader(octets: bytes) -> None:
    called(octets)
