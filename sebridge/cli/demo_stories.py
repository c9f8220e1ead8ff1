"""The stories that `sebridge demo` tells of a simulated house."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from rich.console import Console

from sebridge.app.bridge import Bridge
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import AnswerTimeoutError, SebridgeError
from sebridge.features.load_control.records import event_status_word
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.features.metering.signals import MeterRead
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.features.price.topics import board_topic
from sebridge.gateway.events.event_cluster import EventCluster
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.model.plain import to_plain
from sebridge.rpc.message import Request
from sebridge.zcl.identifiers import MESSAGING, PRICE, SE_ENDPOINT

_PATIENCE: Final = 60.0  # seconds of whoever looks on, for anything in a story
_LAST_STATUS: Final = 420  # seconds after which no device says any more what it did
_LOOKS: Final = 0.05  # seconds of whoever looks on
_CURRENCY: Final = "USD"  # that of prices which name none


class Stories:
    """A short script: each story does something by RPC and shows what came back over the air."""

    def __init__(self, bridge: Bridge, console: Console, display: Bridge | None) -> None:
        self._bridge = bridge
        self._display = display
        self._console = console
        self._clock: Clock = bridge.ports.clock
        self._speed = bridge.options.simulator.speed
        devices = bridge.options.simulator.devices
        self._names = {device.eui64: device.name for device in devices}
        if display is not None:
            self._names[display.gateway.radio.network.address] = "The second gateway"

    async def tell(self) -> None:
        """Tell all stories."""
        await self._first_reading()
        await self._prices()
        await self._demand_response()
        await self._message()
        if self._display is not None:
            await self._second_gateway(self._display)

    # ------------------------------------------------------------------ the stories

    async def _first_reading(self) -> None:
        self._title("1. The devices join, and the meter is read")
        devices = self._bridge.options.simulator.devices
        main = next(device.eui64 for device in devices if device.kind == "meter")
        reading = await self._first(
            MeterRead, lambda s: s.device == main and s.reading.energy_in is not None
        )
        directory = self._bridge.gateway.directory
        await self._until(lambda: all(directory.is_active(device.eui64) for device in devices))
        for device in devices:
            self._say(f"{device.eui64}  {device.name}")
        self._say("A meter counts the energy (kWh) that came into the home since it was installed,")
        self._say("and tells the power (kW) that the home draws at the moment:")
        meter = reading.reading
        self._say(
            f"{self._name(reading.device)}: [bold]{meter.energy_in:.3f} {meter.unit}[/] in all, "
            f"{meter.power:.3f} {meter.power_unit} now"
        )
        self._say("Gateway and device prove who they are by certificates, and agree on a key:")
        await self._keys([device.eui64 for device in devices if device.kind != "sub_meter"])

    async def _keys(self, devices: list[Eui64]) -> None:
        found = self._bridge.gateway.trust_center.established
        await self._until(lambda: all(found(device) for device in devices))
        for device in devices:
            key = found(device)
            assert key is not None
            self._say(f"{self._name(device)}: key established (suite {key.suite})")

    async def _prices(self) -> None:
        self._title("2. A price now, and another at the next boundary")
        self._say("The day costs 0.25 for a kWh, for two minutes; then comes the night with 0.09.")
        now = zigbee_time(self._clock.utc())
        first = _price(now, "day", 25, now, 2)
        second = _price(now + 1, "night", 9, now + 120, 5)
        for record in (first, second):
            answer = await self._call("create_price_event", record=record)
            heard = sorted(self._name(Eui64.parse(one)) for one in answer["device_list"])
            self._say(f"create_price_event {record['rate_label']} → sent to: {', '.join(heard)}")
        self._say(f"the display shows [bold]{self._shown_price()}[/]")
        self._say("waiting for the boundary …")
        await self._first(ActiveEventsChanged, lambda s: _shows(s, int(second["issuer_event_id"])))
        await self._until(lambda: self._shown_price() == f"{_CURRENCY} 0.09 /kWh")
        self._say(f"the display shows [bold]{self._shown_price()}[/]")

    async def _demand_response(self) -> None:
        self._title("3. Demand response: five minutes with less load")
        self._say(
            "The utility asks thermostat and load switches to use less. What they control draws"
        )
        shown = self._load()
        self._say(f"[bold]{shown:.0f} W[/] before, and each says what it does about it:")
        now = zigbee_time(self._clock.utc())
        statuses: list[EventStatusReported] = []
        stop = self._bridge.ports.bus.listen(EventStatusReported, statuses.append)
        record = {
            "issuer_event_id": now,
            "duration_in_minutes": 5,
            "criticality_level": 3,
            "duty_cycle": 20,
            "cooling_temperature_offset": 20,
            "event_control": 0,
        }
        answer = await self._call("create_DRLC_event", record=record)
        devices = len(answer["device_list"])
        self._say(f"create_DRLC_event → sent to {devices} devices")
        told, over = 0, now + _LAST_STATUS
        while told < 3 * devices:  # received, started, completed
            await self._until(partial(self._is_longer_or_late, statuses, told, over))
            if told == len(statuses):
                self._say(f"{3 * devices - told} of their answers did not come")
                break
            for status in statuses[told:]:
                word = event_status_word(int(status.record.event_status))
                load = self._load()
                change = "" if load == shown else f"; controlled load now [bold]{load:.0f} W[/]"
                shown = load
                self._say(f"{self._name(status.device)}: [bold]{word}[/]{change}")
            told = len(statuses)
        stop()

    async def _message(self) -> None:
        self._title("4. A message, shown and confirmed")
        self._say("It asks whoever reads it to say so, with a key of the display.")
        now = zigbee_time(self._clock.utc())
        record = {
            "message_id": now,
            "message_control": 0x80,
            "duration_in_minutes": 30,
            "message": "Peak price from 17:00 ⚡",
        }
        confirmed: list[MessageConfirmed] = []
        stop = self._bridge.ports.bus.listen(MessageConfirmed, confirmed.append)
        answer = await self._call("create_message_event", record=record)
        self._say(f"create_message_event → sent to {len(answer['device_list'])} devices")
        await self._until(lambda: self._shown_message() is not None)
        self._say(f"the display shows: [bold]{self._shown_message()}[/]")
        await self._until(lambda: any(one.record.message_id == now for one in confirmed))
        stop()
        self._say(f"{self._name(confirmed[-1].device)}: confirmed")

    async def _second_gateway(self, display: Bridge) -> None:
        self._title("5. A second gateway in the house: an in-premise display, on MQTT too")
        now = zigbee_time(self._clock.utc())
        await self._call("create_price_event", record=_price(now, "evening", 31, now, 60))
        await self._until(lambda: bool(_heard(display, PRICE) and _heard(display, MESSAGING)))
        price, message = _heard(display, PRICE)[-1], _heard(display, MESSAGING)[-1]
        self._say(f"{board_topic(display.topics, 'electricity')}: [bold]{price.amount:.2f}[/]")
        self._say(f"{display.topics.active('message')}: [bold]{message.message}[/]")
        response = await display.gateway.dispatcher.answer(Request("confirm_message"))
        self._say(f"confirm_message → status {to_plain(response.result)['status']}")

    # ------------------------------------------------------------------ how they are told

    def _name(self, device: Eui64) -> str:
        """Return what a person calls a device of the house."""
        return self._names.get(device) or str(device)

    def _title(self, text: str) -> None:
        self._console.print(f"\n[bold]{text}[/]")

    def _say(self, text: str) -> None:
        self._console.print(f"   {text}", soft_wrap=True, highlight=False)

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        response = await self._bridge.gateway.dispatcher.answer(Request(method, params))
        if response.error is not None:
            raise SebridgeError(f"{method}: {response.error}")
        result: dict[str, Any] = to_plain(response.result)
        return result

    async def _first(self, kind: type[Any], wanted: Callable[[Any], bool]) -> Any:
        """Wait for the first signal of a class that is wanted."""
        found: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def take(signal: Any) -> None:
            if not found.done() and wanted(signal):
                found.set_result(signal)

        stop = self._bridge.ports.bus.listen(kind, take)
        try:
            return await self._clock.within(_PATIENCE * self._speed, found)
        except AnswerTimeoutError as error:
            raise AnswerTimeoutError(f"the story waits in vain for {kind.__name__}") from error
        finally:
            stop()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        clock = self._clock
        end = clock.monotonic() + _PATIENCE * self._speed
        while not is_so():
            if clock.monotonic() > end:
                raise AnswerTimeoutError("the story waits in vain")
            await clock.sleep(_LOOKS * self._speed)

    def _is_longer_or_late(self, items: list[Any], length: int, over: int) -> bool:
        return len(items) > length or zigbee_time(self._clock.utc()) > over

    def _shown_price(self) -> str:
        house = self._bridge.house
        assert house is not None
        price = next(iter(house.household.find(PriceOnDisplay).values())).price
        return "no price" if price is None else f"{_CURRENCY} {price:.2f} /kWh"

    def _shown_message(self) -> str | None:
        house = self._bridge.house
        assert house is not None
        return next(iter(house.household.find(MessageOnDisplay).values())).message

    def _load(self) -> float:
        house = self._bridge.house
        assert house is not None
        return house.household.controlled_load


def _price(identifier: int, label: str, cents: int, start: int, minutes: int) -> dict[str, Any]:
    return {
        "provider_id": 1,
        "issuer_event_id": identifier,
        "rate_label": label,
        "price": cents,
        "start_time": start,
        "duration_in_minutes": minutes,
    }


def _shows(signal: ActiveEventsChanged, event_id: int) -> bool:
    return signal.cluster_id == PRICE and any(
        isinstance(record, PublishPriceRecord) and record.issuer_event_id == event_id
        for record in signal.records
    )


def _heard(display: Bridge, cluster_id: int) -> list[Any]:
    """Return the events in force of which a display has heard."""
    gateway = display.gateway
    client = gateway.endpoints[SE_ENDPOINT].cluster(cluster_id, server=False)
    assert isinstance(client, EventCluster)
    return client.active(gateway.time.now())
