"""A module as a node of the simulated air: with its network, its keys, and whom it knows there."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import UNKNOWN_NWK, Eui64
from sebridge.base.clock import Timer
from sebridge.base.errors import DeliveryError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.channel_change import announced
from sebridge.radio.ether import AirFrame, Ether, Node, Surroundings, whole
from sebridge.radio.ether_network import Arrival, EtherNetwork
from sebridge.radio.fragments import Fragments
from sebridge.radio.key_ring import KeyRing
from sebridge.radio.zdo_server import RouterTables
from sebridge.simulator.modules.signals import DeviceJoined, DeviceLeft, FrameHeard, JoiningOpened
from sebridge.zcl.identifiers import ALL_ENDPOINTS, ANY_PROFILE, ZDO_ENDPOINT

COORDINATOR_NWK: Final = 0x0000
_FOR_EVER: Final = 0xFF
_STRONGEST: Final = 0xFF  # link quality


class Served(Protocol):
    """An endpoint of the module's host, as far as it matters what it hears."""

    @property
    def profile_id(self) -> int:
        """The one profile that it speaks."""


def receivers(endpoints: Mapping[int, Served], frame: AirFrame) -> list[int]:
    """Return which endpoints a frame is for: the profile must be theirs, too."""
    wanted = frame.destination_endpoint
    numbers = list(endpoints) if wanted == ALL_ENDPOINTS else [wanted]
    return [
        number
        for number in numbers
        if (found := endpoints.get(number)) is not None
        and frame.profile_id in {found.profile_id, ANY_PROFILE}
    ]


def next_update(network: EtherNetwork) -> int:
    """Return the number of the next change of a network, 0..255."""
    return (int(network.info.nwk_update_id) + 1) & 0xFF


