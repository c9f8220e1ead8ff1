"""When Home Assistant is told what."""

from collections.abc import AsyncIterator, Callable
import random
from typing import Any

from msgspec.structs import replace
import pytest
import pytest_asyncio

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.features.metering.signals import MeterRead
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.signals import EventsChanged
from sebridge.homeassistant.discovered import discovered
from sebridge.homeassistant.publisher import AT_ONCE, DiscoveryPublisher
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.transports.mqtt.messages import Message
from sebridge.zcl.identifiers import DRLC, PRICE
from tests.homeassistant.house import (
    GATEWAY_TOPIC,
    HOUSE,
    METER,
    PLUG,
    SILENT,
    Kept,
    announcements,
    content,
    discovery_topic,
    reading,
    simple,
)


class Broker:
    """What lies outside: notes what is kept, and brings messages."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.sent: list[str] = []
        self.said: list[tuple[str, bytes]] = []
        self._handlers: dict[str, Callable[[Message], object]] = {}
        self._sessions: list[Callable[[bool], object]] = []

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        if not retain:
            self.said.append((topic, payload))
            return
        if only_if_changed and self.kept.get(topic) == payload:
            return
        self.kept[topic] = payload
        self.sent.append(topic)

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        self._handlers[topic_filter] = handler

    def on_session(self, callback: Callable[[bool], object]) -> None:
        self._sessions.append(callback)

    def come_back(self) -> None:
        for callback in self._sessions:
            callback(True)  # noqa: FBT003  # as the link calls it

    def bring(self, topic: str, payload: bytes) -> None:
        self._handlers[topic](Message(topic, payload))

    @property
    def topics(self) -> set[str]:
        return {topic for topic, payload in self.kept.items() if payload}

    def parts(self, topic: str) -> dict[str, Any]:
        components = content(self.kept[topic])["cmps"]
        assert isinstance(components, dict)
        return components


class Home:
    """A bus, a directory and a broker, and the publisher between them."""

    def __init__(self, *known: KnownDevice, kept: Kept | None = None, **options: Any) -> None:
        self.clock = VirtualClock()
        self.bus = SignalBus(strict=True)
        self.broker = Broker()
        store = {device.eui64: device for device in known}
        self.directory = Directory(store, self.clock, self.bus)
        self.publisher = DiscoveryPublisher(
            self.bus,
            self.broker,
            announcements({} if kept is None else kept, self.bus, **options),
            self.directory,
            discovered,
            self.clock,
            random.Random(1),
        )

    async def start(self) -> "Home":
        await self.publisher.start()
        await self.clock.settle()
        return self


@pytest_asyncio.fixture
async def home() -> AsyncIterator[Home]:
    """Return a running home that knows a meter."""
    made = await Home(METER).start()
    yield made
    await made.publisher.stop()


def price(clock: VirtualClock, **fields: Any) -> PublishPriceRecord:
    values = {
        "issuer_event_id": 7,
        "duration_in_minutes": 60,
        "price": 21,
        "start_time": zigbee_time(clock.utc()),
    }
    return PublishPriceRecord(**values | fields)


async def test_at_the_start_all_that_is_known_is_announced() -> None:
    home = await Home(*HOUSE).start()

    told = {GATEWAY_TOPIC, *(discovery_topic(number) for number in (*range(1, 7), 8))}

    assert home.broker.topics == told
    await home.publisher.stop()


async def test_a_device_is_announced_once_it_told_what_it_is(home: Home) -> None:
    home.directory.put(replace(PLUG, simple_descriptors={}))
    await home.clock.advance(2)
    before = home.broker.topics

    home.directory.put(PLUG)
    await home.clock.advance(2)

    assert discovery_topic(2) not in before
    assert discovery_topic(2) in home.broker.topics


async def test_the_news_of_an_interview_are_told_together(home: Home) -> None:
    home.broker.sent.clear()

    for name in ("a", "b", "c"):
        home.directory.put(replace(PLUG, name=name))
        await home.clock.advance(0.2)
    home.directory.activate(PLUG.eui64)
    await home.clock.advance(1)

    assert home.broker.sent == [discovery_topic(2)]
    assert content(home.broker.kept[discovery_topic(2)])["dev"]["name"] == "c"


async def test_news_that_change_nothing_are_not_told(home: Home) -> None:
    home.broker.sent.clear()

    home.directory.put(replace(METER, nwk=0x4321))
    home.directory.activate(METER.eui64)
    await home.clock.advance(2)

    assert home.broker.sent == []


async def test_a_first_reading_brings_the_meters_components(home: Home) -> None:
    home.bus.send(MeterRead(METER.eui64, 10, reading()))
    await home.clock.advance(1)
    first = home.broker.parts(discovery_topic(1))

    home.bus.send(MeterRead(METER.eui64, 10, reading(energy_out=1.0)))
    await home.clock.advance(1)
    second = home.broker.parts(discovery_topic(1))

    assert "10_energy_in" in first
    assert "10_energy_out" not in first
    assert "10_energy_out" in second


async def test_a_reading_that_shows_nothing_new_is_not_told(home: Home) -> None:
    home.bus.send(MeterRead(METER.eui64, 10, reading()))
    await home.clock.advance(1)
    home.broker.sent.clear()

    for energy in range(5):
        home.bus.send(MeterRead(METER.eui64, 10, reading(energy_in=2000.0 + energy)))
        await home.clock.advance(10)

    assert home.broker.sent == []


async def test_a_price_brings_its_component_with_its_unit(home: Home) -> None:
    before = home.broker.parts(GATEWAY_TOPIC)

    home.bus.send(EventsChanged(0x5E, PRICE, [price(home.clock, currency=978)], server=True))
    await home.clock.advance(1)

    assert "price" not in before
    assert home.broker.parts(GATEWAY_TOPIC)["price"]["unit_of_meas"] == "EUR/kWh"


async def test_other_events_are_no_news(home: Home) -> None:
    home.broker.sent.clear()

    home.bus.send(EventsChanged(0x5E, DRLC, [], server=True))
    home.bus.send(EventsChanged(0x5E, PRICE, [], server=True))
    await home.clock.advance(2)

    assert home.broker.sent == []


async def test_a_removed_device_is_withdrawn_at_once(home: Home) -> None:
    home.directory.put(replace(METER, name="renamed a moment ago"))

    home.directory.remove(METER.eui64)
    at_once = home.broker.kept[discovery_topic(1)]
    await home.clock.advance(5)

    assert at_once == b""
    assert home.broker.topics == {GATEWAY_TOPIC}


async def test_a_device_that_was_never_announced_needs_no_withdrawal(home: Home) -> None:
    home.directory.put(SILENT)
    home.directory.remove(SILENT.eui64)
    await home.clock.advance(5)

    assert discovery_topic(7) not in home.broker.kept


async def test_when_home_assistant_is_born_all_is_told_again_a_little_later(home: Home) -> None:
    home.broker.sent.clear()

    home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(0.4)
    too_early = list(home.broker.sent)
    await home.clock.advance(5)

    assert too_early == []
    assert sorted(home.broker.sent) == sorted([GATEWAY_TOPIC, discovery_topic(1)])


async def test_a_device_that_went_unheard_is_taken_leave_of_when_home_assistant_is_back(
    home: Home,
) -> None:
    home.directory.remove(METER.eui64)
    await home.clock.advance(60)
    before = list(home.broker.said)

    home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(6)
    farewells = list(home.broker.said)
    home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(60)

    assert before == []
    assert [topic for topic, payload in farewells if payload] == [discovery_topic(1)]
    assert home.broker.said == [*farewells, (discovery_topic(1), b"")]
    assert home.broker.topics == {GATEWAY_TOPIC}


@pytest.mark.parametrize(
    ("last_heard", "leaves"),
    [
        pytest.param(lambda _home: None, 0, id="it is there"),
        pytest.param(
            lambda home: home.broker.bring("homeassistant/status", b"offline"), 2, id="it went"
        ),
        pytest.param(lambda home: home.broker.come_back(), 2, id="the broker was away"),
    ],
)
async def test_leave_is_taken_of_what_home_assistant_may_have_missed(
    home: Home, last_heard: Callable[[Home], None], leaves: int
) -> None:
    home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(60)
    last_heard(home)

    home.directory.remove(METER.eui64)
    home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(60)

    assert len(home.broker.said) == leaves


async def test_a_birth_that_is_told_twice_is_answered_once(home: Home) -> None:
    home.broker.sent.clear()

    for _ in range(3):
        home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(30)
    once = len(home.broker.sent)
    home.broker.bring("homeassistant/status", b"online")
    await home.clock.advance(30)

    assert once == 2
    assert len(home.broker.sent) == 4


async def test_a_death_or_junk_is_no_birth(home: Home) -> None:
    home.broker.sent.clear()

    for payload in (b"offline", b"", b"\xff\xfe", b"online" * 1000):
        home.broker.bring("homeassistant/status", payload)
    await home.clock.advance(30)

    assert home.broker.sent == []


async def test_after_a_restart_what_is_gone_is_withdrawn() -> None:
    kept: Kept = {}
    before = await Home(METER, PLUG, kept=kept).start()
    await before.publisher.stop()

    after = await Home(PLUG, kept=kept).start()

    assert after.broker.kept[discovery_topic(1)] == b""
    assert after.broker.topics == {GATEWAY_TOPIC, discovery_topic(2)}
    await after.publisher.stop()


async def test_switched_off_all_is_withdrawn_and_nothing_is_listened_to() -> None:
    kept: Kept = {}
    before = await Home(METER, kept=kept).start()
    await before.publisher.stop()

    off = await Home(METER, kept=kept, enabled=False).start()
    off.directory.put(PLUG)
    off.bus.send(MeterRead(METER.eui64, 10, reading()))
    await off.clock.advance(10)

    assert off.broker.kept == {GATEWAY_TOPIC: b"", discovery_topic(1): b""}
    await off.publisher.stop()


async def test_stopped_it_says_nothing_any_more(home: Home) -> None:
    home.broker.bring("homeassistant/status", b"online")
    home.directory.put(PLUG)
    home.broker.sent.clear()

    await home.publisher.stop()
    await home.clock.advance(30)

    assert home.broker.sent == []


async def test_many_endpoints_of_a_device_are_no_trouble(home: Home) -> None:
    crowded = replace(PLUG, simple_descriptors={n: simple(n, (0x0702,)) for n in range(1, 241)})
    home.directory.put(crowded)
    for endpoint in range(1, 241):
        home.bus.send(MeterRead(PLUG.eui64, endpoint, reading(energy_out=1.0)))

    await home.clock.advance(2)

    assert len(home.broker.parts(discovery_topic(2))) > 240 * 4


async def test_of_a_building_so_many_are_announced_at_a_time_that_the_broker_keeps_up() -> None:
    devices = [replace(METER, eui64=Eui64(METER.eui64 + n)) for n in range(2 * AT_ONCE + 1)]
    home = await Home(*devices).start()
    await home.clock.advance(seconds=10)
    known = len(home.broker.topics)
    home.broker.sent.clear()

    home.broker.bring("homeassistant/status", b"online")
    told = []
    for _ in range(10):
        await home.clock.advance(seconds=1)
        told.append(len(home.broker.sent))
        home.broker.sent.clear()
    await home.publisher.stop()

    assert known == len(devices) + 1
    assert max(told) <= AT_ONCE + 1  # the gateway is one
    assert sum(told) == known


async def test_who_goes_while_it_waits_to_be_announced_is_not() -> None:
    devices = [replace(METER, eui64=Eui64(METER.eui64 + n)) for n in range(AT_ONCE + 1)]
    home = await Home(*devices).start()

    home.directory.remove(devices[-1].eui64)
    await home.clock.advance(seconds=10)
    await home.publisher.stop()

    told = {topic.split("_")[-1].removesuffix("/config") for topic in home.broker.topics}
    assert told == {"gateway", *(f"{known.eui64:016x}" for known in devices[:-1])}
