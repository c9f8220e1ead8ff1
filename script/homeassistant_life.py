"""The whole life of a bridge in a real Home Assistant: what `script/test-homeassistant` runs.

After each step the registries of Home Assistant are compared with what stands on the discovery
topics, and each state with what stands on the topic of its entity, until all is as it should be.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
import json
from pathlib import Path
import signal
import sys
import tempfile
from typing import Any, Final, NamedTuple

from script.real_homeassistant import HomeAssistant, NoHomeAssistantError, environment
from sebridge.base.clock import SystemClock
from sebridge.base.errors import ConfigError
from sebridge.transports.mqtt.broker import find_mosquitto
from sebridge.transports.mqtt.leftovers import PAUSE
from tests.integration.bridges import Program, call, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.ports import unused_port

_CLOCK: Final = SystemClock()
_PATIENCE: Final = 240.0  # seconds until all is as it should be, on a busy machine
_LOOK_AGAIN: Final = 0.5
_QUIET: Final = 2 * PAUSE  # seconds in which it stays so, and leftovers are emptied
_TELLS: Final = frozenset({"button", "event", "notify"})
"""Platforms whose state is when something last happened: unknown as long as nothing has."""
_NULL: Final = frozenset({"None", "null", "nan"})
_SILENCE: Final = "nothing was ever told on"
_ABOUT_THE_BROKER: Final = ("[paho.mqtt", "components.mqtt.client", "components/mqtt/client.py")

_SAID_TO_ITSELF: Final = "No device components to cleanup for"
"""Home Assistant empties the discovery topic of a device that it takes away, once for each entity
that was off, and warns of what it hears then: its own fault, mended by its pull request 168382."""
_LOAD_CONTROL: Final = "binary_sensor.sebridge_home_load_control"
_MESSAGE: Final = "sensor.sebridge_home_message"
_FAILED: Final = "event.sebridge_home_action_failed"
_SEND: Final = "notify.sebridge_home_send_message"
_PLUG: Final = "switch.coffee_machine_on_off"
_HEATING: Final = "climate.bedroom_climate"
_BOTH: Final = "climate.office_climate"
_LAMP: Final = "light.reading_lamp_light"
_BLIND: Final = "cover.south_window_cover"
_LONG: Final = "From six to nine this evening energy costs twice as much as at other times."


def _device(kind: str, name: str, number: int, **options: Any) -> dict[str, Any]:
    address = f"00:0d:6f:00:0a:00:00:{number:02x}"
    return {"kind": kind, "name": name, "eui64": address} | (
        {"options": options} if options else {}
    )


_SUN: Final = {"solar_peak": 20_000.0, "tiers": 2}
_HOUSEHOLD: Final = (
    _device("meter", "Main meter", 1, serial_number="A-1", **_SUN),
    _device("sub_meter", "Washing machine", 2),
    _device("display", "Kitchen display", 3),
    _device("thermostat", "Living room", 4),
    _device("load_control", "Water heater", 5),
    _device("meter", "Gas meter", 6, unit_of_measure=1, device_type=1),
    _device("smart_plug", "Coffee machine", 8),
    _device("temperature_sensor", "Attic", 9),
    _device("room_thermostat", "Bedroom", 10),
    _device("room_thermostat", "Office", 11, cools=True),
    _device("lamp", "Reading lamp", 12),
    _device("blind", "South window", 13),
    _device("room_sensor", "Hall", 14),
    _device("contact_sensor", "Front door", 15),
    _device("two_outlet_plug", "Desk", 16),
    _device("remote_control", "Wall remote", 17),
    _device("meter", "New meter", 7, serial_number="B-2", **_SUN),
)
_BESIDES: Final = 2
"""Devices of Home Assistant besides: the gateway, and the second outlet of the plug with two."""


class Component(NamedTuple):
    """A component as its discovery payload says, all of it written out."""

    unique_id: str
    name: str
    platform: str
    availability: tuple[str, ...]
    state_topic: str | None
    template: str | None


class Told(NamedTuple):
    """What the discovery topics say: components by unique id, names of devices by identifier."""

    components: Mapping[str, Component]
    devices: Mapping[str, str]


def told(kept: Mapping[str, bytes], prefix: str) -> Told:
    """Return what the retained discovery topics say."""
    components: dict[str, Component] = {}
    devices: dict[str, str] = {}
    for topic, payload in kept.items():
        if not (topic.startswith(f"{prefix}/device/") and payload):
            continue
        said = json.loads(payload)
        devices[said["dev"]["ids"][0]] = said["dev"]["name"]
        for one in said["cmps"].values():
            if "uniq_id" in one:
                found = _component(one, said)
                components[found.unique_id] = found
    return Told(components, devices)


def _component(one: Mapping[str, Any], payload: Mapping[str, Any]) -> Component:
    return Component(
        unique_id=one["uniq_id"],
        name=one["name"],
        platform=one["p"],
        availability=tuple(place["t"] for place in one.get("avty", payload["avty"])),
        state_topic=one.get("stat_t"),
        template=one.get("val_tpl"),
    )


class Wish(NamedTuple):
    """What is to be there after a step."""

    devices: int
    named: str | None
    shown: Mapping[str, str]  # states by entity id
    before_events: bool

    def unfulfilled(self, told: Told, states: Mapping[str, str]) -> Iterator[str]:
        """Yield what of it is not so."""
        if len(told.devices) != self.devices:
            yield f"{len(told.devices)} devices are announced, and not {self.devices}"
        names = {*told.devices.values(), *(one.name for one in told.components.values())}
        if self.named is not None and self.named not in names:
            yield f"nothing is called {self.named}"
        for entity, state in self.shown.items():
            if states.get(entity) != state:
                yield f"{entity} is {states.get(entity)!r}, and not {state!r}"


def known_devices(
    registered: Sequence[Mapping[str, Any]], wanted: Mapping[str, str]
) -> dict[str, str]:
    """Return the name of each registered device, by the identifier that is announced, if one is.

    What had another identifier and is on the same ZigBee address has both, and is one device.
    """
    found: dict[str, str] = {}
    for device in registered:
        names = [name for domain, name in device["identifiers"] if domain == "mqtt"]
        known = [name for name in names if name in wanted] or names
        found |= dict.fromkeys(known[:1], device["name"])
    return found


def differences(kind: str, wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    """Yield what is told and not there, there and not told, and otherwise named."""
    for key in sorted(wanted.keys() | there.keys()):
        if key not in there:
            yield f"{kind} {key} is announced, and Home Assistant does not have it"
        elif key not in wanted:
            yield f"{kind} {key} is a ghost: nothing announces it"
        elif wanted[key] != there[key]:
            yield f"{kind} {key} is called {there[key]!r}, and not {wanted[key]!r}"


class Life:
    """A broker, a bridge with a simulated household, and Home Assistant."""

    def __init__(self, python: str, directory: Path) -> None:
        self._directory = directory
        self.broker = Mosquitto(directory / "broker", ("allow_anonymous true",))
        self.home = HomeAssistant(python, directory / "homeassistant", unused_port())
        self.options: dict[str, dict[str, Any]] = {
            "gateway": {"name": "home"},
            "mqtt": {"port": self.broker.port},
            "homeassistant": {},
            "simulator": {"speed": 20, "devices": list(_HOUSEHOLD)},
        }
        self.program: Program | None = None
        self.faults: list[str] = []

    # -------------------------------------------------------------- parts

    def start_bridge(self) -> None:
        """Start the bridge with the present options."""
        others = {key: value for key, value in self.options.items() if key != "mqtt"}
        file = configuration(self._directory / "bridge", self.options["mqtt"], **others)
        self.program = Program(file)
        self.program.start()

    def end_bridge(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the bridge."""
        if self.program is not None and self.program.is_there():
            self.program.end(how)

    def restart_bridge(self, section: str = "gateway", **options: Any) -> None:
        """End the bridge and start it with other options."""
        self.end_bridge()
        self.options[section] |= options
        self.start_bridge()

    def request(self, method: str, *parameters: str) -> None:
        """Have the bridge do something; RuntimeError when it does not."""
        answer = call(self.broker.port, method, *parameters)
        if answer.returncode:
            raise RuntimeError(f"{method}: {answer.stdout} {answer.stderr}")

    def take_away(self, number: int) -> None:
        """Leave a device out of the household from the next start of the bridge on."""
        address = f":{number:02x}"
        devices = self.options["simulator"]["devices"]
        self.options["simulator"]["devices"] = [
            device for device in devices if not device["eui64"].endswith(address)
        ]

    def kept(self) -> dict[str, bytes]:
        """Return what the broker keeps."""
        listener = Listener(self.broker.port, "#")
        listener.topics_so_far()
        kept = {topic: said for topic, said, is_kept in listener.heard if is_kept and said}
        listener.close()
        return kept

    async def end(self) -> None:
        """End all parts."""
        self.end_bridge(signal.SIGKILL)
        await self.home.stop()
        self.broker.stop()

    # -------------------------------------------------------------- Home Assistant's pages

    async def choose_prefix(self, prefix: str) -> None:
        """Change the discovery prefix in the options of MQTT."""
        (entries,) = await self.home.ask({"type": "config_entries/get", "domain": "mqtt"})
        begin = {"handler": entries[0]["entry_id"]}
        flow = await self.home.rest("POST", "config/config_entries/options/flow", begin)
        path = f"config/config_entries/options/flow/{flow['flow_id']}"
        await self.home.rest("POST", path, {"discovery": True, "discovery_prefix": prefix})

    async def switch_all_on(self) -> None:
        """Switch on the entities that are off at first, and start again, which they need."""
        (entries,) = await self.home.ask({"type": "config/entity_registry/list"})
        await self.home.ask(
            *(
                {
                    "type": "config/entity_registry/update",
                    "entity_id": entry["entity_id"],
                    "disabled_by": None,
                }
                for entry in entries
                if entry["disabled_by"] is not None and entry["platform"] == "mqtt"
            )
        )
        await self.restart_home()

    async def restart_home(self) -> None:
        """End Home Assistant and start it again."""
        await self.home.stop()
        await self.home.start()

    # -------------------------------------------------------------- what must hold

    @property
    def _prefix(self) -> str:
        return str(self.options["homeassistant"].get("discovery_prefix", "homeassistant"))

    @property
    def _root(self) -> str:
        base = self.options["mqtt"].get("base_topic", "sebridge")
        return f"{base}/{self.options['gateway']['name']}"

    async def step(
        self,
        title: str,
        does: Callable[[], Awaitable[None] | None],
        *,
        devices: int,
        named: str | None = None,
        shown: Mapping[str, str] | None = None,
        without_broker: bool = False,
        before_events: bool = False,
    ) -> None:
        """Do something, wait until all is as it should be, and note what is not.

        So many devices are to be there, the gateway among them, something of the name, and these
        states. Home Assistant may say that it lost a broker that was away; and of some entities
        nothing is told before there are events.
        """
        begin = _CLOCK.monotonic()
        done = does()
        if done is not None:
            await done
        wish = Wish(devices, named, shown or {}, before_events)
        problems = await self._problems_in_the_end(wish)
        complaints = [
            entry
            for entry in self.home.complaints()
            if not (without_broker and any(place in entry for place in _ABOUT_THE_BROKER))
            and _SAID_TO_ITSELF not in entry
        ]
        took = _CLOCK.monotonic() - begin
        outcome = "wrong" if problems or complaints else "right"
        print(f"{title}: {outcome}, {took:.0f} s", flush=True)
        for fault in (*problems, *complaints):
            print(f"    {fault}", flush=True)
        self.faults += (*problems, *complaints)

    async def _problems_in_the_end(self, wish: Wish) -> list[str]:
        """Return what is wrong for good: nothing when it was right and stays so."""
        end = _CLOCK.monotonic() + _PATIENCE
        while True:
            problems = await self._problems(wish)
            if not problems:
                await _CLOCK.sleep(_QUIET)
                problems = await self._problems(wish)
            if not problems or _CLOCK.monotonic() > end:
                return problems
            await _CLOCK.sleep(_LOOK_AGAIN)

    async def _problems(self, wish: Wish) -> list[str]:
        """Return what is wrong now."""
        kept = await asyncio.to_thread(self.kept)
        wanted = told(kept, self._prefix)
        entries, registered = await self.home.ask(
            {"type": "config/entity_registry/list"}, {"type": "config/device_registry/list"}
        )
        entries = {one["unique_id"]: one for one in entries if one["platform"] == "mqtt"}
        there = known_devices(registered, wanted.devices)
        found = list(self._strays(kept))
        found += self._absent(kept)
        states = {one["entity_id"]: one["state"] for one in await self.home.rest("GET", "states")}
        found += wish.unfulfilled(wanted, states)
        found += differences("device", wanted.devices, there)
        found += differences(
            "entity",
            {key: one.name for key, one in wanted.components.items()},
            {key: one["original_name"] for key, one in entries.items()},
        )
        for key, component in wanted.components.items():
            entry = entries.get(key)
            if entry is not None and entry["disabled_by"] is None:
                entity = entry["entity_id"]
                wrong = await self._why_wrong(entity, states.get(entity), component, kept)
                if wrong is not None and not (wish.before_events and _SILENCE in wrong):
                    found.append(wrong)
        return found

    def _absent(self, kept: Mapping[str, bytes]) -> Iterator[str]:
        """Yield what is not there: the bridge, or a device of the household."""
        if kept.get(f"{self._root}/availability") != b"online":
            yield "the bridge is not there"
        for topic, payload in kept.items():
            if topic.endswith("/availability") and payload != b"online":
                yield f"{topic} is {payload.decode()}"

    def _strays(self, kept: Mapping[str, bytes]) -> Iterator[str]:
        """Yield what the broker keeps under no name of the present."""
        for topic in kept:
            if not topic.startswith((f"{self._root}/", f"{self._prefix}/")):
                yield f"{topic} is kept of an earlier life"

    async def _why_wrong(
        self, entity: str, state: str | None, component: Component, kept: Mapping[str, bytes]
    ) -> str | None:
        is_there = all(kept.get(topic) == b"online" for topic in component.availability)
        if state is None or state in _NULL:
            return f"{entity} is {state!r}"
        if state == "unavailable" and is_there:
            return f"{entity} is unavailable, though gateway and device are online"
        if state != "unknown" or component.platform in _TELLS or component.state_topic is None:
            return None
        payload = kept.get(component.state_topic)
        if payload is None:
            # such as what was delivered to a device, before anything was
            return f"{entity} is unknown: {_SILENCE} {component.state_topic}"
        shown = await self._rendered(component.template, payload)
        if not shown or shown in _NULL:
            return None  # there is none of it now, such as a time until which nothing lasts
        return f"{entity} is unknown, though {component.state_topic} tells {shown}"

    async def _rendered(self, template: str | None, payload: bytes) -> str:
        """Return what a template makes of a payload, as Home Assistant itself says."""
        text = payload.decode()
        if template is None:
            return text
        variables = {"value": text, "value_json": json.loads(text)}
        body = {"template": template, "variables": variables}
        return str(await self.home.rest("POST", "template", body))


