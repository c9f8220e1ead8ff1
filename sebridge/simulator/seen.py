"""What a person in the simulated house sees of it. Data only."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.model.data_types import UtcTime
from sebridge.model.values import ABSENT, Absent

Certificate = Literal["house", "own", "none"]
"""What a device proves itself with: a certificate of the house, one that was given to it, none."""


class SeenDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated device.

    `joined` says whether it is on the network, `established` whether its link key with the trust
    centre follows from certificates. It `waits` for somebody to add it where it has an
    installation code or a link key of its own. `certificate` is of the `house`, its `own` or
    `none`. `loss` (share) and `delay` (seconds) is what frames from and to it suffer besides the
    air of the house. What the features show of it is in `shown`, and in `measured` what changes by
    itself all the time; both by names that docs/simulator.md explains.
    """

    device_address: Eui64
    name: str
    kind: str
    on: bool
    joined: bool
    established: bool
    waits: bool
    certificate: Certificate
    loss: float
    delay: float
    shown: Mapping[str, Any]
    measured: Mapping[str, Any] | Absent = ABSENT


class SeenHouse(msgspec.Struct, frozen=True, kw_only=True):
    """The simulated house: its time, its air, its devices.

    `module` is the type of the emulated module with which the gateway is on that air; null where it
    is there without one. `speed` is how many simulated seconds pass in a real one, at most
    `fastest`; both are null where that cannot change.
    `loss` (share) and `delay` (seconds, the mean) is what all frames suffer. `kinds` are those that
    a device can have.
    """

    utc_time: UtcTime | Absent = ABSENT
    speed: float | None
    fastest: float | None
    module: str | None
    loss: float
    delay: float
    kinds: Sequence[str]
    devices: Sequence[SeenDevice]

    def at_rest(self) -> "SeenHouse":
        """Return it without what changes by itself all the time."""
        devices = [msgspec.structs.replace(one, measured=ABSENT) for one in self.devices]
        return msgspec.structs.replace(self, utc_time=ABSENT, devices=devices)
