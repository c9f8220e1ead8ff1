"""Take pictures of a real Home Assistant with a bridge; see `homeassistant_screenshots`.

Home Assistant is told a time zone in which it is evening, so that the picture of a day has a day.
The hours of that day before now are those of a simulated meter, written into its statistics.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import sys
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from playwright.async_api import Browser, Page, async_playwright

from script.console_pictures import in_few_colours
from script.real_homeassistant import HomeAssistant, environment
from sebridge.app.joining_gateway import gateway_address
from sebridge.app.process import Process
from sebridge.base.clock import SystemClock, zigbee_time
from sebridge.cli.demo import demo_options
from sebridge.homeassistant.backfill import HOUR, Row
from sebridge.homeassistant.statistics_link import Statistic, import_of
from sebridge.rpc.message import Request
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.settings.http_options import HttpOptions
from sebridge.settings.options import (
    GatewayOptions,
    MqttOptions,
    Options,
    RadioOptions,
    StorageOptions,
)
from sebridge.simulator.household import link_key_of
from sebridge.transports.mqtt.broker import free_port
from tests.homeassistant.cost_week import BEGIN, Hourly, by_the_register, week
from tests.ports import unused_port

PICTURES: Final = Path(__file__).resolve().parents[1] / "docs/images/homeassistant"
LARGEST: Final = 150_000  # octets of a picture, as they are kept with the project
_EVENING: Final = 21  # o'clock
_DAY: Final = 24
_JOIN_TIME: Final = 240  # seconds
_PATIENCE: Final = 120.0  # seconds until something is there
_LOOK_AGAIN: Final = 0.5
_DRAWN: Final = 4.0  # seconds in which a page has drawn what it was told
_BROKER: Final = 18_840  # the port that is tried first
_CLOCK: Final = SystemClock()

_ENERGY: Final = "sensor.main_meter_energy_in"
_PRICE: Final = "sensor.sebridge_home_price"
_LIMIT: Final = "sensor.sebridge_home_consumption_limit"
_SECOND_EVENT: Final = "switch.sebridge_display_load_control_participation_2"
_DASHBOARD: Final = "smart-energy"
_CONFIGURATION: Final = """
homeassistant:
  name: Home
  time_zone: {zone}
  currency: EUR
  country: DE
  unit_system: metric
