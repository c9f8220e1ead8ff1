"""A head-end of the old kind against real programs: a broker, a web server, a kill."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
import signal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sebridge.app.process import Process
from sebridge.rpc.xml_text import Xml
from tests.integration.bridges import (
    METER,
    ROOT,
    Program,
    configuration,
    is_at_home,
    make_bridge,
    wait_for,
)
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import PATIENCE, until
from tests.transports.push.web_server import PushServer

MakeListener = Callable[..., Listener]
HOME_ID = "00000000-00000000-00409DFF-FF0A0B01"
COTTAGE_ID = "00000000-00000000-00409DFF-FF0A0B02"
NO_HOUSE: dict[str, Any] = {"devices": []}


class HeadEnd:
    """Sends documents over the broker."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    async def ask(self, document: str) -> ET.Element:
        """Return the reply's root."""
        before = self._replies()
        self._listener.say(f"{ROOT}/rci/request", document.encode())
        await until(lambda: len(self._replies()) > len(before))
        return ET.fromstring(self._replies()[len(before)])

    async def call(self, calls: str) -> ET.Element:
        return await self.ask(
            f'<rci_request version="1.1"><do_command target="RPC_request">{calls}</do_command>'
            "</rci_request>"
        )

    async def fetch(self) -> ET.Element:
        return await self.ask(
            '<rci_request version="1.1"><do_command target="RPC_response"><get_responses/>'
            "</do_command></rci_request>"
        )

    def _replies(self) -> list[bytes]:
        return self._listener.payloads(f"{ROOT}/rci/reply")


