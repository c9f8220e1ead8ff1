"""Registers: what may be written in them, what waits to be applied, what survives a power cut.

Source: Digi, XBee 3 Zigbee RF Module User Guide, AT commands.
"""

from collections.abc import Mapping, MutableMapping
import enum

import msgspec

from sebridge.base.secret import Secret


class AtStatus(enum.IntEnum):
    """What becomes of a command."""

    OK = 0x00
    ERROR = 0x01
    INVALID_COMMAND = 0x02
    INVALID_PARAMETER = 0x03
    TRANSMISSION_FAILED = 0x04


class Access(enum.Enum):
    """Who may read and write a register."""

    READ_WRITE = enum.auto()
    READ_ONLY = enum.auto()
    WRITE_ONLY = enum.auto()


class Number(msgspec.Struct, frozen=True):
    """A register with a number of so many octets, the most significant first."""

    octets: int
    default: int = 0
    low: int = 0
    high: int | None = None  # None: whatever fits
    access: Access = Access.READ_WRITE

    @property
    def initial(self) -> bytes:
        """What is in it when it comes from the shop."""
        return self.default.to_bytes(self.octets, "big")

    def taken(self, value: bytes) -> bytes | None:
        """Return what is to be in the register; None for what it does not take."""
        number = int.from_bytes(value, "big")
        highest = (1 << 8 * self.octets) - 1 if self.high is None else self.high
        if not value or not self.low <= number <= highest:
            return None
        return number.to_bytes(self.octets, "big")


class Text(msgspec.Struct, frozen=True):
    """A register with printable ASCII text."""

    most: int
    initial: bytes
    access: Access = Access.READ_WRITE

    def taken(self, value: bytes) -> bytes | None:
        """Return what is to be in the register; None for what it does not take."""
        is_right = 0 < len(value) <= self.most and value.isascii()
        return value if is_right and value.decode("ascii").isprintable() else None


class Octets(msgspec.Struct, frozen=True):
    """A register with an exact number of octets, or none; the value 0 takes them out."""

    size: int
    access: Access = Access.READ_WRITE
    initial: bytes = b""

    def taken(self, value: bytes) -> bytes | None:
        """Return what is to be in the register; None for what it does not take."""
        if value == b"\0":
            return b""
        return value if len(value) == self.size else None


Register = Number | Text | Octets


class Registers:
    """The registers of a firmware.

    `written` is the non-volatile memory: what is not in it is lost with the power. What is queued
    is applied together with the next that is set at once.
    """

    def __init__(self, table: Mapping[str, Register], written: MutableMapping[str, Secret]) -> None:
        self._table = table
        self._written = written
        self._queued: dict[str, bytes] = {}
        self._values: dict[str, bytes] = {}
        self.restart()

    def restart(self) -> None:
        """Be as after a power cut."""
        self._queued.clear()
        self._values = {name: register.initial for name, register in self._table.items()}
        for name, value in self._written.items():
            if name in self._table:
                self._values[name] = value.reveal()

    def restore_defaults(self) -> frozenset[str]:
        """Be as from the shop, until the next power cut; return the names of what changed."""
        self._queued = {
            name: register.initial
            for name, register in self._table.items()
            if register.access is not Access.READ_ONLY
        }
        return self.apply()

    def write(self) -> None:
        """Keep what is in the registers."""
        for name, register in self._table.items():
            if register.access is Access.READ_ONLY:
                continue
            if self._values[name] == register.initial:
                self._written.pop(name, None)
            else:
                self._written[name] = Secret(self._values[name])

    def __getitem__(self, name: str) -> int:
        """Return the number in a register; 0 where the firmware has no such register."""
        return int.from_bytes(self._values.get(name, b""), "big")

    def octets(self, name: str) -> bytes:
        """Return what is in a register; nothing where the firmware has no such register."""
        return self._values.get(name, b"")

    def show(self, name: str, value: int) -> None:
        """Have something in a register that the host only reads."""
        self._values[name] = value.to_bytes(len(self._values[name]), "big")

    def read(self, name: str) -> tuple[AtStatus, bytes]:
        """Return what the host is answered."""
        register = self._table.get(name)
        if register is None:
            return AtStatus.INVALID_COMMAND, b""
        is_hidden = register.access is Access.WRITE_ONLY
        return AtStatus.OK, b"" if is_hidden else self._values[name]

    def queue(self, name: str, value: bytes) -> AtStatus:
        """Take a value that is applied later."""
        register = self._table.get(name)
        if register is None:
            return AtStatus.INVALID_COMMAND
        taken = register.taken(value)
        if taken is None or register.access is Access.READ_ONLY:
            return AtStatus.INVALID_PARAMETER
        self._queued[name] = taken
        return AtStatus.OK

    def apply(self) -> frozenset[str]:
        """Have what is queued in the registers; return the names of those that changed."""
        changed = {name for name, value in self._queued.items() if self._values[name] != value}
        self._values |= self._queued
        self._queued.clear()
        return frozenset(changed)
