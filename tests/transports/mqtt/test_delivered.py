"""The last event that each device has, kept below it."""

from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, iso_time
from sebridge.base.signals import SignalBus
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.signals import EventHeard
from sebridge.network.signals import DeviceRemoved
from sebridge.transports.mqtt.delivered import DeliveredEvents
from sebridge.zcl.identifiers import DRLC, PRICE, SE_ENDPOINT
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE: Final = Eui64.parse("00:13:a2:00:40:5c:01:f7")
STRANGER: Final = Eui64.parse("00:13:a2:00:40:5c:01:f8")
TOPIC: Final = "sebridge/home/device/0013a200405c01f7/price"


class House:
    """What keeps the prices that devices have, on a broker of paper."""

    def __init__(
        self, clock: VirtualClock, bus: SignalBus, kept: dict[str, dict[Any, Any]] | None = None
    ) -> None:
        self.bus = bus
        self.broker = PaperBroker()
        self.kept = {} if kept is None else kept
        host = topic_host(bus, self.broker, clock, self.kept, frozenset({STRANGER}))
        self.events = DeliveredEvents(
            host, name="price", cluster_id=PRICE, describe=lambda price: {"price": price.amount}
        )

    def hear(
        self, price: int, *, device: Eui64 = DEVICE, here: int = SE_ENDPOINT, cluster: int = PRICE
    ) -> None:
        record = PublishPriceRecord(price=price, duration_in_minutes=60)
        self.bus.send(EventHeard(device, 9, here, cluster, [1], record))

    @property
    def devices(self) -> set[Eui64]:
        return set(self.kept["delivered_price"])


async def test_the_last_event_is_kept_with_the_time_of_its_delivery(
    clock: VirtualClock, bus: SignalBus
) -> None:
    house = House(clock, bus)
    house.hear(25)
    await clock.advance(60)
    house.hear(31)
    delivered = clock.utc()
    await clock.advance(60)

    house.hear(31)

    assert house.broker.json(TOPIC) == {"price": 0.31, "time": iso_time(delivered)}
    assert house.broker.publications == 2


async def test_what_is_added_belongs_to_one_event_and_goes_with_it(
    clock: VirtualClock, bus: SignalBus
) -> None:
    house = House(clock, bus)
    house.hear(25)
    now = iso_time(clock.utc())

    house.events.add(DEVICE, {"price": 0.99}, {"confirmed": True})
    house.events.add(STRANGER, {"price": 0.25}, {"confirmed": True})
    house.events.add(DEVICE, {"price": 0.25}, {"confirmed": True})
    house.hear(25)

    assert house.broker.json(TOPIC) == {"price": 0.25, "time": now, "confirmed": True}
    house.hear(31)
    assert house.broker.json(TOPIC) == {"price": 0.31, "time": now}


async def test_after_a_restart_it_is_known_what_a_device_has(
    clock: VirtualClock, bus: SignalBus
) -> None:
    before = House(clock, SignalBus())
    before.hear(25)
    delivered = iso_time(clock.utc())
    await clock.advance(60)
    after = House(clock, bus, before.kept)

    after.hear(25)
    after.events.add(DEVICE, {"price": 0.25}, {"confirmed": True})

    told = {"price": 0.25, "time": delivered, "confirmed": True}
    assert after.broker.publications == 1
    assert after.broker.json(TOPIC) == told


def test_nothing_is_kept_of_others_and_of_those_who_are_gone(
    clock: VirtualClock, bus: SignalBus
) -> None:
    house = House(clock, bus)

    house.hear(25, device=STRANGER)
    house.hear(25, cluster=DRLC)
    house.hear(25, here=7)
    bus.send(EventHeard(DEVICE, 9, SE_ENDPOINT, PRICE, [99]))

    assert house.devices == set()
    house.hear(25)
    assert house.devices == {DEVICE}
    bus.send(DeviceRemoved(DEVICE))
    assert house.devices == set()
