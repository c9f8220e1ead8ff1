"""What is told to Home Assistant, and what is taken back."""

from collections.abc import Callable, Mapping
import logging
from typing import Any

import pytest

from sebridge.homeassistant.announcements import Announcement, Announcements, Memory
from sebridge.homeassistant.discovered import MeterShape, discovered, shape_of
from sebridge.model.plain import from_plain, to_plain
from sebridge.network.known_device import KnownDevice
from tests.homeassistant.house import (
    GATEWAY_TOPIC,
    METER,
    PLUG,
    announcements,
    content,
    discovery_topic,
    reading,
)


def announce(source: Announcements, known: KnownDevice) -> dict[str, Any]:
    device = discovered(known)
    assert device is not None
    (told,) = source.device(device)
    return content(told.payload)


def test_the_gateway_and_a_device_have_a_topic_each(
    accepts: Callable[[Mapping[str, Any]], bool],
) -> None:
    source = announcements()
    device = discovered(METER)
    assert device is not None

    told = [*source.gateway(), *source.device(device)]

    assert [one.topic for one in told] == [GATEWAY_TOPIC, discovery_topic(1)]
    assert all(accepts(content(one.payload)) for one in told)


def test_a_meter_keeps_its_components_over_a_restart() -> None:
    memory = Memory()
    announcements(memory).learn_meter(METER.eui64, 10, reading())

    payload = announce(announcements(memory), METER)

    assert "10_energy_in" in payload["cmps"]


def test_only_a_reading_with_something_new_is_news() -> None:
    source = announcements()

    news = [
        source.learn_meter(METER.eui64, 10, shown)
        for shown in (
            reading(),
            reading(energy_in=2000.0, power=None),
            reading(energy_out=1.0),
            reading(energy_out=None),
        )
    ]

    assert news == [True, False, True, False]


def test_only_a_new_price_unit_is_news() -> None:
    source = announcements()

    news = [source.learn_price_unit("electricity", u) for u in ("USD/kWh", "USD/kWh", "EUR/kWh")]

    assert news == [True, False, True]


def test_a_bad_component_is_left_out_and_the_rest_is_told(
    caplog: pytest.LogCaptureFixture, accepts: Callable[[Mapping[str, Any]], bool]
) -> None:
    source = announcements()
    source.learn_price_unit("electricity", " ")

    with caplog.at_level(logging.ERROR):
        (told,) = source.gateway()

    payload = content(told.payload)
    assert accepts(payload)
    assert "price" not in payload["cmps"]
    assert "connection" in payload["cmps"]
    assert "price of sebridge_home_gateway is not announced" in caplog.text
    assert "unit_of_measurement: must not be empty" in caplog.text


def test_a_payload_that_is_wrong_as_a_whole_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    source = announcements()
    surrogate = KnownDevice(eui64=METER.eui64, simple_descriptors=METER.simple_descriptors)
    device = discovered(surrogate)
    assert device is not None
    nameless = type(device)(
        eui64=device.eui64,
        name=5,  # type: ignore[arg-type]  # what the checker forbids, the check must find
        manufacturer="",
        model="",
        endpoints=device.endpoints,
    )

    with caplog.at_level(logging.ERROR):
        told = source.device(nameless)

    assert told == []
    assert "device.name: must be text" in caplog.text


def test_a_component_that_is_gone_is_taken_back(
    accepts: Callable[[Mapping[str, Any]], bool],
) -> None:
    memory = Memory()
    source = announcements(memory)
    source.learn_meter(METER.eui64, 10, reading())
    announce(source, METER)
    memory.shapes.clear()

    payload = announce(announcements(memory), METER)

    assert payload["cmps"]["10_energy_in"] == {"p": "sensor"}
    assert payload["cmps"]["10_meter_status"] == {"p": "binary_sensor"}
    assert accepts(payload)


def test_a_component_that_comes_back_is_told_in_full() -> None:
    memory = Memory()
    source = announcements(memory)
    source.learn_meter(METER.eui64, 10, reading())
    announce(source, METER)
    memory.shapes.clear()
    announce(source, METER)
    source.learn_meter(METER.eui64, 10, reading())

    payload = announce(source, METER)

    assert payload["cmps"]["10_energy_in"]["uniq_id"].endswith("_10_energy_in")


def test_a_device_is_withdrawn_with_all_that_was_known_of_it() -> None:
    memory = Memory()
    source = announcements(memory)
    source.learn_meter(METER.eui64, 10, reading())
    source.learn_meter(PLUG.eui64, 1, reading())
    announce(source, METER)

    withdrawn = source.withdraw(METER.eui64)

    assert withdrawn == [Announcement(discovery_topic(1), b"")]
    assert list(memory.shapes) == ["000d6f000a000002/1"]
    assert source.withdraw(METER.eui64) == []


def test_what_an_earlier_run_told_and_is_no_more_is_withdrawn() -> None:
    memory = Memory()
    before = announcements(memory)
    before.gateway()
    announce(before, METER)
    announce(before, PLUG)

    outdated = announcements(memory).outdated([PLUG.eui64])

    assert outdated == [Announcement(discovery_topic(1), b"")]


def test_another_prefix_withdraws_all_below_the_old_one() -> None:
    memory = Memory()
    announcements(memory).gateway()

    outdated = announcements(memory, discovery_prefix="ha").outdated([])

    assert outdated == [Announcement(GATEWAY_TOPIC, b"")]


def test_switched_off_it_withdraws_all_and_tells_nothing() -> None:
    memory = Memory()
    announce(announcements(memory), METER)
    off = announcements(memory, enabled=False)
    device = discovered(METER)
    assert device is not None

    assert off.outdated([METER.eui64]) == [Announcement(discovery_topic(1), b"")]
    assert off.gateway() == []
    assert off.device(device) == []
    assert off.birth_topic is None


def test_what_is_remembered_can_be_stored() -> None:
    memory = Memory()
    source = announcements(memory)
    source.learn_meter(METER.eui64, 10, reading(tiers_in={1: 5.0}))
    source.gateway()

    shape = shape_of(reading(tiers_in={1: 5.0}))
    names = memory.announced[GATEWAY_TOPIC]

    assert from_plain(MeterShape, to_plain(shape)) == shape
    assert from_plain(tuple[str, ...], to_plain(names)) == names
