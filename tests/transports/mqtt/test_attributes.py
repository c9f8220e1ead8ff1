"""Reports become retained topics, by name where there is one."""

from collections.abc import Callable
import hashlib
from typing import Any

import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.gateway.attribute_room import AttributeRoom
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.network.signals import DeviceRemoved, DeviceUpdated
from sebridge.transports.mqtt.attributes import AttributeMirror, levels_of
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.general import parse_values
from sebridge.zcl.identifiers import DRLC
from sebridge.zcl.known_clusters import known_attributes, known_name
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
OTHER = Eui64.parse("00:13:a2:00:40:5c:01:f8")
ROOT = "sebridge/home/device/0013a200405c01f7"
NOW = 1_300_000_000.5
SERVER, CLIENT = 0, 1


@pytest.fixture
def broker(bus: SignalBus) -> PaperBroker:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom())
    return broker


def mirror(
    bus: SignalBus,
    broker: PaperBroker,
    room: AttributeRoom,
    *,
    clock: VirtualClock | None = None,
    interval: float | None = 0,
    options: Callable[[Eui64], DeviceOptions] = lambda _device: DEFAULT_OPTIONS,
) -> AttributeMirror:
    """Keep attributes; the meter has told of Metering at its endpoint 9, and of nothing else."""
    return AttributeMirror(
        bus,
        broker,
        TOPICS,
        clock=clock or VirtualClock(),
        interval=interval,
        room=room,
        options=options,
        is_described=lambda _device, endpoint, cluster: (endpoint, cluster) == (9, 0x0702),
        clusters=CLUSTERS,
    )


def report(
    *values: AttributeValue, cluster_id: int = 0x0702, device: Eui64 = DEVICE, **more: Any
) -> AttributesReported:
    head = {
        "endpoint": 9,
        "local_endpoint": 0x5E,
        "profile_id": 0x0109,
        "server_or_client": 0,
        "manufacturer_code": None,
        "reported": True,
        "time": NOW,
    }
    return AttributesReported(device=device, cluster_id=cluster_id, values=values, **(head | more))


def summation(value: Any = 42) -> AttributeValue:
    return AttributeValue(0x0000, 0x25, value, b"\x2a\0\0\0\0\0")


def test_an_attribute_is_kept_by_name_with_value_raw_type_and_time(
    bus: SignalBus, broker: PaperBroker
) -> None:
    bus.send(report(summation()))

    topic = f"{ROOT}/9/smartenergy_metering/current_summ_delivered"
    assert broker.json(topic) == {
        "value": 42,
        "raw": "2a0000000000",
        "type": "uint48",
        "time": "2011-03-13T07:06:40Z",
    }


@pytest.mark.parametrize(
    ("value", "shown"), [(None, None), ("Grüße", "Grüße"), (-1.5, -1.5), ([1, 2], [1, 2])]
)
def test_a_value_is_json(bus: SignalBus, broker: PaperBroker, value: Any, shown: Any) -> None:
    bus.send(report(summation(value)))

    (topic,) = broker.kept
    assert broker.json(topic)["value"] == shown


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"Nachttarif", "Nachttarif"),
        ("Grüße".encode(), "Grüße"),
        (b"T1\0\0\0", "T1"),
        (b"\x01\x02", "0102"),
        (b"\xff\xfe", "fffe"),
        (b"", ""),
    ],
)
def test_an_octet_string_is_text_where_it_is_readable_and_its_octets_stand_beside_it(
    bus: SignalBus, broker: PaperBroker, octets: bytes, shown: str
) -> None:
    raw = bytes((len(octets),)) + octets

    bus.send(report(*parse_values(b"\x08\x03\x41" + raw)))

    told = broker.json(f"{ROOT}/9/smartenergy_metering/meter_serial_number")
    assert (told["value"], told["octets"], told["raw"]) == (shown, octets.hex(), raw.hex())


def test_both_sides_and_each_manufacturer_have_topics_of_their_own(
    bus: SignalBus, broker: PaperBroker
) -> None:
    for side in (SERVER, CLIENT):
        for code in (None, 0x101E, 0x1037):
            bus.send(report(summation(), server_or_client=side, manufacturer_code=code))

    assert len([topic for topic, payload in broker.kept.items() if payload]) == 6


