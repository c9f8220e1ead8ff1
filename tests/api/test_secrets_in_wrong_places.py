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
