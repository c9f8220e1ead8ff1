"""Quotas: how much of the gateway callers may take at the same time. Pure.

What is counted is calls, not documents, and the octets of answers until they are handed on. One
caller may take a quarter of it and one interface three quarters, so that neither shuts the gateway
for others; and calls of documents with several leave room for single ones of the same caller.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Self

import msgspec

from sebridge.base.errors import LimitError
from sebridge.rpc.message import Caller

_CALLER_PART: Final = 4  # one caller: a quarter
_SINGLE_PART: Final = 5  # of a caller's calls a fifth is for those that come alone

Key = tuple[str, str, str]
"""What tells callers apart: interface, name, channel."""


class _Tally:
    """How much of one thing is under way: in all, by interface, and by caller."""

    def __init__(self, what: str, most: int) -> None:
        self._what = what
        self._most = most, most - most // _CALLER_PART, most // _CALLER_PART
        self.total = 0
        self._of_interface: dict[str, int] = {}  # there are few, and they stay
        self._of_caller: dict[Key, int] = {}

    def take(self, caller: Key, count: int) -> None:
        """Count so much; raise LimitError, and count none, where it is too much."""
        if not count:
            return
        most, most_of_interface, most_of_caller = self._most
        total = self.total + count
        of_interface = self._of_interface.get(caller[0], 0) + count
        of_caller = self._of_caller.get(caller, 0) + count
        if total > most:
            raise self._busy(most, "all callers")
        if of_interface > most_of_interface:
            raise self._busy(most_of_interface, "one interface")
        if of_caller > most_of_caller:
            raise self._busy(most_of_caller, "one caller")
        self.total = total
        self._of_interface[caller[0]] = of_interface
        self._of_caller[caller] = of_caller

    def _busy(self, most: int, whose: str) -> LimitError:
        return LimitError(f"busy: {most} {self._what} of {whose} may be under way")

    def give(self, caller: Key, count: int) -> None:
        """Count so much no more; of callers that are gone nothing is left."""
        self.total -= count
        self._of_interface[caller[0]] -= count
        left = self._of_caller[caller] - count
        if left:
            self._of_caller[caller] = left
        else:
            del self._of_caller[caller]


class QuotaLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be under way; each is the greatest number that is allowed."""

    calls: int = 1_000
    """Calls, of all callers."""
    reply: int = 8_388_608
    """Octets of the reply to one document."""
    replies: int = 33_554_432
    """Octets of all replies that are being made or sent."""
    document_seconds: float = 120.0
    """After so long no further call of a document is begun."""


class Quota:
    """Keeps count of all that is under way, through all interfaces."""

    def __init__(self, limits: QuotaLimits) -> None:
        self.limits = limits
        of_caller = limits.calls // _CALLER_PART
        self._most_of_several = max(of_caller - of_caller // _SINGLE_PART, 1)
        self._calls = _Tally("calls", limits.calls)
        self._of_several: Counter[Key] = Counter()
        self._octets = _Tally("octets of replies", limits.replies)

    @property
    def calls(self) -> int:
        """How many calls are under way."""
        return self._calls.total

    @property
    def octets(self) -> int:
        """How many octets of answers are being made or sent."""
        return self._octets.total

    def lease(self, caller: Caller, calls: int, now: float, *, of_several: bool) -> "Lease":
        """Let calls in; raise LimitError where there is no room for them.

        `of_several` says that they came in a document with others. `now` is seconds of a clock that
        never goes back. Of a document with more calls than one caller may have under way, as many
        as that are counted: it has to be the only one of its caller.
        """
        key = caller.interface, caller.name, caller.channel
        if of_several:
            calls = min(calls, self._most_of_several)
        self.take_calls(key, calls, of_several=of_several)
        return Lease(self, caller, key, now, of_several, calls)

    def take_calls(self, caller: Key, count: int, *, of_several: bool) -> None:
        """Count calls of a caller; raise LimitError, and count none, where they are too many."""
        if of_several and self._of_several[caller] + count > self._most_of_several:
            raise LimitError(
                f"busy: of one caller, {self._most_of_several} calls in documents with several may"
                " be under way"
            )
        self._calls.take(caller, count)
        if of_several:
            self._of_several[caller] += count

    def give_calls(self, caller: Key, count: int, *, of_several: bool) -> None:
        """Count calls no more."""
        self._calls.give(caller, count)
        if of_several:
            self._of_several[caller] -= count
            if not self._of_several[caller]:
                del self._of_several[caller]

    def take_octets(self, caller: Key, count: int) -> None:
        """Count octets of an answer; raise LimitError, and count none, where they are too many."""
        self._octets.take(caller, count)

    def give_octets(self, caller: Key, count: int) -> None:
        """Count octets no more."""
        self._octets.give(caller, count)


@dataclass(slots=True)
class Lease:
    """What one document of a caller has of the quota, until it is given back."""

    quota: Quota
    caller: Caller
    key: Key
    begun: float
    of_several: bool
    calls: int
    octets: int = field(default=0, init=False)

    def add_octets(self, count: int) -> None:
        """Count octets of the reply; raise LimitError where they are too many."""
        total = self.octets + count
        if total > self.quota.limits.reply:
            raise LimitError(f"the reply would have more than {self.quota.limits.reply} octets")
        self.quota.take_octets(self.key, count)
        self.octets = total

    def check_time(self, now: float) -> None:
        """Raise LimitError where the document has taken longer than it may."""
        most = self.quota.limits.document_seconds
        if now - self.begun > most:
            raise LimitError(f"the document takes longer than {most:g} s")

    def keep_calls(self, count: int) -> None:
        """Give calls back until so many are left."""
        given = self.calls - count
        if given > 0:
            self.calls = count
            self.quota.give_calls(self.key, given, of_several=self.of_several)

    def release(self, *, calls_left: int = 0) -> None:
        """Give everything back, but for calls that go on after their document was answered."""
        self.keep_calls(calls_left)
        if self.octets:
            octets, self.octets = self.octets, 0
            self.quota.give_octets(self.key, octets)

    def __enter__(self) -> Self:
        """Hold it until the end of a block."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Give everything back."""
        self.release()
