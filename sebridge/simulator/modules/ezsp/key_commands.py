"""What the host asks about keys of the security manager, which later versions have.

Source: Silicon Labs UG100, security frames.
"""

from collections.abc import Mapping
import enum
import struct
from typing import Annotated, Final

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.data_types import FixedOctets, Uint8, Uint16, Uint32, Uint64
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.ezsp.key_table_commands import Index, TransientKey
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.tokens import KeptKey, Tokens
from sebridge.simulator.modules.ezsp.wording import Exported, Wording

_NO_KEY: Final = bytes(16)
_NOWHERE: Final = 0xFF
_METADATA: Final = struct.Struct("<HIIH")
_KEY_INFO: Final = struct.Struct("<BBBBI")
_HAS_ALL: Final = 0x001E  # counters of both ways, the partner, and that it is authorized


class _KeyType(enum.IntEnum):
    """Which key of the network."""

    NETWORK = 1
    TRUST_CENTER = 2


class _Context(Record):
    key_type: Uint8
    index: Uint8
    derived: Uint16
    device: Uint64
    network: Uint8
    flags: Uint8
    permission: Uint32


class _Import(Record):
    context: _Context
    key: Annotated[bytes, FixedOctets(16)]


class _Device(Record):
    device: Uint64


class _LinkKey(Record):
    index: Uint8
    device: Uint64
    key: Annotated[bytes, FixedOctets(16)]


class KeyCommands:
    """The commands."""

    def __init__(self, wording: Wording, tokens: Tokens, keys: Keys) -> None:
        self._wording = wording
        self._tokens = tokens
        self._keys = keys
        self.commands: Mapping[int, Command] = {
            0x010D: Command(_Device, self._export_by_device),
            0x010E: Command(_LinkKey, self._import),
            0x010F: Command(Index, self._export_by_index),
            0x0111: Command(TransientKey, self._import_transient),
            0x0114: Command(_Context, self._export),
            0x0115: Command(_Import, self._import_own),
            0x0116: Command(Nothing, self._network_key),
        }

    # ------------------------------------------------------------------ the network's

    def _export(self, context: _Context) -> bytes:
        network = self._tokens.network
        status, key = Status.NOT_FOUND, _NO_KEY
        if network is not None and context.key_type == _KeyType.NETWORK:
            status, key = Status.OK, network.key.reveal()
        elif (own := self._keys.own) is not None and context.key_type == _KeyType.TRUST_CENTER:
            status, key = Status.OK, own.reveal()
        return self._wording.exported_key(status, key, context.serialize())

    def _network_key(self, _request: Nothing) -> bytes:
        network = self._tokens.network
        if network is None:
            return Status.OK.octets + bytes(_KEY_INFO.size)
        return Status.OK.octets + _KEY_INFO.pack(1, 0, network.key_number, 0, network.first_frame)

    def _import_own(self, request: _Import) -> bytes:
        status = Status.INVALID_VALUE
        if request.context.key_type == _KeyType.TRUST_CENTER:
            status = self._keys.put_own(Secret(request.key))
        return self._wording.imported_key(status, request.context.serialize())

    # ------------------------------------------------------------------ the devices'

    def _import_transient(self, request: TransientKey) -> bytes:
        return self._keys.admit(Eui64(request.device), Secret(request.key)).octets

    def _import(self, request: _LinkKey) -> bytes:
        return self._keys.put(request.index, Eui64(request.device), Secret(request.key)).octets

    def _export_by_index(self, request: Index) -> bytes:
        kept = self._keys.at(request.index)
        missing = Status.INDEX_OUT_OF_RANGE
        if request.index < self._keys.size:
            missing = Status.NOT_FOUND
        return self._wording.exported_entry(_exported(kept, request.index, missing))

    def _export_by_device(self, request: _Device) -> bytes:
        index = self._keys.index_of(Eui64(request.device)) if request.device else None
        kept = None if index is None else self._keys.at(index)
        at = _NOWHERE if index is None else index
        return self._wording.exported_of_device(_exported(kept, at, Status.NOT_FOUND))


def _exported(kept: KeptKey | None, index: int, missing: Status) -> Exported:
    """Return a key and what is told of it; without one, that it is missing."""
    if kept is None:
        return Exported(missing, index, Eui64(0), _NO_KEY, bytes(_METADATA.size))
    metadata = _METADATA.pack(_HAS_ALL, kept.sent, kept.heard, 0)
    return Exported(Status.OK, index, kept.device, kept.key.reveal(), metadata)
