"""Home Assistant in one process, with a clock that is set by what it is told.

Run by `script/try_with_homeassistant_costs` with the Python that has Home Assistant: directory and
port of the broker are its arguments. Only what tells the time is replaced, `time.time` and
`dt_util.utcnow`, before it is loaded. Messages come from the broker through its MQTT integration,
its energy dashboard makes the cost sensor, and its recorder compiles the statistics of each five
minutes and each hour, as it does by itself when they are over.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import sys
import time
from typing import Any, Final


class Clock:
    """What time it is for Home Assistant: the real one as long as nobody has set it."""

    def __init__(self) -> None:
        self._real = time.time
        self._now: float | None = None

    def set(self, now: float) -> None:
        """Let it be so many seconds since 1970 from now on."""
        self._now = now

    def time(self) -> float:
        """Return seconds since 1970."""
        return self._real() if self._now is None else self._now

    def utcnow(self) -> datetime:
        """Return the same, as Home Assistant's tools for dates have it."""
        return datetime.fromtimestamp(self.time(), UTC)


CLOCK: Final = Clock()
time.time = CLOCK.time  # before anybody else has got hold of it

import homeassistant.const
from homeassistant.util import dt as dt_util

homeassistant.const.REQUIRED_PYTHON_VER = (3, 13, 0)
dt_util.utcnow = CLOCK.utcnow

from homeassistant import bootstrap, runner
from homeassistant.components import mqtt
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import (
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.core import HomeAssistant
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

CONFIGURATION: Final = """
homeassistant:
  time_zone: Europe/Berlin
  currency: EUR
  unit_system: metric
  country: DE
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
  commit_interval: 0
energy:
logger:
  default: warning
"""
PERIOD: Final = 300
HOUR: Final = 3600
MARK: Final = "mark"
SUBSCRIBING: Final = 3  # seconds in which it subscribes to what is new
PRICE: Final = "sensor.sebridge_home_price"
OURS: Final = ("mqtt", "energy", "sensor", "statistic")


class Player:
    """Publishes messages, and waits until Home Assistant has all of them."""

    def __init__(self, hass: HomeAssistant, port: int) -> None:
        self._hass = hass
        self._heard = asyncio.Event()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    async def begin(self) -> None:
        """Listen for the mark behind what is played."""
        await mqtt.async_subscribe(self._hass, MARK, lambda _message: self._heard.set(), qos=0)
        await asyncio.sleep(SUBSCRIBING)

    async def play(self, messages: Sequence[tuple[str, str]]) -> None:
        """Publish, and wait: a broker keeps the order, and Home Assistant too."""
        for topic, payload in messages:
            self._client.publish(topic, payload, retain=True)
        self._heard.clear()
        self._client.publish(MARK, "")
        await asyncio.wait_for(self._heard.wait(), 60)
        if any(topic.startswith("homeassistant/") for topic, _ in messages):
            await asyncio.sleep(SUBSCRIBING)  # what is retained it gets then


async def started(directory: Path, port: int) -> HomeAssistant:
    """Return a Home Assistant that is connected with the broker."""
    (directory / "configuration.yaml").write_text(CONFIGURATION.format(port=port + 1))
    log = str(directory / "said")
    config = runner.RuntimeConfig(config_dir=str(directory), skip_pip=True, log_file=log)
    hass = await bootstrap.async_setup_hass(config)
    await hass.async_start()
    flow = await hass.config_entries.flow.async_init("mqtt", context={"source": "user"})
    answer = {"broker": "127.0.0.1", "port": port}
    await hass.config_entries.flow.async_configure(flow["flow_id"], answer)
    await hass.async_block_till_done()
    return hass


async def cost_of(hass: HomeAssistant, energy: str) -> str:
    """Put a meter and the price into the energy dashboard; return the sensor of its cost."""
    flow = {
        "stat_energy_from": energy,
        "stat_cost": None,
        "entity_energy_price": PRICE,
        "number_energy_price": None,
    }
    source = {"type": "grid", "flow_from": [flow], "flow_to": [], "cost_adjustment_day": 0.0}
    manager = await async_get_manager(hass)
    await manager.async_update({"energy_sources": [source]})
    await hass.async_block_till_done()
    return f"{energy}_cost"


def meter_in(hass: HomeAssistant) -> str | None:
    """Return the sensor of the energy, once it and a price are there."""
    price = hass.states.get(PRICE)
    if price is None or price.state in {"unknown", "unavailable"}:
        return None
    sensors = [s.entity_id for s in hass.states.async_all("sensor")]
    return next((one for one in sensors if one.endswith("energy_in")), None)


async def main(directory: Path, port: int) -> None:
    """Play all messages, and write what the statistics say of energy and cost."""
    messages = json.loads((directory / "messages.json").read_text())
    hass = await started(directory, port)
    recorder = get_instance(hass)
    player = Player(hass, port)
    await player.begin()
    first = messages[0][0]
    CLOCK.set(first)
    energy = cost = None
    compiled = int(first) // PERIOD * PERIOD
    for at in sorted({at for at, _, _ in messages}):
        while compiled + PERIOD <= at:
            CLOCK.set(max(CLOCK.time(), compiled + PERIOD))
            period = datetime.fromtimestamp(compiled, UTC)
            recorder.queue_task(StatisticsTask(period, fire_events=False))
            compiled += PERIOD
            if compiled % HOUR == 0:
                await recorder.async_block_till_done()
        CLOCK.set(at)
        await player.play(messages_at(messages, at))
        if energy is None:
            energy = meter_in(hass)
            cost = None if energy is None else await cost_of(hass, energy)
    await recorder.async_block_till_done()
    begin = datetime.fromtimestamp(first, UTC) - timedelta(hours=1)
    rows = await recorder.async_add_executor_job(
        lambda: statistics_during_period(
            hass, begin, None, {energy, cost}, "hour", None, {"change"}
        )
    )
    told: dict[str, Any] = {
        name: {row["start"]: row["change"] for row in rows.get(entity, ())}
        for name, entity in (("energy", energy), ("cost", cost))
    }
    lines = (directory / "said").read_text().splitlines()
    warnings = [line for line in lines if "WARNING" in line or "ERROR" in line]
    told["problems"] = [line for line in warnings if any(word in line for word in OURS)]
    (directory / "statistics.json").write_text(json.dumps(told))
    await hass.async_stop(force=True)


def messages_at(messages: list[list[Any]], at: float) -> list[tuple[str, str]]:
    """Return the messages of a moment, and take them away: they are in order."""
    found = []
    while messages and messages[0][0] == at:
        _, topic, payload = messages.pop(0)
        found.append((topic, payload))
    return found


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
