"""Which network address belongs to which device."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from zigpy.zdo.types import Status, ZDOCmd

from sebridge.base.addresses import Eui64

_FIRST_RESERVED: Final = 0xFFF8  # broadcast addresses begin here
_ANNOUNCEMENT: Final = 11  # octets at least
_ANSWER: Final = 12
_EVERYBODY: Final = (1 << 64) - 1


def is_device_address(nwk: int) -> bool:
    """Say whether a device can have this network address."""
    return 0 <= nwk < _FIRST_RESERVED


class Addresses(NamedTuple):
    """The two addresses of a device."""

    device: Eui64
    nwk: int


def addresses_in(cluster_id: int, data: bytes) -> Addresses | None:
    """Return the pair that a ZDO announcement or address answer tells, if it is one and tells."""
    if cluster_id == ZDOCmd.Device_annce and len(data) >= _ANNOUNCEMENT:
        return Addresses(Eui64.from_octets(data[3:11]), int.from_bytes(data[1:3], "little"))
    is_answer = cluster_id in (ZDOCmd.NWK_addr_rsp, ZDOCmd.IEEE_addr_rsp) and len(data) >= _ANSWER
    if is_answer and data[1] == Status.SUCCESS:
        return Addresses(Eui64.from_octets(data[2:10]), int.from_bytes(data[10:12], "little"))
    return None


class AddressBook:
    """Network address <-> EUI-64, one of each for a device.

    Both change: a device that comes back may have a new network address, and its old one may be
    another's by then. At most `limit` devices are kept, so that a flood of invented
    announcements cannot fill the memory.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._devices: dict[int, Eui64] = {}
        self._addresses: dict[Eui64, int] = {}

    def __iter__(self) -> Iterator[tuple[Eui64, int]]:
        return iter(self._addresses.items())

    def device(self, nwk: int) -> Eui64 | None:
        """Return whose network address this is."""
        return self._devices.get(nwk)

    def nwk(self, device: Eui64) -> int | None:
        """Return the network address of a device."""
        return self._addresses.get(device)

    def learn(self, device: Eui64, nwk: int) -> bool:
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
        self._devices[nwk] = device
        self._addresses[device] = nwk
        return True

    def forget(self, device: Eui64) -> None:
        """Drop a device's addresses, if any."""
        nwk = self._addresses.pop(device, None)
        if nwk is not None:
            self._devices.pop(nwk, None)


def _is_real(device: Eui64) -> bool:
    return 0 < device < _EVERYBODY
