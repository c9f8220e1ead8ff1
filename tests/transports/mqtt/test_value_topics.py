"""The values of a server are on their topic as the options of its device say."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.signals import DeviceRemoved, DeviceUpdated
from sebridge.transports.mqtt.topics import Topics
from sebridge.transports.mqtt.value_topics import ValueTopics
from tests.transports.mqtt.paper import PaperBroker, topic_host

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
TOPIC = "sebridge/home/device/0013a200405c01f7/1/electrical"


class Values:
    """Topics of one server, whose options a test may change."""

    def __init__(self, bus: SignalBus, clock: VirtualClock) -> None:
        self.bus = bus
        self.broker = PaperBroker()
        self.options = DEFAULT_OPTIONS
        host = topic_host(bus, self.broker, clock, options=lambda _device: self.options)
        self.topics = ValueTopics(host, topic, 0x0B04, [0x0505])

    def set(self, options: DeviceOptions) -> None:
        self.options = options
        self.bus.send(DeviceUpdated(DEVICE))

    def tell(self, *payloads: bytes) -> None:
        for payload in payloads:
            self.topics.publish(DEVICE, 1, payload)


def topic(topics: Topics, device: Eui64, endpoint: int) -> str:
    return topics.at_endpoint(device, endpoint, "electrical")


@pytest.fixture
def values(bus: SignalBus, clock: VirtualClock) -> Values:
    return Values(bus, clock)


async def test_by_default_each_value_is_kept_at_once(values: Values) -> None:
    values.tell(b"1", b"2")

    assert (values.broker.kept[TOPIC], values.broker.publications) == (b"2", 2)


async def test_a_throttled_one_is_written_once_in_its_interval_and_the_newest_wins(
    values: Values, clock: VirtualClock
) -> None:
    values.set(DeviceOptions(throttle=30))

    values.tell(b"1", b"2", b"3")
    at_once = values.broker.kept[TOPIC]
    await clock.advance(seconds=31)

    assert (at_once, values.broker.kept[TOPIC], values.broker.publications) == (b"1", b"3", 2)


async def test_what_waits_is_written_when_the_options_change(values: Values) -> None:
    values.set(DeviceOptions(throttle=30))
    values.tell(b"1", b"2")

    values.set(DEFAULT_OPTIONS)

    assert values.broker.kept[TOPIC] == b"2"


@pytest.mark.parametrize("signal", [DeviceRemoved(DEVICE), IdentitiesChanged((DEVICE,))])
async def test_nothing_is_written_of_a_device_that_is_gone_or_elsewhere(
    values: Values, clock: VirtualClock, signal: object
) -> None:
    values.set(DeviceOptions(throttle=30))
    values.tell(b"1", b"2")

    values.bus.send(signal)
    await clock.advance(seconds=31)

    assert values.broker.kept[TOPIC] == b"1"


async def test_what_is_not_to_be_retained_is_said_and_what_was_kept_is_emptied(
    values: Values,
) -> None:
    values.tell(b"1")

    values.set(DeviceOptions(retain=False))
    values.tell(b"2")

    assert values.broker.kept[TOPIC] == b""
    assert values.broker.said == [(TOPIC, b"2")]
