"""Discovery through our connection and a real mosquitto, which forgets all in between."""

import asyncio
from collections.abc import AsyncIterator, Callable
import json
import random

import pytest
import pytest_asyncio

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.signals import SignalBus
from sebridge.homeassistant.announcements import Announcements
from sebridge.homeassistant.discovered import GatewayFacts, discovered
from sebridge.homeassistant.publisher import DiscoveryPublisher
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import HomeAssistantOptions, MqttOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.topics import Topics
from tests.bridge_ports import durable
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import until
from tests.transports.mqtt.paper import outbox

ADDRESS = Eui64.parse("00:0d:6f:00:0a:00:00:01")
METER_TOPIC = "homeassistant/device/sebridge_home_000d6f000a000001/config"
GATEWAY_TOPIC = "homeassistant/device/sebridge_home_gateway/config"
EVERYTHING = "homeassistant/device/#"


class Bridge:
    """The connection, a directory with a meter, and discovery."""

    def __init__(self, port: int) -> None:
        clock, bus, topics = SystemClock(), SignalBus(), Topics("sebridge", "home")
        meter = Simple_Desc_rsp(
            status=0,
            nwk_addr=1,
            endpoint_id=1,
            profile_id=0x0109,
            device_id=0x0501,
            device_version=0,
            input_clusters=(0x0702,),
            output_clusters=(),
        )
        known = KnownDevice(eui64=ADDRESS, name="Meter", simple_descriptors={1: meter})
        self.directory = Directory({ADDRESS: known}, clock, bus)
        self.connection = Connection(
            MqttOptions(broker=BrokerAddress(host="127.0.0.1"), port=port),
            topics,
            outbox(),
            {},
            clock,
            random.Random(7),
            durable=durable,
        )
        announcements = Announcements(
            options=HomeAssistantOptions(),
            topics=topics,
            gateway=lambda: GatewayFacts(name="home", version="1"),
            features=(),
            announced={},
            missed={},
        )
        self.publisher = DiscoveryPublisher(
            bus, self.connection, announcements, self.directory, discovered, clock, random.Random(7)
        )

    async def start(self) -> None:
        await self.connection.start()
        await self.publisher.start()
        await until(lambda: self.connection.connected)

    async def stop(self) -> None:
        await self.publisher.stop()
        await self.connection.stop()


@pytest_asyncio.fixture
async def bridge(mosquitto: Mosquitto) -> AsyncIterator[Bridge]:
    made = Bridge(mosquitto.port)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def hear(mosquitto: Mosquitto, listening: Callable[..., Listener]) -> Callable[[], Listener]:
    """Return a way to begin to listen as Home Assistant does."""
    return lambda: listening(mosquitto.port, EVERYTHING, quality=0)


async def test_home_assistant_started_late_finds_every_device(
    bridge: Bridge, hear: Callable[[], Listener]
) -> None:
    await until(lambda: bridge.connection.published >= 3)

    listener = await asyncio.to_thread(hear)

    await until(lambda: listener.topics().keys() == {GATEWAY_TOPIC, METER_TOPIC})
    assert all(retained for _, _, retained in listener.heard)
    assert json.loads(listener.topics()[METER_TOPIC])["dev"]["name"] == "Meter"


async def test_a_broker_that_lost_everything_is_told_again(
    mosquitto: Mosquitto, bridge: Bridge, hear: Callable[[], Listener]
) -> None:
    await until(lambda: bridge.connection.published >= 3)
    await asyncio.to_thread(mosquitto.kill)
    mosquitto.forget_everything()
    await asyncio.to_thread(mosquitto.start)

    listener = await asyncio.to_thread(hear)

    await until(lambda: listener.topics().keys() == {GATEWAY_TOPIC, METER_TOPIC})


async def test_a_birth_brings_all_again_to_one_who_listens(
    bridge: Bridge, hear: Callable[[], Listener]
) -> None:
    listener = await asyncio.to_thread(hear)
    await until(lambda: len(listener.heard) == 2)

    await asyncio.to_thread(listener.say, "homeassistant/status", b"online")

    await until(lambda: len(listener.heard) == 4)


async def test_a_removed_device_leaves_nothing_on_the_broker(
    bridge: Bridge, hear: Callable[[], Listener]
) -> None:
    await until(lambda: bridge.connection.published >= 3)

    bridge.directory.remove(ADDRESS)
    await until(lambda: bridge.connection.published >= 4)

    listener = await asyncio.to_thread(hear)
    await until(lambda: bool(listener.heard))
    assert listener.topics().keys() == {GATEWAY_TOPIC}