def test_a_topic_that_was_shared_is_emptied_once_and_only_where_it_was_another_attributes(
    bus: SignalBus,
) -> None:
    broker = PaperBroker()
    broker.kept[f"{ROOT}/9/smartenergy_metering/0x0000"] = b"{}"
    broker.kept[f"{ROOT}/9/smartenergy_metering/0x0400"] = b"{}"
    broker.kept[f"{ROOT}/9/smartenergy_metering/manufacturer_0x101E/0x0400"] = b"{}"
    broker.kept[f"{ROOT}/9/price/tier1_price_label"] = b"{}"
    mirror(bus, broker, AttributeRoom())

    bus.send(report(summation(), manufacturer_code=0x101E))
    bus.send(report(summation(), cluster_id=0x0700, server_or_client=CLIENT))
    bus.send(report(AttributeValue(0x0400, 0x20, 1, b"\x01"), manufacturer_code=0x101E))

    assert broker.kept[f"{ROOT}/9/smartenergy_metering/0x0000"] == b""
    assert broker.kept[f"{ROOT}/9/price/tier1_price_label"] == b""
    assert broker.kept[f"{ROOT}/9/smartenergy_metering/0x0400"] == b"{}"


def test_a_topic_that_the_usual_attribute_has_is_not_emptied(
    bus: SignalBus, broker: PaperBroker
) -> None:
    label = AttributeValue(0xEEEE, 0x20, 1, b"\x01")
    bus.send(report(label))

    bus.send(report(label, server_or_client=CLIENT))

    assert broker.kept[f"{ROOT}/9/smartenergy_metering/0xEEEE"]
    assert broker.kept[f"{ROOT}/9/smartenergy_metering/client/0xEEEE"]


def test_answers_to_reads_are_kept_as_reports_are(bus: SignalBus, broker: PaperBroker) -> None:
    bus.send(report(summation(), reported=False))

    assert len(broker.kept) == 1


def test_every_attribute_of_a_frame_has_its_topic(bus: SignalBus, broker: PaperBroker) -> None:
    bus.send(report(summation(), AttributeValue(0x8765, 0x99, 1, b"\x01")))

    assert set(broker.kept) == {
        f"{ROOT}/9/smartenergy_metering/current_summ_delivered",
        f"{ROOT}/9/smartenergy_metering/0x8765",
    }
    assert broker.json(f"{ROOT}/9/smartenergy_metering/0x8765")["type"] == "0x99"


@pytest.mark.parametrize(
    ("cluster_id", "attribute_id", "manufacturer", "expected"),
    [
        (0x0702, 0x0400, None, "smartenergy_metering/instantaneous_demand"),
        (0x0702, 0x7777, None, "smartenergy_metering/0x7777"),
        (0x0702, 0x0400, 0x101E, "smartenergy_metering/manufacturer_0x101E/0x0400"),
        (0xFDED, 0x0001, None, "0xFDED/0x0001"),
        (0x0700, 0xEEEE, None, "price/0xEEEE"),
        (0x0703, 0xEEEE, None, "messaging/0xEEEE"),
    ],
)
def test_names_fall_back_to_ids(
    cluster_id: int, attribute_id: int, manufacturer: int | None, expected: str
) -> None:
    levels = levels_of(CLUSTERS, cluster_id, attribute_id, SERVER, manufacturer)

    assert "/".join(levels) == expected


@pytest.mark.parametrize(
    ("cluster_id", "side", "manufacturer", "expected"),
    [
        (0x0700, SERVER, None, "price/tier1_price_label"),
        (0x0700, CLIENT, None, "price/client/price_increase_randomize_minutes"),
        (0x0700, CLIENT, 0x101E, "price/client/manufacturer_0x101E/0x0000"),
        (0x0701, CLIENT, None, "drlc/utility_enrollment_group"),
        (0x0701, SERVER, None, "drlc/server/0x0000"),
        (0x0702, CLIENT, None, "smartenergy_metering/client/functional_notification_flags"),
        (0xFDED, CLIENT, None, "0xFDED/client/0x0000"),
    ],
)
def test_no_two_attributes_share_a_topic(
    cluster_id: int, side: int, manufacturer: int | None, expected: str
) -> None:
    assert "/".join(levels_of(CLUSTERS, cluster_id, 0x0000, side, manufacturer)) == expected


