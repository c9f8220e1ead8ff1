"""The simulated air: radios in one process, with loss, delay and duplicates.

All chance comes from one seeded generator, all time from the clock, so the same seed gives the
same day again.
"""

import asyncio
from collections.abc import Callable
import random
from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import UNKNOWN_NWK, Eui64, is_unicast
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.channel_change import FOLLOWED_AFTER
from sebridge.radio.ether_network import Arrival, EtherNetwork, Membership
from sebridge.radio.fragments import Fragments, Part
from sebridge.radio.key_ring import Lock
from sebridge.radio.radio import Association, Incoming, TxStatus
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl import digi
from sebridge.zcl.zdo import LogicalType, Neighbor, Relationship, Route

ANY_LENGTH: Final = 0xFFFF
"""Octets of the longest frame: on this air it may be as long as it likes."""
_RETRIES: Final = 3  # as the MAC layer's default
_RETRY_WAIT: Final = 0.005  # seconds without an acknowledgement
_WEAKEST, _STRONGEST = -85.0, -45.0  # dBm, of a radio as the others hear it
_FADING: Final = 6.0  # dBm from one frame to the next
MOST_NEIGHBORS: Final = 26
"""Routers of which a router keeps how well it hears them, as many stacks do."""
_LQI_AT_0, _LQI_PER_DBM = -100.0, 4.6  # LQI 0 at -100 dBm, 255 at about -45 dBm


class AirFrame(msgspec.Struct, frozen=True):
    """A frame on the air; encrypted as `lock` says, or in the clear."""

    source: Eui64
    source_nwk: int
    destination_nwk: int
    profile_id: int
    cluster_id: int
    source_endpoint: int
    destination_endpoint: int
    data: bytes
    lock: Lock | None = None
    part: Part | None = None  # None for a whole message
    group: int | None = None  # the members of which it is for

    @property
    def broadcast(self) -> bool:
        """Whether it is for everybody."""
        return not is_unicast(self.destination_nwk)

    def as_heard(self, lqi: int, rssi: int) -> Incoming:
        """Return what the radio of its receiver tells of it; the signal in 0..255 and in dBm."""
        return Incoming(
            self.source,
            self.source_nwk,
            self.profile_id,
            self.cluster_id,
            self.source_endpoint,
            self.destination_endpoint,
            self.data,
            encrypted=self.lock is not None,
            broadcast=self.broadcast,
            lqi=lqi,
            rssi=rssi,
            group=self.group,
        )


def whole(frame: AirFrame, fragments: Fragments, now: float) -> AirFrame | None:
    """Return the message that a frame brings, or completes; None where something is missing.

    `now` is in monotonic seconds.
    """
    if frame.part is None:
        return frame
    head = (frame.source, frame.profile_id, frame.cluster_id)
    data = fragments.take(head, frame.part, frame.data, now)
    return None if data is None else msgspec.structs.replace(frame, data=data, part=None)


class AirCounters(msgspec.Struct):
    """What became of the frames on the air."""

    frames: int = 0
    lost: int = 0  # attempts that did not arrive
    duplicated: int = 0
    undecipherable: int = 0  # the two ends do not have the same link key, or it was a replay


