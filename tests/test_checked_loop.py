"""Whoever calls the event loop from another thread is told so in every test."""

import asyncio

import pytest

from tests.checked_loop import CheckedLoop, WrongThreadError


async def test_a_callback_of_another_thread_is_refused() -> None:
    loop = asyncio.get_running_loop()
    late: list[int] = []

    with pytest.raises(WrongThreadError, match="append"):
        await asyncio.to_thread(lambda: loop.call_soon(late.append, 1))
    with pytest.raises(WrongThreadError, match="append"):
        await asyncio.to_thread(lambda: loop.call_later(0, late.append, 1))

    await asyncio.sleep(0)
    assert late == []


async def test_what_is_for_other_threads_works() -> None:
    loop, heard = asyncio.get_running_loop(), asyncio.Event()

    await asyncio.to_thread(loop.call_soon_threadsafe, heard.set)

    await heard.wait()


async def test_each_test_runs_on_it() -> None:
    assert isinstance(asyncio.get_running_loop(), CheckedLoop)
