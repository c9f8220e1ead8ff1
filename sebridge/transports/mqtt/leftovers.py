"""What is kept of nobody any more is emptied, once Home Assistant does not look at it any more."""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.network.identities import IdentitiesChanged
from sebridge.network.signals import DeviceRemoved, DeviceReplaced, DeviceUpdated
from sebridge.transports.mqtt.topics import Topics

PAUSE: Final = 2.0
"""Seconds between the withdrawal of an announcement and the emptying of what it named.

Home Assistant takes entities away one after the other, and warns of an empty state of each that is
still there.
"""


class Broker(Protocol):
    """The broker, as far as leftovers need it."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""

    def forget(self, branch: str) -> None:
        """Empty every topic at or below the branch."""

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        """Empty every topic that is not wanted, also those of an earlier run."""

    def on_session(self, callback: Callable[[bool], object]) -> None:
        """Call back whenever the broker was found."""


class Leftovers(Service):
    """Empties the topics of devices that are gone, and of other gateway names and base topics.

    So it does with what a device had on its endpoints in whose place there is one of another kind.

    Where something was announced, it waits until a moment after that was withdrawn, which is done
    at once. Whatever that moment brings, nothing stays for ever: a moment after each time that the
    broker was found, at the start too, all is emptied that has no right to be there. A device that
    comes back at once finds nothing of its former life. This part hears the news before those that
    keep topics or withdraw.

    `knows` says whether a device is known, `is_told_of` whether it is announced, `is_announcement`
    whether that is what stands on a topic.
    """

    def __init__(
        self,
        bus: SignalBus,
        mqtt: Broker,
        topics: Topics,
        clock: Clock,
        *,
        knows: Callable[[Eui64], bool],
        is_told_of: Callable[[Eui64], bool],
        is_announcement: Callable[[str], bool],
    ) -> None:
        super().__init__()
        self._mqtt = mqtt
        self._topics = topics
        self._clock = clock
        self._knows = knows
        self._is_told_of = is_told_of
        self._is_announcement = is_announcement
        self._gone: dict[str, Timer] = {}  # by the branch of the device
        self._replaced: dict[str, Timer] = {}
        self._sweep: Timer | None = None
        bus.listen(DeviceRemoved, lambda signal: self._look_at(signal.device))
        bus.listen(DeviceUpdated, lambda signal: self._look_at(signal.device))
        bus.listen(DeviceReplaced, self._on_replaced)
        bus.listen(IdentitiesChanged, self._on_identities)
        mqtt.on_session(self._on_session)

    @override
    async def stop(self) -> None:
        """Wait for nothing any more: the next run empties what is left."""
        for timer in (*self._gone.values(), *self._replaced.values(), self._sweep):
            if timer is not None:
                timer.cancel()
        self._gone.clear()
        self._replaced.clear()
        self._sweep = None
        await super().stop()

    def _on_identities(self, signal: IdentitiesChanged) -> None:
        for device in signal.devices:
            self._look_at(device)

    def _on_replaced(self, signal: DeviceReplaced) -> None:
        branch = self._topics.at_device(signal.device)
        if signal.is_other_kind and branch not in self._replaced:
            empty = partial(self._empty_endpoints, branch)
            self._replaced[branch] = self._clock.call_later(PAUSE, empty)

    def _empty_endpoints(self, branch: str) -> None:
        """Empty what stands on the endpoints of a device, whose level is their number."""
        del self._replaced[branch]
        self._mqtt.forget_others(
            lambda topic: not topic.removeprefix(f"{branch}/").partition("/")[0].isdecimal()
        )

    def _look_at(self, device: Eui64) -> None:
        branch = self._topics.at_device(device)
        waiting = self._gone.pop(branch, None)
        if waiting is not None:
            waiting.cancel()
        is_known = self._knows(device)
        if not is_known and (waiting is not None or self._is_told_of(device)):
            self._gone[branch] = self._clock.call_later(PAUSE, partial(self._empty, branch))
        elif not is_known or waiting is not None:
            self._mqtt.forget(branch)

    def _empty(self, branch: str) -> None:
        del self._gone[branch]
        if self._mqtt.connected:  # else the withdrawal has not arrived either
            self._mqtt.forget(branch)

    def _on_session(self, _is_resumed: bool) -> None:  # noqa: FBT001  # called by the link
        if self._sweep is not None:
            self._sweep.cancel()
        self._sweep = self._clock.call_later(PAUSE, self._empty_all)

    def _empty_all(self) -> None:
        self._sweep = None
        if self._mqtt.connected:
            self._mqtt.forget_others(self._is_wanted)

    def _is_wanted(self, topic: str) -> bool:
        if not topic.startswith(f"{self._topics.root}/"):
            return self._is_announcement(topic)
        device = self._topics.device_of(topic)
        return device is None or self._knows(device) or self._topics.at_device(device) in self._gone