frontend:
history:
energy:
"""


class Picture(NamedTuple):
    """A page, what on it shows that it is there, and how large it is."""

    name: str
    path: str
    shows: str
    width: int
    height: int


def _row(entity: str, **more: str) -> dict[str, str]:
    return {"entity": entity} | more


def _attribute(entity: str, attribute: str, name: str, icon: str) -> dict[str, str]:
    told = {"type": "attribute", "attribute": attribute, "name": name, "icon": icon}
    return _row(entity, **told, format="time")


_GATEWAY: Final = "sebridge_home"
_DISPLAY: Final = "sebridge_display"
_CARDS: Final = (
    {
        "type": "entities",
        "title": "Load control",
        "show_header_toggle": False,
        "entities": [
            _row(f"binary_sensor.{_GATEWAY}_load_control", name="In force"),
            _row(f"sensor.{_GATEWAY}_load_control_until", name="Until"),
            _row(f"sensor.{_GATEWAY}_criticality_level", name="Criticality level"),
            _row(_LIMIT, name="Consumption limit"),
            _row(f"switch.{_GATEWAY}_consumption_limit_participation", name="Keep to the limit"),
            {"type": "section", "label": "What devices say"},
            _row("sensor.living_room_thermostat_load_control_status", name="Thermostat"),
            _row("sensor.water_heater_switch_load_control_status", name="Water heater"),
        ],
    },
    {
        "type": "entities",
        "title": "On a display: take part or not",
        "show_header_toggle": False,
        "entities": [
            _row(f"switch.{_DISPLAY}_load_control_participation", name="All in force"),
            {"type": "section", "label": "Now"},
            _row(f"switch.{_DISPLAY}_load_control_participation_1", name="Take part"),
            _attribute(
                f"switch.{_DISPLAY}_load_control_participation_1",
                "until",
                "Until",
                "mdi:clock-end",
            ),
            {"type": "section", "label": "Later"},
            _row(_SECOND_EVENT, name="Take part"),
            _attribute(_SECOND_EVENT, "from", "From", "mdi:clock-start"),
        ],
    },
    {
        "type": "entities",
        "title": "Prices and messages",
        "show_header_toggle": False,
        "entities": [
            _row(_PRICE, name="Now"),
            _row(f"sensor.{_GATEWAY}_price_until", name="Until"),
            _row(f"sensor.{_GATEWAY}_next_price", name="Next"),
            {"type": "section", "label": "Message"},
            _row(f"sensor.{_GATEWAY}_message", name="Text"),
            _row(f"sensor.{_GATEWAY}_message_importance", name="Importance"),
            _row("sensor.kitchen_display_delivered_message_confirmed", name="Confirmed"),
        ],
    },
)


# ------------------------------------------------------------------ the house


@asynccontextmanager
async def house(folder: Path, port: int) -> AsyncIterator[Process]:
    """Run a simulated house in real time, with a display gateway in it."""
    options = demo_options(1.0, port, folder, HttpOptions())
    limit = ConsumptionLimitOptions(nominal=11_000, floor=4_200)
    options = replace(
        options,
        simulator=replace(options.simulator, speed=1.0),
        consumption_limit=limit,
    )
    async with AsyncExitStack() as begun:
        home = Process(options)
        begun.push_async_callback(home.stop)
        await home.start()
        display = Process(_display_options(home, folder), beside=home)
        begun.push_async_callback(display.stop)
        address = gateway_address("display")
        await home.gateway.manager.add(address, link_key_of(address), _JOIN_TIME)
        await display.start()
        yield home


def _display_options(home: Process, folder: Path) -> Options:
    return Options(
        gateway=GatewayOptions(name="display", role="display"),
        radio=RadioOptions(link_key=link_key_of(gateway_address("display"))),
        mqtt=MqttOptions(broker=home.mqtt.broker),
        storage=StorageOptions(path=folder / "display.db"),
    )


async def tell_stories(home: Process) -> None:
    """Have prices, two load-control events and a message."""
    now = zigbee_time(home.clock.utc())
    prices = {"currency": 978, "duration_in_minutes": 60}
    for number, cents in enumerate((31, 24, 18)):
        record = prices | {
            "issuer_event_id": now + number,
            "start_time": now + number * HOUR,
            "price": cents,
        }
        await ask(home, "create_price_event", record)
    event = {"event_control": 0, "duration_in_minutes": 45}
    # for thermostats and water heaters now, for pumps of pools later
    first = {"issuer_event_id": 7, "device_class": 0x0005, "criticality_level": 4, "duty_cycle": 50}
    second = {"issuer_event_id": 8, "device_class": 0x0008, "start_time": now + 2 * HOUR}
    await ask(home, "create_DRLC_event", event | first)
    await ask(home, "create_DRLC_event", event | second)
    message = {
        "message": "Cheap energy from one to four",
        "message_control": 0x84,  # of medium importance, to be confirmed
        "duration_in_minutes": 60,
    }
    await ask(home, "create_message_event", message)


async def ask(home: Process, method: str, record: Mapping[str, Any]) -> None:
    """Have the house do something; ValueError when it does not."""
    answered = await home.gateway.dispatcher.answer(Request(method, {"record": dict(record)}))
    if answered.error is not None:
        raise ValueError(answered)


# ------------------------------------------------------------------ Home Assistant


def evening(now: datetime) -> str:
    """Return a time zone in which it is evening."""
    ahead = (_EVENING - now.hour + 11) % _DAY - 11  # -11..12 hours
    return f"Etc/GMT{-ahead:+d}"  # where the sign is the other way round (POSIX)


async def until(is_so: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something is so; SystemExit when it is not."""
    end = _CLOCK.monotonic() + _PATIENCE
    while not await is_so():
        if _CLOCK.monotonic() > end:
            sys.exit(f"{what}: not there after {_PATIENCE:.0f} s")
        await _CLOCK.sleep(_LOOK_AGAIN)


async def shows(home: HomeAssistant, *entities: str) -> bool:
    """Tell whether these entities have a state."""
    states = {one["entity_id"]: one["state"] for one in await home.rest("GET", "states")}
    return all(states.get(one, "unknown") not in {"unknown", "unavailable"} for one in entities)


def answer_first_page(directory: Path) -> None:
    """Have Home Assistant ask nothing at its first start but for a user."""
    done = {"done": ["core_config", "analytics", "integration"]}
    kept = {"version": 4, "minor_version": 1, "key": "onboarding", "data": done}
    (directory / ".storage").mkdir()
    (directory / ".storage/onboarding").write_text(json.dumps(kept))


async def fill_energy_dashboard(home: HomeAssistant, day: Hourly) -> None:
    """Put the meter and the price into the energy dashboard, with the hours of the day before."""
    source = {
        "type": "grid",
        "flow_from": [
            {
                "stat_energy_from": _ENERGY,
                "stat_cost": None,
                "entity_energy_price": _PRICE,
                "number_energy_price": None,
            }
        ],
        "flow_to": [],
        "cost_adjustment_day": 0.0,
    }
    await home.ask(
        {
            "type": "energy/save_prefs",
            "energy_sources": [source],
            "device_consumption": [],
        }
    )
    await until(lambda: shows(home, f"{_ENERGY}_cost"), "the sensor of the cost")
    begin = int(_CLOCK.utc()) // HOUR * HOUR - len(day.energy) * HOUR
    sums = (
        (Statistic(statistic_id=_ENERGY, name=None, unit="kWh", unit_class="energy"), day.energy),
        (
            Statistic(statistic_id=f"{_ENERGY}_cost", name=None, unit="EUR", unit_class=None),
            day.cost,
        ),
    )
    for about, changes in sums:
        rows: dict[int, Row] = {}
        row = Row(0.0, 0.0)
        for hour, change in enumerate(changes):
            row = rows[begin + hour * HOUR] = row.grown(change)
        await home.ask({"type": "recorder/import_statistics", **import_of(about, rows)})


