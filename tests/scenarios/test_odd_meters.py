"""Meters that are hard to read: what stands on their topic is right, or null, or not there yet."""

from collections.abc import Callable
from itertools import pairwise
import json
from typing import Any

import pytest

from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.gateway.local_attributes import LocalAttribute
from sebridge.gateway.pairing import Pairing
from sebridge.network.peer import Peer
from sebridge.settings.simulator_options import (
    HOUSEHOLD,
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.frame import REPORT_ATTRIBUTES, Frame
from sebridge.zcl.general import write_values
from sebridge.zcl.identifiers import METERING, SE_ENDPOINT, SE_PROFILE
from tests.scenarios.conftest import Home, MakeHome

METER = HOUSEHOLD[0]
TOPIC = "sebridge/home/device/000d6f000a000001/9/metering"

ATTRIBUTES = "sebridge/home/device/000d6f000a000001/9/smartenergy_metering"
METER_ENDPOINT = 9
TIERS_ASKED = bytes.fromhex("00 0001 0101")  # Read Attributes 0x0100, 0x0101
NAMES = {
    0x0000: "current_summ_delivered",
    0x0001: "current_summ_received",
    0x0400: "instantaneous_demand",
}

UNIT, MULTIPLIER, DIVISOR, SERIAL_NUMBER = 0x0300, 0x0301, 0x0302, 0x0308
DELIVERED, RECEIVED, DEMAND, TIER_1, TIER_2_RECEIVED = 0x0000, 0x0001, 0x0400, 0x0100, 0x0103
TYPES = {UNIT: 0x30, DEMAND: 0x2A, 0x0301: 0x22, 0x0302: 0x22, 0x0303: 0x18, 0x0308: 0x41}
UINT48 = 0x25


def house(**options: Any) -> SimulatorOptions:
    """Return a house with nothing but a meter of these options."""
    meter = SimulatedDeviceOptions(
        kind=METER.kind, name=METER.name, eui64=METER.eui64, options=options
    )
    return SimulatorOptions(devices=(meter,), air=AirOptions(delay=0.0))


def meter_of(home: Home) -> MeterServer:
    (meter,) = home.household.find(MeterServer).values()
    return meter


def showing(values: dict[int, Any]) -> Callable[[Home], None]:
    """Let the meter show these attributes in the place of its own."""

    def show(home: Home) -> None:
        meter_of(home).attributes.show(
            LocalAttribute(a, TYPES.get(a, UINT48), value) for a, value in values.items()
        )

    return show


def published(home: Home, field: str) -> list[Any]:
    """Return all that was ever published of one field of the reading, without repetitions."""
    payloads = [json.loads(payload) for topic, payload in home.broker.history if topic == TOPIC]
    found: list[Any] = []
    for payload in payloads:
        if not found or payload[field] != found[-1]:
            found.append(payload[field])
    return found


@pytest.mark.parametrize(
    ("options", "shown", "field", "right"),
    [
        ({"divisor": 0}, {DELIVERED: 4711}, "energy_in", 4711.0),
        ({"divisor": None}, {DELIVERED: 4711}, "energy_in", 4711.0),
        ({"multiplier": None, "divisor": 100}, {DELIVERED: 471_125}, "energy_in", 4711.25),
        ({"multiplier": 0}, {DELIVERED: 4_711_250}, "energy_in", 4711.25),
        ({"multiplier": 3, "divisor": 100}, {DELIVERED: 12_000}, "energy_in", 360.0),
        ({"unit_of_measure": 0x80}, {DELIVERED: 0x4711250}, "energy_in", 4711.25),
        ({"unit_of_measure": 0x80}, {DELIVERED: 0x4711ABC}, "energy_in", None),
        ({"unit_of_measure": 0x80}, {DEMAND: -0x1500}, "power", -1.5),
        ({}, {DELIVERED: 0xFFFFFFFFFFFF}, "energy_in", None),
        ({}, {RECEIVED: 0xFFFFFFFFFFFF}, "energy_out", None),
        ({}, {RECEIVED: 250}, "energy_out", 0.25),
        ({}, {DEMAND: -0x800000}, "power", None),
        ({}, {DEMAND: -0x7FFFFF}, "power", -8388.607),
        ({}, {DEMAND: -1500}, "power", -1.5),
    ],
)
async def test_what_is_published_is_right_or_null_met_2_met_4_met_5(
    make_home: MakeHome, options: dict[str, Any], shown: dict[int, Any], field: str, right: object
) -> None:
    home = await make_home(simulator=house(**options), prepare=showing(shown))

    await home.clock.advance(minutes=10)

    assert published(home, field) == [right]


@pytest.mark.parametrize(
    ("unit_of_measure", "device_type", "units", "commodity"),
    [
        (0x01, 1, ("m³", "m³/h"), "gas"),
        (0x81, 1, ("m³", "m³/h"), "gas"),
        (0x02, 1, ("ft³", "ft³/h"), "gas"),
        (0x01, 2, ("m³", "m³/h"), "water"),
        (0x07, 2, ("L", "L/h"), "water"),
        (0x0C, 5, ("MJ", "MJ/s"), "heat"),
        (0x00, 5, ("kWh", "kW"), "heat"),
    ],
)
async def test_gas_water_and_heat_are_published_in_their_units(
    make_home: MakeHome,
    unit_of_measure: int,
    device_type: int,
    units: tuple[str, str],
    commodity: str,
) -> None:
    home = await make_home(
        simulator=house(
            unit_of_measure=unit_of_measure, device_type=device_type, initial_energy=150.0
        )
    )

    reading = home.broker.kept(TOPIC)

    assert (reading["unit"], reading["power_unit"]) == units
    assert reading["commodity"] == commodity
    assert 150 <= reading["energy_in"] < 151


async def test_the_reasons_are_published_with_the_values(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(divisor=0), prepare=showing({DELIVERED: 4711}))

    why = home.broker.kept(TOPIC)["why"]

    assert why["energy_in"] == {"raw": 4711, "multiplier": 1, "divisor": 1, "formatting": 0xFB}


async def test_tiers_are_published_beside_the_total(make_home: MakeHome) -> None:
    tiers = {TIER_1: 1250, TIER_2_RECEIVED: 0xFFFFFFFFFFFF}
    home = await make_home(simulator=house(mirrored=True), prepare=showing(tiers))

    await home.clock.advance(minutes=3)

    reading = home.broker.kept(TOPIC)
    assert reading["tiers_in"] == {"1": 1.25}
    assert reading["tiers_out"] == {"2": None}


async def test_a_register_that_rolls_over_goes_on_from_the_small_value_met_6(
    make_home: MakeHome,
) -> None:
    five_digits = {0x0303: 0x28}
    home = await make_home(simulator=house(), prepare=showing(five_digits | {DELIVERED: 99_998}))

    showing({DELIVERED: 2})(home)
    await home.clock.advance(minutes=10)

    assert published(home, "energy_in") == [99.998, 0.002]


async def test_after_a_swap_the_new_register_is_not_read_by_the_old_divisor_met_6(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(), prepare=showing({DELIVERED: 4_711_000}))

    showing({DELIVERED: 1500, 0x0302: 100, 0x0308: "bb"})(home)
    await home.clock.advance(minutes=10)

    assert published(home, "energy_in") == [4711.0, 15.0]


async def test_a_swapped_meter_that_sleeps_is_not_read_by_the_old_divisor(
    make_home: MakeHome,
) -> None:
    home = await make_home(
        simulator=house(mirrored=True), prepare=showing({DELIVERED: 4_711_000, 0x0308: "aa"})
    )
    await home.clock.advance(minutes=5)

    showing({DELIVERED: 4_711_500, 0x0302: 100, 0x0308: "bb"})(home)
    await home.clock.advance(minutes=5)

    assert published(home, "energy_in") == [4711.0, 47_115.0]


# ------------------------------------------------------------------ registers that fall


async def test_a_register_that_reads_0_for_a_moment_is_never_shown_as_0(
    make_home: MakeHome,
) -> None:
    """4711.3, 0.0, 4711.4, 0.0: Home Assistant books the whole register at each 0."""
    home = await make_home(simulator=house(), prepare=showing({DELIVERED: 4_711_300}))

    for raw in (0, 4_711_400, 0, 4_711_500):
        showing({DELIVERED: raw})(home)
        await home.clock.advance(minutes=2)

    assert published(home, "energy_in") == [4711.3, 4711.4, 4711.5]
    assert home.notifications("meter_swapped") == []


async def test_why_tells_that_a_register_is_held_back(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(), prepare=showing({DELIVERED: 4_711_300}))

    showing({DELIVERED: 0})(home)
    await home.clock.advance(minutes=2)

    reading = home.broker.kept(TOPIC)
    assert reading["energy_in"] == 4711.3
    assert reading["why"]["energy_in"]["raw"] == 0
    assert reading["why"]["energy_in"]["problem"] == "fell"


async def test_a_register_that_counts_on_from_0_is_told_as_another_meter_each_time(
    make_home: MakeHome,
) -> None:
    """Meters without a serial number, swapped twice; the third has another divisor."""
    home = await make_home(
        simulator=house(), prepare=showing({DELIVERED: 4_711_300, SERIAL_NUMBER: ""})
    )

    for raw, divisor in ((1500, 1000), (1600, 1000), (70, 100), (80, 100)):
        showing({DELIVERED: raw, DIVISOR: divisor})(home)
        await home.clock.advance(minutes=2)

    assert published(home, "energy_in") == [4711.3, 1.6, 0.8]
    told = home.notifications("meter_swapped")
    assert [(swap["old_value"], swap["new_value"]) for swap in told] == [
        (4_711_300, 1600),
        (1600, 80),
    ]


async def test_after_another_serial_number_the_new_register_is_shown_at_once(
    make_home: MakeHome,
) -> None:
    home = await make_home(
        simulator=house(), prepare=showing({DELIVERED: 4_711_300, SERIAL_NUMBER: "aa"})
    )

    showing({DELIVERED: 1500, SERIAL_NUMBER: "bb"})(home)
    await home.clock.advance(minutes=2)

    assert published(home, "energy_in") == [4711.3, 1.5]
    (swap,) = home.notifications("meter_swapped")
    assert (swap["attribute_id"], swap["old_value"], swap["new_value"]) == (0x0308, "aa", "bb")


async def test_what_a_meter_showed_is_remembered_over_a_restart(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(), prepare=showing({DELIVERED: 4_711_300}))
    await home.stop()

    again = await make_home(kept=home.kept, simulator=house(), prepare=showing({DELIVERED: 0}))
    await again.clock.advance(minutes=2)
    showing({DELIVERED: 4_711_400})(again)
    await again.clock.advance(minutes=2)

    assert published(again, "energy_in") == [None, 4711.4]


# ------------------------------------------------------------------ what cannot be scaled


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ({DIVISOR: 0xFFFFFF}, "no_divisor"),
        ({MULTIPLIER: 0xFFFFFF, DIVISOR: 0xFFFFFF}, "no_multiplier"),
        ({UNIT: 0xFF}, "unknown_unit"),
        ({UNIT: 0x0E}, "unknown_unit"),
        ({UNIT: 0x7F}, "unknown_unit"),
    ],
)
async def test_what_is_not_available_scales_nothing_and_the_unit_is_not_guessed(
    make_home: MakeHome, shown: dict[int, Any], problem: str
) -> None:
    home = await make_home(simulator=house(), prepare=showing({DELIVERED: 79_037_459_865} | shown))

    reading = home.broker.kept(TOPIC)
    answer = await home.result("get_meter_reading", destination_address=str(METER.eui64))

    assert (reading["energy_in"], reading["power"]) == (None, None)
    assert reading["why"]["energy_in"]["problem"] == problem
    assert answer["why"]["energy_in"]["problem"] == problem
    assert (reading["unit"] is None) == (answer["unit"] is None) == (problem == "unknown_unit")


