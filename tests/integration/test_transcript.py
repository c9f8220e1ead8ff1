"""A day of an old head-end, in its own XML: over the broker, and over HTTP.

The bridge runs as always, with a simulated house whose time goes sixty times faster; broker, web
servers and files are real.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from typing_extensions import override

from sebridge.app.process import Process
from sebridge.base.secret import Secret
from sebridge.transports.web.tokens import hash_of
from tests.integration.bridges import ROOT, is_at_home, make_bridge
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import PATIENCE, until
from tests.ports import unused_port
from tests.transports.push.web_server import PushServer

HOME_ID = "00000000-00000000-00409DFF-FF0A0B01"
COTTAGE_ID = "00000000-00000000-00409DFF-FF0A0B02"
METER = "00:0D:6F:00:0A:00:00:01"
DISPLAY = "00:0D:6F:00:0A:00:00:03"
SWITCH = "00:0D:6F:00:0A:00:00:05"
CODE = "83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5"
TOKEN = "a-token-of-the-head-end-that-nobody-guesses"  # of this test
HASH = hash_of(Secret(TOKEN.encode())).reveal().hex()
HOUSE = {
    "speed": 60,
    "devices": [
        {
            "kind": "meter",
            "name": "Meter",
            "eui64": METER,
            "installation_code": CODE,
        },
        {"kind": "display", "name": "Display", "eui64": DISPLAY},
        {"kind": "load_control", "name": "Heater", "eui64": SWITCH},
    ],
}


class Way(Protocol):
    """How documents reach the gateway."""

    async def ask(self, document: str) -> ET.Element:
        """Return the root of the reply."""


class OverBroker(Way):
    """By MQTT."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    @override
    async def ask(self, document: str) -> ET.Element:
        before = len(self._replies())
        self._listener.say(f"{ROOT}/rci/request", document.encode())
        await until(lambda: len(self._replies()) > before)
        return ET.fromstring(self._replies()[before])

    def _replies(self) -> list[bytes]:
        return self._listener.payloads(f"{ROOT}/rci/reply")


