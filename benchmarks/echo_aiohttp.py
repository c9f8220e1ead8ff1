"""The least a call over HTTP could cost with aiohttp: whoever posts gets back what they sent.

Run as `python -m benchmarks.echo_aiohttp PORT PATH`; says `ready` when it listens.
"""

import asyncio
import sys

from aiohttp import web


async def echo(request: web.Request) -> web.Response:
    """Answer one request."""
    return web.Response(body=await request.read(), content_type=request.content_type)


async def serve(port: int, path: str) -> None:
    """Answer until we are terminated."""
    application = web.Application()
    application.add_routes([web.post(path, echo)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
