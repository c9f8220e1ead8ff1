"""Attacks by whoever has the network key, at their real size: what is believed, what is kept.

Every frame comes the way the radio brings it, into a gateway with the household that everybody has.
"""

import asyncio
from dataclasses import dataclass
import gc
import logging
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.gateway.attribute_room import MOST_OF_ONE
from sebridge.network.directory import MAX_STRANGERS
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Incoming
from sebridge.rpc.message import Caller, Request, Response, Scope
from sebridge.settings import entries
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.identifiers import (
    BASIC,
    HA_ENDPOINT,
    HA_PROFILE,
    METERING,
    SE_ENDPOINT,
    SE_PROFILE,
)
from tests.scenarios.conftest import Home, MakeHome

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
READING = "sebridge/home/device/000d6f000a000001/9/metering"
A_LOT = Frame(
    REPORT_ATTRIBUTES, 7, bytes.fromhex("0000 25 ffe0f5050000"), from_server=True
)  # 99,999,999 units


def invented(number: int) -> Eui64:
    """Return an address that nobody has."""
    return Eui64(0xBAD << 48 | number)


def report(home: Home, source: Eui64, nwk: int, **more: object) -> None:
    """Let the gateway hear a report of a summation, in the clear, at its endpoint 1."""
    given: dict[str, object] = {
        "profile_id": HA_PROFILE,
        "cluster_id": METERING,
        "source_endpoint": 9,
        "destination_endpoint": HA_ENDPOINT,
        "data": A_LOT.serialize(),
    }
    home.gateway.radio_user.received(Incoming(source, nwk, **given | more))  # type: ignore[arg-type]  # mixed


@dataclass(frozen=True)
class Kept:
    """What the gateway keeps: rows of all collections, topics, tasks.

    The history of its meters grows by the hour, and is left out.
    """

    rows: int
    topics: frozenset[str]
    tasks: int


def kept(home: Home) -> Kept:
    rows = sum(
        len(collection) for name, collection in home.kept.items() if "meter_history" not in name
    )
    return Kept(rows, frozenset(home.broker.retained), len(asyncio.all_tasks()))


def number_of_objects() -> int:
    """Return how many objects there are that could be part of a growing heap."""
    gc.collect()
    return len(gc.get_objects())


# ------------------------------------------------------------------ strangers


async def test_of_2000_strangers_nothing_is_kept_where_devices_must_be_added(home: Home) -> None:
    home.gateway.registry.set(entries.REQUIRE_EXPLICIT_ADD.name, value=True)
    before, said = kept(home), len(home.broker.streamed)

    for number in range(2000):
        report(home, invented(number), number)
        report(
            home,
            invented(number),
            number,
            encrypted=True,
            profile_id=SE_PROFILE,
            destination_endpoint=SE_ENDPOINT,
        )
    after = kept(home)
    await home.clock.advance(1)

    assert after.rows == before.rows
    assert after.topics == before.topics
    assert after.tasks == before.tasks
    assert home.gateway.gate.statistics.not_admitted == 4000
    assert not any("0bad" in str(notice) for _, notice in home.broker.streamed[said:])


async def test_of_2000_strangers_nothing_is_told_where_they_may_join(home: Home) -> None:
    before, said = kept(home), len(home.broker.streamed)

    for number in range(2000):
        report(home, invented(number), number)
    at_once = kept(home)
    await home.clock.advance(minutes=10)
    later = kept(home)

    assert at_once.tasks <= before.tasks + 64
    assert later.topics == before.topics
    assert later.rows == before.rows
    assert home.gateway.gate.statistics.held == 2000
    assert home.gateway.gate.statistics.not_interviewed >= 2000 - 256
    assert not any(b"0bad" in payload for _, payload in home.broker.streamed[said:])


def announcement(number: int) -> AirFrame:
    """Return the Device_annce of an invented device, as it is on the air."""
    nwk = number % 0xFFF0 + 1
    device = invented(number)
    data = bytes((number & 0xFF,)) + nwk.to_bytes(2, "little") + bytes(device) + b"\x8e"
    return AirFrame(device, nwk, 0xFFFD, 0, 0x0013, 0, 0, data)


