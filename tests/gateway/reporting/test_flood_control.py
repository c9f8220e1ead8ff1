"""Floods are held back and said, and over in the end."""

from collections.abc import AsyncIterator
import logging

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.flood_control import FloodControl
from sebridge.gateway.reporting.signals import DeviceDoubted
from sebridge.network.signals import DeviceRemoved
from tests.gateway.radio_side import address

METER, OTHER = address(1), address(2)
MOST = 5


class Guard:
    """What holds back floods, and which devices were doubted because of one."""

    def __init__(self, clock: VirtualClock) -> None:
        self.bus = SignalBus()
        self.clock = clock
        self.control = FloodControl(lambda: MOST, clock, self.bus)
        self.doubted: list[Eui64] = []
        self.bus.listen(DeviceDoubted, lambda signal: self.doubted.append(signal.device))

    def tell(self, device: Eui64, number: int) -> int:
        """Have a device report so often; return how many are taken."""
        now = self.clock.monotonic()
        return sum(self.control.admits(device, now) for _ in range(number))


@pytest.fixture
async def guard(clock: VirtualClock) -> AsyncIterator[Guard]:
    guard = Guard(clock)
    await guard.control.start()
    yield guard
    await guard.control.stop()


async def test_a_flood_is_held_back_named_and_warned_of_once(
    guard: Guard, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    taken = [guard.tell(METER, MOST + 3), guard.tell(OTHER, MOST)]
    await clock.advance(12)
    taken.append(guard.tell(METER, MOST + 1))

    assert taken == [MOST, MOST, MOST]
    assert guard.control.refused == 4
    assert guard.control.notes() == [f"{METER} floods: 8 reports within 10 s, of which 5 are taken"]
    warnings = [r.message for r in caplog.records if r.levelno == logging.WARNING]
    assert warnings == [f"{METER} floods: it reports too often to take it all"]


async def test_whoever_floods_no_more_is_read_anew(guard: Guard, clock: VirtualClock) -> None:
    guard.tell(METER, MOST + 1)
    await clock.advance(15)
    guard.tell(METER, MOST)
    before = (list(guard.doubted), len(guard.control.notes()))

    await clock.advance(5)

    assert before == ([], 1)
    assert guard.doubted == [METER]
    assert guard.control.notes() == []


async def test_a_second_flood_ends_as_well(guard: Guard, clock: VirtualClock) -> None:
    guard.tell(METER, MOST + 1)
    await clock.advance(30)
    guard.tell(METER, MOST + 1)
    guard.tell(OTHER, MOST + 1)

    await clock.advance(30)

    assert guard.doubted == [METER, METER, OTHER]


async def test_of_a_device_that_is_removed_nothing_is_said(
    guard: Guard, clock: VirtualClock
) -> None:
    guard.tell(METER, MOST + 1)

    guard.bus.send(DeviceRemoved(METER))
    await clock.advance(30)

    assert guard.control.notes() == []
    assert guard.doubted == []
