"""Requests about the devices of the network."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from zigpy.types import EUI64, uint16_t

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.base.values import ABSENT, Absent, hex_octets
from sebridge.devices.descriptors import ZDODeviceRecord
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method
from sebridge.smartenergy.install_code import link_key

_KEY_OCTETS: Final = 16


class KnownDevices(Protocol):
    """What is known of the remote devices."""

    def record(self, device: EUI64) -> ZDODeviceRecord:
        """Return what is known of one; raise UnknownDeviceError for an unknown one."""

    def records(self) -> Iterable[ZDODeviceRecord]:
        """Return what is known of all."""


class Admission(Protocol):
    """Who lets devices in, and has them leave."""

    async def add(self, device: EUI64, key: Secret | None, join_time: int | None) -> None:
        """Make a device known; with a key it may join, with a time joining is opened."""

    async def remove(self, device: EUI64) -> None:
        """Forget a device, and have it leave; raise UnknownDeviceError for an unknown one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDeviceInformationResponse:
    """One record for each device, the gateway first."""

    record_list: Sequence[ZDODeviceRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDeviceResponse:
    """The device that was added, and for how long joining is open."""

    device_address: EUI64
    join_time: int | Absent = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveDeviceResponse:
    """The device that was removed."""

    device_address: EUI64


class DeviceMethods:
    """Requests about the devices that the gateway knows. `own` is the record of the gateway."""

    def __init__(
        self, known: KnownDevices, admission: Admission, own: Callable[[], ZDODeviceRecord]
    ) -> None:
        self._known = known
        self._admission = admission
        self._own = own

    @method(scope=Scope.READ)
    async def get_device_information(
        self, device_address: EUI64 | Absent = ABSENT
    ) -> GetDeviceInformationResponse:
        """Return what is known of one device, or of all, the gateway first; sends nothing."""
        own = self._own()
        if device_address is ABSENT:
            return GetDeviceInformationResponse(record_list=[own, *self._known.records()])
        found = own if device_address == own.addr_extended else self._known.record(device_address)
        return GetDeviceInformationResponse(record_list=[found])

    @method
    async def add_device(
        self,
        device_address: EUI64,
        join_time: uint16_t | Absent = ABSENT,
        link_key: Any = ABSENT,
        installation_code: Any = ABSENT,
    ) -> AddDeviceResponse:
        """Make a device known, with its link key or installation code so that it can join.

        Keys and codes are hex text with any delimiters, or integers. With join_time (seconds)
        joining is opened; an installation code is ignored when there is a link key.
        """
        time = None if join_time is ABSENT else int(join_time)
        key = _key(link_key, installation_code)
        await self._admission.add(device_address, key, time)
        return AddDeviceResponse(
            device_address=device_address, join_time=ABSENT if time is None else time
        )

    @method(scope=Scope.ADMIN)
    async def remove_device(self, device_address: EUI64) -> RemoveDeviceResponse:
        """Forget a device, drop its key and have it leave, whether it answers or not."""
        await self._admission.remove(device_address)
        return RemoveDeviceResponse(device_address=device_address)


def _key(given_key: Any, given_code: Any) -> Secret | None:
    """Return the link key; the value that was given is never part of an error."""
    if given_key is not ABSENT and given_key is not None:
        key = _octets(given_key, "link_key", _KEY_OCTETS)
        if len(key) != _KEY_OCTETS:
            problem = f"has {len(key)} octets, must have {_KEY_OCTETS}"
            raise ParameterError("link_key", problem)
        return Secret(key)
    if given_code is ABSENT or given_code is None:
        return None
    return link_key(Secret(_octets(given_code, "installation_code", 0)))


def _octets(value: Any, name: str, size: int) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value.to_bytes(max((value.bit_length() + 7) // 8, size), "big")
    return hex_octets(value, name)
