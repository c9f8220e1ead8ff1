"""A gateway with its simulated house, seen through its HTTP server by a real client."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any

import aiohttp
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
import msgspec
import pytest

from sebridge.app.http_server import HttpInterface, make_http_interface
from sebridge.app.log_memory import LogMemory
from sebridge.base.clock import SystemClock, VirtualClock
from sebridge.base.secret import Secret
from sebridge.rpc.description import openrpc
from sebridge.settings.homeassistant_address import HomeAssistantAccess
from sebridge.settings.http_options import HttpOptions, IngressOptions, TokenOptions
from sebridge.transports.web.tokens import hash_of
from tests.api.home import METER, Home, address
from tests.doubles import RecordingBroker
from tests.homeassistant_websocket import StandIn
from tests.patience import PATIENCE, until
from tests.reference_files import reference

META = reference("openrpc.schema.json")
OWNER = "owner-token"
HOME_ASSISTANT = "a-long-lived-access-token"
OPTIONS = HttpOptions(
    port=0,
    tokens=(TokenOptions(name="owner", scope="admin", hash=hash_of(Secret(OWNER.encode()))),),
)


def interface_of(home: Home, options: HttpOptions) -> HttpInterface:
    bridge = home.bridge
    return make_http_interface(
        options,
        home.gateway,
        msgspec.structs.replace(bridge.ports, real_clock=SystemClock()),
        health=bridge.health,
        topics=bridge.topics,
        log=LogMemory(SystemClock()),
        xml=bridge.head_end.xml,
    )


class Window:
    """What somebody sees of the gateway by HTTP."""

    def __init__(
        self, session: aiohttp.ClientSession, link: RecordingBroker, clock: VirtualClock
    ) -> None:
        self.link = link
        self._session = session
        self._clock = clock

    async def get(self, path: str) -> tuple[int, Any]:
        async with self._session.get(path) as answer:
            return answer.status, await answer.json()

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method, and let time pass in the house until it has answered."""
        asked = asyncio.create_task(self._post(method, params))
        async with asyncio.timeout(PATIENCE):
            while not asked.done():
                await self._clock.advance(0.1)
                await asyncio.sleep(0.001)  # sockets take real time
        return await asked

    async def _post(self, method: str, params: dict[str, Any]) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        async with self._session.post("/rpc", json=body) as answer:
            return await answer.json()


@pytest.fixture
async def window(home: Home) -> AsyncIterator[Window]:
    link = home.bridge.ports.link
    assert isinstance(link, RecordingBroker)
    server = interface_of(home, OPTIONS).server
    await server.start()
    headers = {"Authorization": f"Bearer {OWNER}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", headers=headers) as session:
        yield Window(session, link, home.clock)
    await server.stop()


