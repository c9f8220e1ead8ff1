"""Announce to Home Assistant, announce again when it is born, withdraw with the device."""

from collections.abc import Callable, Iterable, Iterator, Sequence
import itertools
import random
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.signals import ReportingAgreed
from sebridge.homeassistant.announcements import Announcement, Announcements
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import EntitiesChanged
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.known_device import KnownDevice
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceUpdated, NetworkChanged
from sebridge.transports.mqtt.messages import Message

_SETTLING: Final = 1.0  # seconds, in which the news of an interview come together
_PARTING: Final = 10.0
"""Seconds from a farewell to the end: a Home Assistant that starts is slow, and drops what comes of
a device of which it is still making the components."""
_BIRTH_DELAY: Final = (0.5, 5.0)  # seconds, so that not all bridges speak at once
_ONLINE: Final = b"online"
AT_ONCE: Final = 50
"""Devices that are announced at once; others wait for the next second. Home Assistant takes longer
than that for one that is new, and a broker drops what more than 1,000 messages wait behind."""
_PAUSE: Final = 1.0  # seconds between so many and the next


class Broker(Protocol):
    """The broker, as far as discovery needs it. It publishes retained topics again by itself."""

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic, or say it once; an empty one that is kept clears the topic."""

    def on_session(self, callback: Callable[[bool], object]) -> None:
        """Call back whenever the broker was found."""

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        """Call the handler with every message of these topics."""


class Devices(Protocol):
    """The known devices."""

    def __iter__(self) -> Iterator[KnownDevice]:
        """Return every one."""

    def get(self, device: Eui64) -> KnownDevice | None:
        """Return a device, None for an unknown one."""


class DiscoveryPublisher(Service):
    """Keeps the discovery topics right.

    News are collected for a second, as an interview brings many, and each is published only when
    it changes something. Of many devices, so many are announced at a time. Nothing is to be done
    for a new session of the broker: the connection publishes all that is retained again.

    What Home Assistant was not there to hear is told when it is: `Announcements` says how.
    `discover` returns a known device as discovery sees it, None before it told of any endpoint.
    """

    def __init__(
        self,
        bus: SignalBus,
        broker: Broker,
        announcements: Announcements,
        devices: Devices,
        discover: Callable[[KnownDevice], DiscoveredDevice | None],
        clock: Clock,
        chance: random.Random,
    ) -> None:
        super().__init__()
        self._broker = broker
        self._announcements = announcements
        self._devices = devices
        self._discover = discover
        self._clock = clock
        self._chance = chance
        self._news: set[Eui64] = set()
        self._gateway_news = False
        self._settling: Timer | None = None
        self._birth: Timer | None = None
        self._parting: Timer | None = None
        self._waiting: dict[Eui64, bool] = {}  # to be announced -> also what did not change
        self._pausing: Timer | None = None
        self._is_heard = False  # Home Assistant said so itself, and the broker was there since
        broker.on_session(self._on_session)
        for topic in announcements.birth_topics:
            broker.subscribe(topic, self._on_birth)
        if not announcements.is_enabled:
            return
        bus.listen(DeviceActive, lambda signal: self._changed(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._changed(signal.device))
        bus.listen(DeviceRemoved, self._on_removal)
        bus.listen(EntitiesChanged, self._on_entities)
        bus.listen(ReportingAgreed, lambda signal: self._changed(signal.device))
        bus.listen(IdentitiesChanged, self._on_identities)
        bus.listen(NetworkChanged, self._on_network)

    @override
    async def run(self) -> None:
        """Withdraw what is outdated, announce what there is; what follows comes as signals."""
        self._withdraw_outdated()
        self.announce_all()
        await super().run()

    @override
    async def stop(self) -> None:
        """Wait for nothing any more."""
        for timer in (self._settling, self._birth, self._parting, self._pausing):
            if timer is not None:
                timer.cancel()
        self._settling = self._birth = self._parting = self._pausing = None
        self._waiting.clear()
        await super().stop()

    def announce_all(self, *, again: bool = False) -> None:
        """Announce the gateway and every device; `again` also what did not change."""
        self._publish(self._announcements.gateway(), again=again)
        self._announce(self._addresses(), again=again)

    # -------------------------------------------------------------- news

    def _on_birth(self, message: Message) -> None:
        """Announce all again a moment after Home Assistant said that it is there."""
        self._is_heard = message.payload.strip() == _ONLINE
        if not self._is_heard or self._birth is not None:
            return
        self._birth = self._clock.call_later(self._chance.uniform(*_BIRTH_DELAY), self._on_born)

    def _on_born(self) -> None:
        self._birth = None
        self.announce_all(again=True)
        if self._parting is None and self._say(self._announcements.farewells()):
            self._parting = self._clock.call_later(_PARTING, self._part)

    def _part(self) -> None:
        self._parting = None
        self._say(self._announcements.partings())

    def _on_session(self, _is_resumed: bool) -> None:  # noqa: FBT001  # called by the link
        self._is_heard = False  # who knows how it fared

    def _on_removal(self, signal: DeviceRemoved) -> None:
        self._news.discard(signal.device)
        self._waiting.pop(signal.device, None)
        self._publish(self._announcements.withdraw(signal.device, is_heard=self._is_heard))

    def _on_identities(self, signal: IdentitiesChanged) -> None:
        """Announce each in its place, and nothing where a device stood that is not known."""
        self._withdraw_outdated()
        for device in signal.devices:
            self._changed(device)

    def _withdraw_outdated(self) -> None:
        outdated = self._announcements.outdated(self._addresses(), is_heard=self._is_heard)
        self._publish(outdated)

    def _addresses(self) -> Iterator[Eui64]:
        """Yield those of all devices, also of those that are not of the ZigBee network."""
        yield from (known.eui64 for known in self._devices)
        yield from self._announcements.others()

    def _on_entities(self, signal: EntitiesChanged) -> None:
        if signal.device is not None:
            self._changed(signal.device)
        else:
            self._gateway_changed()

    def _on_network(self, signal: NetworkChanged) -> None:
        """Tell of the gateway what only a radio that was started knows of itself."""
        if signal.joined:
            self._gateway_changed()

    def _gateway_changed(self) -> None:
        self._gateway_news = True
        self._settle()

    def _changed(self, device: Eui64) -> None:
        self._news.add(device)
        self._settle()

    def _settle(self) -> None:
        if self._settling is None:
            self._settling = self._clock.call_later(_SETTLING, self._announce_news)

    def _announce_news(self) -> None:
        self._settling = None
        if self._gateway_news:
            self._gateway_news = False
            self._publish(self._announcements.gateway())
        news, self._news = self._news, set()
        self._announce(sorted(news))

    def _announce(self, devices: Iterable[Eui64], *, again: bool = False) -> None:
        """Announce devices, so many at a time."""
        for device in devices:
            self._waiting[device] = again or self._waiting.get(device, False)
        if self._pausing is None:
            self._announce_some()

    def _announce_some(self) -> None:
        """Announce the next devices, each as soon as it told of an endpoint."""
        self._pausing = None
        others = self._announcements.others()
        for device in tuple(itertools.islice(self._waiting, AT_ONCE)):
            again = self._waiting.pop(device)
            known = self._devices.get(device)
            found = others.get(device) if known is None else self._discover(known)
            if found is not None:
                told = self._announcements.device(found, is_heard=self._is_heard)
                self._publish(told, again=again)
            elif known is None:
                self._publish(self._announcements.withdraw(device, is_heard=self._is_heard))
        if self._waiting:
            self._pausing = self._clock.call_later(_PAUSE, self._announce_some)

    def _say(self, announcements: Sequence[Announcement]) -> bool:
        """Say them without keeping them; tell whether there were any."""
        for announcement in announcements:
            self._broker.publish(announcement.topic, announcement.payload, retain=False)
        return bool(announcements)

    def _publish(self, announcements: Iterable[Announcement], *, again: bool = False) -> None:
        for announcement in announcements:
            self._broker.publish(
                announcement.topic, announcement.payload, retain=True, only_if_changed=not again
            )
