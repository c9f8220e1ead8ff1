"""Asking a real server over UDP."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import TimeNotSetError
from sebridge.features.time.ntp import PATIENCE, NtpClient
from tests.features.time.ntp_server import NtpServer, answer_to
from tests.ports import unused_port


@pytest.fixture
def client(clock: VirtualClock) -> NtpClient:
    return NtpClient(clock, lambda octets: bytes(range(octets)))


@pytest.mark.parametrize("ahead", [90.5, -3600.0])
async def test_the_difference_to_a_server_is_told(
    client: NtpClient, server: NtpServer, clock: VirtualClock, ahead: float
) -> None:
    server.utc = clock.utc() + ahead

    assert await client.offset(server.address) == pytest.approx(ahead)


async def test_a_silent_server_is_given_up(
    client: NtpClient, server: NtpServer, clock: VirtualClock
) -> None:
    server.silent = True

    asking = asyncio.ensure_future(client.offset(server.address))
    await clock.advance(PATIENCE)

    with pytest.raises(TimeNotSetError, match=f"{server.address}: no answer within 5 s"):
        await asking


async def test_an_answer_that_is_none_is_told(client: NtpClient, server: NtpServer) -> None:
    server.instead = b"who are you?"

    with pytest.raises(TimeNotSetError, match="cut off"):
        await client.offset(server.address)


async def test_a_port_at_which_nobody_listens_is_told(client: NtpClient) -> None:
    address = f"127.0.0.1:{unused_port()}"

    with pytest.raises(TimeNotSetError, match="refused"):
        await client.offset(address)


@pytest.mark.parametrize("name", ["no-such-host.invalid", "no-such-host.invalid:99999"])
async def test_a_server_that_is_not_found_is_told(client: NtpClient, name: str) -> None:
    with pytest.raises(TimeNotSetError, match=f"NTP server {name}"):
        await client.offset(name)


async def test_two_questions_at_once_are_two_conversations(
    client: NtpClient, server: NtpServer, clock: VirtualClock
) -> None:
    server.utc = clock.utc() + 1

    one, two = await asyncio.gather(client.offset(server.address), client.offset(server.address))

    assert one == pytest.approx(1)
    assert two == pytest.approx(1)
    assert server.asked == 2


class Wire:
    """A socket on which an answer comes twice, and after it an error."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._protocol: Any = None
        self.is_closed = False

    async def connect(self, make: Callable[[], Any], **_where: Any) -> tuple["Wire", Any]:
        self._protocol = make()
        return self, self._protocol

    def sendto(self, octets: bytes) -> None:
        for later in (5, 500):
            answer = answer_to(octets, self._clock.utc() + later)
            self._protocol.datagram_received(answer, ("127.0.0.1", 123))
        self._protocol.error_received(ConnectionRefusedError("nobody listens"))

    def close(self) -> None:
        self.is_closed = True


async def test_of_several_answers_the_first_counts(
    client: NtpClient, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire(clock)
    monkeypatch.setattr(asyncio.get_running_loop(), "create_datagram_endpoint", wire.connect)

    assert await client.offset("127.0.0.1") == pytest.approx(5)

    assert wire.is_closed
