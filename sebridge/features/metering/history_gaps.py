"""What a meter counted while nobody listened, laid where its load profile says that it was. Pure.

All times are seconds since 1970 UTC.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from sebridge.features.metering.load_profile import Channel

_MORE: Final = 1.05
"""How much more a profile may say than its register: each of its intervals is rounded."""
_SAME: Final = 1e-6


class Direction(IntEnum):
    """Which way energy goes, by the channel of the load profile."""

    DELIVERED = Channel.DELIVERED
    RECEIVED = Channel.RECEIVED


class Grown(msgspec.Struct, frozen=True, gc=False):
    """By how much a register grew from `begin` to `end`, in its unit."""

    begin: float
    end: float
    amount: float


def laid(grown: Grown, profile: Sequence[Grown]) -> list[Grown] | None:
    """Return in which parts a register grew, oldest first; together they are as much as it did.

    What the profile does not tell of is laid evenly over the rest of the time. None where it tells
    nothing of it, or more than the register has grown.
    """
    told = list(_within(grown, profile))
    total = sum(one.amount for one in told)
    if not told or total > grown.amount * _MORE + _SAME:
        return None
    if total > grown.amount:
        told = [Grown(one.begin, one.end, one.amount * grown.amount / total) for one in told]
        total = grown.amount
    rest = list(_between(grown, told))
    seconds = sum(one.end - one.begin for one in rest)
    if not seconds:
        if not total:
            return None
        return [Grown(one.begin, one.end, one.amount * grown.amount / total) for one in told]
    rate = (grown.amount - total) / seconds
    evenly = [Grown(one.begin, one.end, (one.end - one.begin) * rate) for one in rest]
    return sorted([*told, *evenly], key=lambda one: one.begin)


def _within(grown: Grown, profile: Sequence[Grown]) -> Iterator[Grown]:
    """Yield what a profile tells of the time, each part of it once."""
    at = grown.begin
    for one in sorted(profile, key=lambda one: one.begin):
        if one.begin >= at and one.end <= grown.end:
            yield one
            at = one.end


def _between(grown: Grown, told: Sequence[Grown]) -> Iterator[Grown]:
    at = grown.begin
    for one in told:
        if one.begin > at:
            yield Grown(at, one.begin, 0.0)
        at = one.end
    if grown.end > at:
        yield Grown(at, grown.end, 0.0)