# ------------------------------------------------------------------ the story


async def live(life: Life) -> None:
    """Take it through all that can befall it."""
    everyone = len(_HOUSEHOLD) + _BESIDES
    life.broker.start()
    life.start_bridge()
    await life.home.start()
    step = life.step
    await step(
        "start",
        partial(life.home.add_mqtt, life.broker.port),
        devices=everyone,
        shown={_LOAD_CONTROL: "off", _MESSAGE: ""},
        before_events=True,
    )
    await step(
        "prices, load control and messages",
        partial(events, life),
        devices=everyone,
        shown={_LOAD_CONTROL: "on", _MESSAGE: "Good morning"},
    )
    await step(
        "two messages within a second, sent by Home Assistant",
        partial(two_messages, life),
        devices=everyone,
        shown={_MESSAGE: _LONG, _FAILED: "unknown"},
    )
    await step(
        "devices switched and set by Home Assistant",
        partial(set_devices, life),
        devices=everyone,
        shown={
            _PLUG: "off",
            _HEATING: "off",
            _BOTH: "heat_cool",
            _LAMP: "on",
            _BLIND: "open",
            _FAILED: "unknown",
        },
    )
    await step("all entities switched on", life.switch_all_on, devices=everyone)
    await step("Home Assistant restarted", life.restart_home, devices=everyone)
    await step(
        "broker restarted",
        partial(restart_broker, life, life.broker.stop),
        devices=everyone,
        without_broker=True,
    )
    await step(
        "broker killed, and all that it kept lost",
        partial(restart_broker, life, life.broker.kill, life.broker.forget_everything),
        devices=everyone,
        without_broker=True,
    )
    await step("bridge restarted", life.restart_bridge, devices=everyone)
    await step("bridge killed", partial(kill_bridge, life), devices=everyone)
    await step("device renamed", partial(rename, life), devices=everyone, named="Hall display")
    await step("meter swapped", partial(swap, life), devices=everyone)
    await step(
        "swap undone while Home Assistant was away",
        partial(unseen, life, partial(undo_swap, life)),
        devices=everyone,
    )
    await step("meter swapped again", partial(swap, life), devices=everyone)
    await step("old meter removed", partial(remove, life, 1), devices=everyone - 1)
    await step(
        "removal with a kill in it",
        partial(remove, life, 3, then=partial(kill_bridge, life)),
        devices=everyone - 2,
    )
    await step(
        "device removed while Home Assistant was away",
        partial(unseen, life, partial(remove, life, 4)),
        devices=everyone - 3,
    )
    left = everyone - 3
    await step(
        "another gateway name while Home Assistant was away",
        partial(unseen, life, partial(life.restart_bridge, name="cellar")),
        devices=left,
        named="sebridge cellar",
    )
    changes: tuple[tuple[str, str, str, str | None], ...] = (
        ("gateway", "name", "attic", "sebridge attic"),
        ("mqtt", "base_topic", "energy/se", None),
        ("homeassistant", "language", "de", "Verbindung"),
        ("homeassistant", "language", "en", "Connection"),
    )
    for section, key, value, named in changes:
        await step(
            f"{section}.{key}: {value}",
            partial(life.restart_bridge, section, **{key: value}),
            devices=left,
            named=named,
        )
    await step("another discovery prefix", partial(other_prefix, life, "ha"), devices=left)
    for enabled, devices in ((False, 0), (True, left)):
        await step(
            f"discovery {'on' if enabled else 'off'}",
            partial(life.restart_bridge, "homeassistant", enabled=enabled),
            devices=devices,
        )
    await step("Home Assistant restarted at the end", life.restart_home, devices=left)


