"""Everything of a gateway that is on MQTT, on a broker of paper."""

from collections.abc import AsyncIterator, Callable, Mapping
import json
import logging
from typing import Any

import pytest
from typing_extensions import override

from sebridge.api.notifications import MessageNotice
from sebridge.app.features import FEATURES
from sebridge.base.clock import VirtualClock
from sebridge.base.follower import Follower
from sebridge.feature import Feature, Part
from sebridge.gateway.cluster import LocalCluster
from sebridge.network.signals import DeviceActive
from sebridge.settings.options import GatewayOptions, MqttOptions
from sebridge.transports.mqtt.messages import Reply
from sebridge.transports.mqtt.states import TopicHost
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import PRICE
from tests.api.home import DISPLAY, LOAD_CONTROL, METER, Home, address
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
GREETING = ClusterDefinition(cluster_id=0xFC42, name="Greeting")


class Greeter(LocalCluster):
    """A cluster of a feature that is in no list."""

    definition = GREETING
    server = True


class Link(PaperBroker):
    """A broker of paper with what the interface wants to know besides."""

    connected = True
    counters: Mapping[str, int] = {"published": 1, "received": 2, "queued": 3, "dropped": 4}

    def __init__(self) -> None:
        super().__init__()
        self.logged: list[dict[str, Any]] = []

    @override
    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        if topic == TOPICS.log:
            assert not retain
            self.logged.append(json.loads(payload))
        else:
            super().publish(topic, payload, retain=retain, only_if_changed=only_if_changed)

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        del topic, payload, reply
        return False

    def on_session(self, callback: object) -> None:
        del callback

    def payload_on(self, topic: str) -> bytes:
        del topic
        return b""

    def follow(self, follower: Follower) -> Callable[[], object]:
        del follower
        return dict


class Shown:
    """A house, and what it shows on MQTT."""

    def __init__(
        self,
        clock: VirtualClock,
        *more: Feature,
        gateway: GatewayOptions | None = None,
        **mqtt: Any,
    ) -> None:
        self.link = Link()
        self.home = Home(
            clock,
            (METER, DISPLAY, LOAD_CONTROL),
            broker=self.link,
            features=(*FEATURES, *more),
            mqtt=MqttOptions(**mqtt),
            gateway=gateway or GatewayOptions(),
        )

    async def start(self) -> None:
        await self.home.start()

    async def stop(self) -> None:
        await self.home.stop()


@pytest.fixture
async def shown(clock: VirtualClock) -> AsyncIterator[Shown]:
    shown = Shown(clock)
    await shown.start()
    yield shown
    await shown.stop()


async def test_a_device_is_shown_with_all_that_is_known_of_it(shown: Shown) -> None:
    await shown.home.clock.advance(120)

    facts = shown.link.json(TOPICS.at_device(address(METER)))

    record = await shown.home.call("get_device_information", device_address=str(address(METER)))
    assert {name: facts[name] for name in record["record_list"][0]} == record["record_list"][0]
    assert facts["name"] == "Main meter"
    assert facts["last_seen"].endswith("Z")
    assert facts["lqi"] > 0
    assert {"manufacturer", "model", "rssi"} <= facts.keys()


async def test_info_tells_what_the_bridge_is_and_no_key(shown: Shown) -> None:
    await shown.home.call("enable_joining", join_time=60)

    info = shown.link.json(TOPICS.info)

    assert info.keys() == {
        "version",
        "role",
        "radio",
        "network",
        "joining_until",
        "limits",
        "features",
        "started",
    }
    assert info["features"] == ["price", "drlc", "messaging", "metering", "time", "firmware"]
    assert info["limits"] == {
        "packet": 4_194_304,
        "json": 262_144,
        "batch": 200,
        "xml": 262_144,
        "reply": 8_388_608,
    }
    assert info["radio"].keys() == {"kind", "model", "firmware", "address"}
    assert info["network"]["status"] == "joined"
    assert info["joining_until"].endswith("Z")
    assert "key" not in json.dumps(info).lower()


