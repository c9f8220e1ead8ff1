"""Which reports the gateway expects, which stay away, and which it makes itself. Pure.

Times are seconds of any steady clock.
"""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.configuration import PATIENCE
from sebridge.zcl.reporting import (
    NO_PERIODIC_REPORTS,
    STOP_REPORTING,
    AttributeReportingConfigurationRecord,
)

MOST_PER_DEVICE: Final = 256
"""So many configurations at most: no peer can fill the memory."""
_FORGIVEN: Final = 1  # timeouts in a row that are met with another configuration

_Place = tuple[Eui64, int, int, bool, int | None]
"""Where reports come from: device, endpoint, cluster, which side we are, manufacturer code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A configuration under which reports are expected.

    `pseudo`: we read ourselves and report in the device's place. `wish` is what the caller wants:
    True always so, False never, None where the device does not report. `own` are those that the
    gateway asks for without being told. A record of direction 1 is a peer's announcement.
    """

    record: AttributeReportingConfigurationRecord
    pseudo: bool = False
    wish: bool | None = None
    own: bool = False

    @property
    def stopped(self) -> bool:
        """Say whether a caller ended what the gateway would ask for of its own accord."""
        return self.record.max_interval == STOP_REPORTING

    @property
    def patience(self) -> float | None:
        """Seconds after which a report that did not come is missed; None for never."""
        record = self.record
        if self.pseudo or self.stopped or record.direction:
            return None
        if record.timeout:
            return float(record.timeout)
        longest = record.max_interval
        return None if longest == NO_PERIODIC_REPORTS else PATIENCE * longest


@dataclass(slots=True)
class _Watch:
    """One expected attribute: when it was heard of last, and how often it was missed since.

    `expectation` is that of the store, where finding it costs several microseconds.
    """

    key: PairedAttribute
    expectation: Expectation
    since: float
    missed: int = 0


class Expectations:
    """The expected reports; `store` keeps them, hand in a power-safe one.

    `is_active` says whether a device is there: while it is not, nothing is missed and nothing is
    read. `changed` is called when there may be something else to read.
    """

    def __init__(
        self,
        store: MutableMapping[PairedAttribute, Expectation],
        is_active: Callable[[Eui64], bool],
    ) -> None:
        self._store = store
        self._is_active = is_active
        self._watches: dict[_Place, dict[PairedAttribute, _Watch]] = {}
        self.changed: Callable[[], object] = lambda: None
        for key, expectation in store.items():
            self._watch(key, expectation, 0.0)

    def __iter__(self) -> Iterator[tuple[PairedAttribute, Expectation]]:
        return iter(tuple(self._store.items()))

    def get(self, key: PairedAttribute) -> Expectation | None:
        """Return what is expected of an attribute."""
        return self._store.get(key)

    def put(self, key: PairedAttribute, expectation: Expectation, now: float) -> None:
        """Expect an attribute; FullError when the device has too many already."""
        if key not in self._store and self._number(key.pairing.peer.device) >= MOST_PER_DEVICE:
            raise FullError(f"there are {MOST_PER_DEVICE} reporting configurations of this device")
        self._store[key] = expectation
        self._watch(key, expectation, now)
        self.changed()

    def drop(self, key: PairedAttribute) -> None:
        """Expect an attribute no longer."""
        if self._store.pop(key, None) is None:
            return
        place = _place(key.pairing)
        self._watches[place].pop(key, None)
        if not self._watches[place]:
            del self._watches[place]
        self.changed()

    def forget(self, device: Eui64) -> None:
        """Expect nothing of a device any more."""
        for key in [key for key in self._store if key.pairing.peer.device == device]:
            self.drop(key)

    def resumed(self, device: Eui64, now: float) -> None:
        """Know that a device is there again: its reports are waited for from now on."""
        for place, watches in self._watches.items():
            if place[0] == device:
                for watch in watches.values():
                    watch.since, watch.missed = now, 0
        self.changed()

    def paused(self) -> None:
        """Know that a device went away: it is not read until it is back."""
        self.changed()

    def heard(self, pairing: Pairing, attribute_ids: Iterable[int], now: float) -> None:
        """Know of a report; a device that reports after all is not read any more."""
        watches = self._watches.get(_place(pairing))
        if watches is None:
            return
        ids = set(attribute_ids)
        for watch in tuple(watches.values()):
            if watch.key.attribute_id in ids:
                watch.since, watch.missed = now, 0
                expectation = watch.expectation
                if expectation.pseudo and expectation.wish is None:
                    self._change(watch, replace(expectation, pseudo=False))

    def missed(self, now: float) -> dict[Pairing, list[AttributeReportingConfigurationRecord]]:
        """Return what is to be configured again, as its reports stay away.

        Where that has not helped before, we read the attribute from now on, unless that is
        unwanted.
        The gateway's own are not among them: `receiver` sets these up anew.
        """
        again: dict[Pairing, list[AttributeReportingConfigurationRecord]] = {}
        for watch in self._all_watches():
            expectation = watch.expectation
            patience = expectation.patience
            if expectation.own or patience is None or now - watch.since <= patience:
                continue
            if not self._is_active(watch.key.pairing.peer.device):
                continue
            watch.since, watch.missed = now, watch.missed + 1
            if watch.missed > _FORGIVEN and expectation.wish is None:
                self._change(watch, replace(expectation, pseudo=True))
            else:
                again.setdefault(watch.key.pairing, []).append(expectation.record)
        return again

    def to_read(self) -> dict[PairedAttribute, AttributeReportingConfigurationRecord]:
        """Return what we have to read ourselves now, and by which intervals."""
        return {
            key: expectation.record
            for key, expectation in self._store.items()
            if key.pairing.is_local
            or (expectation.pseudo and self._is_active(key.pairing.peer.device))
        }

    def _watch(self, key: PairedAttribute, expectation: Expectation, now: float) -> None:
        watches = self._watches.setdefault(_place(key.pairing), {})
        watches[key] = _Watch(key, expectation, now)

    def _change(self, watch: _Watch, expectation: Expectation) -> None:
        watch.expectation = self._store[watch.key] = expectation
        self.changed()

    def _all_watches(self) -> list[_Watch]:
        return [watch for watches in self._watches.values() for watch in watches.values()]

    def _number(self, device: Eui64) -> int:
        places = self._watches.items()
        return sum(len(watches) for place, watches in places if place[0] == device)


def _place(pairing: Pairing) -> _Place:
    peer = pairing.peer
    code = pairing.manufacturer_code
    return peer.device, peer.endpoint, pairing.cluster_id, pairing.server, code
