"""RCI and SCI replies: both forms of the envelope, and errors at every level."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import MarkupError, RequestError, UnknownDeviceError
from sebridge.rpc.rci import read_document
from sebridge.rpc.rci_reply import (
    Form,
    answers,
    failure,
    fetched,
    rci_reply,
    refused,
    sci_reply,
    unknown,
)
from sebridge.rpc.xml_guard import parse

RESPONSES = ["<get_time_response/>", "<message/>"]
INSIDE = "<get_time_response/><message/>"


@pytest.mark.parametrize(
    ("form", "element"),
    [
        (
            Form.LATER,
            f'<do_command target="RPC_request"><responses>{INSIDE}</responses></do_command>',
        ),
        (Form.V1_3, f"<do_command>{INSIDE}</do_command>"),
    ],
)
def test_answers_stand_in_either_form_of_envelope(form: Form, element: str) -> None:
    assert answers(RESPONSES, form) == element


def test_without_answers_the_envelope_is_empty() -> None:
    assert answers([]) == '<do_command target="RPC_request"><responses/></do_command>'
    assert answers([], Form.V1_3) == "<do_command/>"


@pytest.mark.parametrize(
    ("form", "opening"),
    [(Form.LATER, '<do_command target="RPC_response">'), (Form.V1_3, "<do_command>")],
)
def test_a_fetch_tells_how_many_remain(form: Form, opening: str) -> None:
    element = fetched(RESPONSES, 3, 1_300_000_010.5, form)

    assert element == (
        f'{opening}<responses remaining="3" timestamp="1300000010.5">{INSIDE}</responses>'
        "</do_command>"
    )


def test_a_fetch_from_an_empty_buffer_tells_that_nothing_remains() -> None:
    assert fetched([], 0) == (
        '<do_command target="RPC_response"><responses remaining="0"/></do_command>'
    )


def test_an_rci_document_holds_the_answered_commands() -> None:
    assert rci_reply([answers([]), fetched([], 0)]) == (
        f'<rci_reply version="1.1">{answers([])}{fetched([], 0)}</rci_reply>'
    )


def test_an_sci_document_holds_a_reply_or_an_error_for_each_gateway() -> None:
    missing = UnknownDeviceError("no such gateway")

    document = sci_reply({"1-A": rci_reply([]), '2"<': failure(missing)})

    assert document == (
        '<sci_reply version="1.0"><send_message>'
        '<device id="1-A"><rci_reply version="1.1"/></device>'
        '<device id="2&quot;&lt;"><error id="-32001"><desc>no such gateway</desc></error></device>'
        "</send_message></sci_reply>"
    )


def test_xml_that_cannot_be_read_is_answered_with_its_place() -> None:
    with pytest.raises(MarkupError) as caught:
        read_document(b"<rci_request>\n <a></b></rci_request>")

    assert rci_reply([failure(caught.value)]) == (
        '<rci_reply version="1.1"><error id="-32700" line="2" column="7">'
        "<desc>not XML: mismatched tag</desc></error></rci_reply>"
    )


@pytest.mark.parametrize(
    ("inside", "element"),
    [
        (
            '<do_command target="a&lt;b"/>',
            (
                '<do_command target="a&lt;b"><error id="-32600"><desc>no such target: '
                "must be RPC_request or RPC_response</desc></error></do_command>"
            ),
        ),
        (
            "<query_state/>",
            (
                '<query_state><error id="-32600"><desc>query_state: must be a do_command</desc>'
                "</error></query_state>"
            ),
        ),
    ],
)
def test_a_command_for_nobody_is_answered_in_its_place(inside: str, element: str) -> None:
    (command,) = read_document(f"<rci_request>{inside}</rci_request>".encode()).commands

    assert unknown(command) == element


@given(text=st.text(), name=st.text())
def test_no_error_text_spoils_the_document(text: str, name: str) -> None:
    (command,) = read_document(b'<rci_request><do_command target="x"/></rci_request>').commands

    document = sci_reply({name: rci_reply([refused(command, RequestError(text))])})

    assert parse(document.encode()).tag == "sci_reply"
