"""A simulated device: its place on the ether, its endpoint, its joining; features add the rest."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
import logging
from random import Random
from typing import Any, Final, TypeVar

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway.admission import KeyTrust
from sebridge.gateway.cluster import LocalCluster, Outcome, TimedCluster
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.gateway.reporting.sender import ReportSender
from sebridge.gateway.router import command_frame
from sebridge.network.searching import (
    REDISCOVERY,
    REGISTER_AGAIN,
    rediscovering,
    rejoining,
    scanning,
)
from sebridge.network.service_search import TrustCenterServers
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.ether import ANY_LENGTH
from sebridge.radio.radio import Incoming
from sebridge.schedule.runner import ScheduleRunner
from sebridge.simulator.credentials import DeviceSecurity
from sebridge.simulator.inside import ANSWER_WITHIN, Inside
from sebridge.simulator.vocabulary import (
    DeviceKind,
    DeviceOptions,
    House,
    Question,
    Simulate,
    SimulatedHost,
    SimulatedPart,
    Station,
    Supply,
)
from sebridge.zcl.identifiers import SE_PROFILE, ZDO_ENDPOINT
from sebridge.zcl.reporting import SENDING

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY: Final = 5.0  # seconds between looks for reports that are due

T = TypeVar("T")


class SimulatedDevice(Service):
    """Joins, finds out who serves, asks for what is in force, then lives by its clusters.

    `station` is its radio on the simulated air, which sends whatever it is made to send. The trust
    centre is its energy service interface.
    With a certificate it proves itself before it asks, and speaks of secured things only with
    those who did so too. What it has and does besides is what `features` add to a device of its
    kind; ConfigError for options that none of them knows.
    """

    def __init__(
        self,
        *,
        name: str,
        kind: DeviceKind,
        options: DeviceOptions,
        station: Station,
        security: DeviceSecurity | None,
        house: House,
        features: Sequence[Simulate],
        clock: Clock,
        random: Random,
    ) -> None:
        super().__init__()
        self.label = name
        self.kind = kind
        self.bus = SignalBus()
        self.station = station
        self._house = house
        self._clock = clock
        self._zdo = ZdoClient(station, clock, lambda: ANSWER_WITHIN)
        self._servers = TrustCenterServers(self._zdo, lambda: station.network)
        self.key_trust = KeyTrust(
            proof_required=security is not None, holders=(station,), demanded=lambda: True
        )
        inside = Inside(keys=self.key_trust, clock=clock, bus=self.bus)
        exchange = inside.exchange(station)
        host = SimulatedHost(
            name=name,
            kind=kind,
            options=options,
            house=house,
            station=station,
            security=security,
            servers=self._servers,
            exchange=exchange,
            carry_out=self.carry_out,
            search=self._search,
            clock=clock,
            random=random,
            bus=self.bus,
            supply=Supply(),
        )
        self._parts: Sequence[SimulatedPart] = [feature(host) for feature in features]
        options.check_all_read()
        self.endpoint = Endpoint(
            kind.endpoint_id,
            kind.profile_id,
            kind.device_id,
            tuple(cluster for part in self._parts for cluster in part.clusters),
        )
        further = {number for part in self._parts for number in part.further}
        every = [self.endpoint, *(self._further(number) for number in sorted(further))]
        station.offer([endpoint.descriptor() for endpoint in every])
        if any(part.misses is not None for part in self._parts):
            station.declare_sleepy()
        self.endpoints = LocalEndpoints(self.bus, every)
        self.sender = ReportSender(
            endpoints=lambda: self.endpoints,
            exchange=exchange,
            is_active=lambda _device: True,
            store={},
            clock=clock,
            period=lambda: _LOOK_EVERY,
            longest_frame=lambda: ANY_LENGTH,
        )
        self.router = inside.router(self.endpoints, exchange, {SENDING: self.sender})
        self.gate = inside.gate(self.router, exchange)
        self.runner = ScheduleRunner(clock)
        for cluster in self._timed_clusters:
            self.runner.serve(cluster, partial(self.carry_out, cluster))
        self.is_on = False
        self.is_joined = False
        self.has_left = False
        self._off = asyncio.Event()
        self._button = asyncio.Event()
        self._pauses: Iterator[float] = scanning()

    @property
    def eui64(self) -> Eui64:
        """The device's 64-bit address."""
        return self.station.network.address

    @property
    def _timed_clusters(self) -> list[TimedCluster]:
        """The clusters that are brought forward in time."""
        every = (c for endpoint in self.endpoints.values() for c in endpoint.clusters)
        return [cluster for cluster in every if isinstance(cluster, TimedCluster)]

    def _further(self, number: int) -> Endpoint:
        """Return an endpoint beside the first one, with what features have put there."""
        own = tuple(cluster for part in self._parts for cluster in part.further.get(number, ()))
        return Endpoint(number, self.kind.profile_id, self.kind.device_id, own)

    @property
    def load(self) -> float:
        """The watts it draws of what load control can reduce."""
        return sum(part.load() for part in self._parts if part.load is not None)

    def find(self, kind: type[T]) -> T | None:
        """Return the view, service or cluster of a class that a feature added; None without one."""
        for part in self._parts:
            for one in (*part.views, *part.services, *part.clusters):
                if isinstance(one, kind):
                    return one
        return None

    @property
    def _services(self) -> list[Service]:
        own = [service for part in self._parts for service in part.services]
        return [self.router, self.sender, self.runner, *own]

    @property
    def shown(self) -> Mapping[str, Any]:
        """What there is to see of it, by name."""
        return {name: see() for part in self._parts for name, see in part.shown.items()}

    @property
    def measured(self) -> Mapping[str, Any]:
        """What changes all the time, by name."""
        return {name: see() for part in self._parts for name, see in part.measured.items()}

    @property
    def is_established(self) -> bool:
        """Whether its link key with the trust centre follows from certificates."""
        trust_center = self.station.network.trust_center
        return trust_center is not None and self.station.is_established(trust_center)

    def press_join(self) -> None:
        """Try at once to join, as with the button that a person presses during installation."""
        self._button.set()

    async def join(self) -> None:
        """Look for the network at once, also after having left it; nothing while it is off."""
        if self.is_on and self.has_left:
            self.has_left = False
            self._pauses = scanning()
            await super().start()
        self.press_join()

    async def leave(self) -> None:
        """Leave the network, and stay outside until `join`."""
        self.has_left = True
        await self.station.leave()
        await self._end()

    @override
    async def start(self) -> None:
        """Switch it on: it joins, unless it has left for good."""
        self.is_on = True
        if not self.has_left:
            self._pauses = scanning()
            await super().start()
        self._house.note_change()

    @override
    async def stop(self) -> None:
        """Switch it off; the network still knows it."""
        self.is_on = False
        await self._end()

    async def _end(self) -> None:
        await super().stop()
        self._off.clear()
        self._set_joined(joined=False)

    def _set_joined(self, *, joined: bool) -> None:
        self.is_joined = joined
        self._house.note_change()

    def carry_out(self, cluster: LocalCluster, outcome: Outcome) -> None:
        """Do what a cluster wants done."""
        every = self.endpoints.values()
        place = next((one for one in every if cluster in one.clusters), self.endpoint)
        self.router.carry_out(place, cluster, outcome)

    @override
    async def run(self) -> None:
        """Join, and run until stopped."""
        try:
            await self._join()
            for service in self._services:
                await service.start()
            while not self.has_left:
                settling = self.spawn(self._settle_in(), "settle in")
                await self._off.wait()
                settling.cancel()
                self._off.clear()
                await self.station.stop()
                if not self.has_left:
                    await self._join()
        finally:
            for service in reversed(self._services):
                await service.stop()
            await self.station.stop()

    async def _settle_in(self) -> None:
        """Prove who we are, then ask; leave for good when the trust centre is of strangers."""
        for part in self._parts:
            if part.proof is not None and not await self._prove(part.proof):
                await self._leave()
                return
        if self.kind.is_smart_energy:
            await self._discover([question for part in self._parts for question in part.questions])

    async def _prove(self, proof: Callable[[], Awaitable[bool]]) -> bool:
        """Return when it is proved who we are; False when the network should rather be left."""
        while True:
            try:
                return await proof()
            except SebridgeError as error:
                _LOGGER.debug("%s could not prove itself: %s", self.label, error)
                await self._clock.sleep(REGISTER_AGAIN)

    async def _discover(self, questions: Sequence[Question]) -> None:
        """Ask who serves for what is in force: until all is found, and again later (NET-5)."""
        pauses = rediscovering()
        while True:
            asked = [await self._ask(question) for question in questions]
            pauses = rediscovering() if all(asked) else pauses
            await self._clock.sleep(REDISCOVERY if all(asked) else next(pauses))

    async def _leave(self) -> None:
        _LOGGER.warning("%s leaves: the trust centre's certificates are not its own", self.label)
        self.has_left = True
        self._set_joined(joined=False)
        await self.station.leave()
        self._off.set()

    async def _join(self) -> None:
        """Scan until the network lets us in (NET-2), or come back to it."""
        for pause in self._pauses:
            self._button.clear()
            try:
                await self.station.start(self)
            except SebridgeError as error:
                _LOGGER.debug("%s could not join: %s", self.label, error)
            else:
                self._set_joined(joined=True)
                return
            timer = self._clock.call_later(pause, self._button.set)
            try:
                await self._button.wait()
            finally:
                timer.cancel()

    def _search(self) -> None:
        """Look for the network again, whose trust centre is silent (NET-6)."""
        self._set_off(rejoining())

    def _set_off(self, pauses: Iterator[float]) -> None:
        if self.is_joined:
            self._set_joined(joined=False)
            self._pauses = pauses
            self._off.set()

    async def _ask(self, question: Question) -> bool:
        """Ask the server of a cluster, if there is one; return whether it took the question."""
        cluster_id = question.cluster.cluster_id
        frame = command_frame(question.cluster, question.record)
        try:
            server = await self._servers.find(cluster_id)
            if server is not None:
                await self.router.exchange.tell(
                    server, SE_PROFILE, cluster_id, self.endpoint.endpoint_id, frame
                )
        except SebridgeError as error:
            _LOGGER.debug("%s could not ask: %s", self.label, error)
            return False
        return server is not None

    # ------------------------------------------------------------------ what the air tells

    def received(self, frame: Incoming) -> None:
        """Take a frame for our endpoint that it hears, or an answer of another's device object."""
        if frame.destination_endpoint == ZDO_ENDPOINT:
            self._zdo.received(frame)
        elif not (self._takes(frame) or self._misses(frame)):
            self.gate.received(frame)

    def _takes(self, frame: Incoming) -> bool:
        return any(part.takes is not None and part.takes(frame) for part in self._parts)

    def _misses(self, frame: Incoming) -> bool:
        return any(part.misses is not None and part.misses(frame) for part in self._parts)

    def joined(self, device: Eui64, nwk: int) -> None:
        """Do nothing when others join."""

    def left(self, device: Eui64) -> None:
        """Join again when it was us who had to leave."""
        if device == self.eui64:
            self._set_off(scanning())

    def key_gone(self, device: Eui64) -> None:
        """Do nothing: only the trust centre is told."""

    def lost(self, reason: Exception) -> None:
        """Look for a network again: the one that it was on is gone (NET-2)."""
        _LOGGER.debug("%s lost its network: %s", self.label, reason)
        self._set_off(rejoining())
