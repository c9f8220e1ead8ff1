"""What a person does in the simulated house while it runs, and what there is to see."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
import itertools
from typing import Any, Final

from sebridge.api.keys import key_of
from sebridge.api.simulator import SimulatorMethods
from sebridge.app.house import SimulatedHouse
from sebridge.base.addresses import NOBODY, Eui64
from sebridge.base.clock import Clock, SimulatedClock, zigbee_time
from sebridge.base.errors import ConfigError, ParameterError, RefusedError
from sebridge.base.secret import Secret
from sebridge.base.suggestion import suggestion
from sebridge.crypto.certificate_text import read_certificate_text
from sebridge.crypto.credentials import CertificateStore
from sebridge.feature import Feature
from sebridge.model.values import ABSENT, Absent
from sebridge.radio.ether import Ether, Spot
from sebridge.settings.household_file import read_household, write_household
from sebridge.settings.simulator_options import (
    FASTEST_OF_MODULE,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.seen import Certificate, SeenDevice, SeenHouse
from sebridge.simulator.vocabulary import KINDS

MOST_DEVICES: Final = 100
"""So many devices the house has at most, where callers add them."""

_LONGEST_NAME: Final = 64  # characters
_LONGEST_DELAY: Final = 60.0  # seconds
_SPEEDS: Final = (0.1, 600.0)  # as the demonstration has them
_MAKER: Final = "00:0d:6f:00:0a:00:"


class HouseControl:
    """Acts on the house, one act after the other. What is set is not kept over a restart.

    `options` is the house of the configuration, `clock` its time, and `security` what its devices
    prove themselves with, None for nothing. `module` is the type of the emulated module with which
    the gateway is on its air: the driver of one cannot follow every speed.
    """

    def __init__(
        self,
        house: SimulatedHouse,
        options: SimulatorOptions,
        *,
        ether: Ether,
        clock: Clock,
        module: str | None,
        security: HouseSecurity | None,
    ) -> None:
        self._house = house
        self._options = options
        self._ether = ether
        self._clock = clock
        self._module = module
        self._security = security
        self._acting = asyncio.Lock()

    # ------------------------------------------------------------------ what there is to see

    def seen(self) -> SeenHouse:
        """Return what there is to see."""
        clock, air = self._clock, self._ether.air
        return SeenHouse(
            utc_time=zigbee_time(clock.utc()),
            speed=clock.speed if isinstance(clock, SimulatedClock) else None,
            fastest=self._fastest if isinstance(clock, SimulatedClock) else None,
            module=self._module,
            loss=air.loss,
            delay=air.delay,
            kinds=tuple(KINDS),
            devices=[self._seen(one) for one in self._house.household.descriptions],
        )

    @property
    def _fastest(self) -> float:
        return _SPEEDS[1] if self._module is None else FASTEST_OF_MODULE

    def seen_device(self, device: Eui64) -> SeenDevice:
        """Return what there is to see of a device; UnknownDeviceError for one of no house."""
        return self._seen(self._house.household.described(device))

    def _seen(self, description: SimulatedDeviceOptions) -> SeenDevice:
        device = self._house.household[description.eui64]
        spot = self._ether.spots.get(description.eui64, Spot())
        return SeenDevice(
            device_address=description.eui64,
            name=description.name,
            kind=description.kind,
            on=device.is_on,
            joined=device.is_joined,
            established=device.is_established,
            waits=description.waits,
            certificate=self._certificate_of(device),
            loss=spot.loss,
            delay=spot.delay,
            shown=device.shown,
            measured=device.measured,
        )

    def _certificate_of(self, device: SimulatedDevice) -> Certificate:
        own = self._house.household.own_certificate(device.eui64)
        if self._security is None or not device.kind.is_smart_energy:
            return "none"
        if own is None:
            return "house"
        return "own" if own.suites else "none"

    # ------------------------------------------------------------------ what a person does

    async def switch(self, device: Eui64, *, on: bool) -> None:
        """Switch a device on or off."""
        async with self._acting:
            found = self._house.household[device]
            await (found.start() if on else found.stop())

    async def join(self, device: Eui64) -> None:
        """Have a device look for the network at once; RefusedError for one that is off."""
        async with self._acting:
            found = self._house.household[device]
            if not found.is_on:
                raise RefusedError(f"{found.label} is off")
            await found.join()

    async def leave(self, device: Eui64) -> None:
        """Have a device leave the network and stay outside."""
        async with self._acting:
            await self._house.household[device].leave()

    async def set_key(self, device: Eui64, *, link_key: Any, installation_code: Any) -> None:
        """Give a device a link key or installation code, or that of the house with neither.

        ParameterError for what is none, and for a device that joins with the common key.
        """
        async with self._acting:
            description = self._house.household.described(device)
            if not KINDS[description.kind].is_smart_energy:
                problem = f"{description.name} is no device of Smart Energy: it has the common key"
                raise ParameterError("device_address", problem)
            key = key_of(link_key, installation_code)
            changed = replace(description, link_key=key, installation_code=None)
            await self._house.household.put(changed, self._house.household.own_certificate(device))
            await self._house.introduce(changed)

    async def set_certificate(self, device: Eui64, text: Secret | Absent | None) -> None:
        """Give a device a certificate, None for none, ABSENT for the one of the house.

        ParameterError for text that is no certificate, or not one for the device; RefusedError in a
        house without certificates.
        """
        async with self._acting:
            description = self._house.household.described(device)
            if self._security is None or not KINDS[description.kind].is_smart_energy:
                raise RefusedError(f"{description.name} proves itself with no certificate")
            own = None if text is ABSENT else _certificates(text, device)
            await self._house.household.put(description, own)

    def set_air(self, device: Eui64 | None, *, loss: float | None, delay: float | None) -> None:
        """Make the air worse or better for a device, or for all without one."""
        _check("loss", loss, 0, 1)
        _check("delay", delay, 0, _LONGEST_DELAY)
        if loss is None and delay is None:
            raise ParameterError("", "loss, delay or both must be given")
        ether = self._ether
        if device is None:
            air = ether.air
            ether.make_air(
                replace(
                    air,
                    loss=air.loss if loss is None else loss,
                    delay=air.delay if delay is None else delay,
                )
            )
        else:
            self._house.household.described(device)
            there = ether.spots.get(device, Spot())
            spot = Spot(
                there.loss if loss is None else loss, there.delay if delay is None else delay
            )
            ether.put_on_spot(device, spot)
        self._house.tell_change()

    def set_speed(self, speed: float) -> None:
        """Let time run so many times faster; RefusedError where it is the machine's own."""
        _check("speed", speed, _SPEEDS[0], self._fastest)
        if not isinstance(self._clock, SimulatedClock):
            raise RefusedError("the time of this house cannot be made faster")
        self._clock.speed = speed
        self._house.tell_change()

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
        async with self._acting:
            key = key_of(link_key, installation_code)
            description = SimulatedDeviceOptions(
                kind=kind,
                name=name,
                eui64=self._free_address() if device is None else device,
                link_key=key,
                options=dict(options),
            )
            self._check_new(description)
            try:
                added = await self._house.household.put(description)
            except ConfigError as error:
                raise ParameterError("options", str(error)) from error
            await self._house.introduce(description)
            if not description.waits:
                await self._house.open()
            await added.start()
            return description.eui64

    def _check_new(self, new: SimulatedDeviceOptions) -> None:
        """Raise ParameterError or RefusedError for a device that the house cannot have."""
        there = self._house.household.descriptions
        if new.kind not in KINDS:
            problem = f"is none of {', '.join(KINDS)}{suggestion(new.kind, KINDS)}"
            raise ParameterError("kind", problem)
        if not 1 <= len(new.name) <= _LONGEST_NAME or not new.name.isprintable():
            raise ParameterError("name", f"must have 1 to {_LONGEST_NAME} printable characters")
        if new.name in {one.name for one in there}:
            raise ParameterError("name", "is that of another device of the house")
        if new.eui64 in {one.eui64 for one in there} | {self._house.own_address, NOBODY}:
            raise ParameterError(
                "device_address", "is that of another device of the house, or of none"
            )
        if new.link_key is not None and not KINDS[new.kind].is_smart_energy:
            raise ParameterError("kind", f"a {new.kind} joins with the common key, and has no own")
        if len(there) >= MOST_DEVICES:
            raise RefusedError(f"the house has {MOST_DEVICES} devices already")

    def _free_address(self) -> Eui64:
        """Return the first address of a simulated device that nobody has."""
        taken = {one.eui64 for one in self._house.household.descriptions}
        numbers = (Eui64.parse(f"{_MAKER}{number:04x}") for number in itertools.count(1))
        return next(a for a in numbers if a not in taken and not self._house.is_known(a))

    async def remove(self, device: Eui64) -> None:
        """Take a device out of the house."""
        async with self._acting:
            await self._house.household.take(device)
            self._ether.put_on_spot(device, Spot())

    # ------------------------------------------------------------------ the whole of it

    def household_text(self) -> str:
        """Return the house as text, without keys and codes."""
        clock, options = self._clock, self._options
        return write_household(
            replace(
                options,
                air=self._ether.air,
                devices=tuple(self._house.household.descriptions),
                speed=clock.speed if isinstance(clock, SimulatedClock) else options.speed,
            )
        )

    async def load(self, text: str) -> None:
        """Have another house in the place of this one; ParameterError names all that is wrong."""
        wanted = self._checked(text)
        async with self._acting:
            try:
                await self._house.household.furnish(wanted.devices)
            except ConfigError as error:
                raise ParameterError("household", str(error)) from error
            self._ether.make_air(wanted.air)
            self._ether.spots.clear()
            if isinstance(self._clock, SimulatedClock):
                self._clock.speed = wanted.speed
            await self._house.move_in()

    def _checked(self, text: str) -> SimulatorOptions:
        """Return the house of a text; ParameterError for one that cannot be in this place."""
        try:
            wanted = read_household(text)
        except ConfigError as error:
            raise ParameterError("household", str(error)) from error
        if wanted.suites != self._options.suites:
            raise ParameterError(
                "household", "simulator.suites: cannot change while the bridge runs"
            )
        if self._module is not None and wanted.speed > self._fastest:
            problem = f"simulator.speed: is at most {self._fastest:g} with an emulated module"
            raise ParameterError("household", problem)
        if len(wanted.devices) > MOST_DEVICES:
            raise ParameterError("household", f"simulator.devices: are more than {MOST_DEVICES}")
        for one in wanted.devices:
            if one.eui64 in {self._house.own_address, NOBODY}:
                problem = f"simulator.devices: {one.eui64} can be the address of no device"
                raise ParameterError("household", problem)
        return wanted


def _certificates(text: Secret | None, device: Eui64) -> CertificateStore:
    """Return the certificates of a text, none for None; ParameterError for what is not."""
    if text is None:
        return CertificateStore()
    try:
        found = read_certificate_text(text.reveal().decode())
    except ConfigError as error:
        raise ParameterError("certificate", str(error)) from error
    if found.certificate.subject != device:
        problem = f"is for {found.certificate.subject}, and this device is {device}"
        raise ParameterError("certificate", problem)
    return CertificateStore([found])


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise ParameterError(name, f"must be {low:g}..{high:g}")


def house_groups(features: Sequence[Feature]) -> tuple[type[Any], ...]:
    """Return the classes of the methods that are there where there is a simulated house.

    The first acts on the house, the others on its devices.
    """
    own = [f.simulated_methods for f in features if f.simulated_methods is not None]
    return (SimulatorMethods, *own)
