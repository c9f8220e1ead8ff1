"""The coordinator on the simulated air: a real zigpy application, used like any stick."""

from typing import Any, ClassVar, Final

import msgspec
from typing_extensions import override
from zigpy.device import ZigbeeDevice
import zigpy.endpoint
from zigpy.exceptions import DeliveryError as ZigpyDeliveryError, NetworkNotFormed
import zigpy.state
import zigpy.types as t
from zigpy.zdo.types import LogicalType, SimpleDescriptor

from sebridge.base.addresses import UNKNOWN_NWK, Broadcast, Eui64
from sebridge.base.errors import DeliveryError
from sebridge.base.secret import Secret
from sebridge.radio.ether import ANY_LENGTH, AirFrame, Ether, Surroundings, whole
from sebridge.radio.ether_network import Arrival, EtherNetwork
from sebridge.radio.fragments import Fragments
from sebridge.radio.key_ring import Lock, SharedKey
from sebridge.radio.passive import PassiveApplication
from sebridge.radio.radio import Counters, GroupMember, TxStatus
from sebridge.radio.zdo_server import ZdoServer, node_descriptor
from sebridge.radio.zigpy_words import from_zigpy, node_to_zigpy, to_zigpy
from sebridge.zcl import zdo

COORDINATOR: Final = Eui64.parse("0e:5e:b1:00:00:00:00:01")
"""The EUI-64 of the simulated stick: locally administered, so nobody's."""
_OWN: Final = to_zigpy(COORDINATOR)
_NWK: Final = t.NWK(0x0000)
_TO_US: Final = t.AddrModeAddress(t.AddrMode.NWK, _NWK)
_TO_ALL: Final = t.AddrModeAddress(t.AddrMode.Broadcast, t.BroadcastAddress.RX_ON_WHEN_IDLE)
_ENCRYPTED: Final = t.TransmitOptions.APS_Encryption