def test_the_names_of_all_known_attributes_are_those_that_topics_have_had_all_along() -> None:
    """The digest is of the names that zigpy's registry gave before there was a table of ours."""
    lines = []
    for cluster_id in range(0x10000):
        if known_name(cluster_id) is None:
            continue
        ours = CLUSTERS.get(cluster_id)
        known = known_attributes(cluster_id) or (
            {}
            if ours is None
            else ours.attributes(of_server=True) or ours.attributes(of_server=False)
        )
        for attribute_id in sorted(known) or [0]:
            usual = CLIENT if cluster_id == DRLC else SERVER
            cluster, attribute = levels_of(CLUSTERS, cluster_id, attribute_id, usual, None)
            lines.append(f"0x{cluster_id:04X} 0x{attribute_id:04X} {cluster} {attribute}")

    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()

    assert len(lines) == 2559
    assert digest == "4ec1e36cdeb3abaf34670b6aa49ee365fe258e9243574ff8a92adad3aeaffc7f"


# ------------------------------------------------------------------ how many


def an_attribute(number: int) -> AttributeValue:
    return AttributeValue(number, 0x20, 1, b"\x01")


async def test_what_was_invented_makes_room_and_its_topic_is_emptied(bus: SignalBus) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(most_of_one=3))
    bus.send(report(*map(an_attribute, range(1, 4)), cluster_id=0x5555))

    bus.send(report(summation()))
    bus.send(report(an_attribute(9), cluster_id=0x6666))
    bus.send(report(an_attribute(1), cluster_id=0x5555))

    assert {topic for topic, payload in broker.kept.items() if payload} == {
        f"{ROOT}/9/smartenergy_metering/current_summ_delivered",
        f"{ROOT}/9/0x5555/0x0002",
        f"{ROOT}/9/0x5555/0x0003",
    }
    assert broker.kept[f"{ROOT}/9/0x5555/0x0001"] == b""


async def test_what_an_earlier_run_kept_counts_and_goes_first(bus: SignalBus) -> None:
    broker = PaperBroker()
    for number in range(3):
        broker.kept[f"{ROOT}/9/0x5555/0x000{number}"] = b"{}"
    broker.kept[f"{ROOT}/9/metering"] = broker.kept[ROOT] = b"{}"
    mirror(bus, broker, AttributeRoom(most_of_one=3))

    bus.send(report(an_attribute(2), cluster_id=0x5555))
    bus.send(report(an_attribute(9), cluster_id=0x6666))
    bus.send(report(summation()))
    bus.send(report(an_attribute(8), cluster_id=0x6666))

    assert [topic for topic, payload in broker.kept.items() if not payload] == [
        f"{ROOT}/9/0x5555/0x0000",
        f"{ROOT}/9/0x5555/0x0001",
    ]
    assert f"{ROOT}/9/0x6666/0x0008" not in broker.kept
    assert broker.kept[ROOT] == b"{}"


async def test_what_a_device_told_of_late_is_worth_more_from_then_on(bus: SignalBus) -> None:
    described: list[tuple[int, int]] = []
    broker = PaperBroker()
    AttributeMirror(
        bus,
        broker,
        TOPICS,
        clock=VirtualClock(),
        interval=0,
        room=AttributeRoom(most_of_one=1),
        options=lambda _device: DEFAULT_OPTIONS,
        is_described=lambda _device, endpoint, cluster: (endpoint, cluster) in described,
        clusters=CLUSTERS,
    )
    bus.send(report(an_attribute(1), cluster_id=0x5555))

    described.append((9, 0x5555))
    bus.send(DeviceUpdated(DEVICE))
    bus.send(report(an_attribute(1), cluster_id=0x5555))
    bus.send(report(summation()))

    assert [topic for topic, payload in broker.kept.items() if payload] == [
        f"{ROOT}/9/0x5555/0x0001"
    ]


# ------------------------------------------------------------------ how often

SUMMATION = f"{ROOT}/9/smartenergy_metering/current_summ_delivered"


def number(value: int) -> AttributeValue:
    return AttributeValue(0x0000, 0x25, value, value.to_bytes(6, "little"))


async def test_many_reports_are_written_once_in_the_interval_and_the_newest_wins(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)

    seen = []
    for second in range(25):
        bus.send(report(number(second)))
        await clock.advance(1)
        seen.append((broker.publications, broker.json(SUMMATION)["value"]))

    assert (seen[0], seen[9], seen[10]) == ((1, 0), (1, 0), (2, 10))
    assert {publications for publications, _ in seen} == {1, 2, 3}


async def test_what_came_last_is_written_though_nothing_comes_any_more(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)

    for value in (1, 2, 3):
        bus.send(report(number(value), AttributeValue(0x0400, 0x2A, value, bytes((value, 0, 0)))))
    await clock.advance(60)

    assert broker.json(SUMMATION)["value"] == 3
    assert broker.publications == 4