def events(life: Life) -> None:
    """Have a price, a load-control event and a message in force."""
    life.request("create_price_event", "record.price=31", "record.duration_in_minutes=1000")
    life.request("create_DRLC_event", "record.duration_in_minutes=1000")
    life.request(
        "create_message_event", "record.message=Good morning", "record.duration_in_minutes=1000"
    )


async def two_messages(life: Life) -> None:
    """Send two messages by Home Assistant's action, the second a long one."""
    for text in ("Dinner", _LONG):
        sent = {"entity_id": _SEND, "message": text}
        await life.home.rest("POST", "services/notify/send_message", sent)


async def set_devices(life: Life) -> None:
    """Switch a plug off, set what can be set, and wait until what was set is shown."""
    for service, body in (
        ("switch/turn_off", {"entity_id": _PLUG}),
        ("climate/set_temperature", {"entity_id": _HEATING, "temperature": 18.5}),
        ("climate/set_hvac_mode", {"entity_id": _HEATING, "hvac_mode": "off"}),
        (
            "climate/set_temperature",
            {"entity_id": _BOTH, "target_temp_low": 19.5, "target_temp_high": 24.5},
        ),
        ("climate/set_hvac_mode", {"entity_id": _BOTH, "hvac_mode": "heat_cool"}),
        ("light/turn_on", {"entity_id": _LAMP, "brightness": 100}),
        ("cover/set_cover_position", {"entity_id": _BLIND, "position": 30}),
    ):
        await life.home.rest("POST", f"services/{service}", body)
    wanted: dict[str, dict[str, float]] = {
        _HEATING: {"temperature": 18.5},
        _BOTH: {"target_temp_low": 19.5, "target_temp_high": 24.5},
        _LAMP: {"brightness": 100},
        _BLIND: {"current_position": 30},
    }
    end = _CLOCK.monotonic() + _PATIENCE
    for entity, values in wanted.items():
        while not values.items() <= (await _attributes(life, entity)).items():
            if _CLOCK.monotonic() > end:
                raise TimeoutError(f"{entity} does not show what was set")
            await _CLOCK.sleep(_LOOK_AGAIN)


