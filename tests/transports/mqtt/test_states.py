"""What is true now: devices, the bridge."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.signals import ReportsSetUp
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceUpdated,
    JoiningChanged,
    NetworkChanged,
)
from sebridge.transports.mqtt.states import BridgeState, DeviceStates, JoiningState
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
DEVICE_TOPIC = "sebridge/home/device/0013a200405c01f7"


@pytest.fixture
def broker() -> PaperBroker:
    return PaperBroker()


# ------------------------------------------------------------------ devices


class Devices:
    """One device, and what is known of it."""

    def __init__(self, clock: VirtualClock, bus: SignalBus, broker: PaperBroker) -> None:
        self.facts: dict[str, Any] | None = {"active": True, "lqi": 200}
        self.service: Service = DeviceStates(
            bus, broker, TOPICS, clock, lambda _device: self.facts, lambda: [DEVICE]
        )


@pytest.fixture
async def devices(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> AsyncIterator[Devices]:
    found = Devices(clock, bus, broker)
    await found.service.start()
    await clock.settle()
    yield found
    await found.service.stop()


@pytest.mark.usefixtures("devices")
def test_all_devices_are_shown_at_the_start(broker: PaperBroker) -> None:
    assert broker.json(DEVICE_TOPIC) == {"active": True, "lqi": 200}
    assert broker.kept[f"{DEVICE_TOPIC}/availability"] == b"online"


@pytest.mark.parametrize("signal", [DeviceActive, DeviceInactive, DeviceUpdated, ReportsSetUp])
def test_news_of_a_device_are_shown_at_once(
    bus: SignalBus, broker: PaperBroker, devices: Devices, signal: type
) -> None:
    devices.facts = {"active": False}

    bus.send(signal(DEVICE))

    assert broker.kept[f"{DEVICE_TOPIC}/availability"] == b"offline"
    assert broker.json(DEVICE_TOPIC) == {"active": False}


async def test_what_creeps_is_shown_every_minute_and_only_if_it_changed(
    clock: VirtualClock, broker: PaperBroker, devices: Devices
) -> None:
    before = broker.publications

    await clock.advance(61)
    unchanged = broker.publications
    devices.facts = {"active": True, "lqi": 100}
    await clock.advance(61)

    assert unchanged == before
    assert broker.json(DEVICE_TOPIC)["lqi"] == 100


def test_a_device_that_is_not_known_is_not_shown(
    bus: SignalBus, broker: PaperBroker, devices: Devices
) -> None:
    devices.facts = None
    broker.kept.clear()

    bus.send(DeviceUpdated(DEVICE))

    assert broker.kept == {}


# ------------------------------------------------------------------ the bridge


@pytest.fixture
async def joined(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> AsyncIterator[dict[str, Any]]:
    """Return the facts of a bridge that runs."""
    facts: dict[str, Any] = {"joined": True}
    state = BridgeState(
        bus, broker, TOPICS, clock, lambda: facts, lambda: {"uptime": int(clock.monotonic())}
    )
    await state.start()
    await clock.settle()
    yield facts
    await state.stop()


async def test_health_is_told_every_minute(
    clock: VirtualClock, broker: PaperBroker, joined: dict[str, Any]
) -> None:
    del joined
    await clock.advance(1)
    first = broker.json("sebridge/home/health")
    await clock.advance(60)
    second = broker.json("sebridge/home/health")

    assert second["uptime"] - first["uptime"] == 60


@pytest.mark.parametrize("signal", [JoiningChanged(0), NetworkChanged(joined=False, reason="lost")])
def test_info_is_told_at_once_when_it_changes(
    bus: SignalBus, broker: PaperBroker, joined: dict[str, Any], signal: object
) -> None:
    assert broker.json("sebridge/home/info") == {"joined": True}
    joined["joined"] = False

    bus.send(signal)

    assert broker.json("sebridge/home/info") == {"joined": False}


# ------------------------------------------------------------------ joining


@pytest.fixture
async def joining(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> AsyncIterator[JoiningState]:
    service = JoiningState(bus=bus, mqtt=broker, topics=TOPICS, clock=clock)
    await service.start()
    await clock.settle()
    yield service
    await service.stop()


@pytest.mark.usefixtures("joining")
async def test_how_long_devices_may_join_is_counted_down(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    topic = "sebridge/home/joining"
    assert broker.json(topic) == {"remaining": 0, "until": None}

    bus.send(JoiningChanged(25))
    shown = [broker.json(topic)["remaining"]]
    for seconds in (10, 10, 5):
        await clock.advance(seconds)
        shown.append(broker.json(topic)["remaining"])

    assert shown == [25, 15, 5, 0]
    bus.send(JoiningChanged(0))
    assert broker.json(topic) == {"remaining": 0, "until": None}


async def test_nothing_is_counted_after_the_end(
    joining: JoiningState, clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    bus.send(JoiningChanged(25))
    await joining.stop()
    before = broker.publications

    await clock.advance(60)

    assert broker.publications == before