async def test_20000_announcements_leave_room_for_a_device_that_is_added(
    make_home: MakeHome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # what is captured would be what grows
    home = await make_home(simulator=SimulatorOptions(devices=(), air=AirOptions(delay=0.0)))
    before = kept(home)
    objects = number_of_objects()

    for number in range(20_000):
        home.ether.broadcast(announcement(number))
        if number % 500 == 0:
            await home.clock.settle()
    await home.clock.settle()
    grown, after = number_of_objects() - objects, kept(home)
    added = await home.result("add_device", device_address=str(METER), join_time=60)

    assert grown < 5 * 20_000  # those of the radio, for the latest 1,024 and by network address
    assert after.rows <= before.rows + MAX_STRANGERS
    assert len(after.topics) <= len(before.topics) + 2 * MAX_STRANGERS
    assert after.tasks <= before.tasks + MAX_STRANGERS
    assert added["device_address"].lower().replace("-", ":") == str(METER)
    assert home.gateway.directory[METER].added
    assert home.gateway.directory.crowded_out == 20_000 - MAX_STRANGERS


# ------------------------------------------------------------------ what a device invents


async def test_of_100000_invented_attributes_few_are_kept_and_what_was_told_of_stays(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # what is captured would be what grows
    await home.result("registry_configuration", name="ZCL_Cluster.most_reports", value=0)
    nwk = home.gateway.directory[METER].nwk or 0
    before, objects = kept(home), number_of_objects()
    own = [topic for topic in before.topics if "/smartenergy_metering/" in topic]

    for frame in range(5000):
        values = b"".join(
            (frame * 20 + n & 0xFFFF).to_bytes(2, "little") + b"\x20\x01" for n in range(20)
        )
        report(
            home,
            METER,
            nwk,
            cluster_id=0x1000 + frame,
            profile_id=SE_PROFILE,
            destination_endpoint=SE_ENDPOINT,
            encrypted=True,
            data=Frame(REPORT_ATTRIBUTES, frame & 0xFF, values, from_server=True).serialize(),
        )
        if frame % 100 == 0:
            home.broker.streamed.clear()
            home.broker.history.clear()
            await home.clock.settle()
    home.broker.streamed.clear()
    home.broker.history.clear()
    grown, after = number_of_objects() - objects, kept(home)
    await home.clock.advance(minutes=6)

    health = home.broker.kept(home.topics.health)
    assert len(after.topics) <= len(before.topics) + MOST_OF_ONE
    assert after.rows <= before.rows
    assert grown < 25_000
    assert health["limits"]["attributes_left_out"] >= 100_000 - MOST_OF_ONE
    assert any(str(METER) in note for note in health["notes"])
    assert set(own) <= set(home.broker.retained)
    assert home.broker.kept(READING)["energy_in"] > 0


async def test_the_topics_of_an_attack_go_with_the_device(home: Home) -> None:
    nwk = home.gateway.directory[METER].nwk or 0
    for cluster_id in range(0x1000, 0x1000 + 2 * MOST_OF_ONE):
        report(
            home,
            METER,
            nwk,
            cluster_id=cluster_id,
            profile_id=SE_PROFILE,
            destination_endpoint=SE_ENDPOINT,
            encrypted=True,
        )

    await home.result("remove_device", device_address=str(METER))
    await home.clock.advance(minutes=1)

    assert not [topic for topic in home.broker.retained if "000d6f000a000001" in topic]
    assert home.broker.kept(home.topics.health)["notes"] == []


# ------------------------------------------------------------------ in a meter's name


async def test_no_report_in_the_clear_counts_as_a_smart_energy_meters(home: Home) -> None:
    nwk = home.gateway.directory[METER].nwk or 0
    before = home.broker.kept(READING)["energy_in"]

    for endpoint in (HA_ENDPOINT, SE_ENDPOINT):
        for profile in (HA_PROFILE, SE_PROFILE, 0xFFFF):
            report(home, METER, nwk, profile_id=profile, destination_endpoint=endpoint)
    await home.clock.advance(1)

    assert home.gateway.directory.is_active(METER)
    assert home.gateway.gate.statistics.in_the_clear == 6
    assert home.broker.kept(READING)["energy_in"] < before + 1


async def test_neither_while_the_meter_is_silent(home: Home) -> None:
    nwk = home.gateway.directory[METER].nwk or 0
    (meter,) = (d for d in home.household.devices.values() if d.eui64 == METER)
    await meter.stop()
    await home.clock.advance(minutes=20)
    before = home.broker.kept(READING)["energy_in"]

    report(home, METER, nwk)
    await home.clock.advance(1)

    assert not home.gateway.directory.is_active(METER)
    assert home.broker.kept(READING)["energy_in"] == before
    assert home.gateway.gate.statistics.in_the_clear == 1


async def test_nor_right_after_a_start(make_home: MakeHome) -> None:
    first = await make_home()
    await first.stop()
    told: list[object] = []

    def attack(again: Home) -> None:
        report(again, METER, again.gateway.directory[METER].nwk or 0)
        told.extend(payload for topic, payload in again.broker.history if topic == READING)

    second = await make_home(kept=first.kept, prepare=attack)

    assert told == []
    assert second.gateway.gate.statistics.in_the_clear == 1
    assert second.broker.kept(READING)["energy_in"] < 90_000


async def test_an_endpoint_that_a_meter_does_not_have_speaks_for_nobody(home: Home) -> None:
    nwk = home.gateway.directory[METER].nwk or 0
    before = kept(home).topics

    for endpoint in range(1, 241):
        if endpoint != 9:
            report(home, METER, nwk, source_endpoint=endpoint)
            report(home, METER, nwk, source_endpoint=endpoint, cluster_id=BASIC)
    await home.clock.advance(minutes=3)
    report(home, METER, nwk, source_endpoint=77)

    assert kept(home).topics == before
    assert home.gateway.gate.statistics.held == 2 * 239 + 1
    assert home.gateway.gate.statistics.not_interviewed >= 2 * 239


# ------------------------------------------------------------------ through the MQTT interface

COMMAND = Caller("mqtt", Scope.COMMAND)
"""Whoever may publish requests, as long as the configuration says nothing else."""


async def asks(home: Home, method: str, caller: Caller = COMMAND, **params: Any) -> Response:
    return await home.gateway.dispatcher.answer(Request(method, params), caller)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cluster.disable_APS_encryption", True),
        ("Cluster.disable_APS_encryption", " true "),
        ("ZDO_Device_Manager.require_explicit_device_add", False),
        ("ZDO_Device_Manager.require_explicit_device_add", None),
    ],
)
async def test_who_may_command_cannot_switch_security_off(
    home: Home, name: str, value: object
) -> None:
    home.gateway.registry.set(entries.REQUIRE_EXPLICIT_ADD.name, value=True)
    before = home.gateway.registry.get(name)

    refused = await asks(home, "registry_configuration", name=name, value=value)
    read = await asks(home, "registry_configuration", name=name)
    other = await asks(
        home, "registry_configuration", name="RPC_Manager.use_timestamps", value=True
    )

    assert refused.error is not None
    assert refused.error.code == -32004
    assert "needs the scope admin" in refused.error.message
    assert (read.error, other.error) == (None, None)
    assert home.gateway.registry.get(name) == before


