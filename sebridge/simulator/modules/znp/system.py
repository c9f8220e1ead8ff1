"""SYS: who the module is, its memory, and its reset.

Source: Z-Stack Monitor and Test API, MT_SYS.
"""

from collections.abc import Mapping
import random
import struct
from typing import Annotated, Final

from sebridge.base.clock import Clock
from sebridge.model.data_types import CountedBy, OctetString, Uint8, Uint16, Uint32
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.znp.frame import Subsystem
from sebridge.simulator.modules.znp.host import HostLine
from sebridge.simulator.modules.znp.nv import NvId, NvMemory, legacy
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.simulator.modules.znp.status import Status

_CAPABILITIES: Final = 0x0659  # SYS, AF, ZDO, UTIL, GP, APP_CNF
_TRANSPORT: Final = 2
_PRODUCT: Final = 1  # Z-Stack 3.x.0
_VERSION: Final = bytes((_TRANSPORT, _PRODUCT, 2, 7, 1))  # at last major, minor, maintenance
_REVISION: Final = 20230507  # the date of the build
_RESET_DONE: Final = 0x80
_RESET_BY_HOST: Final = 0  # told as if power had come back
_RESET_BY_WATCHDOG: Final = 2
_RESETTING: Final = 0.05  # seconds
_MOST_READ: Final = 240  # octets of an item in one response
_RANDOM_NUMBERS: Final = 0x10000


class _Reset(Record):
    kind: Uint8


class _OldItem(Record):
    item: Uint16


class _OldInit(Record):
    item: Uint16
    length: Uint16
    begin: OctetString


class _OldRead(Record):
    item: Uint16
    offset: Uint8


class _OldRead16(Record):
    item: Uint16
    offset: Uint16


class _OldWrite(Record):
    item: Uint16
    offset: Uint8
    part: OctetString


class _OldWrite16(Record):
    item: Uint16
    offset: Uint16
    length: Uint16
    part: Annotated[tuple[Uint8, ...], CountedBy("length", 0xFFFF)]


class _OldDelete(Record):
    item: Uint16
    length: Uint16


class _Item(Record):
    system: Uint8
    table: Uint16
    number: Uint16


class _Create(_Item):
    length: Uint32


class _Read(_Item):
    offset: Uint16
    length: Uint8


class _Write(_Item):
    offset: Uint16
    part: OctetString


class _Update(_Item):
    part: OctetString


class _Tune(Record):
    operation: Uint8
    value: Uint8


class _Power(Record):
    dbm: Uint8


class System:
    """The subsystem SYS."""

    def __init__(
        self,
        host: HostLine,
        memory: NvMemory,
        stack: Stack,
        clock: Clock,
        seed: random.Random,
    ) -> None:
        self._host = host
        self._memory = memory
        self._stack = stack
        self._clock = clock
        self._seed = seed
        self.commands: Mapping[int, Command] = {
            0x00: Command(_Reset, self._reset),
            0x01: Command(Nothing, lambda _: _CAPABILITIES.to_bytes(2, "little")),
            0x02: Command(Nothing, lambda _: _VERSION + struct.pack("<I", _REVISION)),
            0x04: Command(Nothing, lambda _: bytes(stack.address)),
            0x07: Command(_OldInit, self._init),
            0x08: Command(_OldRead, self._read_old),
            0x09: Command(_OldWrite, self._write_old),
            0x0C: Command(Nothing, self._random),
            0x0F: Command(_Tune, lambda tune: bytes((tune.value,))),
            0x12: Command(_OldDelete, self._delete_old),
            0x13: Command(_OldItem, self._length_old),
            0x14: Command(_Power, lambda _: Status.SUCCESS.octets),
            0x1C: Command(_OldRead16, self._read_old),
            0x1D: Command(_OldWrite16, self._write_old),
            0x30: Command(_Create, self._create),
            0x31: Command(_Item, self._delete),
            0x32: Command(_Item, self._length),
            0x33: Command(_Read, self._read),
            0x34: Command(_Write, self._write),
            0x35: Command(_Update, self._update),
        }

    # ------------------------------------------------------------------ reset

    def _reset(self, _request: _Reset) -> None:
        """Begin anew; the host hears when it is done."""
        self._begin_anew(_RESET_BY_HOST)

    def restart(self) -> None:
        """Begin anew by ourselves."""
        self._begin_anew(_RESET_BY_WATCHDOG)

    def _begin_anew(self, reason: int) -> None:
        told = bytes((reason,)) + _VERSION
        self._stack.reset()
        self._clock.call_later(
            _RESETTING, lambda: self._host.call_back(Subsystem.SYS, _RESET_DONE, told)
        )

    def _random(self, _request: Nothing) -> bytes:
        return self._seed.randrange(_RANDOM_NUMBERS).to_bytes(2, "little")

    # ------------------------------------------------------------------ items by one number

    def _length_old(self, request: _OldItem) -> bytes:
        return self._memory.length(legacy(request.item)).to_bytes(2, "little")

    def _init(self, request: _OldInit) -> bytes:
        item = legacy(request.item)
        return self._memory.create(item, request.length, request.begin).octets

    def _read_old(self, request: _OldRead | _OldRead16) -> bytes:
        return self._part(legacy(request.item), request.offset, _MOST_READ)

    def _write_old(self, request: _OldWrite | _OldWrite16) -> bytes:
        part = bytes(request.part)
        return self._memory.write(legacy(request.item), request.offset, part).octets

    def _delete_old(self, request: _OldDelete) -> bytes:
        item = legacy(request.item)
        if not self._memory.length(item):
            return Status.NV_ITEM_UNINIT.octets
        if self._memory.length(item) != request.length:
            return Status.NV_BAD_ITEM_LENGTH.octets
        self._memory.delete(item)
        return Status.SUCCESS.octets

    # ------------------------------------------------------------------ items by three numbers

    def _create(self, request: _Create) -> bytes:
        return self._memory.create(_named(request), request.length).octets

    def _delete(self, request: _Item) -> bytes:
        is_gone = self._memory.delete(_named(request))
        return (Status.SUCCESS if is_gone else Status.NV_OPERATION_FAILED).octets

    def _length(self, request: _Item) -> bytes:
        return self._memory.length(_named(request)).to_bytes(4, "little")

    def _read(self, request: _Read) -> bytes:
        return self._part(_named(request), request.offset, min(request.length, _MOST_READ))

    def _write(self, request: _Write) -> bytes:
        return self._memory.write(_named(request), request.offset, request.part).octets

    def _update(self, request: _Update) -> bytes:
        """Write a whole item, which is made or becomes another length where that is needed."""
        item = _named(request)
        self._memory.delete(item)
        made = self._memory.create(item, len(request.part), request.part)
        return (Status.SUCCESS if made is Status.NV_ITEM_UNINIT else made).octets

    def _part(self, item: NvId, offset: int, most: int) -> bytes:
        part = self._memory.read(item, offset, most)
        if part is None:
            return bytes((Status.INVALID_PARAMETER, 0))
        return bytes((Status.SUCCESS, len(part))) + part


def _named(request: _Item) -> NvId:
    return NvId(request.system, request.table, request.number)