class Node(Protocol):
    """A radio on the air."""

    @property
    def address(self) -> Eui64:
        """Its own EUI-64."""

    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Take a frame; False when it cannot be deciphered."""

    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        """Know, as the coordinator, that a device was let in, and how it came."""

    def left(self, device: Eui64) -> None:
        """Know that a device left, as the coordinator; or that one was expelled itself."""

    def network_lost(self) -> None:
        """Know that the network is gone, as who hears nobody of it any more."""

    def rekey(self, key: Secret) -> None:
        """Use another network key from now on, which the trust centre has sent before."""

    def share(self, partner: Eui64, key: Secret) -> None:
        """Take the key for another device that the trust centre granted (SEC-6)."""


class Spot(msgspec.Struct, frozen=True):
    """How bad the air is where one device is: share of frames lost (0 to 1), seconds of delay."""

    loss: float = 0.0
    delay: float = 0.0


class Ether:
    """The medium between one coordinator and its devices.

    `air` is how good it is; that may change at any time, its seed counts at the beginning.
    `spots` has the devices for which it is worse: what they send and what is sent to them.
    """

    def __init__(self, clock: Clock, air: AirOptions | None = None) -> None:
        self.network: EtherNetwork | None = None
        self.counters = AirCounters()
        self.clock = clock
        self.air = air or AirOptions()
        self.spots: dict[Eui64, Spot] = {}
        self._random = random.Random(self.air.seed)  # noqa: S311  # weather, not secrets
        self._nodes: dict[int, Node] = {}
        self._addresses: dict[Eui64, int] = {}
        self._strengths: dict[Eui64, float] = {}
        self._end_devices: set[Eui64] = set()
        self._elsewhere: dict[Eui64, int] = {}  # -> the channel, where it is not the network's
        self._informed: set[Eui64] = set()  # who has got the next network key
        self._outdated: set[Eui64] = set()  # who still has an earlier one
        self._watchers: list[Callable[[AirFrame], object]] = []

    def watch(self, watcher: Callable[[AirFrame], object]) -> None:
        """Show every frame that anybody sends, once, as a sniffer would."""
        self._watchers.append(watcher)

    def make_air(self, air: AirOptions) -> None:
        """Have this air from now on."""
        self.air = air

    def put_on_spot(self, device: Eui64, spot: Spot) -> None:
        """Have a device where the air is so much worse than elsewhere; nothing is none."""
        self.spots.pop(device, None)
        if spot != Spot():
            self.spots[device] = spot

    # ------------------------------------------------------------------ who is there

    def attach(self, node: Node, nwk: int) -> None:
        """Put a radio on the air."""
        self.detach(node)
        self._elsewhere.pop(node.address, None)
        self._outdated.discard(node.address)
        self._nodes[nwk] = node
        self._addresses[node.address] = nwk
        if node.address not in self._strengths:
            self._strengths[node.address] = self._random.uniform(_WEAKEST, _STRONGEST)

    def detach(self, node: Node) -> None:
        """Take a radio off the air; it stays a member of the network."""
        nwk = self._addresses.pop(node.address, None)
        if nwk is not None and self._nodes.get(nwk) is node:
            del self._nodes[nwk]

    def nwk_of(self, device: Eui64) -> int | None:
        """Return the network address of a radio that is on the air."""
        return self._addresses.get(device)

    def note_end_device(self, device: Eui64) -> None:
        """Know that a device routes nothing, and sleeps: the coordinator is its parent."""
        self._end_devices.add(device)

    def neighbors(self, device: Eui64) -> list[Neighbor]:
        """Return whom a router hears, the coordinator first: every radio here hears all others.

        End devices are in the table of their parent only.
        """
        if self.network is None:
            return []
        is_coordinator = self._addresses.get(device) == 0
        others = [one for one in self._addresses if one != device]
        routers = [one for one in others if one not in self._end_devices]
        routers.sort(key=lambda one: (self._addresses[one] != 0, -self._strengths[one]))
        children = [one for one in others if is_coordinator and one in self._end_devices]
        pan = self.network.extended_pan_id
        return [self._neighbor(one, pan) for one in (*routers[:MOST_NEIGHBORS], *children)]

    def _neighbor(self, device: Eui64, extended_pan_id: Eui64) -> Neighbor:
        nwk = self._addresses[device]
        kind, relationship = LogicalType.ROUTER, Relationship.SIBLING
        if nwk == 0:
            kind, relationship = LogicalType.COORDINATOR, Relationship.PARENT
        elif device in self._end_devices:
            kind, relationship = LogicalType.END_DEVICE, Relationship.CHILD
        return Neighbor(
            extended_pan_id=extended_pan_id,
            device=device,
            nwk=nwk,
            logical_type=kind,
            receives_when_idle=int(kind != LogicalType.END_DEVICE),
            relationship=relationship,
            depth=int(nwk != 0),
            lqi=_lqi(self._strengths[device]),
        )

    def routes(self, device: Eui64) -> list[Route]:
        """Return the routes of a router: straight to the coordinator, which needs none."""
        nwk = self._addresses.get(device)
        return [] if nwk in {None, 0} else [Route(destination=0, next_hop=0)]

    def node_of(self, device: Eui64) -> Node | None:
        """Return a radio that is on the air."""
        nwk = self._addresses.get(device)
        return None if nwk is None else self._nodes.get(nwk)

    async def join(self, node: Node, key: Secret, kept: Membership | None = None) -> int:
        """Let a device in and put it on the air; NotJoinedError when it may not come in.

        `kept` is what it has of the network in which it was before.
        """
        await self._pass_time()
        network = self.network
        coordinator = self._nodes.get(0)
        if network is None or coordinator is None:
            raise NotJoinedError(f"{node.address} finds no network", Association.NO_NETWORK)
        now = self.clock.monotonic()
        arrival = network.admit(node.address, key, now, self._random, kept)
        nwk = network.members[node.address]
        self.attach(node, nwk)
        coordinator.joined(node.address, nwk, arrival)
        return nwk

    def leave(self, node: Node) -> None:
        """Take a device off the air and out of the network."""
        self.detach(node)
        if self.network is not None:
            self.network.members.pop(node.address, None)
        if coordinator := self._nodes.get(0):
            coordinator.left(node.address)

    def form(self, network: EtherNetwork) -> None:
        """Have a network, in the place of an earlier one."""
        if self.network is not None:
            self.dissolve()
        self.network = network

    def dissolve(self) -> None:
        """End the network: all who were on it are on none, and may look for another."""
        members = tuple(self._nodes.values())
        self.network = None
        self._nodes.clear()
        self._addresses.clear()
        self._elsewhere.clear()
        self._informed.clear()
        self._outdated.clear()
        for node in members:
            node.network_lost()

    def move(self, node: Node, channel: int, update_id: int) -> None:
        """Have the network on another channel, as its coordinator; the others stay behind."""
        if self.network is None:
            return
        before = int(self.network.info.channel)
        self.network.move(channel, update_id)
        for device in self._addresses:
            if device != node.address:
                self._tune(device, self._elsewhere.get(device, before))

    def follow(self, node: Node, channel: int) -> None:
        """Have a device on another channel, when all have heard that they are to go there."""
        self.clock.call_later(FOLLOWED_AFTER, lambda: self._tune(node.address, channel))

    def _tune(self, device: Eui64, channel: int) -> None:
        if device not in self._addresses or self.network is None:
            return
        if channel == int(self.network.info.channel):
            self._elsewhere.pop(device, None)
        else:
            self._elsewhere[device] = channel

    def is_astray(self, device: Eui64) -> bool:
        """Say whether a device has another channel or network key than its network."""
        return device in self._elsewhere or device in self._outdated

    def _is_near(self, source: Eui64, receiver: Eui64) -> bool:
        """Say whether two have the same channel and network key."""
        is_same_key = (source in self._outdated) == (receiver in self._outdated)
        return is_same_key and self._elsewhere.get(source) == self._elsewhere.get(receiver)

    def send_next_key(self, node: Node) -> None:
        """Send the next network key, as the trust centre, to all who hear it."""
        reached = (d for d in self._addresses if self._is_near(node.address, d))
        self._informed = {d for d in reached if not self._happens(self.air.loss)} | {node.address}

    def switch_key(self, key: Secret) -> None:
        """Have this network key, which was sent; who has not got it hears nothing any more."""
        if self.network is None:
            return
        self.network.use_network_key(key)
        for node in tuple(self._nodes.values()):
            if node.address in self._informed:
                node.rekey(key)
            else:
                self._outdated.add(node.address)
        self._informed.clear()

    def expel(self, device: Eui64) -> None:
        """Make a device leave, as the coordinator."""
        node = self._nodes.get(self._addresses.get(device, UNKNOWN_NWK))
        if node is not None:
            self.leave(node)
            node.left(device)

    async def request_key(self, node: Node, partner: Eui64) -> None:
        """Ask the trust centre for a key with another device (SEC-6).

        Both get it at the same time: where both ask, they have the same one in the end. Raises
        RefusedError when it is not granted, NotJoinedError when the other is not there.
        """
        await self._pass_time()
        other = self._nodes.get(self._addresses.get(partner, UNKNOWN_NWK))
        if self.network is None or other is None:
            raise NotJoinedError(f"{partner} is not on the air")
        key = self.network.grant(node.address, partner, self._random)
        await self._pass_time()
        other.share(node.address, key)
        node.share(partner, key)

    def open_joining(self, seconds: int) -> None:
        """Open the network for so many seconds; 0 closes it."""
        if self.network is not None:
            self.network.open_until = self.clock.monotonic() + seconds

    # ------------------------------------------------------------------ frames

    async def send(self, frame: AirFrame) -> None:
        """Return when the frame was acknowledged; DeliveryError after the last attempt."""
        self._show(frame)
        receiver = self._nodes.get(frame.destination_nwk)
        spots = self._spots(frame.source, None if receiver is None else receiver.address)
        for _attempt in range(1 + _RETRIES):
            if self._is_lost(spots):
                self.counters.lost += 1
                await self.clock.sleep(_RETRY_WAIT)
                continue
            await self._pass_time(spots)
            node = self._nodes.get(frame.destination_nwk)
            if node is None or not self._is_near(frame.source, node.address):
                break
            if not self._bring(frame, node):
                break
            return
        message = f"no acknowledgement from {frame.destination_nwk:04x}"
        raise DeliveryError(message, TxStatus.NO_ACK)

    def broadcast(self, frame: AirFrame) -> None:
        """Let everybody hear the frame who is on the air then, as far as it is not lost."""
        self._show(frame)
        self._later(lambda: self._spread(frame), self._spots(frame.source))

    def _show(self, frame: AirFrame) -> None:
        self.counters.frames += 1
        for watcher in self._watchers:
            watcher(frame)

    def _spread(self, frame: AirFrame) -> None:
        for node in tuple(self._nodes.values()):
            if node.address == frame.source or not self._is_near(frame.source, node.address):
                continue
            if self._is_lost(self._spots(frame.source, node.address)):
                self.counters.lost += 1
            else:
                self._bring(frame, node)

    def _bring(self, frame: AirFrame, node: Node) -> bool:
        """Let a node hear a frame, sometimes twice; return whether it acknowledges."""
        rssi = self._strengths.get(frame.source, _WEAKEST) + self._random.random() * _FADING
        lqi = _lqi(rssi)
        is_taken = node.hear(frame, lqi, int(rssi))
        if not is_taken:
            self.counters.undecipherable += 1
        # modules of Digi drop repeats by the number of the APS layer, which this air has not
        elif frame.profile_id != digi.PROFILE and self._happens(self.air.duplicates):
            self.counters.duplicated += 1
            self._later(lambda: self._again(frame, node, lqi, int(rssi)))
        return is_taken

    def _again(self, frame: AirFrame, node: Node, lqi: int, rssi: int) -> None:
        if node.address in self._addresses:
            node.hear(frame, lqi, rssi)

    # ------------------------------------------------------------------ chance and time

    def _spots(self, *devices: Eui64 | None) -> tuple[Spot, ...]:
        """Return where these devices are, as far as the air is worse there."""
        if not self.spots:
            return ()
        return tuple(self.spots[device] for device in devices if device in self.spots)

    def _is_lost(self, spots: tuple[Spot, ...]) -> bool:
        return self._happens(self.air.loss) or any(self._happens(spot.loss) for spot in spots)

    def _happens(self, share: float) -> bool:
        return share > 0 and self._random.random() < share

    def _delay(self, spots: tuple[Spot, ...]) -> float:
        chance = self._random.expovariate(1 / self.air.delay) if self.air.delay > 0 else 0.0
        return chance + sum(spot.delay for spot in spots)

    async def _pass_time(self, spots: tuple[Spot, ...] = ()) -> None:
        await self.clock.sleep(self._delay(spots))

    def _later(self, callback: Callable[[], object], spots: tuple[Spot, ...] = ()) -> None:
        delay = self._delay(spots)
        if delay > 0:
            self.clock.call_later(delay, callback)
        else:
            asyncio.get_running_loop().call_soon(callback)


def _lqi(rssi: float) -> int:
    """Return the link quality, 0..255, of a signal in dBm."""
    return int(min(max((rssi - _LQI_AT_0) * _LQI_PER_DBM, 0), 255))


class Surroundings:
    """What a router on an air knows of those around it."""

    def __init__(self, ether: Ether, address: Eui64) -> None:
        self._ether = ether
        self._address = address

    def neighbors(self) -> list[Neighbor]:
        """Return its neighbour table."""
        return self._ether.neighbors(self._address)

    def routes(self) -> list[Route]:
        """Return its routing table."""
        return self._ether.routes(self._address)
