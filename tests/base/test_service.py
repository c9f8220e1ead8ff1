"""Services: started, stopped, and their tasks' deaths are noticed."""

import asyncio
import logging

import pytest
from typing_extensions import override

from sebridge.base.service import Service
from tests.patience import PATIENCE


class Counter(Service):
    """Runs until it is stopped, or until it is told how to end."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0
        self.end: asyncio.Future[None] | None = None

    @override
    async def run(self) -> None:
        self.runs += 1
        self.end = asyncio.get_running_loop().create_future()
        await self.end


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_service_runs_until_it_is_stopped() -> None:
    service = Counter()

    await service.start()
    await _settle()
    assert service.runs == 1
    await service.stop()

    assert service.end is not None
    assert service.end.cancelled()


async def test_starting_twice_is_starting_once() -> None:
    service = Counter()

    await service.start()
    await service.start()
    await _settle()

    assert service.runs == 1
    await service.stop()


async def test_a_stopped_service_can_be_started_again() -> None:
    service = Counter()
    for _ in range(2):
        await service.start()
        await _settle()
        await service.stop()

    assert service.runs == 2


async def test_waiting_ends_when_the_work_has_ended() -> None:
    service = Counter()
    await service.start()
    await _settle()
    assert service.end is not None

    service.end.set_result(None)

    await asyncio.wait_for(service.wait(), PATIENCE)
    await service.stop()


async def test_waiting_raises_what_killed_the_service() -> None:
    service = Counter()
    await service.start()
    await _settle()
    assert service.end is not None

    service.end.set_exception(OSError("the stick is gone"))

    with pytest.raises(OSError, match="the stick is gone"):
        await service.wait()
    await service.stop()


async def test_who_waits_may_be_cancelled_and_the_service_lives() -> None:
    service = Counter()
    await service.start()
    waiting = asyncio.create_task(service.wait())
    await _settle()

    waiting.cancel()
    await _settle()

    assert service.end is not None
    assert not service.end.cancelled()
    await service.stop()


async def test_stopping_what_never_started_is_nothing() -> None:
    service = Counter()

    await service.stop()
    await service.wait()

    assert service.runs == 0


async def test_a_service_without_work_of_its_own_just_waits() -> None:
    service = Service()

    await service.start()
    await _settle()

    assert service.name == "Service"
    await service.stop()


async def test_stopping_ends_what_was_spawned() -> None:
    service = Counter()
    await service.start()
    forever = asyncio.get_running_loop().create_future()
    task = service.spawn(asyncio.wait_for(forever, None), "wait for ever")

    await service.stop()

    assert task.cancelled()
    assert task.get_name() == "Counter: wait for ever"


async def test_a_task_that_dies_is_logged_with_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def die() -> None:
        raise LookupError("gone")

    service = Counter()

    with caplog.at_level(logging.ERROR):
        service.spawn(die(), "look it up")
        await _settle()

    assert caplog.messages == ["Counter: look it up failed"]
    assert isinstance(caplog.records[0].exc_info, tuple)
    assert caplog.records[0].exc_info[0] is LookupError


async def test_a_task_that_ends_well_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    service = Counter()

    task = service.spawn(asyncio.sleep(0, "done"), "nothing much")

    assert await task == "done"
    await _settle()
    assert caplog.messages == []


async def test_stopping_does_not_stumble_over_a_task_that_fails_at_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def stumble() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            raise ValueError("while cleaning up")

    service = Counter()
    service.spawn(stumble(), "stumble")
    await _settle()

    with caplog.at_level(logging.ERROR):
        await service.stop()
        await _settle()

    assert caplog.messages == ["Counter: stumble failed"]


class Stubborn(Service):
    """Takes its time to end."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()
        self.has_ended = False

    @override
    async def run(self) -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await self.may_end.wait()
            self.has_ended = True


async def test_who_is_cancelled_while_a_service_stops_hears_of_it() -> None:
    service = Stubborn()
    await service.start()
    await _settle()

    stopping = asyncio.create_task(service.stop())
    await _settle()
    stopping.cancel()
    await asyncio.wait([stopping])
    was_cancelled, had_ended = stopping.cancelled(), service.has_ended
    service.may_end.set()
    await _settle()

    assert (was_cancelled, had_ended) == (True, False)
    assert service.has_ended


async def test_a_service_that_breaks_while_it_is_stopped_is_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Breaking(Service):
        @override
        async def run(self) -> None:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                raise RuntimeError("broken")

    service = Breaking()
    await service.start()
    await _settle()

    await service.stop()

    assert caplog.records == [r for r in caplog.records if r.levelno < logging.WARNING]
