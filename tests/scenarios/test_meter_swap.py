"""A new meter takes the place of an old one: name, topics, components and sums go on."""

from collections.abc import Sequence
import copy
from dataclasses import replace
from itertools import pairwise
import json
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.features.metering.simulated_meter import MeterServer
from sebridge.settings.simulator_options import AirOptions, SimulatedDeviceOptions, SimulatorOptions
from tests.scenarios.conftest import Collections, Home, MakeHome

OLD, NEW, LATER = (f"00:0d:6f:00:0a:00:00:{number:02x}" for number in (0x11, 0x12, 0x13))
PLUG = "00:0d:6f:00:0a:00:00:21"
STRANGER = "00:0d:6f:00:0a:00:00:99"
DISCOVERY = "homeassistant/device/sebridge_home_{}/config"


def device(kind: str, address: str, name: str, **options: Any) -> SimulatedDeviceOptions:
    return SimulatedDeviceOptions(kind=kind, name=name, eui64=Eui64.parse(address), options=options)


TIERS = {"tiers": 2}
SUN = {"solar_peak": 20000.0}
FIRST = device("meter", OLD, "House", serial_number="A-1", initial_energy=4711.0, **TIERS)
SECOND = device("meter", NEW, "Fresh", serial_number="B-2", initial_energy=3.0, **TIERS)
THIRD = device("meter", LATER, "Third", serial_number="C-3", initial_energy=9.0, **TIERS)
CODE = "83FED3407A939723A5C639B26916D505C3B5"
COMING = replace(SECOND, installation_code=Secret(bytes.fromhex(CODE)))


def house(*devices: SimulatedDeviceOptions) -> SimulatorOptions:
    return SimulatorOptions(devices=devices, air=AirOptions(delay=0.0))


def plain(address: str) -> str:
    return address.replace(":", "")


def topic(address: str, endpoint: int = 9) -> str:
    return f"sebridge/home/device/{plain(address)}/{endpoint}/metering"


def reading(home: Home, address: str, endpoint: int = 9) -> Any:
    return home.broker.kept(topic(address, endpoint))


def announced(home: Home, address: str) -> Any:
    return home.broker.kept(DISCOVERY.format(plain(address)))


def unique_ids(home: Home, address: str) -> set[str]:
    parts = announced(home, address)["cmps"].values()
    return {part["uniq_id"] for part in parts if "uniq_id" in part}


def published(home: Home, address: str, *levels: str) -> list[float]:
    """Return all that was ever published of one number of a reading."""
    found = []
    for where, payload in home.broker.history:
        if where == topic(address) and payload:
            value = json.loads(payload)
            for level in levels:
                value = value[level]
            found.append(value)
    return found


def never_falls(values: Sequence[float]) -> bool:
    return all(after >= before for before, after in pairwise(values))


async def swap(home: Home, old: str, new: str, **more: Any) -> Any:
    return await home.result("swap_meter", old_address=old, new_address=new, **more)


async def switch_off(home: Home, name: str) -> None:
    await home.household.devices[name].stop()


async def test_sums_topics_name_and_components_go_on(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))
    await home.clock.advance(minutes=40)
    before, components = reading(home, OLD), unique_ids(home, OLD)
    fresh = reading(home, NEW)
    await switch_off(home, "House")

    answer = await swap(home, OLD, NEW)
    await home.clock.advance(minutes=40)

    after = reading(home, OLD)
    (record,) = answer["record_list"]
    assert (record["old_serial_number"], record["new_serial_number"]) == ("A-1", "B-2")
    assert record["left"]["energy_in"] == before["energy_in"]
    assert after["swap"] == {"old_serial_number": "A-1", "new_serial_number": "B-2"}
    offset = after["why"]["energy_in"]["offset"]
    assert offset == pytest.approx(before["energy_in"] - record["shown"]["energy_in"])
    assert after["energy_in"] == pytest.approx(after["why"]["energy_in"]["raw"] / 1000 + offset)
    assert after["energy_in"] > before["energy_in"] > fresh["energy_in"]
    assert sum(after["tiers_in"].values()) == pytest.approx(after["energy_in"], abs=0.01)
    assert never_falls(published(home, OLD, "energy_in"))
    for tier in ("1", "2"):
        assert never_falls(published(home, OLD, "tiers_in", tier))
    assert unique_ids(home, OLD) - components == {f"sebridge_home_{plain(OLD)}_9_serial_number"}
    assert components <= unique_ids(home, OLD)
    shown = announced(home, OLD)["dev"]
    assert (shown["name"], shown["sn"]) == ("House", NEW)
    assert home.broker.retained[f"sebridge/home/device/{plain(OLD)}/availability"] == b"online"
    (told,) = home.notifications("meter_swap_settled")
    assert (told["old_address"], told["new_address"], told["undone"]) == (OLD, NEW, False)


