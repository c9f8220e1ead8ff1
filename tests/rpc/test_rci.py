"""RCI and SCI documents say who is asked, and what; one wrong call does not spoil the others."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import AliasError, DecodeError, ParameterError, RequestError
from sebridge.model.values import ABSENT
from sebridge.rpc.alias import Aliases
from sebridge.rpc.rci import Call, Command, Fetch, Target, Wrong, read_document
from sebridge.rpc.xml_guard import XmlLimits

SCI = b"""
<sci_request version="1.0">
  <send_message>
    <targets>
      <device id="00000000-00000000-00409dff-ff0a0b01"/>
      <device id="00000000-00000000-00409DFF-FF0A0B02"/>
      <device id="00000000-00000000-00409DFF-FF0A0B01"/>
    </targets>
    <rci_request version="1.1">
      <do_command target="RPC_request">
        <get_zigbee_network_status synchronous="TRUE"/>
        <enable_joining><join_time>180</join_time><request_identifier>7</request_identifier></enable_joining>
      </do_command>
    </rci_request>
  </send_message>
</sci_request>
"""


def as_it_is(element: Element) -> Sequence[Element]:
    return [element]


def commands(inside: str) -> tuple[Command, ...]:
    return read_document(f'<rci_request version="1.1">{inside}</rci_request>'.encode()).commands


def calls(inside: str) -> list[Call | Wrong]:
    (command,) = commands(f'<do_command target="RPC_request">{inside}</do_command>')
    return command.calls(as_it_is)


def wrong(entry: Call | Fetch | Wrong) -> Wrong:
    assert isinstance(entry, Wrong)
    return entry


# ------------------------------------------------------------------ envelopes


def test_an_sci_request_names_each_gateway_once() -> None:
    document = read_document(SCI)

    assert document.devices == (
        "00000000-00000000-00409DFF-FF0A0B01",
        "00000000-00000000-00409DFF-FF0A0B02",
    )
    (command,) = document.commands
    assert command.target is Target.REQUEST
    assert command.calls(as_it_is) == [
        Call("get_zigbee_network_status", {}, ABSENT, synchronous=True),
        Call("enable_joining", {"join_time": 180}, 7),
    ]


def test_an_rci_request_is_for_the_gateway_at_the_interface() -> None:
    document = read_document(b'<rci_request><do_command target="RPC_request"/></rci_request>')

    assert document.devices is None
    assert document.commands[0].calls(as_it_is) == []


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("RPC_request", Target.REQUEST),
        ("rpc_request", Target.REQUEST),
        (" RPC_RESPONSE ", Target.RESPONSE),
        ("RPC_other", None),
        ("", None),
    ],
)
def test_targets_are_compared_without_case(name: str, target: Target | None) -> None:
    (command,) = commands(f'<do_command target="{name}"/>')

    assert (command.name, command.target) == (name.strip(), target)


def test_what_is_no_do_command_has_no_target() -> None:
    first, second = commands('<query_state/><do_command target="RPC_response"/>')

    assert (first.name, first.target) == ("query_state", None)
    assert second.target is Target.RESPONSE


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("<get_time/>", "get_time: must be an rci_request or an sci_request"),
        ("<sci_request/>", "sci_request must hold one send_message, and holds 0"),
        ("<sci_request><send_message/><send_message/></sci_request>", "and holds 2"),
        ("<sci_request><file_system/></sci_request>", "must hold one send_message"),
        ("<sci_request><send_message><rci_request/></send_message></sci_request>", "one targets"),
        (
            "<sci_request><send_message><targets/><rci_request/></send_message></sci_request>",
            "targets must hold devices, each with an id",
        ),
        (
            "<sci_request><send_message><targets><device/></targets></send_message></sci_request>",
            "targets must hold devices, each with an id",
        ),
        (
            (
                "<sci_request><send_message><targets><device id='1'/></targets></send_message>"
                "</sci_request>"
            ),
            "send_message must hold one rci_request, and holds 0",
        ),
    ],
)
def test_another_document_is_refused(document: str, problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        read_document(document.encode())


def test_malformed_xml_is_told_with_its_place() -> None:
    with pytest.raises(DecodeError, match="line 2, column 3: not XML: mismatched tag"):
        read_document(b"<rci_request>\n</rci_reply>")


def test_the_limits_are_handed_in() -> None:
    with pytest.raises(DecodeError, match="nested deeper than 2 levels"):
        read_document(SCI, XmlLimits(depth=2))


# ------------------------------------------------------------------ calls


@pytest.mark.parametrize(
    ("attributes", "synchronous"),
    [('synchronous="TRUE"', True), ('synchronous="true"', True), ('synchronous="False"', False)],
)
def test_a_caller_waits_if_it_says_so(attributes: str, *, synchronous: bool) -> None:
    assert calls(f"<get_time {attributes}/>") == [Call("get_time", synchronous=synchronous)]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [("7", 7), ("TRUE", True), ("1.5", 1.5), ("", None)],
)
def test_an_identifier_is_any_simple_value(text: str, identifier: object) -> None:
    (call,) = calls(f"<m><request_identifier>{text}</request_identifier></m>")

    assert call.request_identifier == identifier


@pytest.mark.parametrize(
    ("request_text", "path", "identifier", "synchronous"),
    [
        ("<m><a>x</a><request_identifier>7</request_identifier></m>", "a", 7, False),
        ('<m synchronous="TRUE"><a>x</a></m>', "a", ABSENT, True),
        (
            '<m synchronous="maybe"><request_identifier>7</request_identifier></m>',
            "synchronous",
            ABSENT,
            False,
        ),
        ("<m><request_identifier>x</request_identifier></m>", "request_identifier", ABSENT, False),
        ('<m><request_identifier type="list"/></m>', "request_identifier", ABSENT, False),
        ('<m><a>x</a><request_identifier type="alias"/></m>', "a", ABSENT, False),
    ],
)
def test_a_wrong_call_does_not_spoil_the_others(
    request_text: str, path: str, identifier: object, *, synchronous: bool
) -> None:
    before, found, after = calls(f"<get_time/>{request_text}<get_version/>")

    assert (before, after) == (Call("get_time"), Call("get_version"))
    found = wrong(found)
    assert isinstance(found.error, ParameterError)
    assert found.error.path == path
    assert (found.method, found.request_identifier) == ("m", identifier)
    assert found.synchronous is synchronous


def test_aliases_are_those_of_the_gateway_that_is_asked() -> None:
    (command,) = commands(
        '<do_command target="RPC_request"><identify><BOILER type="alias"/></identify>'
        '<MORNING type="alias"/></do_command>'
    )
    here = Aliases({"BOILER": "<address>1</address>", "MORNING": "<get_time/><get_version/>"})
    there = Aliases({"BOILER": "<address>2</address>"})

    found_here = command.calls(here.expansion())
    found_there = command.calls(there.expansion())

    assert found_here == [
        Call("identify", {"address": 1}),
        Call("get_time"),
        Call("get_version"),
    ]
    assert found_there[0] == Call("identify", {"address": 2})
    missing = wrong(found_there[1])
    assert isinstance(missing.error, AliasError)
    assert missing.method == "MORNING"


# ------------------------------------------------------------------ fetches


@pytest.mark.parametrize(
    ("attributes", "limit"),
    [('limit="2"', 2), ('limit="0x10"', 16), ('limit="0"', 0), ("", None), ('limit=""', None)],
)
def test_responses_are_fetched_up_to_a_limit(attributes: str, limit: int | None) -> None:
    (command,) = commands(
        f'<do_command target="RPC_response"><get_responses {attributes}/></do_command>'
    )

    assert command.fetches() == [Fetch(limit)]


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ('<get_responses limit="-1"/>', "limit: must not be negative"),
        ('<get_responses limit="many"/>', "limit: 'many' is not a whole number"),
        ("<get_responses><limit>2</limit></get_responses>", "get_responses: holds elements"),
        ("<get_time/>", "RPC_response knows get_responses only"),
    ],
)
def test_a_wrong_fetch_is_told(inside: str, problem: str) -> None:
    (command,) = commands(f'<do_command target="RPC_response">{inside}</do_command>')

    (found,) = command.fetches()

    assert problem in str(wrong(found).error)


# ------------------------------------------------------------------ anything


@given(data=st.data())
def test_a_spoilt_document_is_read_or_refused(data: st.DataObject) -> None:
    text = bytearray(SCI)
    pieces = st.sampled_from([b"", b'type="alias"', b"<x/>", b"<a>", b"limit", b"RPC_response"])
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text) - 1))
        text[start : start + data.draw(st.integers(0, 12))] = data.draw(
            pieces | st.binary(max_size=3)
        )

    try:
        document = read_document(bytes(text))
    except (DecodeError, RequestError):
        return

    for command in document.commands:
        for entry in command.calls(Aliases({}).expansion()) + command.fetches():
            assert isinstance(entry, Wrong | Call | Fetch)
