"""The radio of a simulated device: it joins, and is a Radio like the gateway's."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
import logging
from typing import Any, Final

from msgspec.structs import replace

from sebridge.base.addresses import NOBODY, Broadcast, Eui64, Group
from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.radio.channel_change import NOT_OURS, announced
from sebridge.radio.duplicates import DuplicateFilter
from sebridge.radio.ether import ANY_LENGTH, AirFrame, Ether, Surroundings, whole
from sebridge.radio.ether_network import Arrival, EtherNetwork, Membership
from sebridge.radio.fragments import Fragments
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.frame_recorder import Delivery, FrameRecorder
from sebridge.radio.key_change import NOT_OUR_KEY
from sebridge.radio.key_ring import KeyRing, Lock, SharedKey
from sebridge.radio.network_backup import NOT_OURS_TO_KEEP
from sebridge.radio.radio import (
    Association,
    Counters,
    FoundModule,
    GroupMember,
    Incoming,
    Listener,
    NetworkPlan,
    NetworkState,
    Outgoing,
    TxStatus,
)
from sebridge.radio.transmitter import zdo_frame
from sebridge.radio.zdo_server import MAINS_POWERED, Binding, ZdoAnswer, ZdoServer, node_descriptor
from sebridge.zcl import digi
from sebridge.zcl.identifiers import ZDO_ENDPOINT
from sebridge.zcl.zdo import ANSWER_BIT, LogicalType, SimpleDescriptor, ZdoCommand, encode

_LOGGER = logging.getLogger(__name__)

_KEY_REQUEST_WITHIN: Final = 5.0  # seconds
_NO_PAN: Final = 0xFFFF


class _Errands(Service):
    """ZDO answers that are under way."""


class SimulatedRadio:
    """A device's radio on the simulated air.

    `key` is the link key that the device was made with. The coordinator must have the same, or
    none and the device the well-known one. A device that stopped and starts again comes back as
    the one that it was, also while joining is closed, and where it missed another network key by
    its link key. `bindings` is its binding table, kept by
    whoever hands it in. It is on the mains and listens, unless it
    declares something else.
    """

    def __init__(
        self,
        ether: Ether,
        address: Eui64,
        key: Secret,
        endpoints: Sequence[SimpleDescriptor],
        bindings: MutableMapping[Binding, bool],
    ) -> None:
        self.bindings = bindings
        self.recorder = FrameRecorder(ether.clock)
        self._ether = ether
        self._address = address
        self._key = key
        self._network_key: Secret | None = None  # of the network that it is in, or that it lost
        self._trust_center: Eui64 | None = None
        self._is_lost = False
        self._ring = KeyRing()
        self._node = node_descriptor()
        tables = Surroundings(ether, address)
        self._zdo = ZdoServer(address, endpoints, self._node, self.bindings, tables=tables)
        self._duplicates = DuplicateFilter()
        self._fragments = Fragments()
        self._errands = _Errands()
        self._listener: Listener | None = None
        self._sequence = 0
        self._plan = NetworkPlan()

    @property
    def address(self) -> Eui64:
        """The device's own EUI-64."""
        return self._address

    @property
    def longest_frame(self) -> int:
        """Octets of the longest frame that is sent to a device."""
        return ANY_LENGTH

    @property
    def key_module(self) -> None:
        """There is no module on this air."""

    @property
    def network(self) -> NetworkState:
        """Where the device is."""
        network = self._ether.network if self._listener is not None else None
        return NetworkState(
            joined=network is not None,
            address=self._address,
            nwk=self._zdo.nwk,
            pan_id=_NO_PAN if network is None else int(network.info.pan_id),
            extended_pan_id=NOBODY if network is None else network.extended_pan_id,
            channel=0 if network is None else int(network.info.channel),
            kind="simulated",
            node=self._node,
            power=MAINS_POWERED,
            trust_center=None if network is None else network.coordinator,
        )

    # ------------------------------------------------------------------ life

    def hear_groups(self, members: Iterable[GroupMember]) -> None:
        """Do nothing: on this air everybody hears what is sent to groups."""

    def offer(self, endpoints: Sequence[SimpleDescriptor]) -> None:
        """Tell whoever asks of these endpoints, in the place of those before."""
        self._zdo.offer(endpoints)

    def declare_sleepy(self) -> None:
        """Tell whoever asks that the device has a battery and sleeps most of the time."""
        self._node = node_descriptor(LogicalType.END_DEVICE, is_sleepy=True)
        self._ether.note_end_device(self._address)
        self._zdo.describe(self._node)

    async def start(self, listener: Listener) -> None:
        """Join, or come back; NotJoinedError when the device is not let in."""
        network = self._ether.network
        if network is not None and not self._is_planned(network):
            problem = f"{self._address} finds no network as it was planned"
            raise NotJoinedError(problem, Association.NO_NETWORK)
        nwk = await self._ether.join(self, self._key, self._membership)
        self._is_lost = False
        self._listener = listener
        self._zdo.move(nwk)
        if self._ether.network is not None:
            self._network_key = self._ether.network.network_key
            self._trust_center = self._ether.network.coordinator
            self._ring.preconfigured[self._trust_center] = self._key
        self._announce()

    @property
    def _membership(self) -> Membership | None:
        """What it has of the network that it lost, or whose present key it has not.

        None for one that was only switched off, which goes on as it was, and for a new one.
        """
        network = self._ether.network
        is_outdated = network is not None and network.network_key != self._network_key
        if self._network_key is None or self._trust_center is None:
            return None
        if not (self._is_lost or is_outdated):
            return None
        link_key = self._ring.in_use(self._trust_center)
        return Membership(self._network_key, self._key if link_key is None else link_key)

    def _is_planned(self, network: EtherNetwork) -> bool:
        return self._plan.allows(network.extended_pan_id, int(network.info.channel))

    async def stop(self) -> None:
        """Go off the air, as if switched off; the network still knows the device."""
        self._ether.detach(self)
        self._listener = None
        await self._errands.stop()

    def plan(self, plan: NetworkPlan) -> None:
        """Join by this from the next start on."""
        self._plan = plan
        self._key = plan.link_key or self._key

    async def leave(self) -> None:
        """Leave the network for good; nothing when it is on none."""
        if self._listener is not None:
            self._ether.leave(self)
        self._network_key = None
        await self.stop()

    async def change_channel(self, channels: Collection[int]) -> int:
        """Refuse: only the coordinator takes its network to another channel."""
        del channels
        raise RefusedError(NOT_OURS)

    async def change_network_key(self) -> int:
        """Refuse: only the trust centre changes the key of its network."""
        raise RefusedError(NOT_OUR_KEY)

    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        """Refuse: the coordinator has the network to keep."""
        del addresses
        raise RefusedError(NOT_OURS_TO_KEEP)

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Refuse: there is no module on this air."""
        del command, value
        raise RefusedError("AT commands need a radio of type xbee, this one is simulated")

    async def find_modules(self) -> list[FoundModule]:
        """Refuse: there is no module on this air that could ask."""
        raise RefusedError("to find modules needs a radio of type xbee, this one is simulated")

    def _announce(self) -> None:
        self._sequence = (self._sequence + 1) % 256
        flags = self._node.mac_capability_flags
        command = ZdoCommand.Device_annce
        data = encode(command, self._sequence, self._zdo.nwk, self._address, flags)
        frame = zdo_frame(Broadcast.LISTENING, command, data)
        self._ether.broadcast(self._on_air(frame, Broadcast.LISTENING))

    # ------------------------------------------------------------------ sending

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""
        if self._listener is None or self._ether.nwk_of(self._address) is None:
            raise DeliveryError("the device is not on the air", TxStatus.NOT_JOINED)
        if isinstance(frame.destination, (Broadcast, Group)):
            delivery = self._recorded(None, frame.destination, frame)
            group = int(frame.destination) if isinstance(frame.destination, Group) else None
            everybody = Broadcast.LISTENING if group is not None else frame.destination
            self._ether.broadcast(replace(self._on_air(frame, everybody), group=group))
            if delivery is not None:
                delivery.ended(TxStatus.SUCCESS)
            return
        nwk = self._ether.nwk_of(frame.destination)
        if nwk is None:
            message = f"{frame.destination} is not on the air"
            raise DeliveryError(message, TxStatus.NO_SHORT_ADDRESS)
        lock = None
        if frame.encrypted:
            lock = self._ring.lock(frame.destination)
            if lock is None:
                raise DeliveryError(f"no link key with {frame.destination}", TxStatus.SECURITY_FAIL)
        await self._put(frame.destination, nwk, frame, lock)

    async def _put(self, device: Eui64, nwk: int, frame: Outgoing, lock: Lock | None) -> None:
        delivery = self._recorded(device, nwk, frame)
        status: int = TxStatus.SUCCESS
        try:
            await self._ether.send(self._on_air(frame, nwk, lock))
        except DeliveryError as error:
            status = error.tx_status or TxStatus.NO_ACK
            if self._ether.is_astray(self._address):  # it has not heard where the others went
                self.network_lost()
            raise
        finally:
            if delivery is not None:
                delivery.ended(status)

    def _recorded(self, device: Eui64 | None, nwk: int, frame: Outgoing) -> Delivery | None:
        if not self.recorder.is_on:
            return None
        return self.recorder.sent(device, nwk, frame, broadcast=device is None)

    def _on_air(self, frame: Outgoing, nwk: int, lock: Lock | None = None) -> AirFrame:
        return AirFrame(
            self._address,
            self._zdo.nwk,
            nwk,
            frame.profile_id,
            frame.cluster_id,
            frame.source_endpoint,
            frame.destination_endpoint,
            frame.data,
            lock,
        )

    # ------------------------------------------------------------------ hearing

    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Take a frame from the air; False when it is a replay, or under another key than ours."""
        if frame.lock is not None and not self._ring.opens(frame.source, frame.lock):
            return False
        message = whole(frame, self._fragments, self._ether.clock.monotonic())
        if message is not None:
            self._take(message, lqi, rssi)
        return True

    def _take(self, frame: AirFrame, lqi: int, rssi: int) -> None:
        if (
            frame.cluster_id == ZdoCommand.Device_annce
            and frame.destination_endpoint == ZDO_ENDPOINT
        ):
            return  # who else joins is of no interest to a device
        if self._is_repeated(frame):
            return
        if (channel := announced(frame.cluster_id, frame.source_nwk, frame.data)) is not None:
            self._ether.follow(self, channel)
        incoming = frame.as_heard(lqi, rssi)
        if self.recorder.is_on:
            self.recorder.heard(frame.source, frame.source_nwk, incoming)
        if frame.destination_endpoint == ZDO_ENDPOINT and not frame.cluster_id & ANSWER_BIT:
            self._serve(incoming)
        elif self._listener is not None:
            self._listener.received(incoming)

    def _is_repeated(self, frame: AirFrame) -> bool:
        if frame.profile_id == digi.PROFILE:
            return False  # the same octets again are others: there is no number in them
        same = (
            frame.source_nwk,
            frame.destination_endpoint,
            frame.profile_id,
            frame.cluster_id,
            frame.lock is not None,
            frame.data,
        )
        return not self._duplicates.is_new(same, self._ether.clock.monotonic())

    def _serve(self, question: Incoming) -> None:
        answer = self._zdo.answer(question.cluster_id, question.data, broadcast=question.broadcast)
        if answer is not None:
            self._errands.spawn(self._answer(question.source, answer), "ZDO answer")

    async def _answer(self, asker: Eui64, answer: ZdoAnswer) -> None:
        try:
            await self.send(zdo_frame(asker, answer.cluster_id, answer.data))
        except DeliveryError as error:
            _LOGGER.debug("%s: ZDO answer: %s", self._address, error)
        if answer.cluster_id == ZdoCommand.Mgmt_Leave_rsp and not answer.status:
            self._ether.leave(self)
            self.left(self._address)

    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        """Ignore who joins: only the coordinator is told."""

    def left(self, device: Eui64) -> None:
        """Know that the network put the device out."""
        self._network_key = None
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.left(device)

    def network_lost(self) -> None:
        """Know that the network is gone: to who listens it is as if the radio were."""
        self._is_lost = True
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.lost(ConnectionError("nobody of the network is heard"))

    # ------------------------------------------------------------------ what only coordinators do

    async def permit_joining(
        self, seconds: int, awaited: Collection[Eui64] = (), *, others: bool = True
    ) -> None:
        """Refuse: only the coordinator opens the network."""
        del awaited, others
        raise RefusedError(f"a device cannot open the network for {seconds} s")

    async def set_link_key(self, device: Eui64, key: Secret) -> None:
        """Share a link key with another device."""
        self._ring.preconfigured[device] = key

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Use a key that was established in the place of the earlier one."""
        self._ring.establish(device, SharedKey(key, counters))

    async def request_partner_key(self, partner: Eui64) -> None:
        """Ask the trust centre for a key with another device (SEC-6).

        Raises RefusedError, NotJoinedError, or AnswerTimeoutError after 5 s.
        """
        await self._ether.clock.within(_KEY_REQUEST_WITHIN, self._ether.request_key(self, partner))

    def rekey(self, key: Secret) -> None:
        """Use another network key from now on."""
        self._network_key = key

    def share(self, partner: Eui64, key: Secret) -> None:
        """Use a key for another device that the trust centre granted."""
        self._ring.establish(partner, SharedKey(key, FrameCounters()))

    def is_established(self, partner: Eui64) -> bool:
        """Say whether the key with a partner was established or granted, and not preconfigured."""
        return self._ring.is_established(partner)

    async def forget(self, device: Eui64) -> None:
        """Drop the keys with another device that came after the one it was made with."""
        self._ring.forget(device)

    def remember(self, device: Eui64, nwk: int, *, is_sleepy: bool = False) -> None:
        """Nothing is to be remembered: on this air, addresses are found at once."""
