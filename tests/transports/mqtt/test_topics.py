"""Every topic, letter for letter as it is promised."""

import re

from sebridge.base.addresses import Eui64
from sebridge.transports.mqtt.topics import Topics, eui64_topic

DEVICE = Eui64.parse("00:13:A2:00:40:5C:01:F7")
TOPICS = Topics("energy", "house-1")
ROOT = "energy/house-1"
DEVICE_ROOT = f"{ROOT}/device/0013a200405c01f7"


def all_topics() -> list[str]:
    return [
        TOPICS.availability,
        TOPICS.info,
        TOPICS.health,
        TOPICS.log,
        TOPICS.request,
        TOPICS.response,
        TOPICS.fleet_request,
        TOPICS.notification("received_price_event"),
        TOPICS.active("drlc"),
        TOPICS.at("price", "electricity"),
        TOPICS.at_device(DEVICE),
        TOPICS.device_availability(DEVICE),
        TOPICS.at_endpoint(DEVICE, 9, "smartenergy_metering", "0x0400"),
        TOPICS.response_to("get_time"),
    ]


def test_the_topics_are_those_of_the_contract() -> None:
    assert all_topics() == [
        f"{ROOT}/availability",
        f"{ROOT}/info",
        f"{ROOT}/health",
        f"{ROOT}/log",
        f"{ROOT}/rpc/request",
        f"{ROOT}/rpc/response",
        "energy/all/rpc/request",
        f"{ROOT}/notification/received_price_event",
        f"{ROOT}/active/drlc",
        f"{ROOT}/price/electricity",
        DEVICE_ROOT,
        f"{DEVICE_ROOT}/availability",
        f"{DEVICE_ROOT}/9/smartenergy_metering/0x0400",
        f"{ROOT}/rpc/response/get_time",
    ]


def test_no_topic_has_a_dot_or_a_space() -> None:
    assert [topic for topic in all_topics() if re.search(r"[.\s]", topic)] == []


def test_an_address_is_sixteen_lower_case_digits() -> None:
    assert eui64_topic(DEVICE) == "0013a200405c01f7"
