"""Which network address belongs to which device."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sebridge.base.addresses import NOBODY, Eui64, is_unicast
from sebridge.base.errors import DecodeError
from sebridge.zcl.zdo import MacCapability, ZdoCommand, ZdoStatus, decode

_TELLING: Final = frozenset(
    {ZdoCommand.Device_annce, ZdoCommand.NWK_addr_rsp, ZdoCommand.IEEE_addr_rsp}
)
_NO_DEVICE: Final = frozenset({Eui64(0), NOBODY})


class Addresses(NamedTuple):
    """The two addresses of a device."""

    device: Eui64
    nwk: int


def sleep_told_in(cluster_id: int, data: bytes) -> tuple[int, bool] | None:
    """Return whose network address a node descriptor is of, and whether it has the receiver off."""
    if cluster_id != ZdoCommand.Node_Desc_rsp:
        return None
    try:
        _, fields = decode(cluster_id, data)
    except DecodeError:
        return None
    descriptor = fields.get("NodeDescriptor")
    if descriptor is None or fields["Status"] != ZdoStatus.SUCCESS:
        return None
    flags = descriptor.mac_capability_flags
    return fields["NWKAddrOfInterest"], not flags & MacCapability.RECEIVES_WHEN_IDLE


def addresses_in(cluster_id: int, data: bytes) -> Addresses | None:
    """Return the pair that a ZDO announcement or address answer tells, if it is one and tells."""
    if cluster_id not in _TELLING:
        return None
    try:
        _, fields = decode(cluster_id, data)
    except DecodeError:
        return None
    if fields.get("Status", ZdoStatus.SUCCESS) != ZdoStatus.SUCCESS:
        return None
    return Addresses(fields["IEEEAddr"], fields["NWKAddr"])


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
        self._sleepy: set[Eui64] = set()

    def __iter__(self) -> Iterator[tuple[Eui64, int]]:
        return iter(self._addresses.items())

    def device(self, nwk: int) -> Eui64 | None:
        """Return whose network address this is."""
        return self._devices.get(nwk)

    def nwk(self, device: Eui64) -> int | None:
        """Return the network address of a device."""
        return self._addresses.get(device)

    def is_sleepy(self, nwk: int) -> bool:
        """Say whether a device there has its receiver off when idle, as far as it is known."""
        return self._devices.get(nwk) in self._sleepy

    def note(self, device: Eui64, *, is_sleepy: bool) -> None:
        """Take whether a device has its receiver off when idle, of one whose address is here."""
        if is_sleepy and device in self._addresses:
            self._sleepy.add(device)
        else:
            self._sleepy.discard(device)

    def learn(self, device: Eui64, nwk: int, *, stays: bool = False) -> bool:
        """Take a pair of addresses; True when it is news and was taken.

        Who once `stays` does so until it is forgotten.
        """
        self.give_way(device, nwk)
        is_news = self._is_news(device, nwk)
        is_passing = device in self._passing or device not in self._addresses
        if is_news:
            was_sleepy = device in self._sleepy
            self.forget(device)
            self._devices[nwk] = device
            self._addresses[device] = nwk
            self.note(device, is_sleepy=was_sleepy)
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
        self._sleepy.discard(device)
        nwk = self._addresses.pop(device, None)
        if nwk is not None:
            self._devices.pop(nwk, None)

    def clear(self) -> None:
        """Drop all addresses: they were those of another network."""
        self._devices.clear()
        self._addresses.clear()
        self._passing.clear()
        self._sleepy.clear()

    def _is_news(self, device: Eui64, nwk: int) -> bool:
        return self._addresses.get(device) != nwk and is_unicast(nwk) and device not in _NO_DEVICE