@pytest.mark.parametrize(
    ("attribute_id", "kind", "raw", "field"),
    [
        (DELIVERED, 0x23, 0xFFFFFFFF, "energy_in"),
        (RECEIVED, 0x22, 0xFFFFFF, "energy_out"),
        (DEMAND, 0x29, 0x8000, "power"),
        (DEMAND, 0x2B, 0x80000000, "power"),
    ],
)
async def test_no_value_of_a_narrower_or_wider_type_is_published_as_null(
    make_home: MakeHome, attribute_id: int, kind: int, raw: int, field: str
) -> None:
    def show(home: Home) -> None:
        meter_of(home).attributes.show([LocalAttribute(attribute_id, kind, raw)])

    home = await make_home(simulator=house(), prepare=show)
    await home.clock.advance(minutes=10)

    assert published(home, field) == [None]
    shown = home.broker.kept(f"{ATTRIBUTES}/{NAMES[attribute_id]}")
    assert (shown["value"], shown["raw"]) == (None, write_value(kind, raw).hex())


async def test_registers_that_are_floats_are_read_and_reported(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(divisor=10, summation_type=0x39, mean_load=12_000.0))

    await home.clock.advance(minutes=10)

    shown = published(home, "energy_in")
    assert 4711.0 < shown[-1] < 4714.0
    assert shown == sorted(shown)
    assert len(home.notifications("received_attribute_report_collection")) > 10
    expected = dict(home.gateway.reporting.expectations)
    assert not any(one.pseudo for one in expected.values())


