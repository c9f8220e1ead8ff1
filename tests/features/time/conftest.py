"""NTP servers to ask."""

from collections.abc import AsyncIterator

import pytest

from tests.features.time.ntp_server import NtpServer


@pytest.fixture
async def server() -> AsyncIterator[NtpServer]:
    server = NtpServer()
    await server.start()
    yield server
    server.stop()
