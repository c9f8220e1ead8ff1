"""Meters by RPC: what they show and why, their load profile, the fast poll mode."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import (
    DeliveryError,
    ParameterError,
    Reason,
    SebridgeError,
    UnknownDeviceError,
    UnscaledError,
)
from sebridge.features.metering.signals import MeterRead
from sebridge.network.signals import DeviceRemoved
from tests.api.home import DISPLAY, METER, Home, address

WHERE = {"destination_address": str(address(METER))}
METHODS = ["get_meter_reading", "get_meter_profile", "request_fast_poll_mode"]


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, (METER, DISPLAY))
    await home.start()
    yield home
    await home.stop()


async def test_a_reading_is_told_with_its_reasons(home: Home) -> None:
    told: list[MeterRead] = []
    home.bus.listen(MeterRead, told.append)
    await home.clock.advance(minutes=10)

    answer = await home.call("get_meter_reading", **WHERE)

    reading, why = told[-1].reading, answer["why"]["energy_in"]
    assert answer["energy_in"] == reading.energy_in == why["raw"] / 1000
    assert (answer["power"], answer["unit"], answer["commodity"]) == (
        reading.power,
        "kWh",
        "electricity",
    )
    assert (why["multiplier"], why["divisor"], why["formatting"]) == (1, 1000, 0xFB)
    assert (why["unit"], why["bcd"], why["attribute_id"]) == ("kWh", False, 0)
    assert why["time"].endswith("Z")
    assert answer["why"]["power"]["unit"] == "kW"
    assert answer["why"]["energy_out"]["raw"] is answer["energy_out"] is None
    assert (answer["source_endpoint_id"], answer["profile_id"]) == (9, 0x0109)


async def test_a_load_profile_is_told_newest_interval_first(home: Home) -> None:
    await home.clock.advance(hours=2)

    answer = await home.call("get_meter_profile", **WHERE, number_of_periods=4)

    records = answer["record_list"]
    assert (answer["status"], answer["unit"], answer["interval_channel"]) == (0, "kWh", 0)
    assert len(records) == 4
    assert all(record["end"] - record["start"] == 900 for record in records)
    assert [record["end"] for record in records] == sorted(
        (record["end"] for record in records), reverse=True
    )
    assert all(0 < record["value"] < 5 for record in records[:3])


@pytest.mark.parametrize(("channel", "status"), [(1, 2), (9, 1)])
async def test_why_there_is_no_profile_is_told_as_the_meter_says_it(
    home: Home, channel: int, status: int
) -> None:
    answer = await home.call("get_meter_profile", **WHERE, interval_channel=channel)

    assert (answer["status"], answer["record_list"]) == (status, [])


async def test_the_fast_poll_mode_is_what_the_meter_makes_of_it(home: Home) -> None:
    answer = await home.call(
        "request_fast_poll_mode", **WHERE, fast_poll_update_period=1, duration_in_minutes=15
    )

    assert answer["applied_update_period"] == 5
    left = answer["fast_poll_mode_end_time"] - zigbee_time(home.clock.utc())
    assert 14 * 60 < left <= 15 * 60


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"duration_in_minutes": 0}, "duration_in_minutes"),
        ({"duration_in_minutes": 16}, "duration_in_minutes"),
        ({"fast_poll_update_period": 256}, "fast_poll_update_period"),
    ],
)
async def test_a_mode_beyond_the_limits_is_refused(
    home: Home, wrong: dict[str, int], parameter: str
) -> None:
    refused = await home.refused("request_fast_poll_mode", **WHERE, **wrong)

    assert refused.reason is ParameterError.reason
    assert refused.data["parameter"] == parameter


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("where", "error", "words"),
    [
        ({"destination_address": "00:00:00:00:00:00:00:07"}, UnknownDeviceError, "known"),
        ({"destination_address": str(address(DISPLAY))}, ParameterError, "not a meter"),
        (WHERE | {"destination_endpoint_id": 3}, ParameterError, "are at 0x09"),
        ({}, ParameterError, "missing"),
    ],
    ids=["unknown", "no meter", "another endpoint", "nobody"],
)
async def test_who_is_no_meter_is_not_asked(
    home: Home, method: str, where: dict[str, Any], error: type[SebridgeError], words: str
) -> None:
    refused = await home.refused(method, **where)

    assert refused.reason is error.reason
    assert words in refused.message


@pytest.mark.parametrize("method", ["get_meter_reading", "get_meter_profile"])
async def test_a_meter_that_has_not_told_its_scale_shows_nothing(home: Home, method: str) -> None:
    home.bus.send(DeviceRemoved(address(METER)))  # whereupon what was known of it is forgotten

    refused = await home.refused(method, **WHERE)

    assert refused.reason is UnscaledError.reason


async def test_a_meter_that_is_not_there_is_said_to_be_so(home: Home) -> None:
    for device in home.house.household.devices.values():
        await device.stop()

    refused = await home.refused("request_fast_poll_mode", **WHERE, duration_in_minutes=1)

    assert refused.reason is DeliveryError.reason


async def test_a_meter_that_refuses_is_quoted(clock: VirtualClock) -> None:
    home = Home(clock, [METER], meter={"fast_poll": False})
    await home.start()

    refused = await home.refused("request_fast_poll_mode", **WHERE, duration_in_minutes=1)

    await home.stop()
    assert (refused.reason, refused.data) == (Reason.DEVICE_REFUSED, {"status": 0x81})
    assert "UNSUP_CLUSTER_COMMAND" in refused.message
