"""Is a device there, whom to ask, and when to ask again. Pure: the caller brings the time.

All times here are monotonic seconds.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
import enum
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT

SLEEPY_PATIENCE: Final = 10
"""A sleepy device is asked only after being silent for so many refresh intervals: it answers
late or not at all, and what it has to say it says by itself."""


_NONE: Final[Mapping[int, int]] = {}


class Asked(enum.Enum):
    """How a refresh finds out whether a device is there, as its descriptors have it."""

    BY_BROADCAST = enum.auto()
    """It listens, and has a server of key establishment: it answers the broadcast, there or not."""
    ALONE = enum.auto()
    LATER = enum.auto()
    """Alone, and rarely: it sleeps."""
    ALWAYS = enum.auto()
    """Alone, each time: it has not told all yet."""


def asked(known: KnownDevice) -> Asked:
    """Return how a refresh finds out whether a device is there."""
    if known.serves(KEY_ESTABLISHMENT) and not known.is_sleepy:
        return Asked.BY_BROADCAST
    if not known.is_complete:
        return Asked.ALWAYS
    return Asked.LATER if known.is_sleepy else Asked.ALONE


class Presence(msgspec.Struct, eq=False, gc=False):
    """What is known of a device only while the gateway runs: changed with every frame.

    `heard` and `joined` are when it last did so; `places` are its endpoints and clusters
    (`place()`) from which a frame is no surprise, `profiles` those of its endpoints by number, as
    its descriptors have them. `nwk` is its network address, where known. `disabled` is among its
    options. `asked` is how a refresh finds out whether it is there.
    """

    device: Eui64
    active: bool = False
    failures: int = 0
    heard: float | None = None
    joined: float | None = None
    nwk: int | None = None
    lqi: int | None = None
    rssi: int | None = None
    places: frozenset[int] = frozenset()
    profiles: Mapping[int, int] = _NONE
    disabled: bool = False
    asked: Asked = Asked.ALWAYS

    def silent_for(self, now: float) -> float:
        """Return the seconds since it was heard; infinity when it never was."""
        return float("inf") if self.heard is None else now - self.heard

    def unheard_of_for(self, now: float) -> float:
        """Return the seconds since anything was known of it; infinity when nothing was."""
        moments = [moment for moment in (self.heard, self.joined) if moment is not None]
        return now - max(moments) if moments else float("inf")


def place(endpoint: int, cluster_id: int) -> int:
    """Return one number for an endpoint and a cluster."""
    return endpoint << 16 | cluster_id


class Refresh(msgspec.Struct, frozen=True):
    """Whom a refresh concerns: who must answer the broadcast, and who is asked alone, and where.

    `one_by_one` are devices with their network addresses.
    """

    by_broadcast: tuple[Eui64, ...] = ()
    one_by_one: tuple[tuple[Eui64, int], ...] = ()


class Activity:
    """The rules by which devices count as there or gone.

    `max_failures` is ZDO_Device_Manager.max_sequential_TX_failures, `interval` the seconds
    between refreshes (ZDO_Device_Manager.refresh_interval).
    """

    def __init__(self, max_failures: Callable[[], int], interval: Callable[[], float]) -> None:
        self._max_failures = max_failures
        self._interval = interval

    def failed(self, presence: Presence) -> bool:
        """Count a failed transmission or missing answer; say whether the device is gone now."""
        presence.failures += 1
        return presence.active and presence.failures >= max(self._max_failures(), 1)

    def refresh(self, devices: Iterable[Presence], now: float) -> Refresh:
        """Sort the devices for a refresh.

        Those who do not answer the broadcast are asked alone: an active one when it was silent too
        long, an inactive one always. Whoever never joined has no address to ask.
        """
        interval = self._interval()
        patience = {
            Asked.ALONE: interval,
            Asked.LATER: interval * SLEEPY_PATIENCE,
            Asked.ALWAYS: 0.0,
        }
        by_broadcast, one_by_one = [], []
        for one in devices:
            if one.nwk is None:
                continue
            if one.asked is Asked.BY_BROADCAST:
                by_broadcast.append(one.device)
            elif not one.active or one.silent_for(now) >= patience[one.asked]:
                one_by_one.append((one.device, one.nwk))
        return Refresh(tuple(by_broadcast), tuple(one_by_one))


class Retries:
    """When a device that did not answer may be asked again: later each time, at most hourly.

    `size` bounds how many devices are remembered; the oldest gives way.
    """

    FIRST: Final = 5.0  # seconds
    FACTOR: Final = 3.0
    LONGEST: Final = 3600.0

    def __init__(self, size: int = 1024) -> None:
        self._size = size
        self._failures: OrderedDict[Eui64, _Failure] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def failed(self, device: Eui64, now: float) -> float:
        """Note that a device did not answer; return the seconds until it may be asked again."""
        before = self._failures.get(device)
        times = 1 if before is None else before.times + 1
        wait = min(self.FIRST * self.FACTOR ** min(times - 1, 10), self.LONGEST)
        self._note(device, _Failure(times, now + self.FIRST, now + wait))
        return wait

    def delay(self, device: Eui64, until: float) -> None:
        """Do not ask a device before a moment, even when it is heard."""
        self._note(device, _Failure(1, until, until))

    def forget(self, device: Eui64) -> None:
        """Ask a device at once when there is reason to."""
        self._failures.pop(device, None)

    def may_ask(self, device: Eui64, now: float, *, heard: bool = False) -> bool:
        """Say whether the wait is over; it is short for a device that was just heard."""
        failure = self._failures.get(device)
        return failure is None or now >= (failure.when_heard if heard else failure.unheard)

    def due(self, now: float) -> list[Eui64]:
        """Return the devices whose wait is over."""
        return [device for device, failure in self._failures.items() if failure.unheard <= now]

    def _note(self, device: Eui64, failure: "_Failure") -> None:
        self._failures.pop(device, None)
        while len(self._failures) >= self._size:
            self._failures.popitem(last=False)
        self._failures[device] = failure


class _Failure(msgspec.Struct, frozen=True):
    """How often in a row, and from when on the device may be asked."""

    times: int
    when_heard: float
    unheard: float
