"""The console: messages on the socket of a page that is open, to a whole bridge."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
import json
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from sebridge.base.errors import Reason
from sebridge.base.secret import Secret
from sebridge.console.console import SOCKET
from sebridge.rpc.error_codes import CODES
from sebridge.settings.http_options import HttpOptions, TokenOptions, WebLimits
from sebridge.transports.web.tokens import hash_of
from tests.fuzz.grammar import methods, parameters
from tests.fuzz.house import House, house_options, housed
from tests.fuzz.mutation import changed, changed_value, odd_value
from tests.fuzz.target import Target, must
from tests.fuzz.watch import PLANTED, leaked
from tests.patience import PATIENCE, until
from tests.ports import unused_port

_BUG = CODES[Reason.INTERNAL]
_GOOD = json.dumps({"command": "get_time", "message_id": "good"})


class PageSubject:
    """A bridge with a console, and a page that says what it likes."""

    def __init__(self, house: House, kept: dict[str, MutableMapping[Any, Any]]) -> None:
        self.keys = house.keys
        self._house = house
        self._kept = kept

    async def take(self, octets: bytes) -> None:
        """Send a message on a new socket: it is answered once, and so is a good one afterwards."""
        http = self._house.bridge.http
        assert http is not None
        address = f"http://127.0.0.1:{http.server.port}{SOCKET}"
        headers = {"Authorization": f"Bearer {PLANTED}"}
        async with aiohttp.ClientSession() as client, asyncio.timeout(PATIENCE):
            socket = await self._while_time_passes(client.ws_connect(address, headers=headers))
            await self._heard(socket)
            await socket.send_str(octets.decode(errors="replace"))
            await self._check(await self._answer(socket))
            await socket.send_str(_GOOD)
            while (answer := await self._answer(socket)).get("message_id") != "good":
                await self._check(answer)
            must(answer["status"] == "ok", f"a good command is answered {answer}")
            await self._while_time_passes(socket.close())
        await until(lambda: not len(http.server.connections))
        await self._house.check(self._kept.values())

    async def _check(self, answer: dict[str, Any]) -> None:
        must(answer.get("status") in {"ok", "error"}, f"it is no answer: {answer}")
        code = answer.get("error", {}).get("code")
        must(code != _BUG, "a command meets a bug")

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
        while "changes" in (heard := await self._heard(socket)):
            pass
        return heard

    async def _heard(self, socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
        message = await self._while_time_passes(socket.receive())
        must(message.type is aiohttp.WSMsgType.TEXT, f"the socket ends: {message}")
        must(not leaked(message.data, [PLANTED]), "a page hears a key")
        heard: dict[str, Any] = json.loads(message.data)
        return heard

    async def _while_time_passes(self, waited_for: Any) -> Any:
        waiting = asyncio.ensure_future(waited_for)
        while not waiting.done():
            await self._house.clock.advance(0.1)
            await asyncio.wait([waiting], timeout=0.002)
        return waiting.result()


_OWN = ("subscribe", "unsubscribe", "describe_methods", "send_document")
_FILTERS = (
    "#",
    "+",
    "info",
    "device/+",
    "device/#/x",
    "",
    "a+",
    "\0",
    "x" * 300,
    "$SYS/#",
    "/" * 99,
)


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return a command, right or nearly so."""
    if seeds and random.random() < 0.3:
        return changed(random, random.choice(seeds), seeds)
    command = _own(random) if random.random() < 0.5 else _method(random)
    text = json.dumps(command).encode()
    return changed(random, text, seeds) if random.random() < 0.3 else text


def _own(random: Random) -> dict[str, Any]:
    topics: Any = random.choices(_FILTERS, k=random.choice((0, 1, 3, 70)))
    arguments: dict[str, Any] = {"topics": topics, "document": "<rci_request/>", "x": 1}
    chosen = random.sample(list(arguments), random.choice((0, 1, 1, 1, 2)))
    args = {
        name: odd_value(random) if random.random() < 0.2 else arguments[name] for name in chosen
    }
    return {"command": random.choice(_OWN), "message_id": random.choice((1, "a")), "args": args}


def _method(random: Random) -> dict[str, Any]:
    known = methods()
    name = random.choice(list(known))
    arguments: Any = parameters(random, known[name])
    if random.random() < 0.3:
        arguments = changed_value(random, arguments)
    return {"command": name, "message_id": random.randrange(99), "args": arguments}


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[PageSubject]:
    token = TokenOptions(name="x", scope="admin", hash=hash_of(Secret(PLANTED.encode())))
    limits = WebLimits(requests_per_minute=1_000_000)
    options = HttpOptions(port=unused_port(), tokens=(token,), limits=limits)
    async with housed(house_options(http=options), seconds=1.0) as (house, kept):
        yield PageSubject(house, kept)


TARGET = Target(
    name="console",
    told="messages on the socket of a page",
    subject=_subject,
    grow=grow,
    lasts=50,
    in_suite=40,
)