@pytest.mark.parametrize(
    ("role", "features"),
    [
        ("router", ["price", "drlc", "messaging", "metering", "time", "firmware"]),
        ("display", ["price_client", "drlc_client", "messaging_client", "metering", "time_client"]),
    ],
)
async def test_info_tells_the_sides_that_the_role_has(
    clock: VirtualClock, role: str, features: list[str]
) -> None:
    shown = Shown(clock, gateway=GatewayOptions(role=role))
    await shown.start()

    info = shown.link.json(TOPICS.info)

    assert info["features"] == features
    await shown.stop()


async def test_info_tells_optional_and_added_clusters_as_long_as_they_are_there(
    clock: VirtualClock,
) -> None:
    shown = Shown(clock, gateway=GatewayOptions(optional_clusters=("tunneling",)))
    await shown.start()
    place: dict[str, Any] = {"endpoint_id": 0x5E, "server_or_client": 1}

    before = shown.link.json(TOPICS.info)["features"]
    await shown.home.call("add_cluster", cluster_class="PriceClient", **place)
    during = shown.link.json(TOPICS.info)["features"]
    await shown.home.call("remove_cluster", cluster_id=PRICE, **place)

    assert before == ["price", "drlc", "messaging", "metering", "time", "tunneling", "firmware"]
    assert during == ["price", "price_client", *before[1:]]
    assert shown.link.json(TOPICS.info)["features"] == before


async def test_a_feature_more_keeps_its_topics_and_is_told(clock: VirtualClock) -> None:
    def keep_greetings(host: TopicHost) -> None:
        def greet(signal: DeviceActive) -> None:
            topic = host.topics.at_device(signal.device, "greeting")
            host.mqtt.publish(topic, b'"hello"', retain=True)

        host.bus.listen(DeviceActive, greet)

    greeting = Feature(
        name="greeting",
        clusters=(GREETING,),
        served_as="greeting",
        build=lambda _host: Part(clusters=(Greeter(),)),
        topics=keep_greetings,
    )
    shown = Shown(clock, greeting)
    await shown.start()
    await clock.advance(60)

    greeting = shown.link.json(TOPICS.at_device(address(METER), "greeting"))
    features = shown.link.json(TOPICS.info)["features"]

    assert greeting == "hello"
    assert features[-1] == "greeting"
    await shown.stop()


async def test_health_tells_how_the_bridge_is(shown: Shown) -> None:
    await shown.home.clock.advance(120)

    health = shown.link.json(TOPICS.health)

    assert health.keys() == {
        "time",
        "uptime",
        "radio",
        "frames",
        "broker",
        "responses",
        "database_writable",
        "devices",
        "limits",
        "notes",
        "event_loop_lag",
    }
    assert health["uptime"] >= 100
    assert health["radio"].keys() == {"joined", "age", "starts", "problem"}
    assert health["frames"]["received"] > 0
    assert health["broker"] == {"connected": True, **Link.counters}
    assert health["devices"] == {"known": 3, "active": 3}


async def test_a_request_is_answered(shown: Shown) -> None:
    shown.link.bring(f"{TOPICS.request}/get_time")
    await shown.home.clock.settle()

    topic, body = shown.link.answers()[-1]
    assert topic == TOPICS.response_to("get_time")
    assert body["status"] == "ok"


async def test_time_stamps_are_a_setting(shown: Shown) -> None:
    stamped = []
    for wanted in (False, True, False):
        await shown.home.call(
            "registry_configuration", name="RPC_Manager.use_timestamps", value=wanted
        )
        shown.link.said.clear()
        shown.home.gateway.notifications.message(MessageNotice(severity=2, description="hot"))
        topic = TOPICS.notification("message")
        (told,) = [json.loads(payload) for said, payload in shown.link.said if said == topic]
        stamped.append("timestamp" in told)

    assert stamped == [False, True, False]


async def test_the_log_is_streamed_only_where_it_is_wanted(clock: VirtualClock) -> None:
    quiet, talking = Shown(clock), Shown(clock, log=True)
    handlers = list(logging.getLogger().handlers)

    for shown in (quiet, talking):
        await shown.start()
        await shown.stop()

    assert quiet.link.logged == []
    assert {"number", "time", "level", "name", "message"} == talking.link.logged[0].keys()
    assert logging.getLogger().handlers == handlers