async def _attributes(life: Life, entity: str) -> dict[str, Any]:
    return dict((await life.home.rest("GET", f"states/{entity}"))["attributes"])


def restart_broker(life: Life, *ends: Callable[[], None]) -> None:
    """End the broker so, and start it again."""
    for end in ends:
        end()
    life.broker.start()


def kill_bridge(life: Life) -> None:
    """Kill the bridge, and start it again."""
    life.end_bridge(signal.SIGKILL)
    life.start_bridge()


def rename(life: Life) -> None:
    """Give a device a name of one's own."""
    display = _HOUSEHOLD[2]["eui64"]
    life.request("rename_device", f"device_address={display}", "name=Hall display")


def swap(life: Life) -> None:
    """Put the new meter into the place of the old one."""
    old, *_, new = (device["eui64"] for device in _HOUSEHOLD)
    life.request("swap_meter", f"old_address={old}", f"new_address={new}")


def undo_swap(life: Life) -> None:
    """Put the old meter back."""
    life.request("undo_meter_swap", f"address={_HOUSEHOLD[-1]['eui64']}")


def remove(life: Life, number: int, then: Callable[[], None] = lambda: None) -> None:
    """Remove a device for good."""
    life.take_away(number)
    life.request("remove_device", f"device_address=00:0d:6f:00:0a:00:00:{number:02x}")
    then()


