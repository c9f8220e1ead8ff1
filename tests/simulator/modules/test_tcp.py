"""A module's port: one host at a time, the newest wins, and nobody is fed without end."""

import asyncio
from collections.abc import AsyncIterator, Callable
import socket

import pytest

from sebridge.base.errors import ConfigError
from sebridge.simulator.modules.tcp import MOST_UNREAD, ModulePort
from tests.patience import until


class Echo:
    """A module that gives back what it hears."""

    def __init__(self) -> None:
        self.write: Callable[[bytes], object] | None = None
        self.heard = b""

    def plug_in(self, write: Callable[[bytes], object]) -> None:
        self.write = write

    def unplug(self) -> None:
        self.write = None

    def take(self, octets: bytes) -> None:
        self.heard += octets
        assert self.write is not None
        self.write(octets)


@pytest.fixture
def module() -> Echo:
    return Echo()


@pytest.fixture
async def port(module: Echo) -> AsyncIterator[ModulePort]:
    port = ModulePort(module, "127.0.0.1", 0)
    await port.start()
    yield port
    await port.stop()


async def test_a_host_talks_to_the_module(port: ModulePort, module: Echo) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
    writer.write(b"hello")

    assert await reader.readexactly(5) == b"hello"

    writer.close()
    await until(lambda: module.write is None)


async def test_the_next_host_takes_the_module_over(port: ModulePort, module: Echo) -> None:
    first, before = await asyncio.open_connection("127.0.0.1", port.port)
    await until(lambda: module.write is not None)
    second, writer = await asyncio.open_connection("127.0.0.1", port.port)

    assert await first.read() == b""
    before.close()
    writer.write(b"hello")

    assert await second.readexactly(5) == b"hello"
    assert module.write is not None
    writer.close()
    await writer.wait_closed()


async def test_a_host_that_does_not_read_is_hung_up_on(port: ModulePort, module: Echo) -> None:
    with socket.create_connection(("127.0.0.1", port.port)):
        await until(lambda: module.write is not None)
        write = module.write
        assert write is not None
        while module.write is not None:
            for _ in range(100):
                write(bytes(MOST_UNREAD // 10))
            await asyncio.sleep(0)

        write(b"nobody hears this")


async def test_a_host_is_hung_up_on_when_the_module_is_switched_off(module: Echo) -> None:
    port = ModulePort(module, "127.0.0.1", 0)
    await port.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
    await until(lambda: module.write is not None)

    await port.stop()

    assert await reader.read() == b""
    assert module.write is None
    writer.close()


async def test_a_port_that_is_taken_is_an_error_with_its_address(
    port: ModulePort, module: Echo
) -> None:
    another = ModulePort(module, "127.0.0.1", port.port)

    with pytest.raises(ConfigError, match=f"127.0.0.1:{port.port} cannot be listened on"):
        await another.start()

    await another.stop()
