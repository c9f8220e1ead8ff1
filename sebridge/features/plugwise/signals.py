"""News of circles, as people and programs see them."""

from collections.abc import Sequence

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.plugwise.book import CircleState


class CirclesKnown(msgspec.Struct, frozen=True):
    """These are the circles that there are, and no others."""

    macs: Sequence[Eui64]


class CircleChanged(msgspec.Struct, frozen=True):
    """There is something else to say of a circle."""

    state: CircleState