async def test_what_is_sent_back_goes_on_too(make_home: MakeHome) -> None:
    less = {"solar_peak": 10000.0}
    meters = (replace(FIRST, options=SUN), replace(SECOND, options=less))
    home = await make_home(simulator=house(*meters))
    await home.clock.advance(minutes=40)
    before = reading(home, OLD)["energy_out"]

    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=40)

    after = reading(home, OLD)
    assert after["energy_out"] > before
    assert after["why"]["energy_out"]["offset"] > 0
    assert never_falls(published(home, OLD, "energy_out"))


async def test_the_old_one_stands_where_the_new_one_was_until_it_is_removed(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))

    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=20)
    old, there = reading(home, NEW), announced(home, NEW)["dev"]
    await home.result("remove_device", device_address=OLD)
    await home.clock.advance(minutes=20)

    assert 4711 < old["energy_in"] < 4712
    assert "swap" not in old
    assert (there["name"], there["sn"]) == ("Fresh", OLD)
    assert there["cns"] == [["zigbee", NEW]]
    assert not home.broker.kept_below(f"sebridge/home/device/{plain(NEW)}")
    assert DISCOVERY.format(plain(NEW)) not in home.broker.retained
    assert reading(home, OLD)["energy_in"] > 4711


async def test_a_raw_attribute_stands_where_its_device_is_known(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))
    levels = "9/smartenergy_metering/current_summ_delivered"
    await home.clock.advance(minutes=20)

    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=20)

    assert home.broker.kept(f"sebridge/home/device/{plain(OLD)}/{levels}")["value"] < 5000
    assert home.broker.kept(f"sebridge/home/device/{plain(NEW)}/{levels}")["value"] > 4_000_000


async def test_what_was_read_at_the_change_is_counted_too(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))
    await home.clock.advance(minutes=15)

    await swap(home, OLD, NEW, old_energy_in=4800.0, new_energy_in=2.5)
    await home.clock.advance(minutes=10)

    shown = reading(home, OLD)
    assert shown["why"]["energy_in"]["offset"] == 4797.5
    assert shown["energy_in"] == pytest.approx(shown["why"]["energy_in"]["raw"] / 1000 + 4797.5)


async def test_undone_both_are_known_as_before(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))
    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=20)

    await home.result("undo_meter_swap", address=OLD)
    await home.clock.advance(minutes=20)

    assert 4711 < reading(home, OLD)["energy_in"] < 4713
    assert 3 < reading(home, NEW)["energy_in"] < 5
    assert "swap" not in reading(home, NEW)
    names = [announced(home, address)["dev"]["name"] for address in (OLD, NEW)]
    assert names == ["House", "Fresh"]
    assert f"sebridge_home_{plain(OLD)}_9_serial_number" not in unique_ids(home, OLD)
    assert (await home.result("get_meter_swaps"))["record_list"] == []
    again = await home.rpc("undo_meter_swap", address=OLD)
    assert again["error"]["message"] == f"{OLD} takes no place and has given up none"


async def test_swapped_back_the_sum_goes_on(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))
    await home.clock.advance(minutes=15)
    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=20)
    between = reading(home, OLD)["energy_in"]

    await swap(home, NEW, OLD)
    await home.clock.advance(minutes=20)

    assert reading(home, OLD)["energy_in"] > between
    assert never_falls(published(home, OLD, "energy_in"))
    assert announced(home, OLD)["dev"]["sn"] == OLD
    assert announced(home, OLD)["dev"]["name"] == "House"
    assert reading(home, OLD)["swap"] == {"old_serial_number": "B-2", "new_serial_number": "A-1"}
    assert len((await home.result("get_meter_swaps"))["record_list"]) == 2


