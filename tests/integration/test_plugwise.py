"""Circles of an emulated stick behind a TCP port, at a bridge on a real broker, also by REST."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
import json
from pathlib import Path
from random import Random
import signal
from typing import Any

import aiohttp
import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock, unix_time
from sebridge.base.signals import SignalBus
from sebridge.model.plain import to_plain
from sebridge.plugwise.answers import Answer
from sebridge.plugwise.requests import GetLog, Request
from sebridge.simulator.modules.faults import NO_FAULTS, Fault, Faults
from sebridge.simulator.modules.faulty import FaultyModule
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import EmulatedPlugwiseStick
from tests.integration.bridges import ROOT, Program, configuration, make_bridge
from tests.integration.brokers import Listener, Mosquitto
from tests.patience import until
from tests.ports import unused_port

STICK, PLUS, LAMP = Eui64(0x000D6F0001A59EDC), Eui64(0x000D6F0001A5A372), Eui64(0x000D6F0001A400E2)
LAMP_TOPIC = f"{ROOT}/circle/{LAMP:016x}"
HOUR = 3600
LOGGED = 120
"""Hours that the circles have logged before anybody asks."""


class Read(SimulatedCircle):
    """A circle that counts how many buffers of its log were read."""

    buffers = 0

    @override
    def answer(self, request: Request, now: float) -> Answer | None:
        self.buffers += isinstance(request, GetLog)
        return super().answer(request, now)


class Stick:
    """An emulated stick with a Circle+ and a lamp, and the port that it is behind."""

    def __init__(self, faults: Faults = NO_FAULTS, *, delay: float = 0.02) -> None:
        clock, bus = SystemClock(), SignalBus()
        self.begun = int(clock.utc()) // HOUR * HOUR - LOGGED * HOUR
        self.circles = {mac: Read(mac, self.begun, watts=100.0) for mac in (PLUS, LAMP)}
        for circle in self.circles.values():
            circle.delay = delay
        self._emulated = EmulatedPlugwiseStick(STICK, self.circles.values(), clock, bus)
        served = FaultyModule(
            self._emulated, faults, seed=Random(1), bus=bus, clock=clock, hang_up=self.hang_up
        )
        self._port = ModulePort(served, "127.0.0.1", 0)

    def hang_up(self) -> None:
        self._port.hang_up()

    @property
    def path(self) -> str:
        return f"socket://127.0.0.1:{self._port.port}"

    @asynccontextmanager
    async def plugged_in(self) -> AsyncIterator["Stick"]:
        await self._port.start()
        try:
            yield self
        finally:
            await self._port.stop()
            await self._emulated.stop()

    def options(self) -> dict[str, Any]:
        circles = [{"address": str(LAMP), "name": "Lamp"}]
        return {
            "plugwise": {"path": self.path, "interval": 5, "circles": circles},
            "simulator": {"devices": []},
        }


def told(listener: Listener, topic: str) -> Any:
    payload = listener.topics().get(topic)
    return None if not payload else json.loads(payload)


def is_on(listener: Listener, *, on: bool) -> bool:
    state = told(listener, LAMP_TOPIC)
    return state is not None and state["on"] is on


async def test_circles_by_mqtt_and_rest_while_the_line_is_noisy_and_hangs_up(
    mosquitto: Mosquitto, listening: Callable[..., Listener], tmp_path: Path
) -> None:
    faults = Faults(after=((Fault.HANG_UP, 40),), garbage_every=5)
    async with Stick(faults).plugged_in() as stick:
        http = unused_port()
        bridge = make_bridge(
            tmp_path, {"port": mosquitto.port}, **stick.options(), http={"port": http}
        )
        listener = listening(mosquitto.port, f"{ROOT}/#", "homeassistant/#")
        await bridge.start()
        await until(lambda: told(listener, f"{LAMP_TOPIC}/energy"))
        await until(
            lambda: told(listener, f"homeassistant/device/sebridge_home_{LAMP:016x}/config")
        )

        listener.say(
            f"{ROOT}/rpc/request/switch_circle",
            json.dumps({"circle_address": f"{LAMP:016x}", "on": False}).encode(),
        )
        await until(partial(is_on, listener, on=False))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{http}") as client:
            found = await _get(client, "/rest/circles")
            power = await _get(client, f"/rest/circles/{LAMP}/power")
            hours = await _get(client, f"/rest/circles/{LAMP}/history")
            calibration = await _get(client, f"/rest/circles/{PLUS}/calibration")
            nobody = await client.get(f"/rest/circles/{STICK}")
            forbidden = await client.put(f"/rest/circles/{LAMP}/relay", json={"on": True})

        assert listener.topics()[f"{LAMP_TOPIC}/availability"] == b"online"
        assert [one["name"] for one in found["circle_list"]] == ["Circle A5A372", "Lamp"]
        assert (power["on"], power["power"]) == (False, 0)
        assert [unix_time(one["begin"]) for one in hours["record_list"]][:LOGGED] == [
            stick.begun + n * HOUR for n in range(LOGGED)
        ]
        assert calibration["gain_a"] == 1
        assert (nobody.status, forbidden.status) == (404, 403)
        await bridge.stop()


async def _get(client: aiohttp.ClientSession, path: str) -> Any:
    async with client.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_no_hour_is_missing_or_twice_where_the_bridge_is_killed_while_it_reads_a_log(
    mosquitto: Mosquitto, listening: Callable[..., Listener], tmp_path: Path
) -> None:
    mqtt = {"port": mosquitto.port}
    async with Stick(delay=0.05).plugged_in() as stick:
        program = Program(configuration(tmp_path, mqtt, **stick.options()))
        listener = listening(mosquitto.port, f"{ROOT}/#")
        program.start()
        await until(lambda: stick.circles[LAMP].buffers > LOGGED / 8)  # half of them
        await asyncio.to_thread(program.end, signal.SIGKILL)
        was_told = told(listener, f"{LAMP_TOPIC}/energy")

        bridge = make_bridge(tmp_path, mqtt, **stick.options())
        await bridge.start()
        await until(lambda: told(listener, f"{LAMP_TOPIC}/energy"))
        call = bridge.gateway.dispatcher.call
        answer = to_plain(await call("get_circle_history", {"circle_address": str(LAMP)}))
        await bridge.stop()

    records = answer["record_list"][:LOGGED]
    assert was_told is None
    assert [unix_time(one["begin"]) for one in records] == [
        stick.begun + n * HOUR for n in range(LOGGED)
    ]
    assert [one["energy_in"] for one in records] == pytest.approx([0.1] * LOGGED, rel=1e-3)
