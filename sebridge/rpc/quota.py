"""Quotas: how much of the gateway callers may take at the same time. Pure.

What is counted is calls, not documents, and the octets of answers until they are handed on. One
caller may take a quarter of it and one interface three quarters, so that neither shuts the gateway
for others; and calls of documents with several leave room for single ones of the same caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from sebridge.base.errors import LimitError
from sebridge.rpc.message import Caller

_CALLER_PART: Final = 4  # one caller: a quarter
_SINGLE_PART: Final = 5  # of a caller's calls a fifth is for those that come alone

Key = tuple[str, ...]
Keys = tuple[Key, Key, Key]
"""What is counted for a caller: all callers, its interface, itself."""
_ALL: Final[Key] = ()


class _Tally:
    """How much of one thing is under way, by keys; `shares` says in words what each may have."""

    def __init__(self, shares: Sequence[tuple[int, str]]) -> None:
        self._shares = shares
        self._taken: dict[Key, int] = {}

    def __getitem__(self, key: Key) -> int:
        return self._taken.get(key, 0)

    def take(self, keys: Sequence[Key], count: int) -> None:
        """Count so much for each key; raise LimitError, and count none, where it is too much."""
        if not count:
            return
        taken = self._taken
        for key, (share, whose) in zip(keys, self._shares, strict=True):
            if taken.get(key, 0) + count > share:
                raise LimitError(f"busy: {whose} may be under way")
        for key in keys:
            taken[key] = taken.get(key, 0) + count

    def give(self, keys: Sequence[Key], count: int) -> None:
        """Count so much no more; nothing is left of callers that are gone."""
        if not count:
            return
        taken = self._taken
        for key in keys:
            left = taken[key] - count
            if left:
                taken[key] = left
            else:
                del taken[key]


def _shared(what: str, most: int) -> _Tally:
    of_interface, of_caller = most - most // _CALLER_PART, most // _CALLER_PART
    return _Tally(
        (
            (most, f"{most} {what} of all callers"),
            (of_interface, f"{of_interface} {what} of one interface"),
            (of_caller, f"{of_caller} {what} of one caller"),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLimits:
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
        self._most_of_several = most = max(of_caller - of_caller // _SINGLE_PART, 1)
        self._calls = _shared("calls", limits.calls)
        self._of_several = _Tally(
            [(most, f"of one caller, {most} calls in documents with several")]
        )
        self._octets = _shared("octets of replies", limits.replies)

    @property
    def calls(self) -> int:
        """How many calls are under way."""
        return self._calls[_ALL]

    @property
    def octets(self) -> int:
        """How many octets of answers are being made or sent."""
        return self._octets[_ALL]

    def lease(self, caller: Caller, calls: int, now: float, *, of_several: bool) -> "Lease":
        """Let calls in; raise LimitError where there is no room for them.

        `of_several` says that they came in a document with others. `now` is seconds of a clock that
        never goes back. Of a document with more calls than one caller may have under way, as many
        as that are counted: it has to be the only one of its caller.
        """
        lease = Lease(self, caller, _keys_of(caller), begun=now, of_several=of_several)
        lease.add_calls(min(calls, self._most_of_several) if of_several else calls)
        return lease

    def take_calls(self, keys: Keys, count: int, *, of_several: bool) -> None:
        """Count calls of a caller; raise LimitError, and count none, where they are too many."""
        self._calls.take(keys, count)
        if not of_several:
            return
        try:
            self._of_several.take(keys[-1:], count)
        except LimitError:
            self._calls.give(keys, count)
            raise

    def give_calls(self, keys: Keys, count: int, *, of_several: bool) -> None:
        """Count calls no more."""
        self._calls.give(keys, count)
        if of_several:
            self._of_several.give(keys[-1:], count)

    def take_octets(self, keys: Keys, count: int) -> None:
        """Count octets of an answer; raise LimitError, and count none, where they are too many."""
        self._octets.take(keys, count)

    def give_octets(self, keys: Keys, count: int) -> None:
        """Count octets no more."""
        self._octets.give(keys, count)


@dataclass(slots=True)
class Lease:
    """What one document of a caller has of the quota, until it is given back."""

    quota: Quota
    caller: Caller
    keys: Keys
    begun: float
    of_several: bool
    calls: int = field(default=0, init=False)
    octets: int = field(default=0, init=False)

    def add_calls(self, count: int) -> None:
        """Let further calls in; raise LimitError where there is no room for them."""
        self.quota.take_calls(self.keys, count, of_several=self.of_several)
        self.calls += count

    def add_octets(self, count: int) -> None:
        """Count octets of the reply; raise LimitError where they are too many."""
        most = self.quota.limits.reply
        if self.octets + count > most:
            raise LimitError(f"the reply would have more than {most} octets")
        self.quota.take_octets(self.keys, count)
        self.octets += count

    def check_time(self, now: float) -> None:
        """Raise LimitError where the document has taken longer than it may."""
        most = self.quota.limits.document_seconds
        if now - self.begun > most:
            raise LimitError(f"the document takes longer than {most:g} s")

    def keep_calls(self, count: int) -> None:
        """Give calls back until so many are left."""
        if count < self.calls:
            given = self.calls - count
            self.calls = count
            self.quota.give_calls(self.keys, given, of_several=self.of_several)

    def release(self, *, calls_left: int = 0) -> None:
        """Give everything back, but for calls that go on after their document was answered."""
        self.keep_calls(calls_left)
        octets, self.octets = self.octets, 0
        self.quota.give_octets(self.keys, octets)

    def __enter__(self) -> Self:
        """Hold it until the end of a block."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Give everything back."""
        self.release()


def _keys_of(caller: Caller) -> Keys:
    return _ALL, (caller.interface,), (caller.interface, caller.name, caller.channel)
