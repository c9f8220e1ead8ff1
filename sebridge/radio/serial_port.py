"""A serial port, or a TCP port that stands for one: opened for whoever speaks through it."""

import asyncio
from collections.abc import Awaitable, Callable

from zigpy.serial import create_serial_connection

from sebridge.base.errors import DeliveryError

OpenPort = Callable[[str, int, asyncio.Protocol], Awaitable[None]]
"""Does what `open_port` does."""


async def open_port(path: str, baudrate: int, protocol: asyncio.Protocol) -> None:
    """Connect a protocol to a device node, or to socket://host:port; DeliveryError says why not."""
    try:
        await create_serial_connection(
            asyncio.get_running_loop(), lambda: protocol, path, baudrate=baudrate
        )
    except (OSError, TimeoutError) as error:
        raise DeliveryError(f"{path} cannot be opened: {error}") from error
