"""The event loop of a program that runs for long."""

import asyncio
import sys

import pytest
import uvloop

from sebridge.base.event_loop import new_event_loop


def test_it_is_uvloops_where_there_is_one() -> None:
    loop = new_event_loop()
    try:
        assert isinstance(loop, uvloop.Loop)
        assert loop.run_until_complete(asyncio.sleep(0, "done")) == "done"
    finally:
        loop.close()


def test_it_is_that_of_python_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)

    loop = new_event_loop()

    loop.close()
    assert isinstance(loop, asyncio.SelectorEventLoop)
