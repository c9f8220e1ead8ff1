"""Ports of nodes on the loop of the bridge, and on Python's."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

from tests.checked_loop import CheckedLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Have every test run on both."""
    return {"asyncio": CheckedLoop, "uvloop": uvloop.new_event_loop}