# ------------------------------------------------------------------ what is not reported


async def test_a_meter_that_reports_its_demand_only_shows_its_energy_every_minute(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(unreportable=[DELIVERED], mean_load=6000.0))

    await home.clock.advance(minutes=30)

    assert len(published(home, "energy_in")) >= 29


async def test_a_meter_that_takes_a_configuration_and_reports_only_its_demand_is_read(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(mean_load=6000.0))
    (device,) = home.household.devices.values()
    gateway = Peer(home.gateway.radio.network.address, SE_ENDPOINT, SE_PROFILE)
    pairing = Pairing(gateway, METER_ENDPOINT, METERING, server=True)

    for _ in range(60):
        device.sender.stop_reporting(pairing, [DELIVERED])
        await home.clock.advance(minutes=1)

    shown = published(home, "energy_in")
    assert len(shown) >= 30
    assert shown[-1] - shown[0] > 4.0  # of an hour's 6 kWh, and a load curve


async def test_tiers_are_read_and_reported_and_shown_in_home_assistant(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(tiers=4, mean_load=6000.0))
    before = home.broker.kept(TOPIC)

    await home.clock.advance(minutes=30)

    after = home.broker.kept(TOPIC)
    assert list(after["tiers_in"]) == ["1", "2", "3", "4"]
    assert sum(after["tiers_in"].values()) == pytest.approx(after["energy_in"], abs=1.0)
    assert all(after["tiers_in"][tier] > value for tier, value in before["tiers_in"].items())
    device = home.broker.kept("homeassistant/device/sebridge_home_000d6f000a000001/config")
    shown = {key.removeprefix("9_") for key in device["cmps"]}
    assert {f"energy_in_tier_{tier}" for tier in range(1, 5)} <= shown