async def test_a_third_meter_follows_the_second(make_home: MakeHome) -> None:
    home = await make_home(simulator=house(FIRST, SECOND, THIRD))
    await home.clock.advance(minutes=15)
    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=20)

    await swap(home, NEW, LATER)
    await home.clock.advance(minutes=20)

    assert never_falls(published(home, OLD, "energy_in"))
    assert announced(home, OLD)["dev"]["sn"] == LATER
    assert [announced(home, a)["dev"]["sn"] for a in (NEW, LATER)] == [OLD, NEW]
    refused = await home.rpc("undo_meter_swap", address=OLD)
    assert "has taken the place of" in refused["error"]["message"]
    await home.result("undo_meter_swap", address=LATER)
    await home.clock.advance(minutes=10)
    assert [announced(home, a)["dev"]["sn"] for a in (OLD, NEW, LATER)] == [NEW, OLD, LATER]


async def test_a_meter_that_is_to_join_takes_the_place_with_its_first_reading(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(FIRST, COMING))

    asked = await swap(home, OLD, NEW)
    await home.clock.advance(minutes=10)
    still = reading(home, OLD)["energy_in"]
    await home.result("add_device", device_address=NEW, installation_code=CODE, join_time=240)
    await home.clock.advance(minutes=10)

    assert asked["done"] is None
    assert asked["record_list"][0]["new_serial_number"] is None
    assert 4711 < still < 4713
    (done,) = (await home.result("get_meter_swaps"))["record_list"]
    assert done["done"] is not None
    assert never_falls(published(home, OLD, "energy_in"))
    assert announced(home, OLD)["dev"]["sn"] == NEW


async def test_one_that_joins_and_cannot_follow_is_refused_then(make_home: MakeHome) -> None:
    gas = replace(COMING, options={"unit_of_measure": 1, "device_type": 1})
    home = await make_home(simulator=house(FIRST, gas))

    await swap(home, OLD, NEW)
    busy = await home.rpc("swap_meter", old_address=OLD, new_address=LATER)
    await home.result("add_device", device_address=NEW, installation_code=CODE, join_time=240)
    await home.clock.advance(minutes=10)

    assert "is awaited in the place of" in busy["error"]["message"]
    (told,) = home.notifications("meter_swap_settled")
    assert "no meter of electricity in kWh" in told["refused"]
    assert (await home.result("get_meter_swaps"))["record_list"] == []
    assert announced(home, OLD)["dev"]["sn"] == OLD


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (STRANGER, NEW, "is not known to the gateway"),
        (OLD, OLD, "another meter under the same address is found by itself"),
        (OLD, "00:0d:6f:00:0a:00:00:31", "is not a meter"),
        ("00:0d:6f:00:0a:00:00:31", NEW, "is not a meter"),
        (OLD, "00:0d:6f:00:0a:00:00:41", "no meter of electricity in kWh"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    make_home: MakeHome, old: str, new: str, problem: str
) -> None:
    display = device("display", "00:0d:6f:00:0a:00:00:31", "Display")
    gas = device("meter", "00:0d:6f:00:0a:00:00:41", "Gas", unit_of_measure=1, device_type=1)
    home = await make_home(simulator=house(FIRST, SECOND, display, gas))

    answer = await home.rpc("swap_meter", old_address=old, new_address=new)

    assert answer["status"] == "error"
    assert problem in answer["error"]["message"]
    assert (await home.result("get_meter_swaps"))["record_list"] == []
    assert announced(home, OLD)["dev"]["sn"] == OLD


async def test_it_is_the_same_after_a_restart(make_home: MakeHome) -> None:
    kept: Collections = {}
    home = await make_home(kept=kept, simulator=house(FIRST, SECOND))
    await swap(home, OLD, NEW)
    await home.clock.advance(minutes=15)
    before = reading(home, OLD)
    await home.stop()

    after = await make_home(
        kept=copy.copy(kept), simulator=house(FIRST, SECOND), retained=home.broker.retained
    )
    await after.clock.advance(minutes=15)

    assert reading(after, OLD)["energy_in"] > before["energy_in"]
    assert (
        reading(after, OLD)["why"]["energy_in"]["offset"] == (before["why"]["energy_in"]["offset"])
    )
    assert announced(after, OLD)["dev"]["sn"] == NEW


async def test_another_meter_that_answers_by_the_same_address_counts_for_itself(
    make_home: MakeHome,
) -> None:
    home = await make_home(simulator=house(FIRST, SECOND))
    await swap(home, OLD, NEW)
    meter = next(m for n, m in home.household.find(MeterServer).items() if n == "Fresh")

    meter.swap(replace(meter.settings, serial_number="D-4", initial_energy=0.5))
    await home.clock.advance(minutes=30)

    shown = reading(home, OLD)
    assert "swap" not in shown
    assert "offset" not in shown["why"]["energy_in"]
    assert 0.5 < shown["energy_in"] < 4
