"""Meters in the place of others: who follows whom, when that takes effect, and back again."""

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Final, Protocol

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import LimitError, ParameterError, RequestError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus, SignalScope
from sebridge.features.metering.meters import Meters
from sebridge.features.metering.signals import MeterRead, SwapSettled
from sebridge.features.metering.succession import (
    GivenReadings,
    MeterFacts,
    MeterSwap,
    paired,
    succession,
)
from sebridge.network.identities import Exchange, Identities, IdentitiesChanged
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import METERING

MOST_SWAPS: Final = 256
"""Swaps that are kept: each is part of what its meters are known as."""


class Devices(Protocol):
    """The known devices."""

    def __getitem__(self, device: Eui64) -> KnownDevice:
        """Return a device; UnknownDeviceError."""

    def get(self, device: Eui64) -> KnownDevice | None:
        """Return a device, None for an unknown one."""

    def put(self, known: KnownDevice) -> object:
        """Keep what is known of a device."""

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return the places of a device with the server side of a cluster; UnknownDeviceError."""


class MeterSwaps(Service):
    """Lets meters take the places of others, in `store` by number, in the order of their doing.

    All that a swap changes is set at once, so that after a loss of power it is there or it is not.
    """

    def __init__(
        self,
        *,
        store: MutableMapping[int, MeterSwap],
        meters: Meters,
        devices: Devices,
        identities: Identities,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._store = store
        self._meters = meters
        self._devices = devices
        self._identities = identities
        self._clock = clock
        self._bus = bus
        self._read = asyncio.Event()
        self._listening = SignalScope(bus)  # only while a meter is awaited: there are many readings
        self._arrange()
        self._listen()

    @property
    def all(self) -> Sequence[MeterSwap]:
        """The swaps that were asked for and not undone, oldest first."""
        return tuple(swap for _, swap in sorted(self._store.items()))

    @override
    async def run(self) -> None:
        """Carry out swaps as soon as the new meters have shown what they count."""
        while True:
            await self._read.wait()
            self._read.clear()
            for number, swap in self._awaited():
                if self._is_ready(swap.new):
                    self._try(number, swap)
            self._listen()

    def swap(self, old: Eui64, new: Eui64, given: GivenReadings) -> MeterSwap:
        """Let a device take the place of another, at once or when it has joined and counts.

        UnknownDeviceError where the old one is not known, ParameterError where one of them is no
        meter, RequestError where the new one cannot follow the old, LimitError.
        """
        swap = MeterSwap(
            old=old,
            new=new,
            name=self._devices[old].name,
            asked=self._clock.utc(),
            given=given,
            old_meters=self._facts(old),
        )
        self._check(swap)
        number = max(self._store, default=0) + 1
        if self._is_ready(new):
            return self._settle(number, swap)
        self._store[number] = swap
        self._listen()
        return swap

    def undo(self, device: Eui64) -> MeterSwap:
        """Undo the newest swap of a device, and return it; RequestError where that cannot be."""
        concerned = [(n, swap) for n, swap in self._store.items() if swap.concerns(device)]
        if not concerned:
            raise RequestError(f"{device} takes no place and has given up none")
        number, swap = max(concerned, key=lambda item: item[0])
        for later, other in self._store.items():
            if later > number and (other.concerns(swap.old) or other.concerns(swap.new)):
                raise RequestError(
                    f"{other.new} has taken the place of {other.old} since: undo that first"
                )
        del self._store[number]
        if swap.done is not None:
            for endpoint in swap.endpoints:
                if self._meters.succession(swap.new, endpoint) is not None:
                    self._meters.succeed(swap.new, endpoint, swap.before.get(endpoint))
            self._take_places(swap, undone=True)
        self._listen()
        return swap

    # -------------------------------------------------------------- what may be

    def _check(self, swap: MeterSwap) -> None:
        """Refuse what can be seen not to be possible before the new meter has shown anything."""
        swap.given.check()
        if swap.old == swap.new:
            raise ParameterError(
                "new_address",
                "is the old one: another meter under the same address is found by itself",
            )
        if not self._devices.servers_of(swap.old, METERING):
            raise ParameterError("old_address", f"{swap.old} is not a meter")
        if not swap.old_meters:
            raise ParameterError("old_address", f"{swap.old} has never shown what it counts")
        if swap.given != GivenReadings() and len(swap.old_meters) > 1:
            raise ParameterError("old_energy_in", f"{swap.old} has several meters")
        self._check_new(swap)

    def _check_new(self, swap: MeterSwap) -> None:
        known = self._devices.get(swap.new)
        if known is not None and known.is_complete and not self._endpoints(swap.new):
            raise ParameterError("new_address", f"{swap.new} is not a meter")
        for _, other in self._awaited():
            if other.concerns(swap.old) or other.concerns(swap.new):
                raise RequestError(
                    f"{other.new} is awaited in the place of {other.old}: undo that first"
                )
        if len(self._store) >= MOST_SWAPS:
            raise LimitError(f"{MOST_SWAPS} swaps are kept already")

    def _awaited(self) -> list[tuple[int, MeterSwap]]:
        return [(number, swap) for number, swap in self._store.items() if swap.done is None]

    def _endpoints(self, device: Eui64) -> list[int]:
        if self._devices.get(device) is None:
            return []
        return sorted(peer.endpoint for peer in self._devices.servers_of(device, METERING))

    def _facts(self, device: Eui64) -> tuple[MeterFacts, ...]:
        found = (self._meters.facts(device, endpoint) for endpoint in self._endpoints(device))
        return tuple(facts for facts in found if facts is not None)

    def _is_ready(self, device: Eui64) -> bool:
        """Say whether each meter of a device has shown in this run what it counts."""
        endpoints = self._endpoints(device)
        return bool(endpoints) and all(
            self._meters.is_heard(device, endpoint)
            and self._meters.facts(device, endpoint) is not None
            for endpoint in endpoints
        )

    # -------------------------------------------------------------- what becomes of it

    def _listen(self) -> None:
        """Hear of readings as long as a meter is awaited."""
        self._listening.close()
        if self._awaited():
            self._listening.listen(MeterRead, self._on_reading)

    def _on_reading(self, signal: MeterRead) -> None:
        """Have it seen to when the others have heard of this reading, which is not swapped yet."""
        if any(swap.new == signal.device for _, swap in self._awaited()):
            self._read.set()

    def _try(self, number: int, swap: MeterSwap) -> None:
        try:
            self._settle(number, swap)
        except RequestError as error:
            del self._store[number]
            told = SwapSettled(old=swap.old, new=swap.new, endpoints={}, refused=str(error))
            self._bus.send(told)

    def _settle(self, number: int, swap: MeterSwap) -> MeterSwap:
        """Carry out a swap; RequestError where the new device cannot follow the old one."""
        old_meters = self._facts(swap.old) or swap.old_meters
        new_meters = self._facts(swap.new)
        endpoints = paired(old_meters, new_meters)
        left = {meter.endpoint: meter for meter in old_meters}
        before = {e: self._meters.succession(swap.new, e) for e in endpoints}
        done = replace(
            swap,
            done=self._clock.utc(),
            old_meters=old_meters,
            new_meters=new_meters,
            endpoints=endpoints,
            before={e: one for e, one in before.items() if one is not None},
        )
        self._store[number] = done
        for meter in new_meters:
            if meter.endpoint in endpoints:
                follows = succession(left[endpoints[meter.endpoint]], meter, swap.given)
                self._meters.succeed(swap.new, meter.endpoint, follows)
        self._take_places(done)
        return done

    def _take_places(self, swap: MeterSwap, *, undone: bool = False) -> None:
        """Have both devices known as they are from now on, and say so."""
        self._arrange()
        old, new = self._devices.get(swap.old), self._devices.get(swap.new)
        name = swap.name if old is None else old.name
        if old is not None and new is not None:
            self._devices.put(replace(old, name=new.name))
        if new is not None:
            self._devices.put(replace(new, name=name))
        self._bus.send(IdentitiesChanged((swap.old, swap.new)))
        self._bus.send(
            SwapSettled(old=swap.old, new=swap.new, endpoints=swap.endpoints, undone=undone)
        )
        for device in (swap.old, swap.new):
            for endpoint in self._endpoints(device):
                reading = self._meters.reading(device, endpoint)
                if reading is not None:
                    self._bus.send(MeterRead(device, endpoint, reading))

    def _arrange(self) -> None:
        self._identities.arrange(
            Exchange(old=swap.old, new=swap.new, endpoints=swap.endpoints)
            for swap in self.all
            if swap.done is not None
        )