async def test_a_value_that_does_not_change_is_written_once_a_minute(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)

    for _ in range(121):
        bus.send(report(number(5)))
        await clock.advance(1)

    assert broker.publications == 3


async def test_a_value_that_is_as_before_again_is_not_written(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)

    for value in (1, 2, 1, 2, 1):
        bus.send(report(number(value)))
    await clock.advance(15)

    assert broker.publications == 1
    bus.send(report(number(2)))
    assert broker.json(SUMMATION)["value"] == 2


async def test_what_waits_is_written_when_the_service_stops(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    kept = mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)
    await kept.start()
    bus.send(report(number(1)))
    bus.send(report(number(2)))

    await kept.stop()
    await clock.advance(20)

    assert broker.json(SUMMATION)["value"] == 2
    assert broker.publications == 2


async def test_what_waits_is_written_before_a_device_is_weighed_anew(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)
    bus.send(report(number(1)))
    bus.send(report(number(2)))

    bus.send(DeviceUpdated(DEVICE))
    bus.send(report(number(3)))
    await clock.advance(20)

    assert broker.json(SUMMATION)["value"] == 3
    assert broker.publications == 3


async def test_nothing_of_a_removed_device_is_written_any_more(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=10)
    bus.send(report(number(1)))
    bus.send(report(number(2)))

    bus.send(DeviceRemoved(DEVICE))
    await clock.advance(20)

    assert broker.publications == 1


async def test_an_attribute_that_made_room_is_not_written_any_more(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    mirror(bus, broker, AttributeRoom(most_of_one=1), clock=clock, interval=10)
    bus.send(report(an_attribute(1), cluster_id=0x5555))
    bus.send(report(AttributeValue(1, 0x20, 2, b"\x02"), cluster_id=0x5555))

    bus.send(report(number(1)))
    await clock.advance(20)

    assert [topic for topic, payload in broker.kept.items() if payload] == [SUMMATION]


async def test_without_attribute_topics_those_of_an_earlier_run_are_emptied(
    bus: SignalBus, clock: VirtualClock
) -> None:
    broker = PaperBroker()
    broker.kept = {SUMMATION: b"{}", f"{ROOT}/9/metering": b"{}", ROOT: b"{}"}
    mirror(bus, broker, AttributeRoom(), clock=clock, interval=None)

    bus.send(report(number(1)))
    await clock.advance(20)

    assert {topic for topic, payload in broker.kept.items() if payload} == {
        f"{ROOT}/9/metering",
        ROOT,
    }


# ------------------------------------------------------------------ as a device's options say


async def test_a_device_may_have_its_own_interval_and_expiry(bus: SignalBus) -> None:
    clock, broker = VirtualClock(), PaperBroker()
    options = {DEVICE: DeviceOptions(throttle=60, retention=900)}
    mirror(
        bus,
        broker,
        AttributeRoom(),
        clock=clock,
        interval=10,
        options=lambda device: options.get(device, DEFAULT_OPTIONS),
    )
    topic = f"{ROOT}/9/smartenergy_metering/current_summ_delivered"
    for value in range(3):
        bus.send(report(AttributeValue(0, 0x25, value, bytes([value, 0, 0, 0, 0, 0]))))
        await clock.advance(seconds=25)

    early = broker.json(topic)["value"]
    await clock.advance(seconds=1)
    between = broker.json(topic)["value"]
    await clock.advance(seconds=60)

    assert (early, between, broker.json(topic)["value"]) == (2, 2, 2)
    assert broker.publications == 2
    assert broker.lifetimes[topic] == 900


async def test_what_is_not_to_be_retained_is_said_and_what_was_kept_is_emptied(
    bus: SignalBus,
) -> None:
    broker, options = PaperBroker(), DeviceOptions()
    mirror(bus, broker, AttributeRoom(), options=lambda _device: options)
    topic = f"{ROOT}/9/smartenergy_metering/current_summ_delivered"
    bus.send(report(summation()))

    options = DeviceOptions(retain=False)
    bus.send(DeviceUpdated(DEVICE))
    emptied = broker.kept[topic]
    bus.send(report(summation()))
    ((said, _payload),) = broker.said
    options = DEFAULT_OPTIONS
    bus.send(DeviceUpdated(DEVICE))
    bus.send(report(summation()))

    assert (emptied, said) == (b"", topic)
    assert broker.json(topic)["value"] == 42
