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
    another's by then. Of devices that are only passing by, `limit` are kept at most: where a flood
    of announcements brings more, the first goes. Those that are to stay do not give way to them.
    """

    def __init__(self, limit: int = 1024) -> None:
        self._limit = limit
        self._devices: dict[int, Eui64] = {}
        self._addresses: dict[Eui64, int] = {}
        self._passing: dict[Eui64, None] = {}

    def __iter__(self) -> Iterator[tuple[Eui64, int]]:
        return iter(self._addresses.items())

    def device(self, nwk: int) -> Eui64 | None:
        """Return whose network address this is."""
        return self._devices.get(nwk)

    def nwk(self, device: Eui64) -> int | None:
        """Return the network address of a device."""
        return self._addresses.get(device)

    def learn(self, device: Eui64, nwk: int, *, stays: bool = False) -> bool:
        """Take a pair of addresses; True when it is news and was taken.

        Who once `stays` does so until it is forgotten.
        """
        self.give_way(device, nwk)
        is_news = self._is_news(device, nwk)
        is_passing = device in self._passing or device not in self._addresses
        if is_news:
            self.forget(device)
            self._devices[nwk] = device
            self._addresses[device] = nwk
        self._passing.pop(device, None)
        if is_passing and not stays and device in self._addresses:
            self._passing[device] = None
        return is_news

    def give_way(self, device: Eui64, nwk: int) -> list[Eui64]:
        """Forget whom a pair of addresses displaces, and return them: it is to be learned next."""
        gone: list[Eui64] = []
        if self._is_news(device, nwk):
            displaced = self._devices.get(nwk)
            if displaced is not None:
                gone.append(displaced)
            elif device not in self._addresses and len(self._passing) >= self._limit:
                gone.append(next(iter(self._passing)))
        for other in gone:
            self.forget(other)
        return gone

    def forget(self, device: Eui64) -> None:
        """Drop a device's addresses, if any."""
        self._passing.pop(device, None)
        nwk = self._addresses.pop(device, None)
        if nwk is not None:
            self._devices.pop(nwk, None)

    def _is_news(self, device: Eui64, nwk: int) -> bool:
        known = self._addresses.get(device)
        return known != nwk and is_device_address(nwk) and _is_real(device)


def _is_real(device: Eui64) -> bool:
    return 0 < device < _EVERYBODY
