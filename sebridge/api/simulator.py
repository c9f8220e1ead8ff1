"""Requests to the simulated house itself: its devices, its air, its time, the whole of it."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SIMULATOR_INTERFACE, method
from sebridge.simulator.seen import SeenDevice, SeenHouse


class ActedOnHouse(Protocol):
    """The simulated house, for who acts on it. Each method raises RequestError for what cannot be.

    `device` is always the address of one of the house, else it is an UnknownDeviceError.
    """

    def seen(self) -> SeenHouse:
        """Return what there is to see."""

    def seen_device(self, device: Eui64) -> SeenDevice:
        """Return what there is to see of a device."""

    async def switch(self, device: Eui64, *, on: bool) -> None:
        """Switch a device on or off."""

    async def join(self, device: Eui64) -> None:
        """Have a device look for the network at once."""

    async def leave(self, device: Eui64) -> None:
        """Have a device leave the network and stay outside."""

    async def set_key(self, device: Eui64, *, link_key: Any, installation_code: Any) -> None:
        """Give a device a link key or installation code, as a caller has it; None for neither."""

    async def set_certificate(self, device: Eui64, text: Secret | Absent | None) -> None:
        """Give a device a certificate, None for none, ABSENT for the one of the house."""

    def set_air(self, device: Eui64 | None, *, loss: float | None, delay: float | None) -> None:
        """Make the air worse or better for a device, or for all without one."""

    def set_speed(self, speed: float) -> None:
        """Let time run so many times faster."""

    async def add(
        self,
        kind: str,
        name: str,
        *,
        device: Eui64 | None,
        link_key: Any,
        installation_code: Any,
        options: Mapping[str, Any],
    ) -> Eui64:
        """Put another device into the house, switched on; return its address."""

    async def remove(self, device: Eui64) -> None:
        """Take a device out of the house."""

    def household_text(self) -> str:
        """Return the house as text, without keys and codes."""

    async def load(self, text: str) -> None:
        """Have another house in the place of this one."""


class SimulatedDeviceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The device as it is now."""

    device: SeenDevice


class RemoveSimulatedDeviceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The device that was removed."""

    device_address: Eui64


class GetSimulatedHouseholdResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The household as YAML."""

    household: str


