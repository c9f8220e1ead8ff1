"""Requests about what people set once of devices. Own extensions of the reference."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, RefusedError
from sebridge.drivers.driver import Driver
from sebridge.drivers.manifest import SettingManifest
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.reporting.reader import Attributes
from sebridge.model.values import ABSENT, Absent
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.status import Status, status_name


class DriverOf(Protocol):
    """Who knows the drivers of devices."""

    def of_known(self, known: KnownDevice) -> Driver | None:
        """Return that of a device; None for one that has none."""


class Devices(Protocol):
    """The devices that there are."""

    def __getitem__(self, device: Eui64) -> KnownDevice:
        """Return one; UnknownDeviceError."""

    def profile_of(self, device: Eui64, endpoint: int) -> int | None:
        """Return the profile of an endpoint; None while it is not known."""


class DeviceSetting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be set; `value` is what the device has, null where it does not tell.

    `labels` and those of the `choices` are by language.
    """

    setting: str
    type: str
    labels: Mapping[str, str]
    value: int | None
    min: int | Absent = ABSENT
    max: int | Absent = ABSENT
    choices: Mapping[str, Mapping[str, str]] | Absent = ABSENT


class GetDriverSettingsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set of a device, as its driver has it."""

    setting_list: Sequence[DeviceSetting]


class SetDriverSettingResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The ZCL status of the device's answer: 0 is done; `reason` if it is not."""

    status: int
    reason: str | Absent = ABSENT


class DriverSettingMethods:
    """Requests about settings of devices, which the devices keep themselves."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, drivers: DriverOf, devices: Devices, attributes: Attributes) -> None:
        self._drivers = drivers
        self._devices = devices
        self._attributes = attributes

    @method(scope=Scope.COMMAND)
    async def get_driver_settings(self, device_address: Eui64) -> GetDriverSettingsResponse:
        """Return what can be set of a device by its driver, with the values that the device has."""
        found = [
            await self._shown(device_address, one) for one in self._settings_of(device_address)
        ]
        return GetDriverSettingsResponse(setting_list=found)

    @method
    async def set_driver_setting(
        self, device_address: Eui64, setting: str, value: int
    ) -> SetDriverSettingResponse:
        """Set something of a device that its driver names; the device keeps it.

        A checkbox is 0 or 1, of a dropdown it is the number of the choice.
        """
        wanted = next((s for s in self._settings_of(device_address) if s.id == setting), None)
        if wanted is None:
            raise ParameterError("setting", "is none that the driver of the device has")
        if not wanted.takes(value):
            raise ParameterError("value", "is none that the setting takes")
        definition = wanted.definition
        assert definition is not None, "a manifest that was read has one"
        kind = definition.data_type
        size, signed = kind.size, kind.is_signed
        octets = value.to_bytes(size, "little", signed=signed)  # also those of "no value"
        written = AttributeValue(definition.attribute_id, kind.type_id, value, octets)
        pairing = self._pairing(device_address, wanted)
        (status,) = await self._attributes.write(pairing, [written], undivided=False)
        return SetDriverSettingResponse(
            status=status, reason=ABSENT if status == Status.SUCCESS else status_name(status)
        )

    def _settings_of(self, device: Eui64) -> Sequence[SettingManifest]:
        driver = self._drivers.of_known(self._devices[device])
        return () if driver is None else driver.manifest.settings

    def _pairing(self, device: Eui64, setting: SettingManifest) -> Pairing:
        profile = self._devices.profile_of(device, setting.endpoint)
        if profile is None:
            raise RefusedError(f"the device has not told of its endpoint {setting.endpoint}")
        return pairing_with(Peer(device, setting.endpoint, profile), setting.cluster)

    async def _shown(self, device: Eui64, setting: SettingManifest) -> DeviceSetting:
        definition = setting.definition
        assert definition is not None, "a manifest that was read has one"
        pairing = self._pairing(device, setting)
        told = await self._attributes.read(pairing, [definition.attribute_id])
        octets = next((one.raw for _, _, one in told if one is not None), None)
        signed = definition.data_type.is_signed
        return DeviceSetting(
            setting=setting.id,
            type=setting.type,
            labels=setting.label,
            value=None if octets is None else int.from_bytes(octets, "little", signed=signed),
            min=ABSENT if setting.min is None else setting.min,
            max=ABSENT if setting.max is None else setting.max,
            choices={str(one.id): one.label for one in setting.values} or ABSENT,
        )
