"""The devices that the stack knows, with their link keys, in tables of its memory.

A device has a number in the table of addresses; the key that was established with it has the same
number in that of link keys. Keys with which devices may join are in the table of the trust centre,
each with its installation code's key beside it; a host that restores a network may have written
keys there that follow from the seed.
Source: Z-Stack's structures as the host reads and writes them.
"""

from collections.abc import Iterator
import struct
from typing import Final

import msgspec

from sebridge.base.addresses import UNKNOWN_NWK, Eui64
from sebridge.base.secret import Secret
from sebridge.simulator.modules.znp.items import KEY_OCTETS, TABLE_SIZE, Item
from sebridge.simulator.modules.znp.nv import NvMemory, Table, in_table, legacy

_ADDRESS: Final = struct.Struct("<BxHQ")  # who uses it, and both addresses
_JOINING: Final = struct.Struct("<IIQBBBx")  # counters, address, how the key came, its kind, where
_LINK_KEY: Final = struct.Struct("<16sII")  # the key, and the counters of what was sent and heard
_USE: Final = struct.Struct("<HHBx")  # the number of the address, of the key, and its proof

_LAST: Final = 0xFFFFFFFF  # the highest number of a frame
_NOBODY: Final = (0, (1 << 64) - 1)
_FREE_ADDRESS: Final = b"\xff" * _ADDRESS.size
_FREE_JOINING: Final = bytes(_JOINING.size)
_FREE_KEY: Final = bytes(_LINK_KEY.size)
_OF_SECURITY: Final = 0x02  # who uses an address
_UNUSED: Final = 0xFF
_FROM_CODE, _VERIFIED = 0x00, 0x02  # how a key of the trust centre came
_PROVED: Final = 0x01  # by a key establishment


class EstablishedKey(msgspec.Struct, frozen=True):
    """A key, and the numbers of frames from which to go on."""

    key: Secret
    sent: int
    heard: int


