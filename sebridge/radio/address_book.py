"""Which network address belongs to which device."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from typing_extensions import override
import zigpy.types as t
from zigpy.zdo.types import Status, ZDOCmd

_FIRST_RESERVED: Final = 0xFFF8  # broadcast addresses begin here


class KnownEUI64(t.EUI64):
    """An EUI-64 that has its hash at hand.

    zigpy writes the address as text for each hash, which takes several microseconds, and every
    frame of a device is looked up by its address many times. Equal to the plain one in everything.
    """

    def __init__(self, address: t.EUI64) -> None:
        super().__init__(address)
        self._hash = hash(address)

    @override
    def __hash__(self) -> int:  # type: ignore[override]  # a list has none, but zigpy's address has
        return self._hash


def is_device_address(nwk: int) -> bool:
    """Say whether a device can have this network address."""
    return 0 <= nwk < _FIRST_RESERVED


class Addresses(NamedTuple):
    """The two addresses of a device."""

    device: t.EUI64
    nwk: int


def addresses_in(cluster_id: int, data: bytes) -> Addresses | None:
    """Return the pair that a ZDO announcement or address answer tells, if it is one and tells."""
    try:
        if cluster_id == ZDOCmd.Device_annce:
            nwk, rest = t.NWK.deserialize(data[1:])
            device, _ = t.EUI64.deserialize(rest)
            return Addresses(device, int(nwk))
        if cluster_id in (ZDOCmd.NWK_addr_rsp, ZDOCmd.IEEE_addr_rsp):
            if data[1:2] != bytes((Status.SUCCESS,)):
                return None
            device, rest = t.EUI64.deserialize(data[2:])
            nwk, _ = t.NWK.deserialize(rest)
            return Addresses(device, int(nwk))
    except ValueError:
        return None
    return None


class AddressBook:
    """Network address <-> EUI-64, one of each for a device.

    Both change: a device that comes back may have a new network address, and its old one may be
    another's by then. At most `limit` devices are kept, so that a flood of invented
    announcements cannot fill the memory.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._devices: dict[int, t.EUI64] = {}
        self._addresses: dict[t.EUI64, int] = {}

    def __iter__(self) -> Iterator[tuple[t.EUI64, int]]:
        return iter(self._addresses.items())

    def device(self, nwk: int) -> t.EUI64 | None:
        """Return whose network address this is."""
        return self._devices.get(nwk)

    def nwk(self, device: t.EUI64) -> int | None:
        """Return the network address of a device."""
        return self._addresses.get(device)

    def learn(self, device: t.EUI64, nwk: int) -> bool:
        """Take a pair of addresses; True when it is news and was taken."""
        known = self._addresses.get(device)
        if known == nwk or not is_device_address(nwk) or not _is_real(device):
            return False
        if known is None and len(self._addresses) >= self._limit:
            return False
        self.forget(device)
        displaced = self._devices.get(nwk)
        if displaced is not None:
            self.forget(displaced)
        known_device = KnownEUI64(device)
        self._devices[int(nwk)] = known_device
        self._addresses[known_device] = int(nwk)
        return True

    def forget(self, device: t.EUI64) -> None:
        """Drop a device's addresses, if any."""
        nwk = self._addresses.pop(device, None)
        if nwk is not None:
            self._devices.pop(nwk, None)


def _is_real(device: t.EUI64) -> bool:
    octets = device.serialize()
    return octets not in (b"\x00" * 8, b"\xff" * 8)
