"""A house of simulated devices, from its description in the configuration."""

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import replace
import hashlib
from random import Random
from typing import Any, TypeVar

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError, ParameterError, RefusedError, UnknownDeviceError
from sebridge.base.secret import Secret
from sebridge.crypto import install_code
from sebridge.crypto.credentials import CertificateStore
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.network.signals import KeyEstablished
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.credentials import DeviceSecurity, HouseSecurity
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.vocabulary import KINDS, DeviceOptions, Simulate, Station
from sebridge.storage.collection import OpenCollection

T = TypeVar("T")

MakeStation = Callable[[Eui64, Secret | None], Station]
"""Makes the radio of a device with its link key; None for one that knows only the common key."""


def link_key_of(device: Eui64) -> Secret:
    """Return the preconfigured link key of a simulated device: the same at every start.

    It protects nothing, as the simulated air leaves the process never.
    """
    return Secret(hashlib.sha256(b"sebridge simulated house" + bytes(device)).digest()[:16])


def labelled(description: SimulatedDeviceOptions) -> SimulatedDeviceOptions:
    """Return the device with an installation code, the same at every start, if it needs one.

    For a house whose gateway does not know its devices: the code is what a person reads on them.
    """
    if not KINDS[description.kind].is_smart_energy or description.waits:
        return description
    digest = hashlib.sha256(b"sebridge simulated label" + bytes(description.eui64)).digest()
    code = digest[: install_code.LONGEST]
    return replace(description, installation_code=Secret(code + install_code.check(code)))


def preconfigured_key(description: SimulatedDeviceOptions) -> Secret | None:
    """Return the link key that a device joins with: its own, that of its code, or the house's.

    None for a device that knows only the common key. Raises ConfigError for a wrong code.
    """
    if not KINDS[description.kind].is_smart_energy:
        return None
    if description.link_key is not None:
        return description.link_key
    if description.installation_code is None:
        return link_key_of(description.eui64)
    try:
        return install_code.link_key(description.installation_code)
    except ParameterError as error:
        path = f"simulator.devices[{description.name}].installation_code"
        raise ConfigError([f"{path}: {error.problem}"]) from error


