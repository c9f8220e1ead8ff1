"""One declaration serves both codecs: whatever is sent as JSON and as XML is answered alike."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar, get_origin
from xml.etree.ElementTree import Element

from hypothesis import given, strategies as st
import pytest

from sebridge.base.clock import VirtualClock
from sebridge.model.plain import from_plain, to_plain
from sebridge.model.shape import fields_of
from sebridge.rpc.json_codec import dump, dump_notification, json_rpc, parse, read_document
from sebridge.rpc.message import OURSELVES, Notification
from sebridge.rpc.method import Method
from sebridge.rpc.xml_guard import parse_fragment
from sebridge.rpc.xml_reader import read_value
from sebridge.rpc.xml_response import notification_element
from sebridge.rpc.xml_text import tag
from sebridge.rpc.xml_writer import write_value
from sebridge.settings.options import GatewayOptions
from tests.api.home import DISPLAY, LOAD_CONTROL, METER, Home, address
from tests.completeness.declared import METHODS, NOTIFICATIONS
from tests.completeness.examples import parameters_of, values_of
from tests.examples import fewer_examples

T = TypeVar("T")
Params = dict[str, Any]

ROLES: Final = ("coordinator", "display")
METER_MAC: Final = str(address(METER))
AT_THE_METER: Final = {
    "cluster_id": 0x0702,
    "server_or_client": 0,
    "destination_endpoint_id": 9,
    "source_endpoint_id": 0x5E,
    "destination_address": METER_MAC,
}
A_PRICE: Final = {
    "issuer_event_id": 7,
    "duration_in_minutes": 60,
    "price": 25,
    "rate_label": "Größe & <so>",
}
AN_EVENT: Final = {"issuer_event_id": 7, "duration_in_minutes": 60, "duty_cycle": 50}
A_MESSAGE: Final = {"message_id": 7, "duration_in_minutes": 60, "message": "Tür zu!"}


# ------------------------------------------------------------------ one gateway for each codec


class Pair:
    """Two gateways that are alike; one is asked in JSON, the other in XML."""

    def __init__(self, kinds: tuple[str, ...] = (), role: str = "coordinator") -> None:
        options = GatewayOptions(role=role)
        self.by_json = Home(VirtualClock(), kinds, gateway=options)
        self.by_xml = Home(VirtualClock(), kinds, gateway=options)
        self._head_end = self.by_xml.bridge.head_end

    async def start(self) -> None:
        for home in (self.by_json, self.by_xml):
            await home.start()

    async def stop(self) -> None:
        for home in (self.by_json, self.by_xml):
            await home.stop()

    async def compare(self, method: Method, params: Params, identifier: int) -> Params:
        """Call a method of both, and fail unless they answer alike; return the answer."""
        in_json = await _until_done(self.by_json, self._ask_in_json(method, params, identifier))
        in_xml = await _until_done(self.by_xml, self._ask_in_xml(method, params, identifier))
        await self._keep_step()

        assert in_xml == in_json, (method.name, params)
        assert _said(self.by_xml) == _said(self.by_json), (method.name, params)
        return in_json

    async def _ask_in_json(self, method: Method, params: Params, identifier: int) -> Params:
        request = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": method.name,
            "params": params | {"request_identifier": identifier},
        }
        (entry,) = read_document(dump(request)).entries
        assert entry.request is not None
        response = await self.by_json.gateway.dispatcher.answer(entry.request)
        answer = parse(dump(json_rpc(response, entry.id)))
        if "error" in answer:
            told = f"{method.name}: {answer['error']['message']}"
            error = {"severity": 2, "description": told, **answer["error"].get("data", {})}
            return {"error": _with_tags(error | {"request_identifier": identifier})}
        return {"result": _with_tags(answer["result"])}

    async def _ask_in_xml(self, method: Method, params: Params, identifier: int) -> Params:
        call = (
            f'<{method.name} synchronous="TRUE">{elements(method, params)}'
            f"<request_identifier>{identifier}</request_identifier></{method.name}>"
        )
        document = (
            f'<rci_request version="1.1"><do_command target="RPC_request">{call}</do_command>'
            "</rci_request>"
        )
        reply = parse_fragment(
            (await self._head_end.xml.answer(document.encode(), OURSELVES)).decode()
        )
        responses = list(reply.iterfind("./rci_reply/do_command/responses/*"))
        if not responses:  # a method that has nothing to tell, such as exit
            return {"result": {"request_identifier": identifier}}
        (response,) = responses
        if response.tag == "message":
            return {"error": _contents(response)}
        assert response.tag == f"{method.name}_response"
        return {"result": _contents(response)}

    async def _keep_step(self) -> None:
        ahead = self.by_json.clock.monotonic() - self.by_xml.clock.monotonic()
        await self.by_json.clock.advance(max(-ahead, 0))
        await self.by_xml.clock.advance(max(ahead, 0))


async def _until_done(home: Home, call: Awaitable[T]) -> T:
    """Let time pass until a call has its answer."""
    asked = asyncio.ensure_future(call)
    for _ in range(1000):
        await home.clock.settle()
        if asked.done():
            break
        await home.clock.advance(0.1)
    return await asked


def _said(home: Home) -> list[tuple[str, float, Any]]:
    return [(message.name, message.time, to_plain(message.parameters)) for message in home.said]


# ------------------------------------------------------------------ the forms of both


def elements(method: Method, params: Params) -> str:
    """Return parameters as XML, each with the type that its declaration gives it."""
    kinds = {parameter.name: parameter.kind for parameter in method.parameters}
    free = None if method.others is None else method.others.kind
    return "".join(
        write_value(name, from_plain(kinds.get(name, free), value, name))
        for name, value in params.items()
    )


def _contents(element: Element) -> Params:
    """Return an element's children as JSON has them; a name that comes again is a list there."""
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(child.tag, []).append(_as_in_json(read_value(child, child.tag)))
    return {name: some[0] if len(some) == 1 else some for name, some in found.items()}