class OverHttp(Way):
    """By POST, as iDigi clients do."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._address = f"http://127.0.0.1:{port}"

    @override
    async def ask(self, document: str) -> ET.Element:
        path = "/ws/sci" if document.startswith("<sci_request") else "/rci"
        headers = {"Content-Type": "text/xml"} | {
            "Authorization": aiohttp.encode_basic_auth("head-end", TOKEN)
        }
        async with self._session.post(
            self._address + path, data=document.encode(), headers=headers
        ) as answer:
            assert answer.status == 200
            return ET.fromstring(await answer.text())


class HeadEnd:
    """Speaks the language of the old gateways."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.fetched: list[ET.Element] = []

    async def call(self, method: str, parameters: str = "") -> ET.Element:
        """Make a synchronous call; return its response, which must not be an error."""
        (response,) = await self.calls(f'<{method} synchronous="TRUE">{parameters}</{method}>')
        assert response.tag == f"{method}_response", ET.tostring(response)
        return response

    async def calls(self, calls: str) -> list[ET.Element]:
        """Send calls; return the responses in the reply."""
        reply = await self.way.ask(
            f'<rci_request version="1.1"><do_command target="RPC_request">{calls}</do_command>'
            "</rci_request>"
        )
        return [response for responses in reply.iter("responses") for response in responses]

    async def poll(self, limit: int = 50) -> ET.Element:
        """Fetch stored responses; return the element around them."""
        reply = await self.way.ask(
            '<rci_request version="1.1"><do_command target="RPC_response">'
            f'<get_responses limit="{limit}"/></do_command></rci_request>'
        )
        (responses,) = reply.iter("responses")
        assert len(responses) <= limit
        self.fetched += list(responses)
        return responses

    async def wait_for(self, tag: str, wanted: Callable[[ET.Element], bool]) -> ET.Element:
        """Poll until a stored response is there; return it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for response in self.fetched:
                    if response.tag == tag and wanted(response):
                        return response
                if not int((await self.poll()).attrib["remaining"]):
                    await asyncio.sleep(0.05)


class Scene:
    """Two gateways on one broker, a server for files, and the head-end."""

    def __init__(self, home: Process, head_end: HeadEnd, server: PushServer) -> None:
        self.home = home
        self.head_end = head_end
        self.server = server


@asynccontextmanager
async def scene_over(way: str, port: int, directory: Path) -> AsyncIterator[Scene]:
    server = PushServer()
    await server.start()
    http = unused_port()
    # the first gateways told each attribute by itself
    policy = {"policy": {"mqtt": {"scope": "admin"}}, "attribute_reports": "single"}
    home = make_bridge(
        directory / "home",
        {"port": port},
        simulator=HOUSE,
        rpc=policy
        | {
            "device_id": HOME_ID,
            "fleet": {COTTAGE_ID: "cottage"},
            "push": {"url": server.url, "username": "gateway", "password": "secret"},
        },
        http={
            "port": http,
            "tokens": [{"name": "head-end", "scope": "admin", "hash": HASH}],
        },
    )
    cottage = make_bridge(
        directory / "cottage",
        {"port": port},
        gateway={"name": "cottage"},
        simulator={"devices": []},
        rpc=policy | {"device_id": COTTAGE_ID},
    )
    listener = Listener(port, f"{ROOT}/rci/reply")
    async with aiohttp.ClientSession() as session:
        ways: dict[str, Way] = {
            "mqtt": OverBroker(listener),
            "http": OverHttp(session, http),
        }
        try:
            await home.start()
            await cottage.start()
            await until(lambda: home.link.published and cottage.link.published)
            await until(lambda: is_at_home(home, DISPLAY, SWITCH))
            yield Scene(home, HeadEnd(ways[way]), server)
        finally:
            await home.stop()
            await cottage.stop()
            await server.stop()
            listener.close()


def says(**texts: str) -> Callable[[ET.Element], bool]:
    """Return a look for a response with these texts, by the paths of their elements."""
    return lambda response: all(response.findtext(path) == text for path, text in texts.items())


def address(mac: str) -> str:
    return f'<destination_address type="MAC">{mac}</destination_address>'


def at_meter() -> str:
    return (
        "<cluster_id>0x0702</cluster_id><server_or_client>0</server_or_client>"
        "<destination_endpoint_id>9</destination_endpoint_id>"
        "<source_endpoint_id>0x5E</source_endpoint_id>" + address(METER)
    )


@pytest.mark.parametrize("way", ["mqtt", "http"])
async def test_a_day_of_an_old_head_end(mosquitto: Mosquitto, tmp_path: Path, way: str) -> None:
    async with scene_over(way, mosquitto.port, tmp_path) as scene:
        head_end = scene.head_end
        await the_network_is_there(head_end)
        await a_device_joins_by_its_installation_code(head_end)
        await the_meter_is_read_and_reports(head_end)
        await a_price_is_published(head_end)
        await a_load_is_shed_and_says_so(head_end)
        await a_message_is_confirmed(head_end)
        await two_gateways_are_asked_in_one_request(head_end)
        await responses_are_polled_with_limits(head_end)
        await responses_are_pushed_through_an_outage(scene)
        await what_cannot_be_is_told(head_end)


async def the_network_is_there(head_end: HeadEnd) -> None:
    status = await head_end.call("get_zigbee_network_status")

    assert status.findtext("status_description") == "joined"
    assert status.find("addr_extended") is not None


async def a_device_joins_by_its_installation_code(head_end: HeadEnd) -> None:
    await head_end.calls(
        "<enable_joining><join_time>240</join_time>"
        "<request_identifier>1</request_identifier></enable_joining>"
    )
    added = await head_end.call(
        "add_device",
        f'<device_address type="MAC">{METER}</device_address><join_time>240</join_time>'
        f'<installation_code type="string">{CODE}</installation_code>',
    )
    assert added.findtext("device_address") == METER
    await head_end.wait_for("enable_joining_response", says(request_identifier="0x1"))
    await head_end.wait_for(
        "message", lambda r: METER.lower() in str(r.findtext("description")).lower()
    )

    listed: ET.Element | None = None
    async with asyncio.timeout(PATIENCE):
        while listed is None or listed.find("simple_descriptors/endpoint_0x09") is None:
            found = await head_end.call(
                "get_device_information", f'<device_address type="MAC">{METER}</device_address>'
            )
            (listed,) = found.iter("item") if len(list(found.iter("item"))) == 1 else (None,)
            listed = next(i for i in found.iter("item") if i.find("addr_extended") is not None)
    assert listed.findtext("active") == "TRUE"


async def the_meter_is_read_and_reports(head_end: HeadEnd) -> None:
    unit: str | None = None
    async with asyncio.timeout(PATIENCE):
        while unit is None:  # until the meter has established its key
            (answer,) = await head_end.calls(
                f'<read_attributes synchronous="TRUE">{at_meter()}<record_list type="list">'
                '<item type="ReadAttributeRecord"><attribute_id>0x0300</attribute_id></item>'
                "</record_list></read_attributes>"
            )
            unit = answer.findtext("record_list/item/value")
    assert unit == "0x0"

    configured = await head_end.call(
        "start_receiving_reports",
        at_meter() + '<record_list type="list"><item type="AttributeReportingConfigurationRecord">'
        "<attribute_id>0x0400</attribute_id><attribute_type>0x2A</attribute_type>"
        "<min_interval>1</min_interval><max_interval>60</max_interval>"
        "<reportable_change>1</reportable_change></item></record_list>",
    )
    assert configured.findtext("record_list/item/status") == "0x0"
    report = await head_end.wait_for(
        "attribute_report",
        lambda r: (
            r.findtext("source_address") == METER and r.findtext("record/attribute_id") == "0x400"
        ),
    )
    assert int(str(report.findtext("record/value")), 16) > 0


async def a_price_is_published(head_end: HeadEnd) -> None:
    created = await head_end.call(
        "create_price_event",
        '<record type="PublishPriceRecord"><provider_id>7</provider_id>'
        "<issuer_event_id>0x2001</issuer_event_id><duration_in_minutes>600</duration_in_minutes>"
        '<price>21</price><rate_label type="string">night</rate_label></record>',
    )
    listed = await head_end.call("get_price_events")

    assert created.findtext("status") == "0x0"
    assert len(list(created.iter("item"))) >= 1  # the devices that have it
    assert listed.findtext("events_record_list/item/issuer_event_id") == "0x2001"


async def a_load_is_shed_and_says_so(head_end: HeadEnd) -> None:
    await head_end.call(
        "create_DRLC_event",
        '<record type="LoadControlEventRecord"><issuer_event_id>0x3001</issuer_event_id>'
        "<duration_in_minutes>1</duration_in_minutes><criticality_level>1</criticality_level>"
        "<event_control>0</event_control></record>",
    )

    for status in ("0x1", "0x2", "0x3"):  # received, started, completed
        await head_end.wait_for(
            "received_report_event_status",
            says(**{"record/issuer_event_id": "0x3001", "record/event_status": status}),
        )


async def a_message_is_confirmed(head_end: HeadEnd) -> None:
    await head_end.call(
        "create_message_event",
        '<record type="DisplayMessageRecord"><message_id>0x4001</message_id>'
        "<message_control>0x80</message_control><duration_in_minutes>60</duration_in_minutes>"
        '<message type="string">Please &lt;confirm&gt;</message></record>',
    )

    confirmation = await head_end.wait_for("received_message_confirmation", lambda _: True)
    assert confirmation.findtext("record/message_id") == "0x4001"


async def two_gateways_are_asked_in_one_request(head_end: HeadEnd) -> None:
    def sci(calls: str, *devices: str) -> str:
        targets = "".join(f'<device id="{device}"/>' for device in devices)
        return (
            f'<sci_request version="1.0"><send_message><targets>{targets}</targets>'
            f'<rci_request version="1.1"><do_command target="RPC_request">{calls}</do_command>'
            "</rci_request></send_message></sci_request>"
        )

    for device, seconds in ((HOME_ID, 60), (COTTAGE_ID, 90)):
        await head_end.way.ask(
            sci(
                '<add_alias synchronous="TRUE"><LONG type="xml">'
                f"<join_time>{seconds}</join_time></LONG></add_alias>",
                device,
            )
        )
    reply = await head_end.way.ask(
        sci(
            '<enable_joining synchronous="TRUE"><LONG type="alias"/></enable_joining>',
            HOME_ID,
            COTTAGE_ID,
        )
    )

    times = {d.attrib["id"]: d.findtext(".//join_time") for d in reply.iter("device")}
    assert times == {HOME_ID: "0x3C", COTTAGE_ID: "0x5A"}


async def responses_are_polled_with_limits(head_end: HeadEnd) -> None:
    await head_end.poll(1000)
    await head_end.calls(
        "".join(
            f"<get_time><request_identifier>{number}</request_identifier></get_time>"
            for number in range(5)
        )
    )

    left: list[int] = []
    times: list[ET.Element] = []
    async with asyncio.timeout(PATIENCE):
        while len(times) < 5:
            polled = await head_end.poll(2)
            left.append(int(polled.attrib["remaining"]))
            times += polled.iter("get_time_response")

    assert max(left) > 0
    assert [response.findtext("request_identifier") for response in times] == [
        f"0x{number:X}" for number in range(5)
    ]


async def responses_are_pushed_through_an_outage(scene: Scene) -> None:
    head_end, server, pusher = scene.head_end, scene.server, scene.home.bridge.head_end.pusher
    assert pusher is not None
    await head_end.call(
        "registry_configuration",
        '<name type="string">RPC_Manager.use_push</name><value>TRUE</value>',
    )
    await server.stop()
    await head_end.calls("<get_version><request_identifier>77</request_identifier></get_version>")
    await until(lambda: pusher.problem is not None)
    assert not any("get_version_response" in name for name in server.files)

    await server.start()
    await until(lambda: any("get_version_response" in name for name in server.files))
    name = next(name for name in server.files if "get_version_response" in name)
    pushed = ET.fromstring(server.files[name])
    assert name.startswith("RPC_Response-")
    assert pushed.findtext("request_identifier") == "0x4D"
    assert server.credentials() == "gateway:secret"


async def what_cannot_be_is_told(head_end: HeadEnd) -> None:
    (message,) = await head_end.calls(
        f'<read_attributes synchronous="TRUE">{at_meter()}<record_list/>'
        "<request_identifier>99</request_identifier></read_attributes>"
    )
    broken = await head_end.way.ask("<rci_request><do_command>")

    assert message.tag == "message"
    assert message.findtext("severity") == "0x2"
    assert message.findtext("request_identifier") == "0x63"
    error = broken.find("error")
    assert error is not None
    assert error.attrib["line"] == "1"