class DeviceTables:
    """Reads and writes the tables; what does not fit is not taken."""

    def __init__(self, memory: NvMemory) -> None:
        self._memory = memory

    # ------------------------------------------------------------------ addresses

    def members(self) -> dict[Eui64, int]:
        """Return the devices of the network, with their network addresses."""
        return {device: nwk for _, device, nwk in self._addresses() if nwk != UNKNOWN_NWK}

    def put_member(self, device: Eui64, nwk: int) -> bool:
        """Keep a device; False where there is no room."""
        number = self._number_of(device)
        if number is None:
            used = {number for number, _, _ in self._addresses()}
            number = self._free(Table.ADDRESSES, used)
        if number is None:
            return False
        self._write(Table.ADDRESSES, number, _ADDRESS.pack(_OF_SECURITY, nwk, device))
        return True

    def drop_member(self, device: Eui64) -> None:
        """Forget a device; the key with which it may join stays."""
        number = self._number_of(device)
        if number is not None:
            self.drop_established(device)
            self._write(Table.ADDRESSES, number, _FREE_ADDRESS)

    def clear(self) -> None:
        """Forget all devices and what was established with them, as for a new network."""
        for number in range(TABLE_SIZE):
            self._write(Table.ADDRESSES, number, _FREE_ADDRESS)
            self._write(Table.LINK_KEYS, number, _FREE_KEY)
            self._write(Table.TRUST_CENTER_KEYS, number, _FREE_JOINING)
        self._write_uses({})

    def _addresses(self) -> Iterator[tuple[int, Eui64, int]]:
        for number, octets in self._items(Table.ADDRESSES, _ADDRESS.size):
            user, nwk, device = _ADDRESS.unpack(octets)
            if user not in {0, _UNUSED} and device not in _NOBODY:
                yield number, Eui64(device), nwk

    def _number_of(self, device: Eui64) -> int | None:
        return next((number for number, one, _ in self._addresses() if one == device), None)

    # ------------------------------------------------------------------ keys to join with

    def joining_keys(self) -> dict[Eui64, Secret]:
        """Return the keys with which devices may join."""
        found = {}
        for _, device, origin, place in self._joining():
            key = self._code_key(place) if origin == _FROM_CODE else None
            if origin == _VERIFIED and device not in found:
                key = self._seeded(device, place)
            if key is not None:
                found[device] = key
        return found

    def verified(self, device: Eui64) -> EstablishedKey | None:
        """Return the key that follows from the seed and that a device verified, with its counters.

        A host that restores a network turns the seed so that a key of another kind is such a one.
        """
        for _, octets in self._items(Table.TRUST_CENTER_KEYS, _JOINING.size):
            sent, heard, owner, origin, _, shift = _JOINING.unpack(octets)
            key = self._seeded(device, shift) if (owner, origin) == (device, _VERIFIED) else None
            if key is not None:
                return EstablishedKey(key, sent, heard)
        return None

    def put_joining_key(self, device: Eui64, key: Secret) -> bool:
        """Keep the key with which a device may join; False where there is no room.

        One that it has verified stays beside it.
        """
        taken = list(self._joining())
        codes = [(number, one) for number, one, origin, _ in taken if origin == _FROM_CODE]
        number = next((number for number, one in codes if one == device), None)
        if number is None:
            number = self._free(Table.TRUST_CENTER_KEYS, {number for number, *_ in taken})
        if number is None:
            return False
        entry = _JOINING.pack(0, 0, device, _FROM_CODE, 0, number)
        self._write(Table.TRUST_CENTER_KEYS, number, entry)
        self._write(Table.CODE_KEYS, number, key.reveal())
        return True

    def drop_joining_key(self, device: Eui64) -> None:
        """Forget the key with which a device may join."""
        for number, one, *_ in list(self._joining()):
            if one == device:
                self._write(Table.TRUST_CENTER_KEYS, number, _FREE_JOINING)

    def _joining(self) -> Iterator[tuple[int, Eui64, int, int]]:
        for number, octets in self._items(Table.TRUST_CENTER_KEYS, _JOINING.size):
            _, _, device, origin, _, place = _JOINING.unpack(octets)
            if device not in _NOBODY:
                yield number, Eui64(device), origin, place

    def _code_key(self, place: int) -> Secret | None:
        octets = self._memory.get(in_table(Table.CODE_KEYS, place)) or b""
        return Secret(octets) if len(octets) == KEY_OCTETS else None

    def _seeded(self, device: Eui64, shift: int) -> Secret | None:
        """Return the key that follows from the seed, turned by so many octets, and an address."""
        seed = self._memory.get(legacy(Item.TRUST_CENTER_SEED)) or b""
        if len(seed) != KEY_OCTETS or shift >= KEY_OCTETS:
            return None
        turned = seed[shift:] + seed[:shift]
        pairs = zip(turned, bytes(device) * 2, strict=True)
        return Secret(bytes(one ^ other for one, other in pairs))

    # ------------------------------------------------------------------ established keys

    def established(self) -> dict[Eui64, EstablishedKey]:
        """Return the keys that were established."""
        by_number = {number: device for number, device, _ in self._addresses()}
        found = {}
        for address, number in self._uses().items():
            octets = self._memory.get(in_table(Table.LINK_KEYS, number)) or b""
            if address in by_number and len(octets) == _LINK_KEY.size:
                key, sent, heard = _LINK_KEY.unpack(octets)
                found[by_number[address]] = EstablishedKey(Secret(key), sent, heard)
        return found

    def put_established(self, device: Eui64, established: EstablishedKey) -> bool:
        """Keep a key that was established, and its counters; False where there is no room."""
        address = self._number_of(device)
        if address is None and self.put_member(device, UNKNOWN_NWK):
            address = self._number_of(device)
        if address is None:
            return False
        uses = self._uses()
        taken = set(uses.values())
        if address not in uses:  # a host numbers keys in its own way
            free = (number for number in range(TABLE_SIZE) if number not in taken)
            uses[address] = address if address not in taken else next(free)
            self._write_uses(uses)
        counters = (min(counter, _LAST) for counter in (established.sent, established.heard))
        entry = _LINK_KEY.pack(established.key.reveal(), *counters)
        self._write(Table.LINK_KEYS, uses[address], entry)
        return True

    def drop_established(self, device: Eui64) -> None:
        """Forget the key that was established with a device."""
        address, uses = self._number_of(device), self._uses()
        if address in uses:
            self._write(Table.LINK_KEYS, uses.pop(address), _FREE_KEY)
            self._write_uses(uses)

    def _uses(self) -> dict[int, int]:
        """Return the number of the link key of each address, by its number."""
        uses = self._memory.get(legacy(Item.LINK_KEY_TABLE)) or b""
        end = min(len(uses), 2 + _USE.size * int.from_bytes(uses[:2], "little"))
        entries = (_USE.unpack_from(uses, at) for at in range(2, end - _USE.size + 1, _USE.size))
        return {address: number for address, number, proof in entries if proof == _PROVED}

    def _write_uses(self, uses: dict[int, int]) -> None:
        """Write which address has which link key."""
        entries = b"".join(_USE.pack(*use, _PROVED) for use in sorted(uses.items()))
        table = struct.pack("<H", len(uses)) + entries
        self._memory.put(
            legacy(Item.LINK_KEY_TABLE), table.ljust(2 + _USE.size * TABLE_SIZE, b"\0")
        )

    # ------------------------------------------------------------------ items

    def _items(self, table: Table, size: int) -> Iterator[tuple[int, bytes]]:
        for number in range(TABLE_SIZE):
            octets = self._memory.get(in_table(table, number))
            if octets is not None and len(octets) == size:
                yield number, octets

    def _free(self, table: Table, used: set[int]) -> int | None:
        """Return a number that is not in use; a host fills the others in its own way."""
        numbers = (number for number in range(TABLE_SIZE) if number not in used)
        return next((n for n in numbers if self._memory.length(in_table(table, n))), None)

    def _write(self, table: Table, number: int, octets: bytes) -> None:
        self._memory.put(in_table(table, number), octets)