def _as_in_json(value: Any) -> Any:
    """Return what was read from XML without that which JSON does not tell: classes of records."""
    if isinstance(value, Mapping):
        return {name: _as_in_json(item) for name, item in value.items() if name != "type"}
    if isinstance(value, list):
        return [_as_in_json(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value


def _with_tags(value: Any) -> Any:
    """Return JSON with names as XML can have them."""
    if isinstance(value, dict):
        return {tag(name): _with_tags(item) for name, item in value.items()}
    return [_with_tags(item) for item in value] if isinstance(value, list) else value


# ------------------------------------------------------------------ methods


async def _compare_all(name: str, role: str, calls: list[Params]) -> None:
    pair = Pair(role=role)
    await pair.start()
    for identifier, params in enumerate(calls):
        await pair.compare(METHODS[name], params, identifier)
    await pair.stop()


_OF_THE_PROCESS: Final = {"get_log", "make_report"}
"""What tells of all that the process has logged until then, which is more for who asks later."""


@pytest.mark.parametrize("name", sorted(METHODS.keys() - _OF_THE_PROCESS))
@given(data=st.data())
@fewer_examples(25)  # for each of the methods
def test_a_method_answers_alike_in_json_and_in_xml(name: str, data: st.DataObject) -> None:
    role = data.draw(st.sampled_from(ROLES))
    calls = data.draw(st.lists(parameters_of(METHODS[name]), min_size=1, max_size=4))

    asyncio.run(_compare_all(name, role, calls))


A_DAY: Final[tuple[tuple[str, Params], ...]] = (
    ("get_device_information", {}),
    ("get_zigbee_network_status", {}),
    ("help", dict.fromkeys(("registry", "methods", "endpoints", "clusters", "records", "paths"))),
    (
        "read_attributes",
        AT_THE_METER | {"record_list": [{"attribute_id": 0}, {"attribute_id": 0x0FFF}]},
    ),
    ("get_meter_reading", {"destination_address": METER_MAC}),
    ("create_price_event", {"record": A_PRICE}),
    ("create_price_event", {"record": A_PRICE}),
    ("get_price_events", {}),
    ("create_DRLC_event", {"record": AN_EVENT}),
    ("get_DRLC_events", {}),
    ("cancel_DRLC_event", {"record": {"issuer_event_id": 7}}),
    ("create_message_event", {"record": A_MESSAGE}),
    ("get_message_events", {}),
    ("cancel_all_message_events", {}),
    ("add_alias", {"A": "<a/>", "B": "<b>1</b>"}),
    ("list_aliases", {}),
    ("remove_alias", {"A": None, "C": None}),
    ("registry_configuration", {"name": "RPC_Manager.use_timestamps", "value": False}),
    ("registry_configuration", {"name": "RPC_Manager.max_buffer_items", "value": 1.5}),
    ("get_time", {}),
    ("list_plugins", {}),
)
"""Calls that succeed in a home with devices, whose answers hold what devices told."""


async def test_a_day_in_a_home_with_devices_is_alike_in_json_and_in_xml() -> None:
    pair = Pair((METER, DISPLAY, LOAD_CONTROL))
    await pair.start()

    answers = [
        (name, await pair.compare(METHODS[name], params, identifier))
        for identifier, (name, params) in enumerate(A_DAY)
    ]
    await pair.stop()

    assert [name for name, answer in answers if "result" not in answer] == []
    assert pair.by_json.said


# ------------------------------------------------------------------ notifications


@pytest.mark.parametrize("name", sorted(NOTIFICATIONS))
@given(data=st.data())
@fewer_examples(5)  # for each of the notifications
def test_a_notification_is_told_alike_in_json_and_in_xml(name: str, data: st.DataObject) -> None:
    kind = NOTIFICATIONS[name]
    drawn, fields = data.draw(values_of(kind)), fields_of(kind)
    told = {one.name: from_plain(one.kind, drawn[one.name]) for one in fields if one.name in drawn}
    message = Notification(name, (get_origin(kind) or kind)(**told), 1_300_000_000.25)

    in_json = parse(dump_notification(message, timestamp=True))
    without_time = parse(dump_notification(message, timestamp=False))
    (element,) = parse_fragment(notification_element(message, timestamp=True))

    assert element.tag == name
    assert element.get("timestamp") == str(in_json.pop("timestamp"))
    assert without_time == in_json
    assert _contents(element) == _with_tags(in_json)
