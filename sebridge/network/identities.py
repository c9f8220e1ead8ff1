"""Under which address people know a device: its own, or that of the one whose place it took. Pure.

Automations, histories and dashboards go by the address of a device and the number of an endpoint.
When another device takes its place, they are to go on: so two devices may exchange what they are
known as, and everything that people see of either goes by that.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64

_SAME: Final[Mapping[int, int]] = {}


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """Two devices change places. `endpoints` has for endpoints of `new` those of `old`."""

    old: Eui64
    new: Eui64
    endpoints: Mapping[int, int]


class Identity(msgspec.Struct, frozen=True):
    """What a device is known as; an endpoint that is not named keeps its number."""

    device: Eui64
    endpoints: Mapping[int, int] = _SAME

    def endpoint(self, number: int) -> int:
        """Return the number under which an endpoint is known."""
        return self.endpoints.get(number, number)

    def after(self, endpoints: Mapping[int, int]) -> "Identity":
        """Return it for a device whose endpoints stand for those of the present one."""
        return Identity(
            self.device,
            {number: self.endpoint(other) for number, other in endpoints.items()}
            | {
                number: known for number, known in self.endpoints.items() if number not in endpoints
            },
        )


class Identities:
    """What every device is known as: no two of them as the same."""

    def __init__(self) -> None:
        self._identities: dict[Eui64, Identity] = {}
        self._devices: dict[Eui64, Eui64] = {}

    def arrange(self, exchanges: Iterable[Exchange]) -> None:
        """Have exactly these exchanges made, one after the other."""
        found: dict[Eui64, Identity] = {}
        for one in exchanges:
            old = found.get(one.old, Identity(one.old))
            new = found.get(one.new, Identity(one.new))
            endpoints = completed(one.endpoints)
            found[one.new] = old.after(endpoints)
            found[one.old] = new.after({other: number for number, other in endpoints.items()})
        self._identities = found
        self._devices = {identity.device: device for device, identity in found.items()}

    def address(self, device: Eui64) -> Eui64:
        """Return the address under which a device is known."""
        identity = self._identities.get(device)
        return device if identity is None else identity.device

    def endpoint(self, device: Eui64, number: int) -> int:
        """Return the number under which an endpoint of a device is known."""
        identity = self._identities.get(device)
        return number if identity is None else identity.endpoint(number)

    def device(self, address: Eui64) -> Eui64:
        """Return the device that is known under an address."""
        return self._devices.get(address, address)


def completed(endpoints: Mapping[int, int]) -> Mapping[int, int]:
    """Return the same with what it takes for no two endpoints to have one number."""
    taken, left = set(endpoints.values()), set(endpoints)
    return {**endpoints, **dict(zip(sorted(taken - left), sorted(left - taken), strict=True))}


class IdentitiesChanged(msgspec.Struct, frozen=True):
    """These devices are known under the addresses of each other."""

    devices: tuple[Eui64, ...]