async def unseen(life: Life, does: Callable[[], None]) -> None:
    """Do something while Home Assistant is away."""
    await life.home.stop()
    does()
    await _CLOCK.sleep(_QUIET)
    await life.home.start()


async def other_prefix(life: Life, prefix: str) -> None:
    """Change the prefix of the bridge, and then that of Home Assistant."""
    life.restart_bridge("homeassistant", discovery_prefix=prefix)
    await _CLOCK.sleep(_QUIET)
    await life.choose_prefix(prefix)


async def main() -> None:
    """Do as the command line says."""
    arguments = argparse.ArgumentParser(prog="script/test-homeassistant", description=__doc__)
    arguments.add_argument(
        "--python", help="of an environment that has Home Assistant; else one is made, once"
    )
    arguments.add_argument(
        "--if-possible",
        action="store_true",
        help="end with 0 where Home Assistant or the broker cannot be had, and say why",
    )
    arguments.add_argument(
        "--keep", type=Path, metavar="DIRECTORY", help="a new one, in which all logs are kept"
    )
    chosen = arguments.parse_args()
    try:
        find_mosquitto()
        python = environment(chosen.python)
    except (NoHomeAssistantError, ConfigError) as error:
        print(f"not tried: {error}")
        sys.exit(0 if chosen.if_possible else 1)
    with ExitStack() as stack:
        directory = chosen.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="sebridge-"))
        )
        life = Life(python, directory)
        try:
            await live(life)
        finally:
            await life.end()
    print(f"{len(life.faults)} faults")
    sys.exit(bool(life.faults))


if __name__ == "__main__":
    asyncio.run(main())
