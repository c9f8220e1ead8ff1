"""UTIL: what the module tells of itself, its lamps, and its table of children.

The table is empty: on the simulated air all devices are heard directly, and none is a child.
Source: Z-Stack Monitor and Test API, MT_UTIL.
"""

from collections.abc import Mapping
import struct
from typing import Final

from sebridge.model.data_types import Uint8, Uint16, Uint64
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.simulator.modules.znp.status import Status

_DEVICE_TYPES: Final = 0x07  # it can be coordinator, router and end device
_NO_ASSOCIATION: Final = struct.pack("<HHB31x", 0xFFFE, 0xFFFF, 0xFF)  # 36 octets, aligned


class _Lamp(Record):
    lamp: Uint8
    mode: Uint8


class _Count(Record):
    first: Uint8
    last: Uint8


class _Number(Record):
    number: Uint8


class _Address(Record):
    device: Uint64
    nwk: Uint16


class _Removal(Record):
    device: Uint64


class _Addition(Record):
    nwk: Uint16
    device: Uint64
    relation: Uint8


class Utilities:
    """The subsystem UTIL."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.commands: Mapping[int, Command] = {
            0x00: Command(Nothing, self._device),
            0x0A: Command(_Lamp, lambda _: Status.SUCCESS.octets),
            0x48: Command(_Count, lambda _: bytes(2)),
            0x49: Command(_Number, lambda _: _NO_ASSOCIATION),
            0x4A: Command(_Address, lambda _: _NO_ASSOCIATION),
            0x63: Command(_Removal, lambda _: Status.FAILURE.octets),
            0x64: Command(_Addition, lambda _: Status.FAILURE.octets),
        }

    def _device(self, _request: Nothing) -> bytes:
        stack = self._stack
        head = struct.pack("<BQH", Status.SUCCESS, stack.address, COORDINATOR_NWK)
        return head + bytes((_DEVICE_TYPES, stack.state, 0))
