"""What somebody wants done with a device: how its values are told, and whether it is left alone."""

from typing import Final

import msgspec

from sebridge.base.errors import ParameterError

LONGEST_THROTTLE: Final = 86_400.0  # seconds
SHORTEST_RETENTION: Final = 120
"""Seconds: what does not change is told again each minute, and may not expire in between."""
LONGEST_RETENTION: Final = 31_536_000  # seconds


class DeviceOptions(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The options of a device; their names are those of Zigbee2MQTT.

    `retain`: the broker keeps its newest values. `retention`: seconds after which it forgets a
    value that is not told again; None leaves that to how often the device reports. `throttle`:
    seconds between two writings of a topic, where None is what holds for all devices. `disabled`:
    it counts as gone, nothing is sent to it, and nothing that it says is taken.
    """

    retain: bool = True
    retention: int | None = None
    throttle: float | None = None
    disabled: bool = False

    def check(self) -> None:
        """Raise ParameterError for what is out of range, or does not go together."""
        if self.throttle is not None and not 0 <= self.throttle <= LONGEST_THROTTLE:
            raise ParameterError("throttle", f"must be 0..{LONGEST_THROTTLE:.0f} seconds, or null")
        if self.retention is None:
            return
        if not SHORTEST_RETENTION <= self.retention <= LONGEST_RETENTION:
            allowed = f"{SHORTEST_RETENTION}..{LONGEST_RETENTION} seconds"
            raise ParameterError("retention", f"must be {allowed}, or null")
        if self.throttle is not None and self.retention < 2 * self.throttle:
            raise ParameterError("retention", "must be at least twice what throttle is")


DEFAULT_OPTIONS: Final = DeviceOptions()
"""The options of a device of which nobody wants anything else."""
