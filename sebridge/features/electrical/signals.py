"""News of what is measured."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.features.electrical.measurements import Shown


class ElectricityMeasured(msgspec.Struct, frozen=True):
    """A server shows these values now: at most one signal per frame. `time`: UTC since 1970."""

    device: Eui64
    endpoint: int
    shown: Shown
    time: float