@pytest.fixture
async def make(mosquitto: Mosquitto, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Return a way to start bridges on the one broker."""
    bridges: list[Process] = []

    async def begin(name: str, **more: Any) -> Process:
        bridge = make_bridge(
            tmp_path / name, {"port": mosquitto.port}, **({"gateway": {"name": name}} | more)
        )
        bridges.append(bridge)
        await bridge.start()
        await until(lambda: bridge.link.published > 0)  # and so subscribed
        return bridge

    yield begin
    for bridge in bridges:
        await bridge.stop()


@pytest.fixture
def head_end(mosquitto: Mosquitto, listening: MakeListener) -> HeadEnd:
    return HeadEnd(listening(mosquitto.port, f"{ROOT}/rci/reply"))


async def test_a_document_over_the_broker_reaches_the_house(
    make: Callable[..., Any], head_end: HeadEnd
) -> None:
    bridge = await make("home")
    await until(lambda: is_at_home(bridge, METER))

    reply = await head_end.call(
        '<read_attributes synchronous="TRUE"><cluster_id>0x0702</cluster_id>'
        "<server_or_client>0</server_or_client><destination_endpoint_id>9</destination_endpoint_id>"
        "<source_endpoint_id>0x5E</source_endpoint_id>"
        f'<destination_address type="MAC">{METER}</destination_address>'
        '<record_list type="list"><item type="ReadAttributeRecord"><attribute_id>0x0303'
        "</attribute_id></item></record_list><request_identifier>5</request_identifier>"
        "</read_attributes>"
    )

    (answer,) = reply.iter("read_attributes_response")
    (record,) = answer.iter("item")
    assert record.attrib["type"] == "ReadAttributeStatusRecord"
    assert answer.findtext("source_address") == "00:0D:6F:00:0A:00:00:01"
    assert (record.findtext("status"), record.findtext("attribute_type")) == ("0x0", "0x18")
    assert answer.findtext("request_identifier") == "0x5"


async def test_what_nobody_waited_for_is_fetched(
    make: Callable[..., Any], head_end: HeadEnd
) -> None:
    await make("home", simulator=NO_HOUSE)

    reply = await head_end.call(
        "<enable_joining><join_time>180</join_time>"
        "<request_identifier>7</request_identifier></enable_joining><nonsense/>"
    )
    assert list(reply.iter("enable_joining_response")) == []
    fetched: list[ET.Element] = []
    async with asyncio.timeout(PATIENCE):
        while not _told(fetched, "nonsense") or not _answered(fetched, "enable_joining"):
            (responses,) = (await head_end.fetch()).iter("responses")
            assert responses.attrib["remaining"] == "0"
            fetched += list(responses)


def _told(responses: list[ET.Element], text: str) -> bool:
    return any(text in response.findtext("description", "") for response in responses)


def _answered(responses: list[ET.Element], method: str) -> bool:
    return any(response.tag == f"{method}_response" for response in responses)


async def test_one_document_goes_to_two_gateways_each_with_its_own_alias(
    make: Callable[..., Any], head_end: HeadEnd
) -> None:
    rpc = {"policy": {"mqtt": {"scope": "admin"}}}
    await make(
        "home",
        simulator=NO_HOUSE,
        rpc=rpc | {"device_id": HOME_ID, "fleet": {COTTAGE_ID: "cottage"}},
    )
    cottage = await make("cottage", simulator=NO_HOUSE, rpc=rpc | {"device_id": COTTAGE_ID})
    cottage.gateway.aliases.define("LONG", Xml("<join_time>90</join_time>"))
    await head_end.call(
        '<add_alias synchronous="TRUE"><LONG type="xml"><join_time>60</join_time></LONG>'
        "</add_alias>"
    )

    reply = await head_end.ask(
        '<sci_request version="1.0"><send_message><targets>'
        f'<device id="{HOME_ID}"/><device id="{COTTAGE_ID}"/><device id="1"/></targets>'
        '<rci_request version="1.1"><do_command target="RPC_request">'
        '<enable_joining synchronous="TRUE"><LONG type="alias"/></enable_joining>'
        "</do_command></rci_request></send_message></sci_request>"
    )

    devices = {device.attrib["id"]: device for device in reply.iter("device")}
    assert devices[HOME_ID].findtext(".//join_time") == "0x3C"
    assert devices[COTTAGE_ID].findtext(".//join_time") == "0x5A"
    assert devices["1"].findtext("error/desc") == "device 1 is not known here"


async def test_whoever_may_only_command_this_gateway_reaches_no_other_through_it(
    make: Callable[..., Any], head_end: HeadEnd
) -> None:
    await make("home", simulator=NO_HOUSE, rpc={"fleet": {COTTAGE_ID: "cottage"}})
    cottage = await make("cottage", simulator=NO_HOUSE)

    reply = await head_end.ask(
        '<sci_request version="1.0"><send_message><targets>'
        f'<device id="{COTTAGE_ID}"/></targets><rci_request version="1.1">'
        '<do_command target="RPC_request"><enable_joining synchronous="TRUE">'
        "<join_time>60</join_time></enable_joining></do_command></rci_request>"
        "</send_message></sci_request>"
    )

    assert "ask_fleet needs the scope admin" in reply.findtext(".//error/desc", "")
    assert cottage.gateway.trust_center.remaining == 0


# ------------------------------------------------------------------ pushing


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Return a way to start bridges as programs."""
    made: list[Program] = []

    def begin(mqtt: dict[str, Any], **more: Any) -> Program:
        program = Program(configuration(tmp_path / "pushing", mqtt, **more))
        made.append(program)
        program.start()
        return program

    yield begin
    for program in made:
        program.kill()


async def test_what_could_not_be_pushed_survives_a_kill(
    mosquitto: Mosquitto, listening: MakeListener, programs: Callable[..., Program]
) -> None:
    server = PushServer()
    await server.start()
    await server.stop()  # its port is known, and nobody is there
    listener = listening(mosquitto.port, f"{ROOT}/availability", f"{ROOT}/rci/reply")
    head_end = HeadEnd(listener)
    program = programs(
        {"port": mosquitto.port},
        simulator=NO_HOUSE,
        rpc={"push": {"url": server.url}},
        registry={"RPC_Manager.use_push": True},
    )
    await asyncio.to_thread(wait_for, listener, f"{ROOT}/availability", b"online")
    for number in range(5):
        await head_end.call(
            f"<get_time><request_identifier>{number}</request_identifier></get_time>"
        )
    # a synchronous call is answered when all that was before it is on the disk
    await head_end.call(
        '<enable_joining synchronous="TRUE"><join_time>0</join_time></enable_joining>'
    )

    program.end(signal.SIGKILL)
    await asyncio.to_thread(wait_for, listener, f"{ROOT}/availability", b"offline")
    await server.start()
    program.start()

    await until(lambda: len(_times(server)) == 5)
    await server.stop()
    assert [ET.fromstring(body).findtext("request_identifier") for body in _times(server)] == [
        "0x0",
        "0x1",
        "0x2",
        "0x3",
        "0x4",
    ]
    assert all(name.startswith("RPC_Response-") for name in server.files)


def _times(server: PushServer) -> list[bytes]:
    return [body for name, body in server.files.items() if "get_time_response" in name]
