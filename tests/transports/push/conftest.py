"""A web server for pushed files."""

from collections.abc import AsyncIterator

import pytest

from tests.transports.push.web_server import PushServer


@pytest.fixture
async def server() -> AsyncIterator[PushServer]:
    server = PushServer()
    await server.start()
    yield server
    await server.stop()
