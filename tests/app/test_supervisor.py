"""Services are started in order, stopped in reverse, and revived when they die."""

import asyncio
import logging

import pytest
from typing_extensions import override

from sebridge.app.supervisor import Supervisor
from sebridge.base.clock import VirtualClock
from sebridge.base.service import Service


class Worker(Service):
    """Notes its life in a diary; dies or ends when it is told to."""

    def __init__(self, name: str, diary: list[str]) -> None:
        super().__init__()
        self._name, self._diary = name, diary
        self.refuses = False
        self.births = 0
        self.fate: asyncio.Future[None] | None = None

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    async def start(self) -> None:
        if self.refuses:
            raise OSError("no")
        self._diary.append(f"start {self.name}")
        await super().start()

    @override
    async def stop(self) -> None:
        self._diary.append(f"stop {self.name}")
        await super().stop()

    @override
    async def run(self) -> None:
        self.births += 1
        self.fate = asyncio.get_running_loop().create_future()
        await self.fate

    async def die(self, clock: VirtualClock) -> None:
        await clock.settle()
        assert self.fate is not None
        self.fate.set_exception(RuntimeError("a bug"))
        await clock.settle()


@pytest.fixture
def diary() -> list[str]:
    return []


@pytest.fixture
def workers(diary: list[str]) -> list[Worker]:
    return [Worker("a", diary), Worker("b", diary)]


async def test_services_start_in_order_and_stop_in_reverse(
    clock: VirtualClock, workers: list[Worker], diary: list[str]
) -> None:
    supervisor = Supervisor(workers, clock)

    await supervisor.start()
    await supervisor.stop()

    assert diary == ["start a", "start b", "stop b", "stop a"]


async def test_when_one_cannot_start_those_that_did_are_stopped(
    clock: VirtualClock, workers: list[Worker], diary: list[str]
) -> None:
    workers[1].refuses = True

    with pytest.raises(OSError, match="no"):
        await Supervisor(workers, clock).start()

    assert diary == ["start a", "stop a"]


async def test_a_service_that_dies_is_told_once_and_started_again_after_growing_pauses(
    clock: VirtualClock, workers: list[Worker], caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor(workers, clock)
    await supervisor.start()
    victim = workers[0]
    await clock.settle()

    for pause in (1, 2, 4, 8):
        before = victim.births
        await victim.die(clock)
        await clock.advance(pause - 0.5)
        assert victim.births == before
        await clock.advance(1)
        assert victim.births == before + 1

    await supervisor.stop()
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in errors] == ["a died, and is started again"] * 4
    assert all(record.exc_info for record in errors)
    assert supervisor.restarts == 4
    assert workers[1].births == 1


async def test_a_long_life_is_forgiven(clock: VirtualClock, workers: list[Worker]) -> None:
    supervisor = Supervisor(workers, clock)
    await supervisor.start()
    for _ in range(3):
        await workers[0].die(clock)
        await clock.advance(10)

    await clock.advance(301)
    await workers[0].die(clock)
    await clock.advance(1.1)

    assert workers[0].births == 5
    await supervisor.stop()


async def test_a_service_that_ended_by_itself_is_left_alone(
    clock: VirtualClock, workers: list[Worker]
) -> None:
    supervisor = Supervisor(workers, clock)
    await supervisor.start()
    await clock.settle()
    assert workers[0].fate is not None

    workers[0].fate.set_result(None)
    await clock.advance(100)

    assert workers[0].births == 1
    await supervisor.stop()


async def test_a_service_that_cannot_be_revived_at_once_is_tried_again(
    clock: VirtualClock, workers: list[Worker]
) -> None:
    supervisor = Supervisor(workers, clock)
    await supervisor.start()
    workers[0].refuses = True
    await workers[0].die(clock)
    await clock.advance(4)

    workers[0].refuses = False
    await clock.advance(10)

    assert workers[0].births == 2
    await supervisor.stop()


async def test_one_that_cannot_be_stopped_does_not_keep_the_others(
    clock: VirtualClock,
    workers: list[Worker],
    diary: list[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    supervisor = Supervisor(workers, clock)
    await supervisor.start()

    async def fail() -> None:
        await asyncio.sleep(0)
        raise OSError("stuck")

    with monkeypatch.context() as patch:
        patch.setattr(workers[1], "stop", fail)
        await supervisor.stop()

    assert "b could not be stopped" in caplog.text
    assert diary[-1] == "stop a"
    await workers[1].stop()
