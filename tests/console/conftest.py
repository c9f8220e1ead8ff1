"""A browser for each process of tests, a house with a console, and a tab in which it is open."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from sebridge.app.process import Process
from sebridge.transports.web.tokens import hash_of, new_token
from tests.console.visiting import Visit, running_chromium, visiting
from tests.integration.bridges import make_bridge
from tests.ports import unused_port

OWNER, READER = new_token(), new_token()
_TOKENS = [
    {"name": name, "scope": scope, "hash": hash_of(token).reveal().hex()}
    for name, scope, token in (("owner", "admin", OWNER), ("reader", "read", READER))
]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


def http_options() -> dict[str, Any]:
    """Return what the configuration of a bridge with a console says of HTTP."""
    return {"port": unused_port(), "tokens": _TOKENS}


@pytest.fixture
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Process]:
    """Return a bridge with its simulated house, and no broker: a console can do without.

    A parameter is more of its configuration.
    """
    more = getattr(request, "param", {})
    house = make_bridge(tmp_path / "bridge", {"port": unused_port()}, http=http_options(), **more)
    await house.start()
    yield house
    await house.stop()


def url_of(house: Process) -> str:
    assert house.bridge.http is not None
    return f"http://localhost:{house.bridge.http.server.port}"


@pytest.fixture
async def visit(house: Process, chromium: str) -> AsyncIterator[Visit]:
    """Return a tab in which the owner has the console open."""
    async with visiting(chromium, url_of(house)) as visit:
        await visit.sign_in(OWNER.reveal().decode())
        yield visit