class Household:
    """All devices of a house, by name.

    `features` say what a device of each kind has and does. `security` is None for a house without
    certificates. `on_change` is called whenever there is something else to see of a device. Raises
    ConfigError for a description that cannot be.
    """

    def __init__(
        self,
        descriptions: Sequence[SimulatedDeviceOptions],
        *,
        features: Sequence[Simulate],
        make_station: MakeStation,
        open_collection: OpenCollection,
        security: HouseSecurity | None,
        clock: Clock,
        random: Random,
        on_change: Callable[[], object] = lambda: None,
    ) -> None:
        self._features = features
        self._make_station = make_station
        self._security = security
        self._clock = clock
        self._random = random
        self._on_change = on_change
        self._open_collection = open_collection
        self._collections: dict[str, MutableMapping[Any, Any]] = {}
        self._descriptions = {one.name: one for one in descriptions}
        self._own: dict[Eui64, CertificateStore] = {}
        self.devices = {one.name: self._build(one) for one in descriptions}

    @property
    def descriptions(self) -> Sequence[SimulatedDeviceOptions]:
        """All devices, as the configuration would have them."""
        return tuple(self._descriptions.values())

    # ------------------------------------------------------------------ who is there

    def described(self, device: Eui64) -> SimulatedDeviceOptions:
        """Return what a device was made of; UnknownDeviceError for one that is not of the house."""
        for one in self._descriptions.values():
            if one.eui64 == device:
                return one
        raise UnknownDeviceError(f"{device} is no device of the simulated house")

    def __getitem__(self, device: Eui64) -> SimulatedDevice:
        return self.devices[self.described(device).name]

    def own_certificate(self, device: Eui64) -> CertificateStore | None:
        """Return what a device proves itself with that is not of the house; None without such."""
        return self._own.get(device)

    def part_of(self, device: Eui64, kind: type[T], what: str, *, joined: bool = False) -> T:
        """Return what a feature added to a device under a class.

        UnknownDeviceError for one that is not of the house, ParameterError for one that is no
        `what`, RefusedError where it must have `joined` and has not.
        """
        found = self[device]
        part = found.find(kind)
        if part is None:
            raise ParameterError("device_address", f"{found.label} is no {what}")
        if joined and not found.is_joined:
            raise RefusedError(f"{found.label} is not on the network")
        return part

    def note_change(self) -> None:
        """Have everybody told who looks at the house that something changed."""
        self._on_change()

    # ------------------------------------------------------------------ who comes and goes

    async def put(
        self, description: SimulatedDeviceOptions, own: CertificateStore | None = None
    ) -> SimulatedDevice:
        """Put a device in, in the place of one with its name, which leaves; it is as on as that.

        `own` are certificates in the place of those of the house, an empty store is none at all. A
        new device is off. Raises ConfigError before anything is done.
        """
        before = self.devices.get(description.name)
        own_before = self._own.pop(description.eui64, None)
        if own is not None:
            self._own[description.eui64] = own
        try:
            device = self._build(description)
        except ConfigError:
            self._own.pop(description.eui64, None)
            if own_before is not None:
                self._own[description.eui64] = own_before
            raise
        was_on = before is not None and before.is_on
        if before is not None:
            await self._retire(before)
        self._descriptions[description.name] = description
        self.devices[description.name] = device
        if was_on:
            await device.start()
        self.note_change()
        return device

    async def take(self, device: Eui64) -> None:
        """Take a device out of the house for good; UnknownDeviceError for one that is not there."""
        name = self.described(device).name
        await self._retire(self.devices[name])
        del self._descriptions[name], self.devices[name]
        self._own.pop(device, None)
        self.note_change()

    async def furnish(self, descriptions: Iterable[SimulatedDeviceOptions]) -> None:
        """Have these devices in the place of all; they are off, and have the house's certificates.

        Raises ConfigError before anything is done.
        """
        own_before, self._own = self._own, {}
        try:
            built = [(one, self._build(one)) for one in descriptions]
        except ConfigError:
            self._own = own_before
            raise
        for device in self.devices.values():
            await self._retire(device)
        self._descriptions = {one.name: one for one, _ in built}
        self.devices = {one.name: device for one, device in built}
        self.note_change()

    async def _retire(self, device: SimulatedDevice) -> None:
        await device.leave()
        await device.stop()
        if self._security is not None:
            self._security.kept.drop(device.eui64)

    def _build(self, description: SimulatedDeviceOptions) -> SimulatedDevice:
        kind, address = KINDS[description.kind], description.eui64
        device = SimulatedDevice(
            name=description.name,
            kind=kind,
            options=DeviceOptions(description),
            station=self._make_station(address, preconfigured_key(description)),
            security=self._security_of(address) if kind.is_smart_energy else None,
            house=self,
            features=self._features,
            clock=self._clock,
            random=self._random,
        )
        for signal in (ActiveEventsChanged, KeyEstablished):
            device.bus.listen(signal, self._note)
        return device

    def _note(self, _signal: object) -> None:
        self._on_change()

    def _security_of(self, device: Eui64) -> DeviceSecurity | None:
        own, house = self._own.get(device), self._security
        if house is None or (own is not None and not own.suites):
            return None
        security = house.of(device)
        return security if own is None else msgspec.structs.replace(security, own=own)

    # ------------------------------------------------------------------ all of them

    async def switch_on(self) -> None:
        """Switch all devices on."""
        for device in self.devices.values():
            await device.start()

    async def switch_off(self) -> None:
        """Switch all devices off, and have the counters of their keys kept."""
        for device in self.devices.values():
            await device.stop()
        if self._security is not None:
            self._security.kept.settle()

    def press_buttons(self) -> None:
        """Have those who are outside look for a network, as who opens one goes round and does."""
        for device in self.devices.values():
            device.press_join()

    @property
    def controlled_load(self) -> float:
        """The watts drawn by what load control can reduce."""
        return sum(device.load for device in self.devices.values())

    def collection(self, name: str, key_kind: Any, value_kind: Any) -> MutableMapping[Any, Any]:
        """Return what is kept over a restart under a name, the same for all devices."""
        if name not in self._collections:
            self._collections[name] = self._open_collection(name, key_kind, value_kind)
        return self._collections[name]

    def find(self, kind: type[T]) -> dict[str, T]:
        """Return what features added to devices under a class, by the name of the device."""
        found = {name: device.find(kind) for name, device in self.devices.items()}
        return {name: one for name, one in found.items() if one is not None}
