"""What the host asks about keys: those to join with, the table of link keys, and the network's.

Source: Silicon Labs UG100, security frames.
"""

from collections.abc import Mapping
import enum
import struct
from typing import Annotated, Final

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.data_types import FixedOctets, Uint8, Uint32, Uint64
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.status import EmberStatus, SlStatus
from sebridge.simulator.modules.ezsp.tokens import KeptKey, Tokens

_NO_KEY: Final = bytes(16)
_NOWHERE: Final = 0xFF
_METADATA: Final = struct.Struct("<HIIH")
_HAS_ALL: Final = 0x001E  # counters of both ways, the partner, and that it is authorized


class _KeyType(enum.IntEnum):
    """Which key of the network."""

    NETWORK = 1
    TRUST_CENTER = 2


class _Context(Record):
    key_type: Uint8
    index: Uint8
    derived: Uint8
    device: Uint64
    network: Uint8
    flags: Uint8
    permission: Uint32


class _Index(Record):
    index: Uint8


class _Device(Record):
    device: Uint64


class _Search(Record):
    device: Uint64
    is_link_key: Uint8


class _LinkKey(Record):
    index: Uint8
    device: Uint64
    key: Annotated[bytes, FixedOctets(16)]


class _TransientKey(Record):
    device: Uint64
    key: Annotated[bytes, FixedOctets(16)]
    flags: Uint8


class KeyCommands:
    """The commands."""

    def __init__(self, tokens: Tokens, keys: Keys) -> None:
        self._tokens = tokens
        self._keys = keys
        self.commands: Mapping[int, Command] = {
            0x006B: Command(Nothing, self._clear_transient),
            0x0075: Command(_Search, self._find),
            0x0076: Command(_Index, self._erase),
            0x00B1: Command(Nothing, self._clear),
            0x010D: Command(_Device, self._export_by_device),
            0x010E: Command(_LinkKey, self._import),
            0x010F: Command(_Index, self._export_by_index),
            0x0111: Command(_TransientKey, self._import_transient),
            0x0114: Command(_Context, self._export),
            0x0116: Command(Nothing, self._network_key),
        }

    # ------------------------------------------------------------------ the network's

    def _export(self, context: _Context) -> bytes:
        network = self._tokens.network
        if network is not None and context.key_type == _KeyType.NETWORK:
            return network.key.reveal() + SlStatus.OK.octets
        if network is not None and context.key_type == _KeyType.TRUST_CENTER:
            return network.link_key.reveal() + SlStatus.OK.octets
        return _NO_KEY + SlStatus.NOT_FOUND.octets

    def _network_key(self, _request: Nothing) -> bytes:
        network = self._tokens.network
        number = 0 if network is None else network.key_number
        return SlStatus.OK.octets + struct.pack("<BBBBI", network is not None, 0, number, 0, 0)

    # ------------------------------------------------------------------ keys to join with

    def _import_transient(self, request: _TransientKey) -> bytes:
        return self._keys.admit(Eui64(request.device), Secret(request.key)).octets

    def _clear_transient(self, _request: Nothing) -> bytes:
        self._keys.clear_transient()
        return b""

    # ------------------------------------------------------------------ the table

    def _find(self, request: _Search) -> bytes:
        index = self._keys.index_of(Eui64(request.device))
        return bytes((_NOWHERE if index is None else index,))

    def _import(self, request: _LinkKey) -> bytes:
        return self._keys.put(request.index, Eui64(request.device), Secret(request.key)).octets

    def _export_by_index(self, request: _Index) -> bytes:
        if request.index >= self._keys.size:
            return bytes(8) + _exported(None) + SlStatus.INVALID_INDEX.octets
        kept = self._keys.at(request.index)
        status = SlStatus.NOT_FOUND if kept is None else SlStatus.OK
        device = Eui64(0) if kept is None else kept.device
        return bytes(device) + _exported(kept) + status.octets

    def _export_by_device(self, request: _Device) -> bytes:
        index = self._keys.index_of(Eui64(request.device)) if request.device else None
        kept = None if index is None else self._keys.at(index)
        exported = _exported(kept)
        at = bytes((_NOWHERE if index is None else index,))
        status = SlStatus.NOT_FOUND if kept is None else SlStatus.OK
        return exported[: len(_NO_KEY)] + at + exported[len(_NO_KEY) :] + status.octets

    def _erase(self, request: _Index) -> bytes:
        is_there = self._keys.erase(request.index)
        return (EmberStatus.SUCCESS if is_there else EmberStatus.INDEX_OUT_OF_RANGE).octets

    def _clear(self, _request: Nothing) -> bytes:
        self._keys.clear()
        return EmberStatus.SUCCESS.octets


def _exported(kept: KeptKey | None) -> bytes:
    """Return a key and what is told of it."""
    if kept is None:
        return _NO_KEY + bytes(_METADATA.size)
    return kept.key.reveal() + _METADATA.pack(_HAS_ALL, kept.sent, kept.heard, 0)
