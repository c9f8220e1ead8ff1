"""The least a call over HTTP could cost with aiohttp: whoever posts gets back what they sent.

Run as `python -m benchmarks.echo_aiohttp PORT PATH`; says `ready` when it listens.
"""

import sys

from aiohttp import web


async def echo(request: web.Request) -> web.Response:
    """Answer one request."""
    return web.Response(body=await request.read(), content_type=request.content_type)


async def say_ready(_application: web.Application) -> None:
    """Tell whoever started us."""
    print("ready", flush=True)


def main(port: int, path: str) -> None:
    """Answer until we are terminated."""
    application = web.Application()
    application.add_routes([web.post(path, echo)])
    application.on_startup.append(say_ready)
    web.run_app(application, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
