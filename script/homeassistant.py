"""A real Home Assistant for scripts that try the bridge with it, and a token of its first user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import socket
import subprocess
import sys
from typing import Any

import aiohttp

from sebridge.base.clock import SystemClock
from sebridge.base.secret import Secret

CONFIGURATION = """
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
websocket_api:
onboarding:
logger:
  default: warning
"""
START = (
    "import sys, homeassistant.const as c; c.REQUIRED_PYTHON_VER = (3, 13, 0);"
    "from homeassistant.__main__ import main; sys.exit(main())"
)
CLIENT = "http://127.0.0.1/"
PASSWORD = "for as long as this takes"  # noqa: S105  # of a house that is gone with the script


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _started(python: str, directory: Path) -> subprocess.Popen[bytes]:
    with (directory / "said").open("ab") as said:
        return subprocess.Popen(
            [python, "-c", START, "-c", str(directory)], stdout=said, stderr=said
        )


@asynccontextmanager
async def running(
    python: str, directory: Path, port: int | None = None, more: str = ""
) -> AsyncIterator[str]:
    """Give the address of a Home Assistant that answers; what it says is in `said`.

    `more` is added to its configuration.
    """
    port = port or _free_port()
    (directory / "configuration.yaml").write_text(CONFIGURATION.format(port=port) + more)
    process = _started(python, directory)
    address = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{address}/api/onboarding") as answer:
                        if answer.ok:
                            break
                except aiohttp.ClientError:
                    pass
                if process.poll() is not None:
                    sys.exit((directory / "said").read_text())
                await SystemClock().sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait()


async def long_lived_token(address: str) -> Secret:
    """Make the first user, and a token as its profile gives one."""
    person = {"name": "A", "username": "a", "password": PASSWORD, "language": "en"}
    async with aiohttp.ClientSession() as session:
        made = await session.post(
            f"{address}/api/onboarding/users", json=person | {"client_id": CLIENT}
        )
        code = (await made.json())["auth_code"]
        given = await session.post(
            f"{address}/auth/token",
            data={"grant_type": "authorization_code", "code": code, "client_id": CLIENT},
        )
        short: str = (await given.json())["access_token"]
        async with session.ws_connect(f"{address}/api/websocket") as talk:
            await talk.receive_json()
            await talk.send_json({"type": "auth", "access_token": short})
            await talk.receive_json()
            wanted = {"client_name": "sebridge", "lifespan": 1}
            await talk.send_json({"id": 1, "type": "auth/long_lived_access_token", **wanted})
            told: dict[str, Any] = await talk.receive_json()
    return Secret(str(told["result"]).encode())
