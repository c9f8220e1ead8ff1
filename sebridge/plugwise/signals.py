"""News of a Plugwise stick and its circles."""

from collections.abc import Sequence

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.plugwise.energy import EnergyOfHour, EnergySoFar


class StickChanged(msgspec.Struct, frozen=True):
    """The stick is there, or is not any more; `reason` says why, for people."""

    is_there: bool
    reason: str


class EndpointWantsToJoin(msgspec.Struct, frozen=True):
    """An endpoint is not associated, and would like to be."""

    mac: Eui64


class CirclesListed(msgspec.Struct, frozen=True):
    """Which circles belong to the stick now, the Circle+ first."""

    macs: Sequence[Eui64]


class CircleSeen(msgspec.Struct, frozen=True):
    """A circle has told how it is: its power in W, negative where it produces, and its relay.

    `hour` is what it has counted since its newest logged hour; None while hours before are unread.
    """

    mac: Eui64
    watts: float
    is_on: bool
    hour: EnergySoFar | None


class CircleLost(msgspec.Struct, frozen=True):
    """A circle does not answer any more; `reason` says why, for people."""

    mac: Eui64
    reason: str


class HoursLogged(msgspec.Struct, frozen=True):
    """Hours of a circle's log that were not told before.

    Who keeps them does so at once: how far the log is read is kept right after.
    """

    mac: Eui64
    hours: Sequence[EnergyOfHour]
