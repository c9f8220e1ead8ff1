"""What is true now: price boards, devices, the bridge."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, iso_time, zigbee_time
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import ReportEventStatusRecord
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceUpdated,
    JoiningChanged,
    NetworkChanged,
)
from sebridge.transports.mqtt.states import (
    BridgeState,
    DeviceStates,
    PriceBoards,
    event_status_word,
)
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
DEVICE_TOPIC = "sebridge/home/device/0013a200405c01f7"
PRICE, DRLC = 0x0700, 0x0701
BOARD = "sebridge/home/price/electricity"


@pytest.fixture
def broker() -> PaperBroker:
    return PaperBroker()


# ------------------------------------------------------------------ prices


def price(number: int, start: float, minutes: int = 60, **more: Any) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=number,
        price=20 + number,
        start_time=zigbee_time(start),
        duration_in_minutes=minutes,
        **({"currency": 978} | more),
    )


@pytest.fixture
def prices(clock: VirtualClock, bus: SignalBus, broker: PaperBroker) -> list[PublishPriceRecord]:
    """Return two prices, one in force and one that follows, and show them."""
    PriceBoards(bus, broker, TOPICS, clock)
    now = clock.utc()
    found = [price(1, now, rate_label="day"), price(2, now + 3600)]
    bus.send(EventsChanged(0x5E, PRICE, found))
    return found


@pytest.mark.usefixtures("prices")
def test_the_board_has_what_people_read(clock: VirtualClock, broker: PaperBroker) -> None:
    now = clock.utc()
    first = {
        "price": 0.21,
        "tier": None,
        "label": "day",
        "from": iso_time(now),
        "until": iso_time(now + 3600),
        "issuer_event_id": 1,
    }
    second = first | {
        "price": 0.22,
        "label": None,
        "from": iso_time(now + 3600),
        "until": iso_time(now + 7200),
        "issuer_event_id": 2,
    }

    assert broker.json(BOARD) == {
        "current": first,
        "next": second,
        "schedule": [first, second],
        "currency": "EUR",
        "unit": "kWh",
        "price_unit": "EUR/kWh",
        "time": iso_time(now),
    }


async def test_the_new_price_is_there_right_at_the_boundary(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker, prices: list[PublishPriceRecord]
) -> None:
    await clock.advance(3600)

    bus.send(EventsChanged(0x5E, PRICE, prices[1:]))
    bus.send(ActiveEventsChanged(0x5E, PRICE, prices[1:]))

    board = broker.json(BOARD)
    assert board["current"]["issuer_event_id"] == 2
    assert board["next"] is None
    assert board["time"] == board["current"]["from"]


@pytest.mark.usefixtures("prices")
def test_without_a_price_the_board_says_null(bus: SignalBus, broker: PaperBroker) -> None:
    bus.send(EventsChanged(0x5E, PRICE, []))

    board = broker.json(BOARD)
    assert (board["current"], board["next"], board["schedule"]) == (None, None, [])


def test_each_commodity_has_its_board(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    PriceBoards(bus, broker, TOPICS, clock)
    now = clock.utc()

    bus.send(EventsChanged(0x5E, PRICE, [price(1, now), price(2, now, unit_of_measure=1)]))

    assert len(broker.kept) == 2


def test_other_events_are_no_prices(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    PriceBoards(bus, broker, TOPICS, clock)

    bus.send(EventsChanged(0x5E, DRLC, []))
    bus.send(ActiveEventsChanged(0x5E, DRLC, []))

    assert broker.kept == {}


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


@pytest.mark.parametrize("signal", [DeviceActive, DeviceInactive, DeviceUpdated])
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


@pytest.mark.usefixtures("devices")
def test_what_a_device_does_with_an_event_is_kept(
    clock: VirtualClock, bus: SignalBus, broker: PaperBroker
) -> None:
    record = ReportEventStatusRecord(
        issuer_event_id=7, event_status=2, criticality_level_applied=1, event_control=0
    )

    bus.send(EventStatusReported(DEVICE, 9, 0x5E, record))

    assert broker.json(f"{DEVICE_TOPIC}/drlc") == {
        "status": "started",
        "issuer_event_id": 7,
        "time": iso_time(clock.utc()),
    }


@pytest.mark.parametrize(("status", "word"), [(1, "received"), (4, "opted_out"), (0x77, "0x77")])
def test_a_status_has_a_word_or_its_number(status: int, word: str) -> None:
    assert event_status_word(status) == word


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


@pytest.mark.parametrize(
    "signal", [JoiningChanged(None), NetworkChanged(joined=False, reason="lost")]
)
def test_info_is_told_at_once_when_it_changes(
    bus: SignalBus, broker: PaperBroker, joined: dict[str, Any], signal: object
) -> None:
    assert broker.json("sebridge/home/info") == {"joined": True}
    joined["joined"] = False

    bus.send(signal)

    assert broker.json("sebridge/home/info") == {"joined": False}