async def test_the_house_is_run_by_http(home: Home, window: Window) -> None:
    made = await window.call(
        "create_price_event",
        record={"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60},
    )
    found = await home.call("get_price_events")

    assert made["result"]["status"] == 0
    assert [record["issuer_event_id"] for record in found["events_record_list"]] == [7]


async def test_health_is_that_of_the_gateway(window: Window) -> None:
    well, facts = await window.get("/healthz")
    window.link.connected = False
    ill, problems = await window.get("/healthz")

    assert (well, facts["status"], facts["devices"]) == (200, "ok", {"known": 3, "active": 3})
    assert (ill, problems["problems"]) == (503, ["the broker is not connected"])


async def test_users_of_home_assistant_are_what_it_says_of_them(home: Home) -> None:
    there = StandIn(HOME_ASSISTANT, {})
    ben = {"id": "ben", "is_owner": False, "is_active": True, "group_ids": ["system-users"]}
    anna = ben | {"id": "anna", "group_ids": ["system-admin"]}
    there.users = [anna, ben]
    async with there.serving(), aiohttp.ClientSession() as session:
        access = HomeAssistantAccess(address=there.url, token=Secret(HOME_ASSISTANT.encode()))
        ingress = IngressOptions(address="127.0.0.1", homeassistant=access)
        interface = interface_of(home, HttpOptions(port=0, ingress=ingress))
        administrators, console = interface.administrators, interface.console
        assert administrators is not None
        assert console is not None
        assert interface.services == [administrators, interface.server, console]
        await interface.server.start()
        await console.start()
        place = f"http://127.0.0.1:{interface.server.port}/console"

        async def scope_of(user: str) -> Any:
            headers = {"X-Remote-User-Id": user}
            async with session.get(f"{place}/session", headers=headers) as answer:
                return (await answer.json()).get("scope", answer.status)

        before = await scope_of("anna")
        await administrators.start()
        await until(lambda: administrators.is_administrator("anna"))
        scopes = [await scope_of(user) for user in ("anna", "ben", "somebody")]
        headers = {"X-Remote-User-Id": "anna", "Origin": place.removesuffix("/console")}
        page = await session.ws_connect(f"{place}/socket", headers=headers)
        await page.receive_json()
        await there.change_users(ben | {"id": "anna"}, ben)
        ended = await page.receive(timeout=PATIENCE)
        demoted = await scope_of("anna")
        await administrators.stop()
        after = await scope_of("anna")
        await console.stop()
        await interface.server.stop()

    assert (before, scopes) == (403, ["admin", "read", 403])
    assert (demoted, after) == ("read", 403)
    assert ended.type is aiohttp.WSMsgType.CLOSE


def test_every_method_is_in_the_openrpc_document(home: Home) -> None:
    methods = home.gateway.dispatcher.methods

    document = openrpc(methods.values(), "1", "/rpc")

    assert list(Draft7Validator(META).iter_errors(document)) == []
    written = {one["name"]: one for one in document["methods"]}
    assert written.keys() == methods.keys()
    for name, method in methods.items():
        params = {param.get("name") for param in written[name]["params"]} - {None}
        assert params == {parameter.name for parameter in method.parameters}
        assert written[name]["description"]


def test_every_record_that_is_referred_to_is_in_the_document(home: Home) -> None:
    document = openrpc(home.gateway.dispatcher.methods.values(), "1", "/rpc")
    text = json.dumps(document)

    referred = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert referred == document["components"]["schemas"].keys()


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_version", {}),
    ("get_time", {}),
    ("help", {"methods": True, "records": True, "registry": True}),
    ("get_zigbee_network_status", {}),
    ("get_device_information", {}),
    ("registry_configuration", {"name": "ZDO_Device_Manager.refresh_interval"}),
    (
        "create_price_event",
        {"record": {"issuer_event_id": 1, "price": 2, "duration_in_minutes": 3}},
    ),
    (
        "create_DRLC_event",
        {"record": {"issuer_event_id": 2, "duration_in_minutes": 60, "event_control": 0}},
    ),
    (
        "create_message_event",
        {"record": {"message_id": 3, "duration_in_minutes": 60, "message": "Hello"}},
    ),
    ("get_price_events", {}),
    ("get_DRLC_events", {}),
    ("get_message_events", {}),
    ("enable_joining", {"join_time": 10}),
    ("remove_device", {"device_address": str(address(METER))}),
]


@pytest.mark.parametrize(("method", "params"), CALLS, ids=[name for name, _ in CALLS])
async def test_what_a_method_takes_and_answers_is_what_the_document_tells(
    home: Home, window: Window, method: str, params: dict[str, Any]
) -> None:
    await home.call(
        "create_price_event",
        record={"issuer_event_id": 100, "price": 2, "duration_in_minutes": 1000, "start_time": 0},
    )
    _, document = await window.get("/openrpc.json")
    (told,) = [one for one in document["methods"] if one["name"] == method]
    schemas = {param["name"]: param["schema"] for param in told["params"] if "name" in param}

    answer = await window.call(method, **params)

    assert "error" not in answer
    for name, value in params.items():
        assert errors(document, schemas[name], value) == []
    assert errors(document, told["result"]["schema"], answer["result"]) == []


def errors(document: Any, schema: Any, value: Any) -> list[str]:
    """Return what of a value does not fit a schema of the document."""
    whole = schema | {"components": document["components"]}
    return [
        f"{error.json_path}: {error.message}" for error in Draft7Validator(whole).iter_errors(value)
    ]
