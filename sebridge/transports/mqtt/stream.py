"""The way to a broker by TCP, with or without TLS, on any event loop of asyncio's kind."""

import asyncio
import socket
import ssl
from typing import Final

import aiohappyeyeballs

from sebridge.settings.broker_address import BrokerAddress

_NEXT_ADDRESS: Final = 0.25  # seconds (RFC 8305, Connection Attempt Delay)


async def open_stream(
    address: BrokerAddress,
    protocol: asyncio.Protocol,
    context: ssl.SSLContext | None,
    server_name: str | None,
) -> None:
    """Connect a protocol to a host; `server_name` is the one in its certificate, if another.

    Of a host with several addresses, that is taken which answers first. Raises OSError.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    # not asyncio's own: other loops, as uvloop's, know nothing of happy eyeballs
    connected = await aiohappyeyeballs.start_connection(
        found, happy_eyeballs_delay=_NEXT_ADDRESS, interleave=1
    )
    try:
        await loop.create_connection(
            lambda: protocol,
            sock=connected,
            ssl=context,
            server_hostname=(server_name or address.host) if context else None,
        )
    except BaseException:
        connected.close()
        raise
