"""What is true now -> retained topics: devices, the bridge itself, and what features keep."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer, iso_time, wall_time
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.endpoint import EndpointsChanged
from sebridge.gateway.reporting.expiry import Expiry
from sebridge.gateway.reporting.signals import ReportsSetUp
from sebridge.network.device_options import DeviceOptions
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceUpdated,
    JoiningChanged,
    NetworkChanged,
    NotYetJoined,
)
from sebridge.rpc.json_codec import dump
from sebridge.settings.default_price import DefaultPrice
from sebridge.storage.collection import OpenCollection
from sebridge.transports.mqtt.topics import Topics

_SETTLING: Final = 1.0  # seconds

Facts = Callable[[], Mapping[str, Any]]


class StatePublisher(Protocol):
    """The broker, as far as state needs it."""

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic."""

    def expire(self, topic: str, after: int | None) -> None:
        """Have what is published on a topic forgotten after so many seconds; None is never."""

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the topics at or below the branch, also those of an earlier run."""


class TopicHost(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature needs to keep its topics.

    It listens on `bus` and keeps payloads by `mqtt` on what `topics` names. Events go by
    `network_clock`, the time of the ZigBee network; `clock` is that of this machine. What it is to
    know after a restart it keeps in collections, of devices only as long as the gateway `knows`
    them. `shows` says whether news of events are of the gateway's own list, and not of that of a
    further endpoint or side. `default_prices` are those of the configuration, by their commodity.
    `expiry` says after how many seconds an attribute of a device counts for nothing, `options` what
    else somebody wants done with the values of a device.
    """

    bus: SignalBus
    mqtt: StatePublisher
    topics: Topics
    clock: Clock
    network_clock: Clock
    open_collection: OpenCollection
    knows: Callable[[Eui64], bool]
    shows: Callable[[Any], bool]
    default_prices: Mapping[str, DefaultPrice]
    expiry: Expiry
    options: Callable[[Eui64], DeviceOptions]


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
        bus.listen(ReportsSetUp, lambda signal: self.show(signal.device))
        bus.listen(IdentitiesChanged, self._on_identities)

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
        self._keep(self._topics.at_device(device), dump(dict(facts)))
        self._keep(self._topics.device_availability(device), there)

    def _on_identities(self, signal: IdentitiesChanged) -> None:
        """Show each where it is known now."""
        for device in signal.devices:
            self.show(device)

    def _keep(self, topic: str, payload: bytes) -> None:
        self._mqtt.publish(topic, payload, retain=True, only_if_changed=True)


class JoiningState(Service):
    """Keeps for how many seconds devices may still join: every 10 s while the network is open."""

    PERIOD = 10.0

    def __init__(
        self, *, bus: SignalBus, mqtt: StatePublisher, topics: Topics, clock: Clock
    ) -> None:
        super().__init__()
        self._mqtt = mqtt
        self._topic = topics.joining
        self._clock = clock
        self._until: float | None = None
        self._timer: Timer | None = None
        bus.listen(JoiningChanged, self._on_joining)

    @override
    async def run(self) -> None:
        """Show it at the start; what follows comes as signals, and in time."""
        self.show()
        await super().run()

    @override
    async def stop(self) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        await super().stop()

    def show(self) -> None:
        """Publish how long the network is open, and until when."""
        self._wait_no_more()
        until, clock = self._until, self._clock
        remaining = 0.0 if until is None else max(0.0, until - clock.monotonic())
        shown = None if until is None else iso_time(wall_time(clock, until))
        body = {"remaining": round(remaining), "until": shown}
        self._mqtt.publish(self._topic, dump(body), retain=True, only_if_changed=True)
        if remaining:
            self._timer = self._clock.call_later(min(self.PERIOD, remaining), self.show)

    def _on_joining(self, signal: JoiningChanged) -> None:
        is_open = signal.seconds > 0
        self._until = self._clock.monotonic() + signal.seconds if is_open else None
        self.show()

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


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
        bus.listen(NotYetJoined, lambda _signal: self.show_info())
        bus.listen(EndpointsChanged, lambda _signal: self.show_info())

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
