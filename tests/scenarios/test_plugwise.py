"""The circles of a Plugwise stick, from its cable to what people and programs see, and back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import unix_time
from sebridge.base.secret import Secret
from sebridge.cli.backfill import Backfill, Task
from sebridge.settings.plugwise_options import CircleOptions, PlugwiseOptions
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.transports.mqtt.messages import Message
from tests.api.home import Collections, Home
from tests.doubles import RecordingBroker
from tests.homeassistant_websocket import StandIn
from tests.plugwise.bench import CIRCLE_PLUS, FRIDGE, LAMP, PANEL, START, Bench
from tests.reference_files import reference

HOUR = 3600
RULES = reference("homeassistant_discovery.schema.json")
OPTIONS = PlugwiseOptions(
    path="/dev/plugwise",
    interval=300.0,
    circles=(CircleOptions(address=LAMP, name="Lamp"), CircleOptions(address=PANEL)),
)
ROOT = "sebridge/home/circle"
DISCOVERY = "homeassistant/device/sebridge_home_{:016x}/config"


class House:
    """A gateway whose stick is that of a bench; it may be restarted."""

    def __init__(self, bench: Bench | None = None) -> None:
        self.bench = bench or Bench()
        self.clock = self.bench.clock
        self.broker = RecordingBroker()
        self.collections = Collections()

    @asynccontextmanager
    async def running(self, plugwise: PlugwiseOptions | None = OPTIONS) -> AsyncIterator[Home]:
        """Give the gateway, with circles that were seen."""

        async def open_port(_path: str, _baudrate: int, protocol: asyncio.Protocol) -> None:
            await self.bench.cable.open(protocol)

        home = Home(
            self.clock,
            (),
            self.collections,
            broker=self.broker,
            open_port=open_port,
            plugwise=plugwise,
        )
        await home.start()
        await self.clock.advance(20)
        yield home
        await home.stop()
        await self.clock.settle()

    def kept(self, mac: Eui64, *levels: str) -> Any:
        return self.broker.kept("/".join((ROOT, f"{mac:016x}", *levels)))

    def is_available(self, mac: Eui64) -> bool:
        return self.broker.retained[f"{ROOT}/{mac:016x}/availability"] == b"online"

    def announced(self, mac: Eui64) -> Any:
        return self.broker.kept(DISCOVERY.format(mac))


def starts(answer: dict[str, Any]) -> list[float]:
    return [unix_time(record["begin"]) for record in answer["record_list"]]


async def test_circles_are_found_and_told_of() -> None:
    house = House()
    async with house.running() as home:
        listed = await home.call("list_circles")

        assert listed["stick"]["present"]
        assert [one["name"] for one in listed["circle_list"]] == [
            "Circle A5A372",
            "Lamp",
            "Circle A40223",
        ]
        assert [one["circle_plus"] for one in listed["circle_list"]] == [True, False, False]
        lamp = house.kept(LAMP)
        assert (lamp["name"], lamp["on"], lamp["problem"]) == ("Lamp", True, None)
        assert lamp["power"] == pytest.approx(11, abs=0.2)
        assert house.is_available(LAMP)


async def test_home_assistant_is_told_of_each_circle_as_a_device() -> None:
    house = House()
    async with house.running():
        await house.clock.advance(60)

        told = house.announced(LAMP)
        assert told["dev"]["name"] == "Lamp"
        assert "cns" not in told["dev"]
        assert [place["t"] for place in told["avty"]] == [
            "sebridge/home/availability",
            f"{ROOT}/{LAMP:016x}/availability",
        ]
        parts = told["cmps"]
        assert list(parts) == ["connection", "relay", "power", "energy_in"]
        assert parts["energy_in"]["dev_cla"] == "energy"
        assert parts["relay"]["cmd_t"] == "sebridge/home/rpc/request/switch_circle"
        assert house.announced(CIRCLE_PLUS)["dev"]["mdl"] == "Circle+"
        assert list(Draft202012Validator(RULES).iter_errors(told)) == []


async def test_a_circle_is_switched_by_mqtt_and_says_so_at_once() -> None:
    house = House()
    async with house.running():
        request = {"circle_address": f"{LAMP:016x}", "on": False}
        topic = "sebridge/home/rpc/request/switch_circle"
        house.broker.deliver(Message(topic, json.dumps(request).encode()))
        await house.clock.advance(1)

        assert not house.bench.circles[LAMP].relay
        assert (house.kept(LAMP)["on"], house.kept(LAMP)["power"]) == (False, 0)


async def test_a_circle_is_asked_what_it_is() -> None:
    house = House()
    async with house.running() as home:
        house.bench.circles[LAMP].be_fast(90, house.clock.utc())
        told = await home.call("get_circle", circle_address=str(LAMP))

        assert told["hardware_version"] == "6539-0900-1106"
        assert told["firmware_date"] == "2011-06-27"
        assert (told["mains_frequency"], told["clock_offset"]) == (50, 90)
        assert told["power"] == pytest.approx(11, abs=0.2)


async def test_energy_grows_within_the_hour_and_is_that_of_the_log_after_it() -> None:
    house = House()
    async with house.running():
        told = []
        for _ in range(5):
            await house.clock.advance(minutes=20)
            told.append(house.kept(FRIDGE, "energy")["energy_in"])

        assert told == sorted(told)
        passed = (house.clock.utc() - START) / HOUR
        assert told[-1] == pytest.approx(0.09 * passed, rel=0.03)
        assert told[0] > 0


async def test_every_hour_is_in_the_history_once_over_restarts() -> None:
    house = House()
    async with house.running():
        await house.clock.advance(hours=1, minutes=10)
    await house.clock.advance(hours=14)
    async with house.running() as home:
        await house.clock.advance(hours=1)
        answer = await home.call("get_circle_history", circle_address=str(LAMP))
        part = await home.call(
            "get_circle_history",
            circle_address=str(LAMP),
            begin=answer["record_list"][3]["begin"],
            end=answer["record_list"][5]["begin"],
        )

    assert starts(answer) == [START + n * HOUR for n in range(16)]
    assert [one["energy_in"] for one in answer["record_list"]] == pytest.approx(
        [0.011] * 16, rel=1e-3
    )
    assert starts(part) == [START + 3 * HOUR, START + 4 * HOUR]


async def test_production_is_logged_apart_and_shown_where_it_is_wanted() -> None:
    house = House()
    house.bench.emulated.bring(SimulatedCircle(PANEL, START, watts=-300.0))
    wanted = CircleOptions(address=PANEL, name="Panel", production=True)
    options = PlugwiseOptions(path="/dev/plugwise", interval=300.0, circles=(wanted,))
    async with house.running(options) as home:
        await home.call("add_circle", circle_address=str(PANEL))
        await house.clock.advance(HOUR / 2)
        house.bench.circles[PANEL] = house.bench.emulated.circles[PANEL]
        house.bench.circles[PANEL].draw(100.0, house.clock.utc())
        await house.clock.advance(hours=1)
        answer = await home.call("get_circle_history", circle_address=str(PANEL))

        first = answer["record_list"][0]
        assert first["energy_out"] == pytest.approx(0.15, rel=0.05)
        assert first["energy_in"] == pytest.approx(0.05, rel=0.05)
        assert "energy_out" in house.announced(PANEL)["cmps"]


async def test_a_circle_that_is_lost_is_not_available_until_it_is_back() -> None:
    house = House()
    async with house.running() as home:
        house.bench.circles[LAMP].is_there = False
        await house.clock.advance(minutes=6)
        lost, there = house.kept(LAMP), house.is_available(FRIDGE)
        refused = await home.refused("switch_circle", circle_address=str(LAMP), on=True)
        was_available = house.is_available(LAMP)
        house.bench.circles[LAMP].is_there = True
        await house.clock.advance(minutes=6)

        assert "is not reached" in lost["problem"]
        assert (was_available, there) == (False, True)
        assert "is not reached" in refused.message
        assert house.is_available(LAMP)


async def test_a_stick_that_is_pulled_out_takes_all_circles_with_it_and_brings_them_back() -> None:
    house = House()
    async with house.running() as home:
        house.bench.cable.pull()
        await house.clock.advance(hours=2)
        available = [house.is_available(mac) for mac in (CIRCLE_PLUS, LAMP, FRIDGE)]
        listed = await home.call("list_circles")
        health = home.bridge.health.facts()
        house.bench.cable.is_there = True
        await house.clock.advance(75)
        back = [house.is_available(mac) for mac in (CIRCLE_PLUS, LAMP, FRIDGE)]
        await house.clock.advance(minutes=6)
        answer = await home.call("get_circle_history", circle_address=str(LAMP))

        assert (available, back) == ([False] * 3, [True] * 3)
        assert not listed["stick"]["present"]
        assert "cannot be opened" in listed["stick"]["problem"]
        assert health["plugwise"] == {
            "stick": False,
            "problem": "/dev/plugwise cannot be opened: no such file",
            "circles": 3,
            "available": 0,
        }
        assert any("the Plugwise stick is not there" in note for note in health["notes"])
        assert starts(answer) == [START, START + HOUR]


async def test_circles_of_an_earlier_run_stand_there_before_the_stick_does() -> None:
    house = House()
    async with house.running():
        pass
    announced = house.announced(LAMP)
    house.bench.cable.is_there = False
    house.broker.history.clear()

    async with house.running() as home:
        refused = await home.refused("get_circle", circle_address=str(LAMP))
        listed = await home.call("list_circles")

        assert "has not told of its circles yet" in refused.message
        assert [one["available"] for one in listed["circle_list"]] == [False] * 3
        assert (DISCOVERY.format(LAMP), b"") not in house.broker.history
        assert house.announced(LAMP) == announced


async def test_a_circle_joins_and_leaves_and_nothing_of_it_stays() -> None:
    house = House()
    async with house.running() as home:
        house.bench.emulated.bring(SimulatedCircle(PANEL, START))
        await house.clock.advance(1)
        wishes = (await home.call("list_circles"))["joining_list"]
        told = home.notifications("circle_wants_to_join")
        added = await home.call("add_circle", circle_address=str(PANEL), name="Panel")
        await house.clock.advance(hours=1, minutes=6)
        announced = house.announced(PANEL)
        left = await home.call("remove_circle", circle_address=str(PANEL))
        await house.clock.advance(10)
        refused = await home.refused("get_circle_history", circle_address=str(PANEL))

        assert wishes == [str(PANEL)]
        assert told == [{"circle_address": str(PANEL)}]
        assert (added["name"], left["circle_address"]) == ("Panel", str(PANEL))
        assert announced["dev"]["name"] == "Panel"
        assert house.announced(PANEL) is None
        assert house.broker.kept_below(f"{ROOT}/{PANEL:016x}") == []
        assert "is no circle" in refused.message
        assert not any(f"{PANEL:016x}" in key for key in house.collections.kept["circle_hours"])


async def test_a_circle_that_is_added_again_has_its_history_again() -> None:
    house = House()
    async with house.running() as home:
        await house.clock.advance(hours=2)
        await home.call("remove_circle", circle_address=str(LAMP))
        await home.call("add_circle", circle_address=str(LAMP))
        await house.clock.advance(minutes=6)
        answer = await home.call("get_circle_history", circle_address=str(LAMP))

        assert starts(answer) == [START, START + HOUR]


async def test_without_a_stick_in_the_configuration_nothing_is_kept_on_topics() -> None:
    house = House()
    async with house.running():
        pass

    async with house.running(None) as home:
        await house.clock.advance(10)
        refused = await home.refused("list_circles")

        assert "no Plugwise stick is configured" in refused.message
        assert house.announced(LAMP) is None
        assert house.broker.kept_below(ROOT) == []
        assert "plugwise" not in home.bridge.health.facts()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"begin": 10, "end": 10}, "end"),
        ({"begin": 10, "end": 10 + 1501 * HOUR}, "begin"),
    ],
)
async def test_history_is_asked_for_within_limits(given: dict[str, int], problem: str) -> None:
    house = House()
    async with house.running() as home:
        refused = await home.refused("get_circle_history", circle_address=str(LAMP), **given)

        assert refused.data["parameter"] == problem


async def test_a_calibration_is_asked_for_again() -> None:
    house = House()
    async with house.running() as home:
        told = await home.call("calibrate_circle", circle_address=str(LAMP))

        assert (told["gain_a"], told["gain_b"]) == (1.0, 0.0)


async def test_the_hours_of_an_outage_go_into_the_statistics_of_home_assistant() -> None:
    house = House()
    entity = "sensor.lamp_energy_in"
    async with house.running():
        await house.clock.advance(START + HOUR + 600 - house.clock.utc())
    await house.clock.advance(hours=4)
    there = StandIn("let me in", {f"sebridge_home_{LAMP:016x}_energy_in": entity})
    there.rows[entity] = {int(START): (0.011, 0.5)}
    async with house.running() as home, there.serving():
        await house.clock.advance(minutes=10)

        async def call(method: str, params: dict[str, Any]) -> dict[str, Any]:
            return await home.call(method, **params)

        task = Task(
            gateway="home",
            meter=LAMP,
            is_circle=True,
            url=there.url,
            token=Secret(b"let me in"),
            since=int(START),
        )
        await Backfill(task, call, house.clock).run()

    rows = there.rows[entity]
    assert sorted(rows) == [START + n * HOUR for n in range(5)]
    assert [rows[hour][1] for hour in sorted(rows)] == pytest.approx(
        [0.5 + 0.011 * n for n in range(5)], rel=1e-3
    )


def damaged(octets: bytes) -> bytes:
    """Spoil the CRC of one frame in three."""
    return octets if sum(octets) % 3 else octets.replace(b"A", b"B")


@pytest.mark.parametrize("fault", ["damaged", "slow", "sleeping", "clock"])
async def test_no_hour_is_missing_or_twice_whatever_goes_wrong(fault: str) -> None:
    house = House()
    lamp = house.bench.circles[LAMP]
    async with house.running() as home:
        match fault:
            case "damaged":
                house.bench.cable.to_host = damaged
            case "slow":
                lamp.delay = 14.0
            case "sleeping":
                lamp.is_there = False
                await house.clock.advance(minutes=90)
                lamp.is_there = True
            case "clock":
                lamp.be_fast(2 * HOUR, house.clock.utc())
        await house.clock.advance(START + 2 * HOUR + 600 - house.clock.utc())
        answer = await home.call("get_circle_history", circle_address=str(LAMP))

        assert [start for start in starts(answer) if start >= START] == [
            START + n * HOUR for n in range(2)
        ]
        assert house.is_available(FRIDGE)
