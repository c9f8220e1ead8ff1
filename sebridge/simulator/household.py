"""A house of simulated devices, from its description in the configuration."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import replace
import hashlib
from random import Random
from typing import Any, TypeVar

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto import install_code
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.credentials import HouseSecurity
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
    if not KINDS[description.kind].is_smart_energy or description.installation_code is not None:
        return description
    digest = hashlib.sha256(b"sebridge simulated label" + bytes(description.eui64)).digest()
    code = digest[: install_code.LONGEST]
    return replace(description, installation_code=Secret(code + install_code.check(code)))


def preconfigured_key(description: SimulatedDeviceOptions) -> Secret | None:
    """Return the link key that a device joins with: that of its installation code, if it has one.

    None for a device that knows only the common key. Raises ConfigError for a wrong code.
    """
    if not KINDS[description.kind].is_smart_energy:
        return None
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
    certificates. Raises ConfigError for a description that cannot be.
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
    ) -> None:
        self.descriptions = tuple(descriptions)
        self.devices: dict[str, SimulatedDevice] = {}
        self._security = security
        self._open_collection = open_collection
        self._collections: dict[str, MutableMapping[Any, Any]] = {}
        for description in descriptions:
            kind, address = KINDS[description.kind], description.eui64
            proves = security if kind.is_smart_energy else None
            self.devices[description.name] = SimulatedDevice(
                name=description.name,
                kind=kind,
                options=DeviceOptions(description),
                station=make_station(address, preconfigured_key(description)),
                security=None if proves is None else proves.of(address),
                house=self,
                features=features,
                clock=clock,
                random=random,
            )

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
