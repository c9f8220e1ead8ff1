"""What the host asks about the table of link keys, and the keys to join with, in any version.

Before there was a security manager, keys were read and written by commands of their own, too.
Source: Silicon Labs UG100, security frames.
"""

from collections.abc import Mapping
import enum
import struct
from typing import Annotated, Final

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.data_types import FixedOctets, Uint8, Uint64
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.tokens import Tokens
from sebridge.simulator.modules.ezsp.wording import Wording

_NOWHERE: Final = 0xFF
_NOBODY: Final = Eui64(0)
_KEY: Final = struct.Struct("<HB16sIIBQ")
_NO_KEY: Final = bytes(_KEY.size)


class _KeyType(enum.IntEnum):
    """Which key."""

    TRUST_CENTER = 1
    NETWORK = 3
    APPLICATION = 5


class _Known(enum.IntFlag):
    """What is said of a key besides itself."""

    NUMBER = 0x01
    SENT = 0x02
    HEARD = 0x04
    PARTNER = 0x08
    AUTHORIZED = 0x10


_OF_DEVICE: Final = _Known.SENT | _Known.HEARD | _Known.PARTNER | _Known.AUTHORIZED


class Index(Record):
    """Where in the table a key is."""

    index: Uint8


class _Type(Record):
    key_type: Uint8


class _Search(Record):
    device: Uint64
    is_link_key: Uint8


class _Entry(Record):
    device: Uint64
    is_link_key: Uint8
    key: Annotated[bytes, FixedOctets(16)]


class _IndexedEntry(Record):
    index: Uint8
    device: Uint64
    is_link_key: Uint8
    key: Annotated[bytes, FixedOctets(16)]


class TransientKey(Record):
    """A key to join with; flags that some versions have behind it are left aside."""

    device: Uint64
    key: Annotated[bytes, FixedOctets(16)]


class KeyTableCommands:
    """The commands."""

    def __init__(self, wording: Wording, tokens: Tokens, keys: Keys) -> None:
        self._status = status = wording.status
        self._tokens = tokens
        self._keys = keys
        self.commands: Mapping[int, Command] = {
            0x66: Command(_Entry, self._add),
            0x6A: Command(_Type, self._key),
            0x6B: Command(Nothing, self._clear_transient),
            0x71: Command(Index, self._entry),
            0x72: Command(_IndexedEntry, lambda one: status(self._put(one.index, one))),
            0x75: Command(_Search, self._find),
            0x76: Command(Index, self._erase),
            0xAF: Command(TransientKey, self._admit),
            0xB1: Command(Nothing, self._clear),
        }

    # ------------------------------------------------------------------ one by one

    def _key(self, request: _Type) -> bytes:
        """Tell a key of the network."""
        network = self._tokens.network
        if network is not None and request.key_type == _KeyType.NETWORK:
            key, number = network.key.reveal(), network.key_number
            fields = (request.key_type, key, network.first_frame, 0, number, 0)
            return self._status(Status.OK) + _KEY.pack(_Known.NUMBER | _Known.SENT, *fields)
        own = self._keys.own
        if own is not None and request.key_type == _KeyType.TRUST_CENTER:
            fields = (request.key_type, own.reveal(), 0, 0, 0, 0)
            return self._status(Status.OK) + _KEY.pack(_Known.SENT, *fields)
        return self._status(Status.NOT_FOUND) + _NO_KEY

    def _entry(self, request: Index) -> bytes:
        if request.index >= self._keys.size:
            return self._status(Status.INDEX_OUT_OF_RANGE) + _NO_KEY
        kept = self._keys.at(request.index)
        if kept is None:
            return self._status(Status.ENTRY_ERASED) + _NO_KEY
        return self._status(Status.OK) + _KEY.pack(
            _OF_DEVICE,
            _KeyType.APPLICATION,
            kept.key.reveal(),
            kept.sent,
            kept.heard,
            0,
            kept.device,
        )

    def _add(self, request: _Entry) -> bytes:
        """Write the entry of a device, or a free one."""
        index = self._keys.index_of(Eui64(request.device))
        if index is None:
            index = self._keys.index_of(_NOBODY)
        if index is None:
            return self._status(Status.TABLE_FULL)
        return self._status(self._put(index, request))

    def _put(self, index: int, entry: _Entry | _IndexedEntry) -> Status:
        return self._keys.put(index, Eui64(entry.device), Secret(entry.key))

    def _admit(self, request: TransientKey) -> bytes:
        return self._status(self._keys.admit(Eui64(request.device), Secret(request.key)))

    # ------------------------------------------------------------------ the table

    def _find(self, request: _Search) -> bytes:
        index = self._keys.index_of(Eui64(request.device))
        return bytes((_NOWHERE if index is None else index,))

    def _erase(self, request: Index) -> bytes:
        is_there = self._keys.erase(request.index)
        return self._status(Status.OK if is_there else Status.INDEX_OUT_OF_RANGE)

    def _clear(self, _request: Nothing) -> bytes:
        self._keys.clear()
        return self._status(Status.OK)

    def _clear_transient(self, _request: Nothing) -> bytes:
        self._keys.clear_transient()
        return b""
