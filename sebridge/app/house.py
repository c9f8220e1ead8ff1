"""The simulated house beside the gateway: its air, its devices, their joining."""

import asyncio
from collections.abc import Sequence
import logging
from random import Random
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.app.gateway import Gateway
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.feature import Feature
from sebridge.network.signals import DeviceJoined, JoiningChanged
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import SimulatedDeviceOptions, SimulatorOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import Household, preconfigured_key
from sebridge.simulator.signals import SimulatedHouseChanged
from sebridge.storage.collection import OpenCollection

_LOGGER = logging.getLogger(__name__)

_JOIN_TIME: Final = 240  # seconds for which the network is open for the house at the start
_NEXT_AFTER: Final = 1.0  # seconds in which several may join


class SimulatedHouse(Service):
    """Lets the devices of the configuration join, as a person commissioning a house would.

    A radio may have room for the keys of a few only that are still to join: the others follow as
    soon as those are in. Whatever changes for who looks at it is told by SimulatedHouseChanged.
    """

    def __init__(
        self,
        options: SimulatorOptions,
        *,
        features: Sequence[Feature],
        ether: Ether,
        open_collection: OpenCollection,
        clock: Clock,
        gateway: Gateway,
        security: HouseSecurity | None,
    ) -> None:
        super().__init__()
        self._ether = ether
        self.household = Household(
            options.devices,
            features=[f.simulated for f in features if f.simulated is not None],
            make_station=self._station,
            open_collection=open_collection,
            security=security,
            clock=clock,
            random=Random(options.air.seed),  # noqa: S311  # a simulation, no secret
            on_change=self.tell_change,
        )
        self._gateway = gateway
        self._clock = clock
        self._awaited: set[Eui64] = set()  # introduced, and not in yet
        self._joined = asyncio.Event()
        gateway.bus.listen(JoiningChanged, self._on_joining)
        gateway.bus.listen(DeviceJoined, self._on_joined)

    def _on_joining(self, signal: JoiningChanged) -> None:
        if signal.seconds:
            self.household.press_buttons()

    def _on_joined(self, signal: DeviceJoined) -> None:
        self._awaited.discard(signal.device)
        self._joined.set()

    def _station(self, address: Eui64, key: Secret | None) -> SimulatedRadio:
        return SimulatedRadio(self._ether, address, key or WELL_KNOWN_KEY, (), {})

    def tell_change(self) -> None:
        """Tell that there is something else to see."""
        self._gateway.bus.send(SimulatedHouseChanged())

    @override
    async def start(self) -> None:
        """Register the devices at the gateway, open the network, and switch them on.

        Those with an installation code or link key are left to whoever adds them.
        """
        await self.move_in()
        await super().start()

    @override
    async def stop(self) -> None:
        """Switch the devices off."""
        await self.household.switch_off()
        await super().stop()

    @override
    async def run(self) -> None:
        """Let the next in, whenever some have joined."""
        while True:
            await self._joined.wait()
            await self._clock.sleep(_NEXT_AFTER)
            self._joined.clear()
            try:
                await self._let_next_in()
            except SebridgeError as error:
                _LOGGER.warning("the others of the house cannot be let in: %s", error)

    async def _let_next_in(self) -> None:
        outside = [one for one in self.household.descriptions if self._is_awaited(one.eui64)]
        for device in outside:
            await self.introduce(device)
        if outside:
            await self.open()

    def _is_awaited(self, device: Eui64) -> bool:
        found = self.household[device]
        return device in self._awaited and found.is_on and not found.has_left

    async def move_in(self) -> None:
        """Have all devices of the house switched on, and the gateway know them."""
        for device in self.household.descriptions:
            await self.introduce(device)
        if self.household.descriptions:
            await self.open()
        await self.household.switch_on()

    async def introduce(self, device: SimulatedDeviceOptions) -> None:
        """Make a device known to the gateway, unless somebody is to add it."""
        if device.waits:
            return
        self._awaited.add(device.eui64)
        try:
            await self._gateway.manager.add(device.eui64, preconfigured_key(device))
        except DeliveryError as error:
            _LOGGER.info("%s has to wait until others have joined: %s", device.name, error)
        known = self._gateway.directory[device.eui64]
        if not known.name:  # else somebody has renamed it
            self._gateway.directory.put(replace(known, name=device.name))

    async def open(self) -> None:
        """Open the network for as long as devices need that have just been put into the house."""
        await self._gateway.trust_center.open(_JOIN_TIME)

    def is_known(self, device: Eui64) -> bool:
        """Say whether an address is the gateway's, or of a device that it knows."""
        return device == self.own_address or device in self._gateway.directory

    @property
    def own_address(self) -> Eui64:
        """The address of the gateway, which no device can have."""
        return self._gateway.radio.network.address