async def test_a_meter_without_tiers_is_asked_for_them_once(make_home: MakeHome) -> None:
    asked: list[bytes] = []

    def listen(home: Home) -> None:
        home.ether.watch(lambda f: asked.append(f.data) if TIERS_ASKED in f.data else None)

    home = await make_home(simulator=house(), prepare=listen)
    await home.clock.advance(hours=2)

    assert len(asked) == 1


async def test_a_meter_that_reads_0_every_ten_minutes_never_shows_less(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(falls_every=600.0, mean_load=6000.0))

    await home.clock.advance(hours=3)

    shown = [energy for energy in published(home, "energy_in") if energy is not None]
    assert len(shown) > 100
    assert shown == sorted(shown)
    assert home.notifications("meter_swapped") == []


async def test_a_meter_that_is_swapped_is_shown_by_its_own_scale(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(initial_energy=4711.0))
    await home.clock.advance(minutes=5)

    for energy in (1.5, 0.3):
        meter_of(home).swap(
            MeterSettings(initial_energy=energy, divisor=100, serial_number=f"meter {energy}")
        )
        await home.clock.advance(minutes=5)

    shown = published(home, "energy_in")
    fallen = [after for before, after in pairwise(shown) if after < before]
    assert fallen == pytest.approx([1.5, 0.3], abs=0.05)
    assert len(home.notifications("meter_swapped")) == 2


async def test_a_report_in_the_wrong_direction_makes_a_reading_and_is_counted(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(), prepare=showing({DELIVERED: 4_711_000}))
    (device,) = home.household.devices.values()
    gateway = Peer(home.gateway.radio.network.address, SE_ENDPOINT, SE_PROFILE)
    values = write_values([AttributeValue(DELIVERED, 0x25, 0, bytes.fromhex("f8e447000000"))])
    report = Frame(REPORT_ATTRIBUTES, 7, values, from_server=False, no_default_response=True)

    await device.router.exchange.tell(gateway, SE_PROFILE, METERING, METER_ENDPOINT, report)
    await home.clock.advance(seconds=1)

    assert published(home, "energy_in") == [4711.0, 4711.672]
    await home.clock.advance(seconds=60)
    assert home.broker.kept("sebridge/home/health")["frames"]["wrong_direction"] == 1


async def test_a_serial_number_is_text_for_people_and_octets_for_programs(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(serial_number="Nr. 4711"))

    answer = await home.result(
        "read_attributes",
        cluster_id=METERING,
        server_or_client=0,
        destination_endpoint_id=METER_ENDPOINT,
        source_endpoint_id=SE_ENDPOINT,
        destination_address=str(METER.eui64),
        record_list=[{"attribute_id": SERIAL_NUMBER}],
    )

    (record,) = answer["record_list"]
    assert (record["value"], record["octets"]) == ("Nr. 4711", b"Nr. 4711".hex())
