"""Ask an NTP server for the time: one question, one answer, over UDP."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DecodeError, TimeNotSetError
from sebridge.features.time.ntp_packet import NONCE_OCTETS, PORT, NtpAnswer, question, read_answer

PATIENCE: Final = 5.0
"""Seconds given to finding a server and to its answer."""


class NtpClient:
    """Asks servers by the machine's own clock. `nonce` returns so many unguessable octets."""

    def __init__(self, clock: Clock, nonce: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._nonce = nonce

    async def offset(self, server: str) -> float:
        """Return by how many seconds our clock is behind a server's.

        The server is `host` or `host:port`. TimeNotSetError says why there is no answer.
        """
        host, port = _address(server)
        try:
            return await self._clock.within(PATIENCE, self._exchange(host, port))
        except (AnswerTimeoutError, DecodeError, OSError) as error:
            raise TimeNotSetError(f"NTP server {server}: {error}") from error

    async def _exchange(self, host: str, port: int) -> float:
        loop = asyncio.get_running_loop()
        nonce = self._nonce(NONCE_OCTETS)
        heard: asyncio.Future[tuple[NtpAnswer, float]] = loop.create_future()

        def take(octets: bytes) -> tuple[NtpAnswer, float]:
            now = self._clock.utc()
            return read_answer(octets, nonce, now), now

        # connected, so that only what comes from the server's address is heard
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Conversation(heard, take), remote_addr=(host, port)
        )
        try:
            asked = self._clock.utc()
            transport.sendto(question(nonce))
            answer, now = await heard
        finally:
            transport.close()
        return answer.offset(asked, now)


class _Conversation(asyncio.DatagramProtocol):
    """Reads the first answer, or says why there will be none."""

    def __init__(self, heard: "asyncio.Future[Any]", take: Callable[[bytes], object]) -> None:
        self._heard = heard
        self._take = take

    @override
    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._heard.done():
            return
        try:
            self._heard.set_result(self._take(data))
        except DecodeError as error:
            self._heard.set_exception(error)

    @override
    def error_received(self, exc: Exception) -> None:
        if not self._heard.done():
            self._heard.set_exception(exc)


def _address(server: str) -> tuple[str, int]:
    """Return host and port; more than one colon is an IPv6 address without a port."""
    host, colon, port = server.partition(":")
    if colon and port.isdecimal() and 0 < int(port) < 1 << 16:
        return host, int(port)
    return server, PORT