class ModuleNode(Node):
    """What the stack of any module does on the air; what it hears is told on `bus`.

    `_network` is that on which it is, None while it is on none: a coordinator's is that of the air
    itself, a router's is what it knows of it, with keys of its own. What it keeps of that in its
    memory is the stack's own: it says so by `_keep_channel`, `_keep_member` and `_drop_member`.
    """

    def __init__(self, ether: Ether, address: Eui64, bus: SignalBus) -> None:
        self._ether = ether
        self._address = address
        self._starting: Timer | None = None
        self._bus = bus
        self._network: EtherNetwork | None = None
        self._nwk = UNKNOWN_NWK
        self._members: dict[int, Eui64] = {}  # by network address
        self._fragments = Fragments()

    @property
    @override
    def address(self) -> Eui64:
        return self._address

    @property
    def nwk(self) -> int:
        """Its own network address; 0xFFFE while it is on no network."""
        return self._nwk

    @property
    def tables(self) -> RouterTables:
        """Whom it hears, and by whom it reaches others."""
        return Surroundings(self._ether, self._address)

    @property
    def is_router(self) -> bool:
        """Whether the network is that of another."""
        return self._nwk not in {COORDINATOR_NWK, UNKNOWN_NWK}

    @property
    def _ring(self) -> KeyRing | None:
        """Its link keys; None where it is on no network."""
        return None if self._network is None else self._network.ring

    def _start_after(self, seconds: float, start: Callable[[], object]) -> None:
        """Do this after so many seconds, in the place of what was to be done before."""
        self._cancel_start()
        self._starting = self._ether.clock.call_later(seconds, lambda: self._start(start))

    def _start(self, start: Callable[[], object]) -> None:
        self._starting = None
        start()

    def _cancel_start(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
            self._starting = None

    def _enter(self, network: EtherNetwork, nwk: int = COORDINATOR_NWK) -> None:
        """Be on a network, and hear what is on the air."""
        self._network = network
        self._nwk = nwk
        self._members = {nwk: device for device, nwk in network.members.items()}
        self.come_back()

    def come_back(self) -> None:
        """Be on the air, where the network is there in which we are."""
        network, present = self._network, self._ether.network
        if network is not None and present is not None and present.is_same(network):
            self._ether.attach(self, self._nwk)

    def _on_air(self, kept: EtherNetwork, members: Mapping[Eui64, int]) -> EtherNetwork:
        """Return the network of the memory as the air has it, as its coordinator.

        It is the same as before, unless that is another one; these `members` are then in it.
        """
        present = self._ether.network
        if present is not None and present.is_same(kept):
            return present
        kept.members.update(members)
        self._ether.form(kept)
        return kept

    def _leave_air(self) -> None:
        """Be on no network, and hear nothing."""
        self._ether.detach(self)
        self._network = None
        self._nwk = UNKNOWN_NWK
        self._members.clear()

    def _remember(self, device: Eui64, nwk: int) -> None:
        """Have a member at a network address."""
        self._forget(device)
        self._members[nwk] = device

    def _forget(self, device: Eui64) -> int | None:
        """Have a member no more; return its network address, None where it was none."""
        nwk = self.address_of(device)
        if nwk is not None:
            del self._members[nwk]
        return nwk

    def scan(self) -> EtherNetwork | None:
        """Return the network of another on the air; None where nobody of it is heard."""
        network = self._ether.network
        if network is None or network.coordinator == self.address:
            return None
        is_heard = self._ether.nwk_of(network.coordinator) == COORDINATOR_NWK
        return network if is_heard else None

    async def request_key(self, partner: Eui64) -> None:
        """Ask the trust centre for a key with another device, which both get (SEC-6).

        Raises RefusedError when it is not granted, NotJoinedError when the other is not there.
        """
        await self._ether.request_key(self, partner)

    def open_joining(self, seconds: int) -> None:
        """Let devices in for so many seconds: 0 closes the network, 255 leaves it open.

        They come in at the coordinator: a router's own opening changes nothing on this air.
        """
        if self.is_router:
            return
        self._ether.open_joining(10**9 if seconds == _FOR_EVER else seconds)
        self._bus.send(JoiningOpened(seconds))

    # ------------------------------------------------------------------ sending

    def device_at(self, nwk: int) -> Eui64 | None:
        """Return whose network address this is; None for nobody's."""
        return self._members.get(nwk)

    def address_of(self, device: Eui64) -> int | None:
        """Return the network address of a member; None for who is none."""
        return next((nwk for nwk, one in self._members.items() if one == device), None)

    def secured(self, frame: AirFrame) -> AirFrame | None:
        """Return the frame under the link key with its receiver; None where there is no key.

        A key whose numbers are used up is none any more.
        """
        device, ring = self.device_at(frame.destination_nwk), self._ring
        if device is None or ring is None:
            return None
        try:
            lock = ring.lock(device)
        except DeliveryError:
            return None
        return None if lock is None else replace(frame, lock=lock)

    def broadcast(self, frame: AirFrame) -> None:
        """Let everybody hear a frame."""
        self._ether.broadcast(frame)

    async def send(self, frame: AirFrame) -> None:
        """Return when the frame was acknowledged; DeliveryError when it was not.

        What is for ourselves never goes on the air.
        """
        if frame.destination_nwk == self._nwk:
            await self._ether.clock.sleep(0)
            self._tell(frame, _STRONGEST, 0)
        else:
            await self._ether.send(frame)

    # ------------------------------------------------------------------ what the air does

    @override
    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Take a frame; False when it is a replay, or under another key than ours."""
        ring = self._ring
        if ring is None:
            return False
        if frame.lock is not None and not ring.opens(frame.source, frame.lock):
            return False
        if self.is_router:
            self._remember(frame.source, frame.source_nwk)
            self._follow(frame)
        self._tell(frame, lqi, rssi)
        return True

    def _tell(self, frame: AirFrame, lqi: int, rssi: int) -> None:
        message = whole(frame, self._fragments, self._ether.clock.monotonic())
        if message is not None:
            self._bus.send(FrameHeard(message, lqi, rssi))

    def _follow(self, frame: AirFrame) -> None:
        """Go where the coordinator goes, when it says so."""
        network = self._network
        channel = announced(frame.cluster_id, frame.source_nwk, frame.data)
        if network is None or channel is None or frame.destination_endpoint != ZDO_ENDPOINT:
            return
        self._ether.follow(self, channel)
        if channel != int(network.info.channel):  # it is told several times
            network.move(channel, next_update(network))
            self._keep_channel(network)

    def move(self, channel: int) -> None:
        """Take the network to another channel (11..26), as its coordinator."""
        network = self._network
        if network is not None and not self.is_router:
            self._ether.move(self, channel, next_update(network))
            self._keep_channel(network)

    def _keep_channel(self, network: EtherNetwork) -> None:
        """Keep in the memory on which channel the network is now, where there is a memory."""

    @override
    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        self._remember(device, nwk)
        self._keep_member(device, nwk)
        self._bus.send(DeviceJoined(device, nwk, arrival))

    @abstractmethod
    def _keep_member(self, device: Eui64, nwk: int) -> None:
        """Keep a member in the memory; where that is full, it is known until a reset."""

    @override
    def left(self, device: Eui64) -> None:
        nwk = self._forget(device)
        if nwk is not None:
            self._drop_member(device)
            self._bus.send(DeviceLeft(device, nwk))

    @abstractmethod
    def _drop_member(self, device: Eui64) -> None:
        """Have a member in the memory no more."""

    @override
    def network_lost(self) -> None:
        """Ignore: who ended it knows, and a router hears nothing any more, and is not told so."""

    @override
    def rekey(self, key: Secret) -> None:
        """Have this network key, as a router; a coordinator's network has it already."""
        if self._network is not None and self.is_router:
            self._network.use_network_key(key)

    @override
    def share(self, partner: Eui64, key: Secret) -> None:
        """Ignore: the trust centre asks itself for no key."""
