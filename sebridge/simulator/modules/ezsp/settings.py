"""How the host has set the stack up: configuration, values and policies. A reset forgets it.

Source: Silicon Labs UG100, EzspConfigId, EzspValueId, EzspPolicyId.
"""

from collections.abc import Mapping
import enum
from typing import Final

from sebridge.simulator.modules.ezsp.status import Status


class Config(enum.IntEnum):
    """The sizes and limits that the stack itself goes by."""

    UNICAST_MESSAGES = 0x03
    ADDRESS_TABLE = 0x05
    MULTICAST_TABLE = 0x06
    ADDRESS_CACHE = 0x19
    KEY_TABLE = 0x1E
    ZDO_FLAGS = 0x2A
    TRANSIENT_KEY_TIMEOUT = 0x36


_DEFAULTS: Final = {
    0x01: (255, 255),  # packet buffers
    0x02: (26, 26),  # neighbours
    Config.UNICAST_MESSAGES: (10, 255),
    0x04: (0, 32),  # bindings
    Config.ADDRESS_TABLE: (8, 127),
    Config.MULTICAST_TABLE: (8, 32),
    0x07: (16, 254),  # routes
    0x08: (8, 64),  # discoveries
    0x0C: (0, 2),  # stack profile
    0x0D: (5, 5),  # security level
    0x10: (30, 30),  # hops
    0x11: (6, 64),  # children
    0x12: (3000, 30000),  # indirect transmission, ms
    0x13: (8, 14),  # poll time-out
    Config.ADDRESS_CACHE: (0, 32),
    0x1A: (32, 254),  # source routes
    0x1C: (1, 8),  # fragments in a window
    0x1D: (0, 0xFFFF),  # time between fragments, ms
    Config.KEY_TABLE: (0, 127),
    0x1F: (1600, 0xFFFF),  # APS acknowledgement, ms
    0x22: (1, 63),  # reports of PAN id conflicts
    Config.ZDO_FLAGS: (0, 0xFF),
    0x2B: (15, 254),  # broadcasts
    0x2D: (1, 1),  # networks
    Config.TRANSIENT_KEY_TIMEOUT: (300, 0xFFFF),  # seconds
    0x38: (300, 0xFFFF),  # rejoins with the well-known key, seconds
}
"""What it is after a reset, and the most that there is memory for."""
_FREE_BUFFERS: Final = {0x03: b"\xff"}
_VERSION_INFO: Final = 0x11
_NETWORK_FRAME_COUNTER, _APS_FRAME_COUNTER = 0x23, 0x24
_VALUES: Final = (0x0A, 0x15, _NETWORK_FRAME_COUNTER, _APS_FRAME_COUNTER, 0x3A, 0x43)
"""Those that may be written."""
_LONGEST_VALUE: Final = 32  # octets
_POLICIES: Final = 0x0D


class Policy(enum.IntEnum):
    """The policies that the stack itself goes by."""

    TRUST_CENTER = 0x00
    TC_KEY_REQUEST = 0x05
    APP_KEY_REQUEST = 0x06


class Joins(enum.IntFlag):
    """Whom the trust centre's policy lets in."""

    NEW = 0x01
    REJOINING = 0x02
    ONLY_WITH_OWN_KEY = 0x10


GRANT_KEYS: Final = 0x61
"""The decision about partner keys by which two devices get one."""
_AT_FIRST: Final[Mapping[int, int]] = {Policy.TRUST_CENTER: Joins.NEW | Joins.REJOINING}


class Settings:
    """What is set; `version_info` is the value of this name."""

    def __init__(self, version_info: bytes) -> None:
        self._fixed = {**_FREE_BUFFERS, _VERSION_INFO: version_info}
        self.restart()

    def restart(self) -> None:
        """Be as after a reset."""
        self.configuration = {number: default for number, (default, _) in _DEFAULTS.items()}
        self.policies = dict.fromkeys(range(_POLICIES), 0)
        self.policies.update(_AT_FIRST)
        self._values: dict[int, bytes] = {}

    def configure(self, number: int, value: int) -> Status:
        """Set a size or limit."""
        if number not in self.configuration:
            return Status.INVALID_ID
        if value > _DEFAULTS[number][1]:
            return Status.NO_MEMORY
        self.configuration[number] = value
        return Status.OK

    def decide(self, policy: int, decision: int) -> Status:
        """Set a policy."""
        if policy not in self.policies:
            return Status.INVALID_ID
        self.policies[policy] = decision
        return Status.OK

    def value(self, number: int) -> bytes | None:
        """Return a value; None for one that is not there."""
        return self._fixed.get(number, self._values.get(number))

    @property
    def first_frame(self) -> int:
        """The number of the first frame under a new link key."""
        return self._counter(_APS_FRAME_COUNTER)

    @property
    def first_network_frame(self) -> int:
        """The number of the first frame under the key of the next network."""
        return self._counter(_NETWORK_FRAME_COUNTER)

    def _counter(self, number: int) -> int:
        return int.from_bytes(self._values.get(number, b"")[:4], "little")

    def set_value(self, number: int, value: bytes) -> Status:
        """Set a value."""
        if number not in _VALUES:
            return Status.INVALID_ID
        if len(value) > _LONGEST_VALUE:
            return Status.INVALID_VALUE
        self._values[number] = value
        return Status.OK
