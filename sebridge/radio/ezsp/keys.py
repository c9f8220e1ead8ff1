"""The table of link keys in EZSP firmware, in each version of the protocol."""

from typing import Any, Final

import bellows.types
from zigpy.exceptions import ControllerException
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.ezsp.trust import OTHER_ADDRESSES
from sebridge.radio.zigpy_words import key_to_zigpy, to_zigpy

_IMPORTS_KEYS: Final = 13  # the first version that has a security manager
_STATUS_FIRST: Final = 14  # the first version in which a status stands before all else
_NOWHERE: Final = 0xFF
_TRUST_CENTER_KEY: Final = bellows.types.SecurityManagerContextV13(
    core_key_type=bellows.types.SecurityManagerKeyType.TC_LINK,
    key_index=0,
    derived_type=bellows.types.SecurityManagerDerivedKeyTypeV13.NONE,
    eui64=t.EUI64(bytes(8)),
    multi_network_index=0,
    flags=bellows.types.SecurityManagerContextFlags.NONE,
    psa_key_alg_permission=0,
)
_NOBODY: Final = t.EUI64.convert("00:00:00:00:00:00:00:00")  # whose entries are free


def check(status: Any, what: str) -> None:
    """Raise ControllerException where the firmware did not take what it was given."""
    if not is_ok(status):
        raise ControllerException(f"the firmware did not take {what}: {status!r}")


class LinkKeyTable:
    """The table; `ezsp` is bellows' way to the firmware."""

    def __init__(self, ezsp: Any) -> None:
        self._ezsp = ezsp

    async def put(self, device: Eui64, key: Secret) -> int:
        """Have a key in the table, and return where; ControllerException where there is no room.

        One that is there already is not written again: that would let replays in.
        """
        address, data = to_zigpy(device), key_to_zigpy(key)
        index = await self._find(address)
        if index is not None and await self._entry(index) == (address, data):
            return index
        if index is None:
            index = await self._find(_NOBODY)
        if index is None:
            raise ControllerException("the firmware's table of link keys is full")
        if self._ezsp.ezsp_version < _IMPORTS_KEYS:
            (status,) = await self._ezsp.setKeyTableEntry(
                index=index, address=address, linkKey=True, keyData=data
            )
        else:
            (status,) = await self._ezsp.importLinkKey(index=index, address=address, key=data)
        check(status, "the link key of a device")
        return index

    async def key(self, device: Eui64) -> Secret | None:
        """Return the key with a device; None where there is none."""
        index = await self.place(device)
        entry = None if index is None else await self._entry(index)
        return None if entry is None else Secret(entry[1].serialize())

    async def erase(self, device: Eui64) -> None:
        """Have no key of a device in the table."""
        index = await self.place(device)
        if index is not None:
            (status,) = await self._ezsp.eraseKeyTableEntry(index=index)
            check(status, "that a device has no link key any more")

    async def place(self, device: Eui64) -> int | None:
        """Return where the key of a device is; None where there is none."""
        return await self._find(to_zigpy(device))

    async def address(self, place: int, device: Eui64, nwk: int) -> None:
        """Have the firmware know the address of the device whose key is at a place.

        Firmware with a smaller table of addresses does without.
        """
        # the library fills the table in turn, in its part
        self._ezsp._protocol._address_table_size = OTHER_ADDRESSES  # noqa: SLF001
        await self._ezsp.replaceAddressTableEntry(
            addressTableIndex=OTHER_ADDRESSES + place,
            newEui64=to_zigpy(device),
            newId=nwk,
            newExtendedTimeout=False,
        )

    async def _find(self, address: t.EUI64) -> int | None:
        (index,) = await self._ezsp.findKeyTableEntry(address=address, linkKey=True)
        return None if index == _NOWHERE else int(index)

    async def _entry(self, index: int) -> tuple[t.EUI64, t.KeyData] | None:
        """Return whose key is at a place, and the key."""
        if self._ezsp.ezsp_version < _IMPORTS_KEYS:
            status, kept = await self._ezsp.getKeyTableEntry(index=index)
            owner, key = kept.partnerEUI64, kept.key
        elif self._ezsp.ezsp_version < _STATUS_FIRST:
            owner, key, _, status = await self._ezsp.exportLinkKeyByIndex(index=index)
        else:
            status, context, key, _ = await self._ezsp.exportLinkKeyByIndex(index=index)
            owner = context.eui64
        return (owner, key) if is_ok(status) else None


class TrustCenterKey:
    """The link key with the trust centre of a network that was joined, which is in no table."""

    def __init__(self, ezsp: Any) -> None:
        self._ezsp = ezsp

    @property
    def can_change(self) -> bool:
        """Whether the firmware takes another key than that with which it joined."""
        return bool(self._ezsp.ezsp_version >= _IMPORTS_KEYS)

    async def put(self, key: Secret) -> None:
        """Use another key with the trust centre; RefusedError for firmware that takes none.

        One that is in use already is not written again: that would let replays in.
        """
        data = key_to_zigpy(key)
        if (await self._ezsp.get_tc_link_key()).key == data:
            return
        if not self.can_change:
            raise RefusedError(
                f"firmware that speaks EZSP {self._ezsp.ezsp_version} takes no key that was"
                f" established with its trust centre; firmware from EZSP {_IMPORTS_KEYS} on does,"
                " and firmware that establishes it by itself"
            )
        # what else is answered differs between the versions
        status, *_ = await self._ezsp.importKey(context=_TRUST_CENTER_KEY, key=data)
        check(status, "a key that was established with the trust centre")


def is_ok(status: Any) -> bool:
    """Say whether a status is one of success, in the words of any version."""
    return bool(bellows.types.sl_Status.from_ember_status(status) == bellows.types.sl_Status.OK)