class EtherApplication(PassiveApplication):
    """zigpy's view of the stick; `ether_application` binds it to its air."""

    ether: ClassVar[Ether]
    longest_frame = ANY_LENGTH

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._next_key = Secret(b"")
        self._sources: dict[int, t.AddrModeAddress] = {}
        self._fragments = Fragments()
        self._heard_groups: frozenset[int] = frozenset()
        self._firmware = ZdoServer(
            COORDINATOR,
            (),
            node_descriptor(zdo.LogicalType.COORDINATOR),
            {},
            _NWK,
            Surroundings(self.ether, COORDINATOR),
        )

    @property
    def address(self) -> Eui64:
        """The stick's own EUI-64."""
        return COORDINATOR

    @property
    def _network(self) -> EtherNetwork:
        if self.ether.network is None:
            raise NetworkNotFormed("there is no network on the air")
        return self.ether.network

    # ------------------------------------------------------------------ zigpy's side: life

    @override
    async def connect(self) -> None:
        """Nothing is to be opened."""

    @override
    async def disconnect(self) -> None:
        self.ether.detach(self)

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        self.state.network_info = self._network.info
        self.state.node_info = zigpy.state.NodeInfo(
            nwk=_NWK,
            ieee=_OWN,
            logical_type=LogicalType.Coordinator,
            manufacturer="sebridge",
            model="simulated air",
            version="1",
        )

    @override
    async def start_network(self) -> None:
        await self.load_network_info()
        own = ZigbeeDevice(self, _OWN, _NWK)
        own.node_desc = node_to_zigpy(node_descriptor(zdo.LogicalType.COORDINATOR))
        self.devices[_OWN] = own
        await self.register_endpoints()
        self.ether.attach(self, _NWK)

    @override
    async def write_network_info(
        self, *, network_info: zigpy.state.NetworkInfo, node_info: zigpy.state.NodeInfo
    ) -> None:
        self.ether.form(EtherNetwork(network_info, COORDINATOR))

    @override
    async def reset_network_info(self) -> None:
        self.ether.dissolve()

    @override
    async def energy_scan(
        self, channels: t.Channels, duration_exp: int, count: int
    ) -> dict[int, float]:
        return dict.fromkeys(channels, 0.0)  # nobody else is on this air

    @override
    async def _move_network_to_channel(self, new_channel: int, new_nwk_update_id: int) -> None:
        self.ether.move(self, new_channel, new_nwk_update_id)

    @override
    async def send_next_network_key(self, key: Secret) -> None:
        self._next_key = key
        self.ether.send_next_key(self)

    @override
    async def switch_network_key(self) -> None:
        self.ether.switch_key(self._next_key)

    @override
    async def add_endpoint(self, descriptor: SimpleDescriptor) -> None:
        own = self.devices[_OWN]
        assert isinstance(own, ZigbeeDevice)
        endpoint = own.add_endpoint(descriptor.endpoint)
        endpoint.status = zigpy.endpoint.Status.ZDO_INIT
        endpoint.profile_id = descriptor.profile

    # ------------------------------------------------------------------ zigpy's side: joining

    @override
    async def permit_ncp(self, time_s: int = 60) -> None:
        self.ether.open_joining(time_s)

    @override
    async def permit_with_link_key(
        self, node: t.EUI64, link_key: t.KeyData, time_s: int = 60
    ) -> None:
        await self.register_link_key(from_zigpy(node), Secret(link_key.serialize()))
        await self.permit(time_s)

    @override
    async def force_remove(self, dev: ZigbeeDevice) -> None:
        self.ether.expel(from_zigpy(dev.ieee))

    @override
    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        self._network.link_keys[device] = key

    @override
    async def unregister_link_key(self, device: Eui64) -> None:
        self._network.ring.forget(device)

    @override
    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        self._network.ring.establish(device, SharedKey(key, counters))

    @override
    def learn(self, device: Eui64, nwk: int) -> None:
        super().learn(device, nwk)
        self._network.members[device] = nwk

    @override
    def unlearn(self, device: Eui64) -> None:
        super().unlearn(device)
        self._network.members.pop(device, None)

    # ------------------------------------------------------------------ frames

    @override
    async def send_packet(self, packet: t.ZigbeePacket) -> None:
        assert packet.dst is not None
        nwk = int(packet.dst.address)  # type: ignore[arg-type]  # a 16-bit address
        group = None
        if packet.dst.addr_mode is t.AddrMode.Group:
            group, nwk = nwk, int(Broadcast.LISTENING)
        frame = AirFrame(
            COORDINATOR,
            _NWK,
            nwk,
            int(packet.profile_id),
            int(packet.cluster_id),
            int(packet.src_ep or 0),
            int(packet.dst_ep or 0),
            bytes(packet.data.serialize()),
            self._lock_for(nwk) if _ENCRYPTED in packet.tx_options else None,
            group=group,
        )
        if frame.broadcast:
            self.ether.broadcast(frame)
            return
        try:
            await self.ether.send(frame)
        except DeliveryError as error:
            raise ZigpyDeliveryError(str(error), error.tx_status) from error

    def _lock_for(self, nwk: int) -> Lock:
        device = self.taker.device_at(nwk)
        lock = None if device is None else self._network.ring.lock(device)
        if lock is None:
            raise ZigpyDeliveryError(f"no link key with {nwk:04x}", TxStatus.SECURITY_FAIL)
        return lock

    @override
    async def hear_groups(self, members: frozenset[GroupMember]) -> None:
        """Hear what is sent to these groups, and to no others, as a stick does."""
        self._heard_groups = frozenset(member.group for member in members)

    def hear(self, frame: AirFrame, lqi: int, rssi: int) -> bool:
        """Take a frame from the air; False when it is a replay, or under another key than ours."""
        if frame.lock is not None and not self._network.ring.opens(frame.source, frame.lock):
            return False
        if frame.group is not None and frame.group not in self._heard_groups:
            return True
        message = whole(frame, self._fragments, self.ether.clock.monotonic())
        if message is not None:
            self._take(message, lqi, rssi)
        if frame.source == COORDINATOR:
            self._answer_itself(frame, lqi, rssi)
        return True

    def _answer_itself(self, frame: AirFrame, lqi: int, rssi: int) -> None:
        """Answer what our host asks about the stick, as its firmware would."""
        answer = self._firmware.answer(frame.cluster_id, frame.data, broadcast=False)
        if answer is not None:
            told = msgspec.structs.replace(frame, cluster_id=answer.cluster_id, data=answer.data)
            self._take(told, lqi, rssi)

    def _take(self, frame: AirFrame, lqi: int, rssi: int) -> None:
        source = self._sources.get(frame.source_nwk)
        if source is None:
            source = t.AddrModeAddress(t.AddrMode.NWK, t.NWK(frame.source_nwk))
            self._sources[frame.source_nwk] = source
        self.packet_received(
            t.ZigbeePacket(
                src=source,
                src_ep=t.uint8_t(frame.source_endpoint),
                dst=_destination(frame),
                dst_ep=t.uint8_t(frame.destination_endpoint),
                profile_id=t.uint16_t(frame.profile_id),
                cluster_id=t.uint16_t(frame.cluster_id),
                data=t.SerializableBytes(frame.data),
                tx_options=t.TransmitOptions.NONE if frame.lock is None else _ENCRYPTED,
                lqi=t.uint8_t(lqi),
                rssi=t.int8s(rssi),
            )
        )

    def network_lost(self) -> None:
        """Ignore: whose network it was ended it himself."""

    def rekey(self, key: Secret) -> None:
        """Ignore: the trust centre has it from itself."""

    def share(self, partner: Eui64, key: Secret) -> None:
        """Ignore: the trust centre asks itself for no key."""

    def joined(self, device: Eui64, nwk: int, arrival: Arrival) -> None:
        """Know that a device was let in."""
        del arrival
        self.handle_join(t.NWK(nwk), to_zigpy(device), _NWK)

    def left(self, device: Eui64) -> None:
        """Know that a device left."""
        nwk = self.ether.nwk_of(device)
        self.handle_leave(t.NWK(UNKNOWN_NWK if nwk is None else nwk), to_zigpy(device))


def _destination(frame: AirFrame) -> t.AddrModeAddress:
    if frame.group is not None:
        return t.AddrModeAddress(t.AddrMode.Group, t.Group(frame.group))
    return _TO_ALL if frame.broadcast else _TO_US


def ether_application(ether: Ether) -> type[EtherApplication]:
    """Return the application class of the coordinator on this air."""
    return type("EtherApplication", (EtherApplication,), {"ether": ether})
