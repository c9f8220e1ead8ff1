"""Responses are pushed in order, by virtual clock, to a directory that may be in the way."""

from collections.abc import AsyncIterator
from random import Random

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.transports.push.pusher import Pusher
from sebridge.transports.push.targets import FileRefusedError, PushError, Target
from tests.rpc.buffers import make_buffer


class Shelf(Target):
    """What lies outside: somewhere that files go, which can be shut."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.attempts: list[str] = []
        self.shut = False
        self.unwanted: set[str] = set()
        self.closed = False

    @override
    async def put(self, name: str, content: bytes) -> None:
        self.attempts.append(name)
        if self.shut:
            raise PushError("shut")
        if name in self.unwanted:
            raise FileRefusedError(f"no {name}")
        self.files[name] = content

    @override
    async def close(self) -> None:
        self.closed = True


class Desk:
    """A pusher and its host."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.enabled = True
        self.shelf = Shelf()
        self.buffer = make_buffer()
        self.pusher = Pusher(
            self.buffer,
            self.shelf,
            lambda response: response.name,
            lambda: self.enabled,
            clock,
            Random(1),
        )
        self.buffer.on_filled(self.pusher.wake)

    def add(self, *names: str) -> None:
        for name in names:
            self.buffer.append(name, self.clock.utc(), f"<{name}/>", owner="")


@pytest.fixture
async def desk(clock: VirtualClock) -> AsyncIterator[Desk]:
    desk = Desk(clock)
    await desk.pusher.start()
    yield desk
    await desk.pusher.stop()


async def test_what_arrived_leaves_the_buffer(desk: Desk) -> None:
    desk.add("a", "b")

    await desk.clock.settle()

    assert desk.shelf.files == {"a": b"<a/>", "b": b"<b/>"}
    assert desk.shelf.attempts == ["a", "b"]
    assert len(desk.buffer) == 0
    assert desk.pusher.pushed == 2


async def test_what_was_there_before_the_start_is_pushed_too(clock: VirtualClock) -> None:
    desk = Desk(clock)
    desk.add("early")

    await desk.pusher.start()
    await clock.settle()
    await desk.pusher.stop()

    assert desk.shelf.files == {"early": b"<early/>"}
    assert desk.shelf.closed


async def test_nothing_leaves_the_buffer_before_it_has_arrived(desk: Desk) -> None:
    desk.shelf.shut = True
    desk.add("a", "b")

    await desk.clock.advance(600)

    assert len(desk.buffer) == 2
    assert set(desk.shelf.attempts) == {"a"}
    assert desk.pusher.problem == "shut"
    desk.shelf.shut = False
    await desk.clock.advance(300)
    assert list(desk.shelf.files) == ["a", "b"]
    assert len(desk.buffer) == 0
    assert desk.pusher.problem is None


async def test_a_target_that_is_shut_is_asked_ever_more_seldom(desk: Desk) -> None:
    desk.shelf.shut = True
    desk.add("a")

    await desk.clock.advance(60)
    in_the_first_minute = len(desk.shelf.attempts)
    await desk.clock.advance(3600)
    in_the_next_hour = len(desk.shelf.attempts) - in_the_first_minute

    assert 5 <= in_the_first_minute <= 9
    assert 12 <= in_the_next_hour <= 30


async def test_a_file_that_is_refused_holds_up_no_other(desk: Desk) -> None:
    desk.shelf.unwanted = {"b"}
    desk.add("a", "b", "c")

    await desk.clock.settle()

    assert list(desk.shelf.files) == ["a", "c"]
    assert len(desk.buffer) == 1
    desk.shelf.unwanted = set()
    await desk.clock.advance(3600)
    assert list(desk.shelf.files) == ["a", "c", "b"]
    assert len(desk.buffer) == 0


async def test_what_is_fetched_meanwhile_is_not_pushed(desk: Desk) -> None:
    desk.shelf.unwanted = {"a"}
    desk.add("a")
    await desk.clock.settle()

    desk.buffer.fetch()
    desk.shelf.unwanted = set()
    await desk.clock.advance(7200)

    assert desk.shelf.files == {}


async def test_pushing_is_switched_on_and_off_by_the_setting(desk: Desk) -> None:
    desk.enabled = False
    desk.add("a")
    await desk.clock.advance(60)
    assert desk.shelf.files == {}

    desk.enabled = True
    desk.pusher.wake()
    await desk.clock.settle()

    assert desk.shelf.files == {"a": b"<a/>"}
