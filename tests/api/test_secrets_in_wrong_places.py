"""A key, a code or a password that stands in a wrong place is in no answer, error or log line."""

import asyncio
from collections.abc import AsyncIterator
import logging
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.rpc.json_codec import bare, dump
from sebridge.rpc.message import OURSELVES, Request, Response
from tests.api.home import Home

KEYS = (
    "5a6967426565416c6c69616e63653039",
    "5A:69:67:42:65:65:41:6C:6C:69:61:6E:63:65:30:39",
    "83FED3407A939738C552",
    "83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5",
)


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a home without devices: nobody is asked for anything."""
    home = Home(clock, ())
    await home.start()
    yield home
    await home.stop()


async def answered(home: Home, method: str, params: dict[str, Any]) -> Response:
    request = Request(method, params)
    asking = asyncio.ensure_future(home.gateway.dispatcher.answer(request, OURSELVES))
    await home.clock.settle()
    while not asking.done():
        await home.clock.advance(10)
    return await asking


@pytest.mark.parametrize("key", KEYS)
async def test_no_answer_and_no_log_line_repeats_a_key_in_a_wrong_parameter(
    home: Home, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sebridge")
    methods = dict(home.gateway.dispatcher.methods)
    skipped = {"exit", "leave_network", "configure_zigbee_network"}
    answers: list[bytes] = []

    for name, method in methods.items():
        if name in skipped:
            continue
        for wrong in method.parameters:
            params: dict[str, Any] = {wrong.name: key}
            for other in method.parameters:
                if other.required and other is not wrong:
                    params[other.name] = 1
            answer = await answered(home, name, params)
            if answer.error is not None:
                answers.append(dump(bare(answer)))
        unknown = await answered(home, name, {key: 1})
        answers.append(dump(bare(unknown)))
    answers.append(dump(bare(await answered(home, key, {}))))

    assert len(answers) > 100
    told = b"\n".join(answers).decode() + caplog.text
    assert key not in told
    assert key[:20] not in told


XML_PLACES = (
    "<{key}/>",
    '<do_command target="{key}"><help/></do_command>',
    '<do_command target="RPC_request"><k{key} synchronous="TRUE"/></do_command>',
    '<do_command target="RPC_request"><help synchronous="{key}"/></do_command>',
    '<do_command target="RPC_request"><help synchronous="TRUE"><a>{key}</a></help></do_command>',
    (
        '<do_command target="RPC_request"><enable_joining synchronous="TRUE">'
        '<join_time type="int">{key}</join_time></enable_joining></do_command>'
    ),
    (
        '<do_command target="RPC_request"><enable_joining synchronous="TRUE">'
        '<join_time type="{key}">1</join_time></enable_joining></do_command>'
    ),
    '<do_command target="RPC_response"><get_responses limit="{key}"/></do_command>',
)


@pytest.mark.parametrize("place", XML_PLACES)
async def test_no_document_is_answered_with_a_key_that_stood_in_a_wrong_place(
    home: Home, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sebridge")
    document = f"<rci_request>{place.format(key=KEYS[0])}</rci_request>".encode()

    reply = await home.bridge.head_end.xml.answer(document, OURSELVES)
    await home.clock.advance(1)

    stored = [response.document for response in home.gateway.buffer.fetch().responses]
    told = reply.decode() + "".join(stored) + caplog.text
    assert reply.startswith(b"<rci_reply")
    assert KEYS[0] not in told
