"""What a head-end meets: our device id, stored notifications, pushed files."""

import asyncio
from pathlib import Path

import pytest

from sebridge.app.head_end import HeadEnd
from sebridge.base.clock import VirtualClock
from sebridge.rpc.message import OURSELVES, Notification
from sebridge.settings.rpc_options import PushOptions, RpcOptions, XmlOptions
from tests.api.home import Home
from tests.patience import PATIENCE

OPEN = (
    b'<do_command target="RPC_request"><enable_joining synchronous="TRUE">'
    b"<join_time>0</join_time></enable_joining></do_command>"
)


def head_end(home: Home) -> HeadEnd:
    return home.bridge.head_end


async def answer(made: HeadEnd, document: bytes) -> str:
    answering = asyncio.ensure_future(made.xml.answer(document, OURSELVES))
    for _ in range(20):
        await asyncio.sleep(0)
    return (await answering).decode()


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ("00000000-00000000-00409DFF-FF0A0B02", "00000000-00000000-00409DFF-FF0A0B02"),
        (None, "that of the radio"),
    ],
)
async def test_the_device_id_is_the_configured_one_or_that_of_the_radio(
    clock: VirtualClock, configured: str | None, expected: str
) -> None:
    home = Home(clock, (), rpc=RpcOptions(device_id=configured))
    made = head_end(home)
    if configured is None:
        address = f"{home.gateway.radio.network.address:016X}"
        expected = f"00000000-00000000-{address[:8]}-{address[8:]}"
    document = (
        b"<sci_request><send_message><targets><device id='" + expected.encode() + b"'/></targets>"
        b"<rci_request>" + OPEN + b"</rci_request></send_message></sci_request>"
    )

    reply = await answer(made, document)

    assert f'<device id="{expected}"><rci_reply' in reply


async def test_the_envelope_is_the_configured_one(clock: VirtualClock) -> None:
    home = Home(clock, (), rpc=RpcOptions(xml=XmlOptions(envelope="1.3")))

    reply = await answer(head_end(home), b"<rci_request>" + OPEN + b"</rci_request>")

    assert reply.startswith('<rci_reply version="1.1"><do_command><')


@pytest.fixture
def pushing(clock: VirtualClock, tmp_path: Path) -> Home:
    return Home(clock, (), rpc=RpcOptions(push=PushOptions(directory=tmp_path / "pushed")))


async def test_responses_are_pushed_under_the_names_of_the_settings(
    pushing: Home, tmp_path: Path
) -> None:
    made = head_end(pushing)
    for service in made.services:
        await service.start()
    await pushing.call("registry_configuration", name="RPC_Manager.pushed_file_prefix", value="gw")
    made.xml.note(Notification("message", {"severity": 1}, 1_300_000_001.0))
    assert len(pushing.gateway.buffer) == 1

    await pushing.call("registry_configuration", name="RPC_Manager.use_push", value=True)
    async with asyncio.timeout(PATIENCE):
        while made.pusher is not None and not made.pusher.pushed:
            await asyncio.to_thread(lambda: None)  # a real directory takes real time
    for service in made.services:
        await service.stop()

    (file,) = (tmp_path / "pushed").iterdir()
    assert file.name == "gw-1300000001-0000-message.xml"
    assert 'timestamp="1300000001.0"' in file.read_text()


async def test_nothing_is_pushed_where_there_is_no_place(clock: VirtualClock) -> None:
    made = head_end(Home(clock, ()))

    assert made.pusher is None
    made.xml.note(Notification("message", {}, 0.0))
    assert made.counters["waiting"] == 0