@pytest.mark.parametrize("scope", [Scope.COMMAND, Scope.ADMIN])
async def test_no_added_endpoint_takes_a_meters_report_in_the_clear(
    home: Home, scope: Scope
) -> None:
    caller, nwk = Caller("mqtt", scope), home.gateway.directory[METER].nwk or 0
    before = home.broker.kept(READING)["energy_in"]
    added = await asks(
        home,
        "add_endpoint",
        caller,
        endpoint_class="Endpoint",
        endpoint_id=0x20,
        profile_id=SE_PROFILE,
    )

    opened = await asks(
        home,
        "add_cluster",
        caller,
        endpoint_id=0x20,
        cluster_class="MeteringClient",
        enable_APS_encryption=False,
    )
    closed = await asks(
        home, "add_cluster", caller, endpoint_id=0x20, cluster_class="MeteringClient"
    )
    for profile in (SE_PROFILE, HA_PROFILE):
        report(home, METER, nwk, destination_endpoint=0x20, profile_id=profile)
    await home.clock.advance(1)

    assert added.error is None
    assert opened.error is not None
    assert opened.error.code == -32004
    assert closed.error is None
    assert home.gateway.gate.statistics.in_the_clear == 2
    assert home.broker.kept(READING)["energy_in"] < before + 1


@pytest.mark.parametrize("profile", [HA_PROFILE, SE_PROFILE])
async def test_an_endpoint_of_another_profile_opens_nothing_either(
    home: Home, profile: int
) -> None:
    nwk = home.gateway.directory[METER].nwk or 0
    before = home.broker.kept(READING)["energy_in"]
    admin = Caller("http", Scope.ADMIN)
    for method, more in (
        ("add_endpoint", {"endpoint_class": "Endpoint", "profile_id": HA_PROFILE}),
        ("add_cluster", {"cluster_class": "MeteringClient", "enable_APS_encryption": False}),
    ):
        answer = await asks(home, method, admin, endpoint_id=0x20, **more)
        assert answer.error is None, answer.error

    report(home, METER, nwk, destination_endpoint=0x20, profile_id=profile)
    await home.clock.advance(1)

    assert home.gateway.gate.statistics.in_the_clear == 1
    assert home.broker.kept(READING)["energy_in"] < before + 1
