"""Devices that do what nobody asked of them, or only half of what they should."""

import json
import logging
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer
from sebridge.network.turns import MOST_WAITING
from sebridge.radio.ether import AirFrame, Spot
from sebridge.radio.ether_application import COORDINATOR
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from sebridge.transports.mqtt.messages import Message
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.identifiers import METERING, SE_ENDPOINT, SE_PROFILE
from sebridge.zcl.zdo import ZdoCommand
from tests.scenarios.conftest import Home, MakeHome

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
SWITCH = Eui64.parse("00:0d:6f:00:0a:00:00:05")
BRANCH = "sebridge/home/device/000d6f000a000001"
READING = f"{BRANCH}/9/metering"
TEMPERATURE = 0x0402
THERMOSTAT = 0x0503  # a programmable communicating thermostat


def device_of(home: Home, address: Eui64) -> Any:
    return next(d for d in home.household.devices.values() if d.eui64 == address)


async def report(home: Home, values: str, cluster_id: int = METERING) -> None:
    """Let the meter report attributes, each with its type and its octets, that nobody asked for."""
    gateway = Peer(home.gateway.radio.network.address, SE_ENDPOINT, SE_PROFILE)
    frame = Frame(
        REPORT_ATTRIBUTES, 7, bytes.fromhex(values), from_server=True, no_default_response=True
    )
    exchange = device_of(home, METER).router.exchange
    await exchange.tell(gateway, SE_PROFILE, cluster_id, 9, frame)
    await home.clock.advance(seconds=1)


# ------------------------------------------------------------------ reports


async def test_what_was_never_configured_is_shown_and_from_then_on_not_expected(home: Home) -> None:
    expected = len(list(home.gateway.reporting.expectations))

    await report(home, "0700 20 05")
    await report(home, "0000 29 6608", TEMPERATURE)
    await home.clock.advance(minutes=2)

    assert home.broker.kept(f"{BRANCH}/9/smartenergy_metering/reading_snapshot_time")["value"] == 5
    assert home.broker.kept(f"{BRANCH}/9/temperature/measured_value")["value"] == 2150
    assert len(list(home.gateway.reporting.expectations)) == expected
    assert home.gateway.directory.is_active(METER)


WRONG = (
    "42 03 616263",
    "41 02 ffff",
    "42 ff",
    "10 01",
    "39 0000c07f",
    "3a 000000000000f0ff",
    "2d ffffffffffff",
    "48 20 0200 0101",
    "4c 0100 20 07",
    "e0 01020304",
    "e2 01020304",
    "f0 0102030405060708",
    "00",
    "77 01",
    "25 0102",
)
"""Text, flags, what is no number, less than nothing, collections, times, and what breaks off."""


async def test_values_of_wrong_types_make_no_wrong_reading(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a register, the multiplier and the divisor; each is told rightly in the end."""
    before = home.broker.kept(READING)["energy_in"]
    for attribute, right in (("0000", None), ("0103", "22 010000"), ("0203", "22 e80300")):
        for value in WRONG:
            await report(home, f"{attribute} {value}")
        if right is not None:
            await report(home, f"{attribute} {right}")
    await home.clock.advance(minutes=2)

    told = [json.loads(payload) for topic, payload in home.broker.history if topic == READING]
    shown = [one["energy_in"] for one in told if one["energy_in"] is not None]
    assert shown == sorted(shown)
    assert before < home.broker.kept(READING)["energy_in"] == shown[-1] < before + 5
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# ------------------------------------------------------------------ interviews


async def test_half_an_interview_is_finished_when_the_device_is_heard_again(
    make_home: MakeHome,
) -> None:
    asked: list[int] = []

    def cut_off(home: Home) -> None:
        def watch(frame: AirFrame) -> None:
            if frame.profile_id:
                return
            if frame.source == COORDINATOR:
                if frame.cluster_id == ZdoCommand.Simple_Desc_req and frame.cluster_id not in asked:
                    home.ether.put_on_spot(METER, Spot(loss=1.0))
                asked.append(frame.cluster_id)

        home.ether.watch(watch)

    house = SimulatorOptions(devices=HOUSEHOLD[:1], air=AirOptions(delay=0.0))
    home = await make_home(simulator=house, prepare=cut_off)
    await home.clock.advance(minutes=5)
    half, shown = home.gateway.directory[METER], home.broker.kept(READING)

    home.ether.put_on_spot(METER, Spot())
    device_of(home, METER).press_join()
    await home.clock.advance(minutes=5)

    assert not half.is_complete
    assert shown is None
    assert home.gateway.directory[METER].is_complete
    assert asked.count(ZdoCommand.Active_EP_req) == 1  # what was told is not asked again
    assert home.broker.kept(READING)["energy_in"] > 0
    assert home.broker.retained[f"{BRANCH}/availability"] == b"online"


# ------------------------------------------------------------------ queues


async def test_a_full_queue_is_told_to_who_asks_and_keeps_nobody_else_waiting(home: Home) -> None:
    home.ether.put_on_spot(METER, Spot(delay=20.0))
    question = {
        "cluster_id": METERING,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": SE_ENDPOINT,
        "record_list": [{"attribute_id": 0}],
    }
    several = MOST_WAITING + 20
    for number in range(several):
        params = question | {"destination_address": str(METER), "request_identifier": number + 9000}
        topic = f"{home.topics.request}/read_attributes"
        home.broker.deliver(Message(topic, json.dumps(params).encode()))
    await home.clock.advance(seconds=1)

    begun = home.clock.monotonic()
    other = await home.rpc("identify", **(question | {"destination_address": str(SWITCH)}))
    took = home.clock.monotonic() - begun
    await home.clock.advance(minutes=20)

    answers = [
        answer
        for answer in home.broker.heard(home.topics.response_to("read_attributes"))
        if answer.get("request_identifier", 0) >= 9000
    ]
    assert other is not None
    assert took < 5
    assert len({answer["request_identifier"] for answer in answers}) == several
    refused = [a["error"]["message"] for a in answers if a["status"] == "error"]
    assert f"too many frames wait for {METER} already" in refused


# ------------------------------------------------------------------ another in its place


def components(home: Home) -> Any:
    topic = "homeassistant/device/sebridge_home_000d6f000a000001/config"
    return home.broker.kept(topic)["cmps"]


async def test_another_device_with_the_address_of_one_is_shown_as_what_it_is(home: Home) -> None:
    def kept() -> set[str]:
        return {topic.removeprefix(BRANCH) for topic in home.broker.retained if BRANCH in topic}

    before, announced = kept(), components(home)
    await home.result("remove_simulated_device", device_address=str(METER))
    await home.clock.advance(seconds=10)
    await home.result(
        "add_simulated_device", kind="thermostat", name="Other", device_address=str(METER)
    )
    await home.clock.advance(minutes=10)

    known = home.gateway.directory[METER]
    assert (known.model, known.endpoints[0].device_id) == ("SE thermostat (Other)", THERMOSTAT)
    assert "/9/metering" in before
    assert not [topic for topic in kept() if "metering" in topic]
    assert "/availability" in kept()
    assert announced["9_energy_in"].keys() > {"p"}
    assert components(home)["9_energy_in"] == {"p": "sensor"}  # so it is withdrawn
    expected = [key.pairing for key, _ in home.gateway.reporting.expectations]
    assert not [one for one in expected if (one.peer.device, one.cluster_id) == (METER, METERING)]
