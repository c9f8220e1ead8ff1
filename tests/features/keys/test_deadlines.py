"""Twenty minutes to prove who one is (NET-4)."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import UnknownDeviceError
from sebridge.base.signals import SignalBus
from sebridge.features.keys.deadlines import KeyDeadlines, KeyGuard
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.network.signals import DeviceJoined, DeviceRemoved, KeyEstablished
from tests.gateway.radio_side import address


def test_a_device_has_its_time_from_when_it_first_joined() -> None:
    deadlines = KeyDeadlines(limit=100)
    deadlines.begin(address(1), 0)
    deadlines.begin(address(1), 50)

    assert deadlines.take_overdue(99) == []
    assert deadlines.take_overdue(100) == [address(1)]
    assert deadlines.take_overdue(1000) == []


def test_who_has_done_it_has_no_deadline() -> None:
    deadlines = KeyDeadlines()
    deadlines.begin(address(1), 0)

    deadlines.end(address(1))
    deadlines.end(address(2))

    assert deadlines.take_overdue(1e9) == []


class Gate:
    """Who puts out, and who is to be."""

    def __init__(self) -> None:
        self.removed: list[Eui64] = []
        self.residents = [address(1)]
        self.without_key = {address(1), address(2)}
        self.error: Exception | None = None

    async def remove(self, device: Eui64) -> None:
        self.removed.append(device)
        if self.error is not None:
            raise self.error


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def guard(gate: Gate, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[KeyGuard]:
    guard = KeyGuard(
        lambda: gate.residents, lambda device: device in gate.without_key, gate, clock, bus
    )
    await guard.start()
    await clock.settle()
    yield guard
    await guard.stop()


async def test_residents_and_those_who_join_are_put_out_in_time(
    guard: KeyGuard, gate: Gate, clock: VirtualClock, bus: SignalBus
) -> None:
    told: list[KeyEstablishmentFailed] = []
    bus.listen(KeyEstablishmentFailed, told.append)
    await clock.advance(minutes=5)
    bus.send(DeviceJoined(address(2)))

    await clock.advance(minutes=15)
    assert gate.removed == [address(1)]
    await clock.advance(minutes=5)

    assert gate.removed == [address(1), address(2)]
    assert [failed.device for failed in told] == gate.removed


async def test_those_who_have_a_key_or_need_none_stay(
    guard: KeyGuard, gate: Gate, clock: VirtualClock, bus: SignalBus
) -> None:
    for number in (2, 3, 4):
        bus.send(DeviceJoined(address(number)))
    bus.send(KeyEstablished(address(1), 1))
    bus.send(DeviceRemoved(address(2)))

    await clock.advance(minutes=60)

    assert gate.removed == []


async def test_a_device_that_is_gone_already_is_no_trouble(
    guard: KeyGuard, gate: Gate, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    gate.error = UnknownDeviceError("gone")

    await clock.advance(minutes=20)

    assert "could not be removed: gone" in caplog.text