class SimulatorMethods:
    """Requests to the simulated house. What they set is not kept over a restart."""

    rpc_interface = SIMULATOR_INTERFACE

    def __init__(self, house: ActedOnHouse) -> None:
        self._house = house

    @method(scope=Scope.READ)
    async def get_simulated_house(self) -> SeenHouse:
        """Return all that there is to see of the simulated house; sends nothing."""
        return self._house.seen()

    @method
    async def switch_simulated_device(
        self, device_address: Eui64, *, on: bool
    ) -> SimulatedDeviceResponse:
        """Switch a simulated device on, so that it comes back or joins, or off."""
        await self._house.switch(device_address, on=on)
        return self._device(device_address)

    @method
    async def join_simulated_device(self, device_address: Eui64) -> SimulatedDeviceResponse:
        """Have a simulated device look for the network at once, as with the button on it.

        It gets in as a real one does: while joining is open, and with a key that the gateway knows.
        One that is off is refused.
        """
        await self._house.join(device_address)
        return self._device(device_address)

    @method
    async def leave_simulated_device(self, device_address: Eui64) -> SimulatedDeviceResponse:
        """Have a simulated device leave the network, and stay outside until it is to join again."""
        await self._house.leave(device_address)
        return self._device(device_address)

    @method
    async def set_simulated_key(
        self, device_address: Eui64, link_key: Any = ABSENT, installation_code: Any = ABSENT
    ) -> SimulatedDeviceResponse:
        """Give a simulated device the link key or installation code with which it joins.

        It leaves the network, and waits until it is added (add_device) with the same. Keys and
        codes are written as in add_device. With neither it has the key of the house again, and the
        gateway is told it.
        """
        await self._house.set_key(
            device_address, link_key=link_key, installation_code=installation_code
        )
        return self._device(device_address)

    @method
    async def set_simulated_certificate(
        self, device_address: Eui64, certificate: str | Absent | None = ABSENT
    ) -> SimulatedDeviceResponse:
        """Give a simulated device the certificate with which it proves itself.

        It is text as certificate authorities write it, with the lines CA Public Key, Device
        Implicit Cert and Device Private Key, and must be for the address of the device; null takes
        the certificate away, and left off the device has that of the house again. It leaves the
        network and joins anew.
        """
        text = certificate if certificate is ABSENT or certificate is None else _secret(certificate)
        await self._house.set_certificate(device_address, text)
        return self._device(device_address)

    @method
    async def set_simulated_air(
        self,
        device_address: Eui64 | Absent = ABSENT,
        *,
        loss: float | Absent = ABSENT,
        delay: float | Absent = ABSENT,
    ) -> SeenHouse:
        """Have frames lost (share, 0 to 1; lost ones are sent again) or late (0 to 60 s).

        With a device those from and to it, besides what all suffer; without one all frames of the
        house, whose delay is a mean.
        """
        self._house.set_air(
            None if device_address is ABSENT else device_address,
            loss=None if loss is ABSENT else loss,
            delay=None if delay is ABSENT else delay,
        )
        return self._house.seen()

    @method
    async def set_simulated_speed(self, speed: float) -> SeenHouse:
        """Let so many seconds of the simulated house pass in a real one, 0.1 to 600.

        Through an emulated module up to 20: its driver knows the machine's time alone. What is
        waited for then comes sooner or later, too. The house stays ahead of the machine's clock
        afterwards.
        """
        self._house.set_speed(speed)
        return self._house.seen()

    @method
    async def add_simulated_device(
        self,
        kind: str,
        name: str,
        device_address: Eui64 | Absent = ABSENT,
        *,
        link_key: Any = ABSENT,
        installation_code: Any = ABSENT,
        options: Mapping[str, Any] | Absent = ABSENT,
    ) -> SimulatedDeviceResponse:
        """Put a device of a kind into the simulated house, and switch it on.

        Kinds and their options are those of the configuration. With a link key or an installation
        code it waits until it is added (add_device) with the same; without, the gateway is told of
        it and opens the network.
        """
        device = await self._house.add(
            kind,
            name,
            device=None if device_address is ABSENT else device_address,
            link_key=link_key,
            installation_code=installation_code,
            options={} if options is ABSENT else options,
        )
        return self._device(device)

    @method
    async def remove_simulated_device(self, device_address: Eui64) -> RemoveSimulatedDeviceResponse:
        """Take a device out of the simulated house, as if it were thrown away; it leaves.

        The gateway knows it until remove_device.
        """
        await self._house.remove(device_address)
        return RemoveSimulatedDeviceResponse(device_address=device_address)

    @method(scope=Scope.READ)
    async def get_simulated_household(self) -> GetSimulatedHouseholdResponse:
        """Return the simulated house as YAML: the section simulator of a configuration.

        It has the devices with their options, the air and the speed as they are now. Keys and codes
        are never told: they are left off, and a comment says of which devices.
        """
        return GetSimulatedHouseholdResponse(household=self._house.household_text())

    @method
    async def load_simulated_household(self, household: str) -> SeenHouse:
        """Have another household in the place of the simulated one.

        It is YAML with a section simulator, as get_simulated_household gives it. The devices that
        were there leave, those that come are switched on, and join as at the start of the bridge.
        The suites cannot change. Nothing is done where anything is wrong.
        """
        await self._house.load(household)
        return self._house.seen()

    def _device(self, device: Eui64) -> SimulatedDeviceResponse:
        return SimulatedDeviceResponse(device=self._house.seen_device(device))


def _secret(text: str) -> Secret:
    return Secret(text.encode(errors="replace"))
