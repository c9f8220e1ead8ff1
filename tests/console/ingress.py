"""Home Assistant's way to an app: its proxy and the Supervisor's, as one, from an own address.

What it does to headers is what supervisor/api/ingress.py and Home Assistant's component hassio do.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiohttp import hdrs, web

ADDRESS: Final = "127.0.0.2"
"""From where it asks: all of 127.0.0.0/8 is this machine, as RFC 1122, 3.2.1.3 says."""

PREFIX: Final = "/api/hassio_ingress/dGhlIGFwcCdzIG93bg"
ANNA: Final = {
    "X-Remote-User-Id": "4f1c",
    "X-Remote-User-Name": "anna",
    "X-Remote-User-Display-Name": "Anna",
}
BEN: Final = {
    "X-Remote-User-Id": "9b02",
    "X-Remote-User-Name": "ben",
    "X-Remote-User-Display-Name": "Ben",
}
_OF_A_CONNECTION: Final = frozenset(
    (
        hdrs.ACCEPT_ENCODING,
        hdrs.CONTENT_ENCODING,
        hdrs.CONTENT_LENGTH,
        hdrs.SEC_WEBSOCKET_EXTENSIONS,
        hdrs.SEC_WEBSOCKET_KEY,
        hdrs.SEC_WEBSOCKET_PROTOCOL,
        hdrs.SEC_WEBSOCKET_VERSION,
        hdrs.TRANSFER_ENCODING,
    )
)


@asynccontextmanager
async def proxied(behind: str, user: Mapping[str, str]) -> AsyncIterator[str]:
    """Ask at `behind` for whoever comes below PREFIX; give the address of that.

    `user` is who has signed in there, in headers; without any, it is a proxy like all others.
    """
    connector = aiohttp.TCPConnector(local_addr=(ADDRESS, 0))
    async with aiohttp.ClientSession(connector=connector) as client:

        async def forward(request: web.Request) -> web.StreamResponse:
            url = behind + request.raw_path.removeprefix(PREFIX)
            headers = {
                name: value
                for name, value in request.headers.items()
                if name not in _OF_A_CONNECTION and not name.startswith("X-Remote-User")
            }
            headers |= {"X-Ingress-Path": PREFIX, **user}
            if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
                return await _joined(request, client, url, headers)
            async with client.request(
                request.method, url, headers=headers, data=await request.read()
            ) as answer:
                kept = {
                    name: value
                    for name, value in answer.headers.items()
                    if name not in _OF_A_CONNECTION
                }
                return web.Response(status=answer.status, headers=kept, body=await answer.read())

        app = web.Application()
        app.router.add_route("*", PREFIX + "/{path:.*}", forward)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            port = runner.addresses[0][1]
            yield f"http://127.0.0.1:{port}{PREFIX}"
        finally:
            await runner.cleanup()


async def _joined(
    request: web.Request, client: aiohttp.ClientSession, url: str, headers: Mapping[str, str]
) -> web.WebSocketResponse:
    async with client.ws_connect(url, headers=headers, autoping=False) as ours:
        theirs = web.WebSocketResponse(autoping=False)
        await theirs.prepare(request)
        ways = [asyncio.ensure_future(_copy(*ends)) for ends in ((ours, theirs), (theirs, ours))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await theirs.close()
    return theirs


_End = aiohttp.ClientWebSocketResponse | web.WebSocketResponse


async def _copy(one: _End, other: _End) -> None:
    async for message in one:
        await other.send_frame(
            message.data.encode() if isinstance(message.data, str) else message.data, message.type
        )
