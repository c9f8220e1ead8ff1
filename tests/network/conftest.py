"""A clock, a bus with somebody who listens, and a directory for the tests of devices."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.network.directory import Directory
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    DeviceUpdated,
    JoiningChanged,
)
from tests.network.air import Ears

SIGNALS = (
    DeviceJoined,
    DeviceActive,
    DeviceInactive,
    DeviceUpdated,
    DeviceRemoved,
    JoiningChanged,
)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def bus() -> SignalBus:
    return SignalBus(strict=True)


@pytest.fixture
def ears(bus: SignalBus) -> Ears:
    listener = Ears()
    for signal in SIGNALS:
        bus.listen(signal, listener)
    return listener


@pytest.fixture
def directory(clock: VirtualClock, bus: SignalBus) -> Directory:
    return Directory({}, clock, bus)
