"""Requests about the devices of the network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from msgspec.structs import asdict, replace

from sebridge.api.keys import key_of
from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.data_types import Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.network.descriptors import ZDODeviceRecord
from sebridge.network.device_options import DeviceOptions
from sebridge.network.interviews import Interviews
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method


class KnownDevices(Protocol):
    """What is known of the remote devices."""

    def record(self, device: Eui64) -> ZDODeviceRecord:
        """Return what is known of one; raise UnknownDeviceError for an unknown one."""

    def records(self) -> Iterable[ZDODeviceRecord]:
        """Return what is known of all."""

    def options(self, device: Eui64) -> DeviceOptions:
        """Return the options of one; the default ones for an unknown one."""

    def rename(self, device: Eui64, name: str) -> str:
        """Have a device called so, or as it calls itself where the name is empty; return how."""


class Admission(Protocol):
    """Who lets devices in, and has them leave."""

    async def add(self, device: Eui64, key: Secret | None, join_time: int | None) -> None:
        """Make a device known; with a key it may join, with a time joining is opened."""

    def replaces_key(self, device: Eui64, key: Secret) -> bool:
        """Say whether to add a device with a key would take the one away that it runs with."""

    async def remove(self, device: Eui64, *, keep_settings: bool) -> None:
        """Forget a device, its settings or not; raise UnknownDeviceError for an unknown one."""

    def set_options(self, device: Eui64, options: DeviceOptions) -> None:
        """Have these options; ParameterError for wrong ones, UnknownDeviceError."""

    def look_at(self, device: Eui64 | None, *, anew: bool) -> None:
        """Begin to see whether a device, or each, is there; `anew` asks for everything again.

        Raises UnknownDeviceError for an unknown one.
        """

    @property
    def interviews(self) -> Interviews:
        """Who asks devices what they have."""


class GetDeviceInformationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One record for each device, the gateway first."""

    record_list: Sequence[ZDODeviceRecord]


class AddDeviceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The device that was added, and for how long joining is open."""

    device_address: Eui64
    join_time: int | Absent = ABSENT


class RenameDeviceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The device, and how it is called from now on."""

    device_address: Eui64
    name: str


class DeviceOptionsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The device and its options; null is where what holds for all devices holds."""

    device_address: Eui64
    retain: bool
    retention: int | None
    throttle: float | None
    disabled: bool


class RemoveDeviceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The device that was removed."""

    device_address: Eui64


class RefreshDeviceInformationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing: the refresh has begun."""


class GetRefreshProgressResponse(msgspec.Struct, frozen=True, kw_only=True):
    """How far the newest refresh is that asks devices about themselves.

    So many were `asked`; `left` have not answered all yet. Those that `failed` did not answer, or
    not all, and are asked again later.
    """

    asked: int
    left: int
    failed: int


class DeviceMethods:
    """Requests about the devices that the gateway knows. `own` is the record of the gateway."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self, known: KnownDevices, admission: Admission, own: Callable[[], ZDODeviceRecord]
    ) -> None:
        self._known = known
        self._admission = admission
        self._own = own

    @method(scope=Scope.READ)
    async def get_device_information(
        self, device_address: Eui64 | Absent = ABSENT
    ) -> GetDeviceInformationResponse:
        """Return what is known of one device, or of all, the gateway first; sends nothing."""
        own = self._own()
        if device_address is ABSENT:
            return GetDeviceInformationResponse(record_list=[own, *self._known.records()])
        found = own if device_address == own.addr_extended else self._known.record(device_address)
        return GetDeviceInformationResponse(record_list=[found])

    @method
    async def refresh_device_information(
        self, device_address: Eui64 | Absent = ABSENT, *, full_refresh: bool = False
    ) -> RefreshDeviceInformationResponse:
        """Begin to ask a device, or all of them, whether it is there.

        With full_refresh it is also asked again for its endpoints, clusters and descriptors; what
        is known stays until its answers come.
        """
        device = None if device_address is ABSENT else device_address
        self._admission.look_at(device, anew=full_refresh)
        return RefreshDeviceInformationResponse()

    @method(scope=Scope.READ)
    async def get_refresh_progress(self) -> GetRefreshProgressResponse:
        """Tell how far a full refresh is, or the refresh of one device; sends nothing."""
        progress = self._admission.interviews.progress
        return GetRefreshProgressResponse(
            asked=progress.asked, left=progress.left, failed=progress.failed
        )

    def _needed_for_key(self, arguments: Mapping[str, Any]) -> Scope:
        given = (arguments.get(name, ABSENT) for name in ("link_key", "installation_code"))
        key = key_of(*given)
        device = arguments["device_address"]
        is_replaced = key is not None and self._admission.replaces_key(device, key)
        return Scope.ADMIN if is_replaced else Scope.COMMAND

    @method(needs=_needed_for_key)
    async def add_device(
        self,
        device_address: Eui64,
        join_time: Uint16 | Absent = ABSENT,
        link_key: Any = ABSENT,
        installation_code: Any = ABSENT,
    ) -> AddDeviceResponse:
        """Make a device known, with its link key or installation code so that it can join.

        Keys and codes are hex text with any delimiters, base64, or integers. With join_time
        (seconds) joining is opened; an installation code is ignored when there is a link key.
        Another key for a device that is on the network needs the admin scope: it loses its own.
        """
        time = None if join_time is ABSENT else join_time
        key = key_of(link_key, installation_code)
        await self._admission.add(device_address, key, time)
        return AddDeviceResponse(
            device_address=device_address, join_time=ABSENT if time is None else time
        )

    @method
    async def rename_device(self, device_address: Eui64, name: str) -> RenameDeviceResponse:
        """Call a device by a name of at most 64 characters; an empty one takes the name away.

        Then it is called by what it is, or by its address. Topics and Home Assistant follow; its
        entities keep their identifiers. The name is kept over restarts.
        """
        called = self._known.rename(device_address, name)
        return RenameDeviceResponse(device_address=device_address, name=called)

    @method(scope=Scope.READ)
    async def get_device_options(self, device_address: Eui64) -> DeviceOptionsResponse:
        """Return what somebody wants done with a device, by `set_device_options`."""
        self._known.record(device_address)
        return _options_response(device_address, self._known.options(device_address))

    def _needed_for_options(self, arguments: Mapping[str, Any]) -> Scope:
        return Scope.COMMAND if arguments.get("disabled", ABSENT) is ABSENT else Scope.ADMIN

    @method(needs=_needed_for_options)
    async def set_device_options(
        self,
        device_address: Eui64,
        *,
        retain: bool | Absent = ABSENT,
        retention: int | Absent | None = ABSENT,
        throttle: float | Absent | None = ABSENT,
        disabled: bool | Absent = ABSENT,
    ) -> DeviceOptionsResponse:
        """Say how the values of a device are told on MQTT, or that it is to be left alone.

        What is left out stays as it is; null takes an option back. `retain` false: the broker does
        not keep its values, and forgets those that it has. `retention`: seconds (120..31536000)
        after which a value that is not told again expires, for MQTT and Home Assistant. `throttle`:
        seconds (0..86400) in which a topic is written once, with the newest value. `disabled`: it
        counts as gone, nothing is sent to it, and nothing that it says is taken; that needs the
        admin scope. Options are kept over restarts.
        """
        given = {
            "retain": retain,
            "retention": retention,
            "throttle": throttle,
            "disabled": disabled,
        }
        said = {name: value for name, value in given.items() if value is not ABSENT}
        options = replace(self._known.options(device_address), **said)
        self._admission.set_options(device_address, options)
        return _options_response(device_address, options)

    @method(scope=Scope.ADMIN)
    async def remove_device(
        self, device_address: Eui64, *, keep_settings: bool = False
    ) -> RemoveDeviceResponse:
        """Forget a device, drop its key and have it leave, whether it answers or not.

        With keep_settings its name and options are kept, and are its own again when it comes back.
        """
        await self._admission.remove(device_address, keep_settings=keep_settings)
        return RemoveDeviceResponse(device_address=device_address)


def _options_response(device: Eui64, options: DeviceOptions) -> DeviceOptionsResponse:
    return DeviceOptionsResponse(device_address=device, **asdict(options))
