"""The address table of the host: whom the stack knows besides those that it hears itself.

Source: Silicon Labs UG100, messaging frames, binding and address table commands.
"""

from collections.abc import Mapping
import struct
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.model.data_types import Uint8, Uint16, Uint64
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.ezsp.settings import Config, Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.wording import Wording
from sebridge.simulator.modules.signals import StackRestarted

_NO_NODE: Final = 0xFFFF
_FREE: Final = (Eui64((1 << 64) - 1), _NO_NODE)


class _Index(Record):
    index: Uint8


class _SetDevice(Record):
    index: Uint8
    device: Uint64
    nwk: Uint16 | None = None  # older versions have a command of its own for it


class _SetNode(Record):
    index: Uint8
    nwk: Uint16


class _Replacement(Record):
    index: Uint8
    device: Uint64
    nwk: Uint16
    is_slow: Uint8


class _Device(Record):
    device: Uint64


class _Patience(Record):
    device: Uint64
    is_slow: Uint8


class _Node(Record):
    nwk: Uint16


class _Group(Record):
    index: Uint8
    group: Uint16
    endpoint: Uint8
    network: Uint8


class _Concentrator(Record):
    is_on: Uint8
    kind: Uint16
    shortest: Uint16
    longest: Uint16
    errors: Uint8
    failures: Uint8
    hops: Uint8


class AddressCommands:
    """The commands of both tables, and those of routes, of which this air has none."""

    def __init__(self, wording: Wording, settings: Settings, stack: Stack, bus: SignalBus) -> None:
        self._wording = wording
        self._settings = settings
        self._stack = stack
        self._slow: set[Eui64] = set()  # who may take longer to answer
        bus.listen(StackRestarted, self._on_restart)
        self.commands: Mapping[int, Command] = {
            0x10: Command(_Concentrator, lambda _: wording.status(Status.OK)),
            0x5A: Command(_Index, lambda _: struct.pack("<I", 0)),
            0x5C: Command(_SetDevice, self._set_device),
            0x5D: Command(_SetNode, self._set_node),
            0x5E: Command(_Index, self._tell_entry),
            0x5F: Command(_Index, lambda one: struct.pack("<H", self._entry(one.index)[1])),
            0x60: Command(_Device, self._nwk_of),
            0x61: Command(_Node, self._device_at),
            0x63: Command(_Index, self._group),
            0x64: Command(_Group, self._set_group),
            0x7E: Command(_Patience, self._set_patience),
            0x7F: Command(
                _Device, lambda one: wording.whether(is_so=Eui64(one.device) in self._slow)
            ),
            0x82: Command(_Replacement, self._replace),
        }

    def _on_restart(self, _signal: StackRestarted) -> None:
        self._stack.addresses.clear()
        self._slow.clear()
        self._stack.groups.clear()

    # ------------------------------------------------------------------ addresses

    def _entry(self, index: int) -> tuple[Eui64, int]:
        return self._stack.addresses.get(index, _FREE)

    def _write(self, index: int, device: Eui64, nwk: int) -> Status:
        if index >= self._size:
            return Status.NO_SUCH_ADDRESS_ENTRY
        before = self._entry(index)[0]
        if before != device:
            self._slow.discard(before)
        self._stack.addresses[index] = device, nwk
        return Status.OK

    def _tell_entry(self, request: _Index) -> bytes:
        status = Status.OK if request.index < self._size else Status.NO_SUCH_ADDRESS_ENTRY
        return self._wording.address_entry(status, *self._entry(request.index))

    @property
    def _size(self) -> int:
        return self._settings.configuration[Config.ADDRESS_TABLE]

    def _set_device(self, request: _SetDevice) -> bytes:
        device = Eui64(request.device)
        nwk = self._known(device) if request.nwk is None else request.nwk
        return self._wording.status(self._write(request.index, device, nwk))

    def _set_node(self, request: _SetNode) -> bytes:
        self._write(request.index, self._entry(request.index)[0], request.nwk)
        return b""

    def _replace(self, request: _Replacement) -> bytes:
        before = self._entry(request.index)
        device = Eui64(request.device)
        was_slow = before[0] in self._slow
        status = self._write(request.index, device, request.nwk)
        if status is Status.OK:
            self._note(device, is_slow=bool(request.is_slow))
        return self._wording.status(status) + struct.pack("<QHB", *before, was_slow)

    def _set_patience(self, request: _Patience) -> bytes:
        """Take that a device is slow, where the stack knows it."""
        device = Eui64(request.device)
        if self._known(device) != _NO_NODE:
            self._note(device, is_slow=bool(request.is_slow))
        return self._wording.done(Status.OK)

    def _note(self, device: Eui64, *, is_slow: bool) -> None:
        if is_slow:
            self._slow.add(device)
        else:
            self._slow.discard(device)

    def _known(self, device: Eui64) -> int:
        """Return the network address of a device that the stack knows."""
        if device == self._stack.address:
            return self._stack.nwk
        heard = self._stack.address_of(device)
        if heard is not None:
            return heard
        return next((nwk for one, nwk in self._stack.addresses.values() if one == device), _NO_NODE)

    def _nwk_of(self, request: _Device) -> bytes:
        nwk = self._known(Eui64(request.device))
        return self._wording.nwk_found(nwk, is_found=nwk != _NO_NODE)

    def _device_at(self, request: _Node) -> bytes:
        device = self._stack.device_at(request.nwk)
        status = Status.NOT_FOUND if device is None else Status.OK
        return self._wording.status(status) + bytes(device or Eui64(0))

    # ------------------------------------------------------------------ groups

    def _group(self, request: _Index) -> bytes:
        status = self._group_status(request.index)
        group, endpoint = self._stack.groups.get(request.index, (0, 0))
        return self._wording.status(status) + struct.pack("<HBB", group, endpoint, 0)

    def _set_group(self, request: _Group) -> bytes:
        status = self._group_status(request.index)
        if status is Status.OK:
            self._stack.groups[request.index] = request.group, request.endpoint
        return self._wording.status(status)

    def _group_status(self, index: int) -> Status:
        is_there = index < self._settings.configuration[Config.MULTICAST_TABLE]
        return Status.OK if is_there else Status.INDEX_OUT_OF_RANGE
