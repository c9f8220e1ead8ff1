"""A zigpy application that hands over what it hears, and says nothing by itself.

zigpy's own application ignores the Smart Energy profile, drops frames of devices it has not
interviewed, answers commands it does not know with SUCCESS, and tells whoever looks for our
profile that there is nothing. None of that may happen on our endpoints, so what comes in is
taken here, below all of zigpy's handlers. What zigpy's radio libraries need of it stays: the
start-up of the network, and the table in which they look up a device's addresses.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
import logging
from typing import Any, ClassVar, Final, Protocol

from typing_extensions import override
import zigpy.application
from zigpy.config import CONF_DEVICE, CONF_DEVICE_PATH
from zigpy.device import ZigbeeDevice
from zigpy.exceptions import RadioException, ZigbeeException
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.fast_lane import Place
from sebridge.radio.heard import Heard
from sebridge.radio.network_guard import FormedNetwork, NetworkGuard
from sebridge.radio.radio import Counters, EstablishedKey, FoundModule, GroupMember, KeyModule
from sebridge.radio.zigpy_words import (
    endpoint_to_zigpy,
    from_zigpy,
    heard_from,
    key_to_zigpy,
    to_zigpy,
)
from sebridge.zcl.zdo import ANSWER_BIT, LogicalType, SimpleDescriptor, ZdoCommand

_LOGGER = logging.getLogger(__name__)

_LINK_KEY_WINDOW: Final = 60  # seconds; zigpy's libraries want to open the network with a key

_OWN_TABLES: Final = frozenset({ZdoCommand.Mgmt_Lqi_rsp, ZdoCommand.Mgmt_Rtg_rsp})
"""What of the radio's answers about itself is for us, and not for zigpy."""

MOST_OBJECTS: Final = 32
"""zigpy's objects of devices that are kept at the same time: each takes 6 kB, and libraries want
one for the moment in which they send to the device."""

LIBRARY_ERRORS: Final = (ZigbeeException, RadioException, TimeoutError, OSError)
"""What every radio library raises."""
HARDWARE_ERRORS: Final = (*LIBRARY_ERRORS, AttributeError)
"""The same, and what they stumble over when the connection breaks under them: the transport
that they write to is None then."""


def reason_of(error: Exception) -> str:
    """Return what a library's error says; one that says nothing is at least named."""
    return str(error) or repr(error)


class FrameTaker(Protocol):
    """Who takes what the application hears."""

    def take(self, heard: Heard) -> None:
        """Take a frame of another device."""

    def take_own(self, heard: Heard) -> None:
        """Take what the radio answers about itself."""

    def take_from(self, device: Eui64, heard: Heard) -> None:
        """Take a frame of a device whose network address the radio does not know."""

    def device_joined(self, device: Eui64, nwk: int) -> None:
        """Know that the radio saw a device join or come back."""

    def device_left(self, device: Eui64) -> None:
        """Know that the radio saw a device leave."""

    def connection_lost(self, reason: Exception) -> None:
        """Know that the connection to the radio broke."""

    def device_seen(self, device: Eui64, nwk: int) -> None:
        """Take a pair of addresses that the radio itself knows."""

    def device_at(self, nwk: int) -> Eui64 | None:
        """Say whose network address this is."""

    def key_gone(self, device: Eui64) -> None:
        """Know that a device joined anew, with the key that it was made with."""

    def skipped(self) -> None:
        """Know that the radio said something that cannot be understood."""