async def make_dashboard(home: HomeAssistant) -> None:
    """Make a dashboard of some cards."""
    place = {"url_path": _DASHBOARD, "title": "Smart Energy"}
    shown = {"show_in_sidebar": True, "require_admin": False}
    views = {"views": [{"title": "Smart Energy", "cards": list(_CARDS)}]}
    await home.ask(
        {"type": "lovelace/dashboards/create", "mode": "storage", **place, **shown},
        {"type": "lovelace/config/save", "url_path": _DASHBOARD, "config": views},
    )


async def device_of(home: HomeAssistant, name: str) -> str:
    """Return the id of a device."""
    (registered,) = await home.ask({"type": "config/device_registry/list"})
    return next(str(one["id"]) for one in registered if one["name"] == name)


# ------------------------------------------------------------------ the pictures


@asynccontextmanager
async def page_of(browser: Browser, home: HomeAssistant, zone: str) -> AsyncIterator[Page]:
    """Open Home Assistant in a browser whose user is signed in."""
    context = await browser.new_context(
        locale="en-GB", timezone_id=zone, reduced_motion="reduce", color_scheme="light"
    )
    token = "" if home.token is None else home.token.reveal().decode()
    known = {
        "access_token": token,
        "token_type": "Bearer",
        "refresh_token": "",
        "expires_in": 86_400,
        "expires": (_CLOCK.utc() + 86_400) * 1000,
        "hassUrl": home.address,
        "clientId": f"{home.address}/",
    }
    await context.add_init_script(
        f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(known))});"
        "localStorage.setItem('dockedSidebar', '\"always_hidden\"');"
    )
    try:
        page = await context.new_page()
        page.set_default_timeout(_PATIENCE * 1000)
        yield page
    finally:
        await context.close()


async def take(browser: Browser, page: Page, address: str, picture: Picture) -> int:
    """Take one picture; return its size."""
    await page.set_viewport_size({"width": picture.width, "height": picture.height})
    await page.goto(f"{address}{picture.path}")
    await page.get_by_text(picture.shows, exact=True).first.wait_for()
    await _CLOCK.sleep(_DRAWN)
    file = PICTURES / f"{picture.name}.png"
    file.write_bytes(await in_few_colours(browser, await page.screenshot()))
    size = file.stat().st_size
    print(f"{file.name}: {size} octets{', too large' * (size > LARGEST)}", flush=True)
    return size


async def take_all(home: HomeAssistant, zone: str) -> bool:
    """Take all pictures; tell whether none is too large."""
    gateway = await device_of(home, "sebridge home")
    meter = await device_of(home, "Main meter")
    pictures = (
        Picture("load-control", f"/{_DASHBOARD}/0", "Load control", 1180, 570),
        Picture("energy", "/energy", "Energy usage", 1180, 760),
        Picture("gateway", f"/config/devices/device/{gateway}", "sebridge home", 1180, 900),
        Picture("meter", f"/config/devices/device/{meter}", "Main meter", 1180, 700),
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        async with page_of(browser, home, zone) as page:
            sizes = [await take(browser, page, home.address, one) for one in pictures]
        await browser.close()
    return max(sizes) <= LARGEST


async def main(python: str) -> int:
    """Take the pictures; return the exit status."""
    zone = evening(datetime.fromtimestamp(_CLOCK.utc(), UTC))
    _, periods = await week(HOUR, BEGIN + _DAY * HOUR)
    day = by_the_register(periods)
    hours = Hourly(day.energy[:_EVENING], day.cost[:_EVENING])
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "bridge").mkdir()
        more = _CONFIGURATION.format(zone=zone)
        broker = free_port(_BROKER)
        home = HomeAssistant(python, folder / "homeassistant", unused_port(), more)
        answer_first_page(folder / "homeassistant")
        async with house(folder / "bridge", broker) as begun, home:
            await home.add_mqtt(broker)
            await until(lambda: shows(home, _ENERGY), "the meter")
            await tell_stories(begun)
            await until(lambda: shows(home, _PRICE, _LIMIT, _SECOND_EVENT), "events")
            await fill_energy_dashboard(home, hours)
            await make_dashboard(home)
            return 0 if await take_all(home, zone) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="script/homeassistant_screenshots", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--python", help="of an environment that has Home Assistant")
    sys.exit(asyncio.run(main(environment(parser.parse_args().python))))
