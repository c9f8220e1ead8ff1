"""Which reports the gateway expects, which stay away, and what is done about each. Pure.

An attribute is expected by a configuration that its device took; or it is read in the device's
place, where that does not report it; or the device has said that it has none, and why. What the
gateway wants by itself is read as well whenever its longest interval has passed without a report:
a device may have taken the configuration and report others only. Times are seconds of any steady
clock.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
import heapq
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError
from sebridge.base.sharing import shared, shared_mapping
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.gateway.reporting.threshold import Threshold
from sebridge.gateway.reporting.ways import (
    ANNOUNCED,
    BY_CALLER,
    BY_GATEWAY,
    BY_ITSELF,
    INACTIVE,
    NOT_SET_UP,
    STAYED_AWAY,
    STOPPED,
    WISHED,
    ComingAttribute,
    Way,
    status_word,
)
from sebridge.model.row_codec import Later
from sebridge.zcl.reporting import (
    NO_PERIODIC_REPORTS,
    STOP_REPORTING,
    AttributeReportingConfigurationRecord,
)

Record = AttributeReportingConfigurationRecord

MOST_PER_DEVICE: Final = 256
"""So many configurations at most: no peer can fill the memory."""
PATIENCE: Final = 2.5
"""After so many longest intervals without a report, it is missed."""
GRACE: Final = 1.0
"""Seconds: a report that is sent at the last moment is still on its way."""
WITHOUT_MINIMUM: Final = 5.0
"""Seconds between two reads where the configuration has no shortest interval."""
UNASKED: Final = 60.0
"""Seconds between two reads of what no caller asked for: it must not load the network."""
RETRIES: Final = (5.0, 30.0, 120.0, 600.0)
"""Seconds after which setting up is tried again; the last as often as needed."""
SELDOM: Final = 86_400.0
"""Seconds: what does not report is asked to after pauses that grow until this."""

_NOTHING: Final[Mapping[int, int]] = {}
_SLACK: Final = 64  # times on the agenda that no longer count
_FORGIVEN: Final = 1  # timeouts in a row that are met with another configuration

_Place = tuple[int, int, bool, int | None]
"""Where on a device reports come from: endpoint, cluster, which side we are, manufacturer code."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A configuration under which reports are expected.

    `pseudo`: we read ourselves and report in the device's place. `wish` is what the caller wants:
    True always so, False never, None where the device does not report. `own` are those that the
    gateway asks for without being told. A record of direction 1 is a peer's announcement. `refusal`
    is the ZCL status for which it is read: TIMEOUT where the device did not answer, and 0 where its
    reports stayed away.
    """

    record: Record
    pseudo: bool = False
    wish: bool | None = None
    own: bool = False
    refusal: Later[int] = 0

    @property
    def stopped(self) -> bool:
        """Say whether a caller ended what the gateway would ask for of its own accord."""
        return self.record.max_interval == STOP_REPORTING

    @property
    def patience(self) -> float | None:
        """Seconds after which a report that did not come is missed; None for never."""
        record = self.record
        if self.wish or self.stopped or record.direction:
            return None
        if record.timeout:
            return float(record.timeout)
        longest = record.max_interval
        return None if longest == NO_PERIODIC_REPORTS else PATIENCE * longest

    @property
    def renewal(self) -> float | None:
        """Seconds within which a value is told again, changed or not; None where nobody says so."""
        longest = self.record.max_interval
        is_said = not self.record.direction and longest not in {NO_PERIODIC_REPORTS, STOP_REPORTING}
        return float(longest) if is_said else None

    @property
    def silence(self) -> float | None:
        """Seconds without a report after which it is read once; None for never."""
        if not self.own or self.record.max_interval in {NO_PERIODIC_REPORTS, STOP_REPORTING}:
            return None
        return self.record.max_interval + GRACE

    @property
    def way(self) -> tuple[Way, str]:
        """How it comes, and why so."""
        if self.stopped:
            return Way.UNAVAILABLE, STOPPED
        if self.pseudo and self.wish:
            return Way.PSEUDO_REPORT, WISHED
        if self.pseudo:
            return Way.PSEUDO_REPORT, status_word(self.refusal) if self.refusal else STAYED_AWAY
        if self.record.direction:
            return Way.REPORT, ANNOUNCED
        return Way.REPORT, BY_GATEWAY if self.own else BY_CALLER


class Due(msgspec.Struct, kw_only=True):
    """What is to be done now: configure at a device, set up a cluster, read attributes."""

    configure: dict[Pairing, list[Record]] = msgspec.field(default_factory=dict)
    set_up: list[Pairing] = msgspec.field(default_factory=list)
    read: dict[Pairing, list[int]] = msgspec.field(default_factory=dict)


class _Watch(msgspec.Struct, eq=False, gc=False):
    """One expected attribute: when it was heard of last, and how often it was missed since.

    `expectation` is that of the store, at hand here for every value that comes.
    """

    key: PairedAttribute
    place: _Place
    expectation: Expectation
    since: float
    silence: float | None  # of the expectation, at hand as well
    next_read: float = 0.0
    threshold: Threshold | None = None  # for what is read; most is not
    missed: int = 0
    is_alive: bool = True  # False once it is dropped
    queued: float | None = None

    @property
    def is_read(self) -> bool:
        """Say whether we read it, instead of waiting for a report."""
        return self.expectation.pseudo or self.key.pairing.is_local

    @property
    def read_interval(self) -> float | None:
        """Seconds between two reads; None for what is only reported."""
        if not self.is_read:
            return self.silence
        shortest = float(self.expectation.record.min_interval or WITHOUT_MINIMUM)
        return max(shortest, UNASKED) if self.expectation.own else shortest

    def begin(self, now: float) -> None:
        """Wait for reports from now on, and read at once what is not reported."""
        self.since, self.missed = now, 0
        self.next_read = now if self.is_read else now + (self.silence or 0.0)

    @property
    def overdue_at(self) -> float | None:
        """When a report will have stayed away for too long; None for never."""
        patience = self.expectation.patience
        if patience is None or self.key.pairing.is_local:
            return None
        if self.expectation.pseudo:  # its value is known: asking again may wait
            patience = max(patience, min(patience * 2**self.missed, SELDOM))
        return self.since + patience + GRACE

    def due_at(self) -> float | None:
        """When there is something to do; None for never."""
        times = (None if self.read_interval is None else self.next_read, self.overdue_at)
        found = [at for at in times if at is not None]
        return min(found) if found and self.is_alive else None


class _SetUp(msgspec.Struct, eq=False, gc=False):
    """A cluster that is to be set up, or has been: `at` says when to try next, None for never."""

    pairing: Pairing
    at: float | None
    attempts: int = 0
    under_way: bool = False
    doubted: bool = False  # while it was under way
    missing: Mapping[int, int] = _NOTHING  # attributes that are not there
    is_alive: bool = True  # False once it is no longer wanted
    queued: float | None = None

    def due_at(self) -> float | None:
        """When there is something to do; None for never."""
        return self.at

    @property
    def is_done(self) -> bool:
        """Say whether nothing of it is left to do."""
        return self.at is None and not self.under_way


class Expectations:
    """The expected reports; `store` keeps them, hand in a power-safe one.

    `is_active` says whether a device is there: while it is not, nothing is missed and nothing is
    read. `sleeps` names clusters that are there and cannot be asked: nothing that the gateway
    wants by itself is missed or read of them. `changed` is called when something may be due
    earlier than `next_due` told, and `agreed_otherwise` with a device of which something else is
    expected than before.
    """

    def __init__(
        self,
        *,
        store: MutableMapping[PairedAttribute, Expectation],
        is_active: Callable[[Eui64], bool],
        sleeps: Callable[[Pairing], bool],
        changed: Callable[[], object],
        agreed_otherwise: Callable[[Eui64], object],
    ) -> None:
        self._store = store
        self._is_active = is_active
        self._sleeps = sleeps
        self._changed = changed
        self._agreed_otherwise = agreed_otherwise
        self._watches: dict[Eui64, list[_Watch]] = {}  # by device, which has few
        self._set_ups: dict[Eui64, list[_SetUp]] = {}  # the same
        # when, a number that keeps the order, what; an item counts under its `queued` time only
        self._agenda: list[tuple[float, int, _Watch | _SetUp]] = []
        self._number = 0
        for key, expectation in store.items():
            self._watch(key, expectation, 0.0)

    def __iter__(self) -> Iterator[tuple[PairedAttribute, Expectation]]:
        return iter(tuple(self._store.items()))

    def get(self, key: PairedAttribute) -> Expectation | None:
        """Return what is expected of an attribute."""
        return self._store.get(key)

    def renewal(
        self, device: Eui64, endpoint: int, cluster_id: int, attribute_id: int
    ) -> float | None:
        """Return the seconds within which a value of a server is told again, changed or not.

        None where nobody says so, as for what is not expected, or of who sleeps.
        """
        place = (endpoint, cluster_id, False, None)
        found = (
            watch.expectation.renewal
            for watch in self._watches.get(device, ())
            if watch.place == place
            and watch.key.attribute_id == attribute_id
            and not self._sleeps(watch.key.pairing)
        )
        return min((seconds for seconds in found if seconds is not None), default=None)

    def attributes_of(self, device: Eui64) -> list[PairedAttribute]:
        """Return the attributes of a device that are expected."""
        return [watch.key for watch in self._watches.get(device, ())]

    def coming(self, key: PairedAttribute) -> ComingAttribute:
        """Return how an attribute that should come does, and why so."""
        pairing, watch = key.pairing, self._find(key)
        if watch is not None:
            expected = watch.expectation
            way, why = expected.way
            if expected.own and self._sleeps(pairing):
                way, why = Way.REPORT, BY_ITSELF
            return ComingAttribute(
                key=key, way=way, why=why, record=expected.record, missed=watch.missed
            )
        if self._sleeps(pairing):
            return ComingAttribute(key=key, way=Way.REPORT, why=BY_ITSELF)
        set_up = self._set_up_of(pairing)
        status = None if set_up is None else set_up.missing.get(key.attribute_id)
        if status is not None:
            why = status_word(status)
        else:
            why = NOT_SET_UP if self._is_active(pairing.peer.device) else INACTIVE
        return ComingAttribute(key=key, way=Way.UNAVAILABLE, why=why)

    # ------------------------------------------------------------------ attributes

    def put(self, key: PairedAttribute, expectation: Expectation, now: float) -> None:
        """Expect an attribute; FullError when the device has too many already."""
        self._put(key, expectation, now)

    def _put(self, key: PairedAttribute, expectation: Expectation, now: float) -> _Watch:
        others = self._watches.get(key.pairing.peer.device, ())
        if key not in self._store and len(others) >= MOST_PER_DEVICE:
            raise FullError(f"there are {MOST_PER_DEVICE} reporting configurations of this device")
        before = self._store.get(key)
        self._store[key] = expectation
        if before is None or before.renewal != expectation.renewal:
            self._agreed_otherwise(key.pairing.peer.device)
        return self._watch(key, expectation, now)

    def drop(self, key: PairedAttribute) -> None:
        """Expect an attribute no longer."""
        watch = self._find(key)
        if watch is not None:
            del self._store[key]
            self._unwatch(watch)
            self._agreed_otherwise(key.pairing.peer.device)

    def heard(self, report: AttributesReported, now: float) -> None:
        """Know of a report; a device that reports after all is not read any more."""
        try:
            watches = self._watches[report.device]
        except KeyError:
            return
        place = (
            report.endpoint,
            report.cluster_id,
            report.server_or_client == 1,
            report.manufacturer_code,
        )
        for value in report.values:
            for watch in watches:
                if watch.key.attribute_id != value.attribute_id or watch.place != place:
                    continue
                watch.since, watch.missed = now, 0
                expectation = watch.expectation
                if watch.silence is not None:
                    watch.next_read = now + watch.silence
                if expectation.pseudo and expectation.wish is None:
                    self._change(watch, replace(expectation, pseudo=False, refusal=0))

    def take(self, key: PairedAttribute, value: Any, now: float) -> bool:
        """Say whether a value that was read is to be told as a report."""
        watch = self._find(key)
        if watch is None or watch.read_interval is None:
            return False
        if watch.threshold is None:
            watch.threshold = Threshold(watch.expectation.record)
        is_due = watch.threshold.due(value, now)
        if is_due:
            watch.threshold.reported(value, now)
        return is_due

    # ------------------------------------------------------------------ clusters that are set up

    def want(self, pairing: Pairing, now: float) -> None:
        """Have a cluster set up at once, unless it is being set up."""
        set_up = self._set_up_of(pairing)
        if set_up is None:
            set_up = _SetUp(pairing, now)
            self._set_ups.setdefault(pairing.peer.device, []).append(set_up)
        elif not set_up.under_way:
            set_up.at, set_up.attempts = now, 0
        self._queue(set_up)

    def is_wanted(self, pairing: Pairing) -> bool:
        """Say whether a cluster is set up, or will be."""
        return self._set_up_of(pairing) is not None

    def doubt(self, pairing: Pairing, now: float) -> None:
        """Have a cluster set up once more, also when it is just being set up."""
        self.want(pairing, now)
        set_up = self._set_up_of(pairing)
        if set_up is not None:
            set_up.doubted = set_up.under_way

    def agreed(
        self, pairing: Pairing, records: Sequence[Record], refused: Mapping[int, int], now: float
    ) -> None:
        """Know what came of configuring what the gateway wants by itself.

        What was refused is read. What was read before is so until its first report comes.
        """
        for record in records:
            key = PairedAttribute(pairing, record.attribute_id)
            known = self._find(key)
            is_read = record.attribute_id in refused or (known is not None and known.is_read)
            before = 0 if known is None else known.expectation.refusal
            refusal = refused.get(record.attribute_id, before)
            expectation = shared(
                Expectation(record=record, pseudo=is_read, own=True, refusal=refusal)
            )
            watch = self._put(key, expectation, now)
            if known is not None:
                watch.missed = known.missed

    def missing(self, pairing: Pairing, statuses: Mapping[int, int]) -> Mapping[int, int]:
        """Know which attributes a device does not have, by ZCL status; return those that are new.

        What the gateway wants by itself is not expected of them any more.
        """
        for attribute_id in statuses:
            key = PairedAttribute(pairing, attribute_id)
            known = self._find(key)
            if known is not None and known.expectation.own:
                self.drop(key)
        set_up = self._set_up_of(pairing)
        if set_up is None:
            return {}
        new = {i: status for i, status in statuses.items() if set_up.missing.get(i) != status}
        set_up.missing = shared_mapping(tuple({**set_up.missing, **statuses}.items()))
        return new

    def ended(self, pairing: Pairing, now: float, *, succeeded: bool) -> None:
        """Know that an attempt to set up has ended; without success it is tried again."""
        set_up = self._set_up_of(pairing)
        if set_up is None:
            return
        set_up.under_way = False
        if succeeded and not set_up.doubted:
            set_up.attempts = 0
            return
        set_up.at = now + RETRIES[min(set_up.attempts, len(RETRIES) - 1)]
        set_up.attempts += 1
        set_up.doubted = False
        self._queue(set_up)

    def unwant(self, pairing: Pairing) -> None:
        """Set a cluster up no more: it is gone."""
        set_up = self._set_up_of(pairing)
        if set_up is not None:
            set_up.at, set_up.is_alive = None, False
            others = self._set_ups[pairing.peer.device]
            others.remove(set_up)
            if not others:
                del self._set_ups[pairing.peer.device]

    # ------------------------------------------------------------------ devices

    def resumed(self, device: Eui64, now: float) -> None:
        """Know that a device is there again: its reports are waited for from now on."""
        for watch in self._watches.get(device, ()):
            watch.begin(now)
            watch.threshold = None
            self._queue(watch)

    def paused(self, device: Eui64) -> None:
        """Know that a device went away: it is set up anew when it is back."""
        for set_up in tuple(self._set_ups.get(device, ())):
            self.unwant(set_up.pairing)

    def forget(self, device: Eui64) -> None:
        """Expect nothing of a device any more."""
        self.paused(device)
        for watch in tuple(self._watches.get(device, ())):
            self.drop(watch.key)

    # ------------------------------------------------------------------ what is due

    def next_due(self) -> float | None:
        """Return when to ask `due` again; None when nothing is expected."""
        return self._agenda[0][0] if self._agenda else None

    def due(self, now: float) -> Due:
        """Return what is to be done now.

        A report that stays away is asked for again. Where that has not helped before, we read the
        attribute from now on, unless that is unwanted, and ask again after pauses that grow.
        """
        found = Due()
        while self._agenda and self._agenda[0][0] <= now:
            at, _, item = heapq.heappop(self._agenda)
            if item.queued != at:
                continue  # an earlier time has taken its place
            item.queued = None
            due_at = item.due_at()
            if due_at is None or due_at > now:
                pass
            elif isinstance(item, _SetUp):
                item.at, item.under_way = None, True
                found.set_up.append(item.pairing)
            elif not self._look_at(item, now, found):
                continue
            self._enqueue(item)
        return found

    def _look_at(self, watch: _Watch, now: float, found: Due) -> bool:
        """Add what is to be done for an attribute; False when its device is not there."""
        pairing = watch.key.pairing
        if not pairing.is_local and not self._is_active(pairing.peer.device):
            return False
        idle = watch.expectation.own and self._sleeps(pairing)
        if watch.overdue_at is not None and watch.overdue_at <= now:
            watch.since = now
            if not idle:
                self._miss(watch, now, found)
        pause = watch.read_interval  # of what is missed, it may be another one now
        if pause is not None and watch.next_read <= now:
            watch.next_read = now + pause
            if not idle:
                found.read.setdefault(pairing, []).append(watch.key.attribute_id)
        return True

    def _miss(self, watch: _Watch, now: float, found: Due) -> None:
        expectation, pairing = watch.expectation, watch.key.pairing
        if expectation.own:
            set_up = self._set_up_of(pairing)
            if set_up is not None and not set_up.is_done:
                return  # it is asked for already
        watch.missed += 1
        if watch.missed > _FORGIVEN and expectation.wish is None and not expectation.pseudo:
            self._change(watch, replace(expectation, pseudo=True))
            watch.next_read = now
        elif expectation.own:
            self.want(pairing, now)
        else:
            found.configure.setdefault(pairing, []).append(expectation.record)

    # ------------------------------------------------------------------ parts

    def _watch(self, key: PairedAttribute, expectation: Expectation, now: float) -> _Watch:
        before = self._find(key)
        if before is not None:
            self._unwatch(before)
        place = shared(_place(key.pairing))
        watch = _Watch(key, place, expectation, now, shared(expectation.silence))
        watch.begin(now)
        self._watches.setdefault(key.pairing.peer.device, []).append(watch)
        self._queue(watch)
        return watch

    def _find(self, key: PairedAttribute) -> _Watch | None:
        for watch in self._watches.get(key.pairing.peer.device, ()):
            if watch.key == key:
                return watch
        return None

    def _set_up_of(self, pairing: Pairing) -> _SetUp | None:
        for set_up in self._set_ups.get(pairing.peer.device, ()):
            if set_up.pairing == pairing:
                return set_up
        return None

    def _unwatch(self, watch: _Watch) -> None:
        watch.is_alive = False
        device = watch.key.pairing.peer.device
        others = self._watches[device]
        others.remove(watch)
        if not others:
            del self._watches[device]

    def _change(self, watch: _Watch, expectation: Expectation) -> None:
        watch.expectation = self._store[watch.key] = expectation

    def _queue(self, item: _Watch | _SetUp) -> None:
        if self._enqueue(item):
            self._changed()

    def _enqueue(self, item: _Watch | _SetUp) -> bool:
        """Put an item on the agenda, unless it stands there as early; say whether it was put."""
        at = item.due_at()
        if at is None or (item.queued is not None and item.queued <= at):
            return False
        item.queued = at
        self._number += 1
        heapq.heappush(self._agenda, (at, self._number, item))
        if len(self._agenda) > 2 * (len(self._store) + len(self._set_ups)) + _SLACK:
            self._agenda = [
                entry for entry in self._agenda if entry[0] == entry[2].queued and entry[2].is_alive
            ]
            heapq.heapify(self._agenda)
        return True


def _place(pairing: Pairing) -> _Place:
    peer = pairing.peer
    code = pairing.manufacturer_code
    return peer.endpoint, pairing.cluster_id, pairing.server, code