class PassiveApplication(zigpy.application.ControllerApplication):
    """What is put before a radio library's application to keep it passive.

    `taker`, `guard` and the endpoints are set before the application is started. Without one of its
    `own_endpoints` it does not start; a radio that has no room for a further one goes on.
    """

    driver_errors: ClassVar[tuple[type[Exception], ...]] = LIBRARY_ERRORS
    """What the radio library raises when it cannot do what was asked."""

    longest_frame: int = 75
    """Octets of a ZCL frame that the radio takes for one device, under a link key.

    This many fit one frame on the air. Where it may be more, the radio's firmware sends several: no
    library does that.
    """

    zdo_answered_by_stack: ClassVar[Collection[int]] = frozenset()
    """ZDO questions that the radio's firmware answers by itself, so that we must not."""

    is_watched: ClassVar[bool] = False
    """Whether the bridge has to look after the radio, since its library does not notice a hang."""

    logical_type: ClassVar[LogicalType] = LogicalType.COORDINATOR
    """What the radio is in its network."""

    trust_center: Eui64 | None = None
    """Who gives keys in the network; None where that is the radio itself."""

    established_key: EstablishedKey = EstablishedKey.TAKEN
    """What becomes of a key that was established with the trust centre of a network of others."""

    @property
    def key_module(self) -> KeyModule | None:
        """What computes key establishment; None where the radio cannot."""
        return None

    taker: FrameTaker
    guard: NetworkGuard
    answered_before: bool = False
    """Whether the radio has answered since the bridge began, so that its settings are right."""
    own_endpoints: Sequence[SimpleDescriptor] = ()
    further_endpoints: Sequence[SimpleDescriptor] = ()

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.path = str(config[CONF_DEVICE][CONF_DEVICE_PATH])  # as somebody has configured it
        self.registered: set[int] = set()  # the endpoints that the radio was told of
        self._addresses: dict[Eui64, int] = {}
        # zigpy's objects of some of these; the one that was asked for last stands last
        self._objects: dict[Eui64, Any] = {}

    # ------------------------------------------------------------------ what comes in

    @override
    def packet_received(self, packet: t.ZigbeePacket) -> None:
        heard = heard_from(packet)
        if heard is None:
            return
        if heard.nwk != self.state.node_info.nwk:
            self.taker.take(heard)
        elif heard.cluster_id in _OWN_TABLES:
            self.taker.take_own(heard)
        else:
            self._own_zdo_answer(packet)

    def fast_lane(self) -> Sequence[Place]:
        """Return where the fast lane leaves the radio library; nowhere without one."""
        return ()

    def overtake(self, heard: Heard, source: int | None = None) -> bool:
        """Take a frame from the fast lane; False when it is to go the library's way.

        So do frames from which something is to be learned: of an unknown sender, of one who has
        another EUI-64 than the radio says (where it does), and our own.
        """
        device = self.taker.device_at(heard.nwk)
        if device is None or heard.nwk == self.state.node_info.nwk:
            return False
        if source is not None and source != device:
            return False
        try:
            self.taker.take(heard)
        except Exception:  # the library's protocol would close the port
            _LOGGER.exception("a frame on cluster 0x%04X was lost to a bug", heard.cluster_id)
        return True

    def _own_zdo_answer(self, packet: t.ZigbeePacket) -> None:
        """Give zigpy the answer to a ZDO question that it asked its own radio."""
        own = self.devices.get(self.state.node_info.ieee)
        if not isinstance(own, ZigbeeDevice) or not packet.cluster_id & ANSWER_BIT:
            return
        try:
            own.zdo.deserialize(packet.cluster_id, packet.data.serialize())
        except ValueError:  # of which zigpy would write a trace
            self.taker.skipped()
        else:
            own.packet_received(packet)

    @override
    def handle_join(
        self, nwk: t.NWK, ieee: t.EUI64, parent_nwk: t.NWK, *, handle_rejoin: bool = True
    ) -> None:
        self.taker.device_joined(from_zigpy(ieee), int(nwk))

    @override
    def handle_leave(self, nwk: t.NWK, ieee: t.EUI64) -> None:
        self.taker.device_left(from_zigpy(ieee))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None or not str(exc):  # nobody would know why
            exc = ConnectionError("the radio closed the connection")
        self.taker.connection_lost(exc)

    @override
    def handle_relays(self, nwk: t.NWK, relays: list[t.NWK]) -> None:
        """Ignore routes: zigpy would ask about senders it does not know."""

    @override
    def gp_packet_received(self, packet: t.ZigbeeGpPacket) -> None:
        """Ignore Green Power."""

    @override
    async def permit_gp(self, time_s: int) -> None:
        """Send no Green Power commissioning frames."""

    # ------------------------------------------------------------------ the network

    @property
    def formed(self) -> FormedNetwork:
        """The network that the radio has, once it is loaded."""
        state = self.state
        extended_pan_id = from_zigpy(state.network_info.extended_pan_id)
        return FormedNetwork(extended_pan_id, from_zigpy(state.node_info.ieee))

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        """Ask the radio for its network; NotJoinedError where that is not the expected one."""
        await super().load_network_info(load_devices=load_devices)  # type: ignore[safe-super]
        self.guard.check(self.formed)

    @override
    async def form_network(self, *, fast: bool = False) -> None:
        """Form a network; NotJoinedError where one is known already."""
        self.guard.check_forming()
        await super().form_network(fast=fast)

    async def prepare_move(self, channel: int) -> None:
        """Have the radio ready for another channel, before devices are told to go there."""

    async def move_itself(self, channel: int, update_id: int) -> None:
        """Have the radio on another channel, to which the devices of its network go."""
        await self._move_network_to_channel(channel, update_id)

    async def send_next_network_key(self, key: Secret) -> None:
        """Send the next network key to all devices; RefusedError where the radio cannot."""
        del key
        raise RefusedError("with this kind of radio the network keeps its key")

    async def switch_network_key(self) -> None:
        """Use the network key that was sent, and tell all devices to do so."""
        raise RefusedError("with this kind of radio the network keeps its key")

    async def uses_network_key(self, key: Secret) -> bool:
        """Say whether this is the network key by now."""
        await self.load_network_info()
        return bool(self.state.network_info.network_key.key == key_to_zigpy(key))

    @property
    def network_key_number(self) -> int | None:
        """The sequence number of the network key, 0..255; None where the radio does not tell it."""
        return int(self.state.network_info.network_key.seq)

    async def hear_groups(self, members: frozenset[GroupMember]) -> None:
        """Have the radio let through what is sent to the groups of these endpoints, and no more.

        One that is not told lets everything through.
        """

    # ------------------------------------------------------------------ what zigpy keeps

    @override
    async def register_endpoints(self) -> None:
        self.registered.clear()
        for endpoint in self.own_endpoints:
            self.registered.add(endpoint.endpoint)
            await self.add_endpoint(endpoint_to_zigpy(endpoint))
        for endpoint in self.further_endpoints:
            await self.register_further(endpoint)

    async def register_further(self, endpoint: SimpleDescriptor) -> None:
        """Tell the radio of one more endpoint, if it has not been told before.

        Some firmware takes endpoints only while it starts: there the endpoint can be reached from
        the next start on.
        """
        if endpoint.endpoint in self.registered:
            return
        self.registered.add(endpoint.endpoint)
        try:
            await self.add_endpoint(endpoint_to_zigpy(endpoint))
        except self.driver_errors as error:
            self.registered.discard(endpoint.endpoint)
            _LOGGER.warning(
                "the radio did not take endpoint 0x%02X: %s",
                endpoint.endpoint,
                reason_of(error),
            )

    @override
    def _persist_coordinator_model_strings_in_db(self) -> None:
        """Store nothing: zigpy has no database here, and its endpoint 1 may not exist."""

    @override
    def get_device(self, ieee: t.EUI64 | None = None, nwk: t.NWK | int | None = None) -> Any:
        """Look a device up; KeyError when it is not there. zigpy's way walks through all."""
        own = self.state.node_info
        if ieee is None and nwk is not None and nwk != own.nwk:
            return self._object_of(self.taker.device_at(int(nwk)))
        if ieee is None or ieee == own.ieee:
            return self.devices[own.ieee]
        return self._object_of(from_zigpy(ieee))

    def _object_of(self, device: Eui64 | None) -> Any:
        """Return zigpy's object of a device, made anew where it is not among the last ones."""
        if device is None or device not in self._addresses:
            raise KeyError(device)
        known = self._objects.pop(device, None)
        if known is None:
            known = self.add_device(to_zigpy(device), t.NWK(self._addresses[device]))
        self._objects[device] = known
        if len(self._objects) > MOST_OBJECTS:
            self._drop(next(iter(self._objects)))
        return known

    def _drop(self, device: Eui64) -> None:
        known = self._objects.pop(device, None)
        if known is not None:
            del self.devices[known.ieee]
            known.on_remove()

    def learn(self, device: Eui64, nwk: int) -> None:
        """Put a device into the table in which radio libraries look up addresses."""
        self._addresses[device] = nwk
        if device in self._objects:
            self._objects[device].nwk = t.NWK(nwk)

    def unlearn(self, device: Eui64) -> None:
        """Take a device out of that table."""
        self._addresses.pop(device, None)
        self._drop(device)

    def knows(self, device: Eui64) -> bool:
        """Say whether a device is in that table."""
        return device in self._addresses

    def told_to_leave(self) -> None:
        """Leave the network, as somebody asked for whom we have said that we do."""

    async def prove_alive(self) -> None:
        """Have the radio answer something, where it is watched."""

    # ------------------------------------------------------------------ link keys

    async def admit(self, seconds: int, awaited: Collection[Eui64], *, others: bool) -> None:
        """Open the network for 1 to 254 seconds, for those with a key and `others`; 0 closes it.

        `awaited` are devices with keys that may be known already. Without `others` nobody else is
        let in, where the radio can tell.
        """
        del awaited, others
        await self.permit(seconds)

    async def register_link_key(self, device: Eui64, key: Secret) -> None:
        """Let the device join with this key, once joining is open."""
        await self.permit_with_link_key(to_zigpy(device), key_to_zigpy(key), _LINK_KEY_WINDOW)

    async def unregister_link_key(self, device: Eui64) -> None:
        """Drop the key, where the radio can."""

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Carry out an AT command; RefusedError where the radio is no XBee."""
        del command, value
        raise RefusedError("AT commands need a radio of type xbee")

    async def find_modules(self, wait: Callable[[float], Awaitable[None]]) -> Sequence[FoundModule]:
        """Return the modules of Digi that answer while the radio waits; RefusedError for others."""
        del wait
        raise RefusedError("to find modules needs a radio of type xbee")

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Use a key that the gateway established; RefusedError where the radio takes none."""
        del key, counters
        raise RefusedError(
            f"this kind of radio takes no link key that the gateway established with {device}"
        )


def made_passive(
    application: type[zigpy.application.ControllerApplication],
) -> type[PassiveApplication]:
    """Return a passive application class over any of zigpy's, or itself if it is one."""
    if issubclass(application, PassiveApplication):
        return application
    return type(f"Passive{application.__name__}", (PassiveApplication, application), {})
