"""Which network address belongs to which device."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sebridge.base.addresses import NOBODY, Eui64, is_unicast
from sebridge.base.errors import DecodeError
from sebridge.zcl.zdo import ZdoCommand, ZdoStatus, decode

_TELLING: Final = frozenset(
    {ZdoCommand.Device_annce, ZdoCommand.NWK_addr_rsp, ZdoCommand.IEEE_addr_rsp}
)
_NO_DEVICE: Final = frozenset({Eui64(0), NOBODY})


class Addresses(NamedTuple):
    """The two addresses of a device."""

    device: Eui64
    nwk: int


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
        if known == nwk or not is_unicast(nwk) or device in _NO_DEVICE:
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
