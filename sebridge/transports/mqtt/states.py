"""What is true now -> retained topics: prices, devices, the bridge itself."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, iso_time
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import EventStatus
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.price.board import boards, empty_board
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceUpdated,
    JoiningChanged,
    NetworkChanged,
)
from sebridge.rpc.json_codec import dump
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import PRICE

_SETTLING: Final = 1.0  # seconds
_STATUSES: Final = frozenset(EventStatus)  # zigpy makes up a member for any other number

Facts = Callable[[], Mapping[str, Any]]


class StatePublisher(Protocol):
    """The broker, as far as state needs it."""

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic."""


class PriceBoards:
    """Keeps the price of each commodity as people read it, right at every boundary."""

    def __init__(self, bus: SignalBus, mqtt: StatePublisher, topics: Topics, clock: Clock) -> None:
        self._mqtt = mqtt
        self._topics = topics
        self._clock = clock
        self._prices: tuple[PublishPriceRecord, ...] = ()
        self._commodities: set[str] = set()
        bus.listen(EventsChanged, self._on_list)
        bus.listen(ActiveEventsChanged, self._on_active)

    def show(self) -> None:
        """Publish every board as it stands now."""
        now = self._clock.utc()
        found = boards(self._prices, now)
        for commodity in sorted(self._commodities | set(found)):
            board = found.get(commodity) or empty_board(now)
            self._mqtt.publish(self._topics.price(commodity), dump(board), retain=True)
        self._commodities |= set(found)

    def _on_list(self, signal: EventsChanged) -> None:
        if signal.cluster_id == PRICE:
            self._prices = tuple(r for r in signal.records if isinstance(r, PublishPriceRecord))
            self.show()

    def _on_active(self, signal: ActiveEventsChanged) -> None:
        if signal.cluster_id == PRICE:
            self.show()


class DeviceStates(Service):
    """Keeps what is known of each device, and whether it is there.

    `facts` gives a device's record, or None when it is not known; last_seen and signal strength
    are refreshed every minute, not with every frame.
    """

    REFRESH = 60.0

    def __init__(  # each is one narrow thing it needs
        self,
        bus: SignalBus,
        mqtt: StatePublisher,
        topics: Topics,
        clock: Clock,
        facts: Callable[[Eui64], Mapping[str, Any] | None],
        known: Callable[[], list[Eui64]],
    ) -> None:
        super().__init__()
        self._mqtt = mqtt
        self._topics = topics
        self._clock = clock
        self._facts = facts
        self._known = known
        bus.listen(DeviceActive, lambda signal: self.show(signal.device))
        bus.listen(DeviceInactive, lambda signal: self.show(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self.show(signal.device))
        bus.listen(EventStatusReported, self._on_event_status)

    @override
    async def run(self) -> None:
        """Show all devices at the start, then what changed every minute."""
        while True:
            for device in self._known():
                self.show(device)
            await self._clock.sleep(self.REFRESH)

    def show(self, device: Eui64) -> None:
        """Publish what is known of a device."""
        facts = self._facts(device)
        if facts is None:
            return
        there = b"online" if facts.get("active") else b"offline"
        self._keep(self._topics.device(device), dump(dict(facts)))
        self._keep(self._topics.device_availability(device), there)

    def _on_event_status(self, signal: EventStatusReported) -> None:
        record = signal.record
        body = {
            "status": event_status_word(int(record.event_status)),
            "issuer_event_id": int(record.issuer_event_id),
            "time": iso_time(self._clock.utc()),
        }
        self._keep(f"{self._topics.device(signal.device)}/drlc", dump(body))

    def _keep(self, topic: str, payload: bytes) -> None:
        self._mqtt.publish(topic, payload, retain=True, only_if_changed=True)


def event_status_word(status: int) -> str:
    """Return an event status in words, such as `started`."""
    known = EventStatus(status) in _STATUSES
    return EventStatus(status).name.lower() if known else f"0x{status:02X}"


class BridgeState(Service):
    """Keeps what the bridge is (`info`) and how it is (`health`, every 60 s)."""

    PERIOD = 60.0

    def __init__(  # each is one narrow thing it needs
        self,
        bus: SignalBus,
        mqtt: StatePublisher,
        topics: Topics,
        clock: Clock,
        info: Facts,
        health: Facts,
    ) -> None:
        super().__init__()
        self._mqtt = mqtt
        self._topics = topics
        self._clock = clock
        self._info = info
        self._health = health
        bus.listen(JoiningChanged, lambda _signal: self.show_info())
        bus.listen(NetworkChanged, lambda _signal: self.show_info())

    @override
    async def run(self) -> None:
        """Publish health every minute, for the first time when the radio had time to start."""
        while True:
            self.show_info()
            await self._clock.sleep(_SETTLING)
            self.show_health()
            await self._clock.sleep(self.PERIOD - _SETTLING)

    def show_info(self) -> None:
        """Publish what the bridge is."""
        self._mqtt.publish(
            self._topics.info, dump(dict(self._info())), retain=True, only_if_changed=True
        )

    def show_health(self) -> None:
        """Publish how the bridge is."""
        self._mqtt.publish(self._topics.health, dump(dict(self._health())), retain=True)
