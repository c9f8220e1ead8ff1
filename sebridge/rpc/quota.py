"""Quotas: how much of the gateway callers may take at the same time. Pure.

What is counted is calls, not documents, and the octets of answers until they are handed on. One
caller may take a quarter of it and one interface three quarters, so that neither shuts the gateway
for others; and calls of documents with several leave room for single ones of the same caller.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Self

from sebridge.base.errors import LimitError
from sebridge.rpc.message import Caller

_CALLER_PART: Final = 4  # one caller: a quarter
_SINGLE_PART: Final = 5  # of a caller's calls a fifth is for those that come alone

Key = tuple[str, ...]
_ALL: Final[Key] = ()


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
        self._calls: Counter[Key] = Counter()
        self._of_several: Counter[Key] = Counter()
        self._octets: Counter[Key] = Counter()

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
        lease = Lease(self, caller, begun=now, of_several=of_several)
        lease.add_calls(min(calls, self._most_of_several) if of_several else calls)
        return lease

    @property
    def _most_of_several(self) -> int:
        of_caller = self.limits.calls // _CALLER_PART
        return max(of_caller - of_caller // _SINGLE_PART, 1)

    def take_calls(self, keys: tuple[Key, ...], count: int, *, of_several: bool) -> None:
        """Count calls of a caller; raise LimitError, and count none, where they are too many."""
        _check("calls", self._calls, keys, count, self.limits.calls)
        if of_several and self._of_several[keys[-1]] + count > self._most_of_several:
            raise LimitError(
                f"busy: of one caller, {self._most_of_several} calls in documents with several may"
                " be under way"
            )
        for key in keys:
            self._calls[key] += count
            self._of_several[key] += count if of_several else 0

    def give_calls(self, keys: tuple[Key, ...], count: int, *, of_several: bool) -> None:
        """Count calls no more."""
        _subtract(self._calls, keys, count)
        if of_several:
            _subtract(self._of_several, keys, count)

    def take_octets(self, keys: tuple[Key, ...], count: int) -> None:
        """Count octets of an answer; raise LimitError, and count none, where they are too many."""
        _check("octets of replies", self._octets, keys, count, self.limits.replies)
        for key in keys:
            self._octets[key] += count

    def give_octets(self, keys: tuple[Key, ...], count: int) -> None:
        """Count octets no more."""
        _subtract(self._octets, keys, count)


@dataclass(slots=True)
class Lease:
    """What one document of a caller has of the quota, until it is given back."""

    quota: Quota
    caller: Caller
    begun: float
    of_several: bool
    calls: int = field(default=0, init=False)
    octets: int = field(default=0, init=False)

    def add_calls(self, count: int) -> None:
        """Let further calls in; raise LimitError where there is no room for them."""
        self.quota.take_calls(_keys_of(self.caller), count, of_several=self.of_several)
        self.calls += count

    def add_octets(self, count: int) -> None:
        """Count octets of the reply; raise LimitError where they are too many."""
        most = self.quota.limits.reply
        if self.octets + count > most:
            raise LimitError(f"the reply would have more than {most} octets")
        self.quota.take_octets(_keys_of(self.caller), count)
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
            self.quota.give_calls(_keys_of(self.caller), given, of_several=self.of_several)

    def release(self, *, calls_left: int = 0) -> None:
        """Give everything back, but for calls that go on after their document was answered."""
        self.keep_calls(calls_left)
        octets, self.octets = self.octets, 0
        self.quota.give_octets(_keys_of(self.caller), octets)

    def __enter__(self) -> Self:
        """Hold it until the end of a block."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Give everything back."""
        self.release()


def _keys_of(caller: Caller) -> tuple[Key, ...]:
    """Return what is counted for a caller: all, its interface, itself."""
    return _ALL, (caller.interface,), (caller.interface, caller.name, caller.channel)


def _check(what: str, taken: Counter[Key], keys: tuple[Key, ...], count: int, most: int) -> None:
    shares = {
        "of all callers": most,
        "of one interface": most - most // _CALLER_PART,
        "of one caller": most // _CALLER_PART,
    }
    for key, (whose, share) in zip(keys, shares.items(), strict=True):
        if taken[key] + count > share:
            raise LimitError(f"busy: {share} {what} {whose} may be under way")


def _subtract(taken: Counter[Key], keys: tuple[Key, ...], count: int) -> None:
    for key in keys:
        taken[key] -= count
        if not taken[key]:
            del taken[key]  # callers come and go
