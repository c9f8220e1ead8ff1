"""HTTP servers that listen for one test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest
import uvloop

from sebridge.settings.http_options import HttpOptions
from tests.checked_loop import CheckedLoop
from tests.transports.web.backend import TOKENS, Counting, House, options

MakeHouse = Callable[..., Awaitable[House]]
LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, LoopFactory]:
    """Have every test served on the loop of the bridge, and on Python's."""
    return {"asyncio": CheckedLoop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def house_with() -> AsyncIterator[MakeHouse]:
    """Return a way to start servers."""
    houses: list[House] = []

    async def make(chosen: HttpOptions, *parts: Any, **more: Any) -> House:
        house = House(chosen, *parts, **more)
        await house.open()
        houses.append(house)
        return house

    yield make
    for house in houses:
        await house.close()


@pytest.fixture
async def house(house_with: MakeHouse) -> House:
    """Return a house whose server needs a token."""
    return await house_with(options(*TOKENS), Counting())


@pytest.fixture
async def unguarded(house_with: MakeHouse) -> House:
    """Return a house without any tokens, for this machine alone."""
    return await house_with(options())
