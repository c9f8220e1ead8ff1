"""Radio over any zigpy application."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
import logging
from typing import Any, Final

import zigpy.application
import zigpy.config
from zigpy.state import NodeInfo

from sebridge.base.addresses import NOBODY, UNKNOWN_NWK, Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, NotJoinedError, ParameterError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.address_book import AddressBook
from sebridge.radio.channel_move import move_network
from sebridge.radio.fast_lane import open_lane
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.key_change import change_network_key
from sebridge.radio.network_backup import check_tells_keys, document_of
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.network_plan import planned
from sebridge.radio.passive import PassiveApplication, made_passive, reason_of
from sebridge.radio.radio import (
    Counters,
    FoundModule,
    GroupMember,
    KeyModule,
    Listener,
    NetworkPlan,
    NetworkState,
    Outgoing,
    TxStatus,
)
from sebridge.radio.reception import Reception
from sebridge.radio.startup import LONGEST_START, start_application
from sebridge.radio.transmitter import RadioCounters
from sebridge.radio.watchdog import Watchdog
from sebridge.radio.zdo_server import MAINS_POWERED, Binding, ZdoServer, node_descriptor
from sebridge.radio.zigpy_words import from_zigpy, node_from_zigpy
from sebridge.zcl.zdo import NodeDescriptor, SimpleDescriptor

_LOGGER = logging.getLogger(__name__)

_NO_PAN: Final = 0xFFFF
_COORDINATOR_NWK: Final = 0x0000
_LONGEST_JOINING: Final = 254  # seconds; 255 would be for ever
_KEY_LENGTH: Final = 16  # octets
_XBEE: Final = "xbee"


class ZigpyRadio:
    """A radio that zigpy drives: a stick behind a serial port, or the simulated air.

    `bindings` is the gateway's binding table; `guard` knows which network the radio should have. A
    radio that does not take the `endpoints` given
    here does not start; those offered later may find no room. Known devices are to be remembered
    before their link keys are set: a radio with a small key table keeps it for those still to join.
    """

    def __init__(
        self,
        application: type[zigpy.application.ControllerApplication],
        config: Mapping[str, Any],
        kind: str,
        endpoints: Sequence[SimpleDescriptor],
        bindings: MutableMapping[Binding, bool],
        clock: Clock,
        guard: NetworkGuard,
    ) -> None:
        self.counters = RadioCounters()
        self.recorder = FrameRecorder(clock)
        self._class = made_passive(application)
        self._config = dict(config)
        self._kind = kind
        self._endpoints = tuple(endpoints)
        self._needed = frozenset(descriptor.endpoint for descriptor in endpoints)
        self._bindings = bindings
        self._clock = clock
        self._guard = guard
        self._members: frozenset[GroupMember] = frozenset()
        self._book = AddressBook()
        self._node = node_descriptor(self._class.logical_type)
        self._longest_frame = self._class.longest_frame
        self._info: NodeInfo | None = None
        self._application: PassiveApplication | None = None
        self._reception: Reception | None = None
        self._watchdog: Watchdog | None = None

    @property
    def longest_frame(self) -> int:
        """Octets of a ZCL frame that the radio takes for one device, under a link key."""
        return self._longest_frame

    @property
    def key_module(self) -> KeyModule | None:
        """What computes key establishment; None where that cannot, or the radio is not started."""
        return None if self._application is None else self._application.key_module

    @property
    def network(self) -> NetworkState:
        """Where we are; `joined` is False before the start and after the connection broke.

        What the radio itself is stays known from its last start.
        """
        node = self._info
        if self._application is None or node is None:
            return NetworkState(
                joined=False,
                address=NOBODY if node is None else from_zigpy(node.ieee),
                nwk=UNKNOWN_NWK,
                pan_id=_NO_PAN,
                extended_pan_id=NOBODY,
                channel=0,
                kind=self._kind,
                node=self._node,
                power=MAINS_POWERED,
                model="" if node is None else node.model or "",
                firmware="" if node is None else node.version or "",
            )
        network = self._application.state.network_info
        return NetworkState(
            joined=self._reception is not None and self._reception.is_open,
            address=from_zigpy(node.ieee),
            nwk=int(node.nwk),
            pan_id=int(network.pan_id),
            extended_pan_id=from_zigpy(network.extended_pan_id),
            channel=int(network.channel),
            kind=self._kind,
            node=self._node,
            power=MAINS_POWERED,
            model=node.model or "",
            firmware=node.version or "",
            trust_center=self._application.trust_center,
            established_key=self._application.established_key,
        )

    def offer(self, endpoints: Sequence[SimpleDescriptor]) -> None:
        """Have these endpoints of ours found and reached, in the place of those before."""
        self._endpoints = tuple(endpoints)
        if self._reception is not None:
            self._reception.offer(self._endpoints)

    def hear_groups(self, members: Iterable[GroupMember]) -> None:
        """Hear what is sent to the groups of these endpoints, in the place of those before."""
        self._members = frozenset(members)
        if self._reception is not None:
            self._reception.hear_groups(self._members)

    async def start(self, listener: Listener) -> None:
        """Connect, form the network where neither we nor the radio know of one, and be on it.

        ConfigError when the port cannot be opened or nothing behind it answers as this kind of
        radio; NotJoinedError when the network does not come up, or is not the expected one.
        """
        await self.stop()
        application = self._make_application()
        reception = Reception(application, self._book, self.counters, self.recorder, self._clock)
        application.taker = reception
        application.guard = self._guard
        application.answered_before = self._info is not None
        application.own_endpoints = [e for e in self._endpoints if e.endpoint in self._needed]
        application.further_endpoints = [
            e for e in self._endpoints if e.endpoint not in self._needed
        ]
        await start_application(application, self._kind, self._clock)
        self._guard.remember(application.formed)
        node = self._info = application.state.node_info
        self._node = _own_node(application)
        self._longest_frame = application.longest_frame
        zdo = ZdoServer(
            from_zigpy(node.ieee),
            self._endpoints,
            self._node,
            self._bindings,
            int(node.nwk),
        )
        if application.trust_center is not None:
            self._book.learn(application.trust_center, _COORDINATOR_NWK, stays=True)
        for device, nwk in self._book:
            application.learn(device, nwk)
        self._application = application
        self._reception = reception
        reception.open(listener, zdo)
        reception.hear_groups(self._members)
        open_lane(application.fast_lane())
        if application.is_watched:
            self._watchdog = Watchdog(
                application.prove_alive,
                application.driver_errors,
                application.connection_lost,
                self._clock,
            )
            await self._watchdog.start()

    def _make_application(self) -> PassiveApplication:
        return self._class(self._config)

    async def stop(self) -> None:
        """Let go of the radio; the network goes on."""
        application, self._application = self._application, None
        reception, self._reception = self._reception, None
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is not None:
            await watchdog.stop()
        if reception is not None:
            await reception.stop()
        if application is not None:
            await application.shutdown()

    def plan(self, plan: NetworkPlan) -> None:
        """Form by this, the next time that a network is formed."""
        self._config[zigpy.config.CONF_NWK] = planned(self._config[zigpy.config.CONF_NWK], plan)

    async def leave(self) -> None:
        """Dissolve the network, or leave it: the next start forms a new one, or joins one."""
        application = self._application
        if application is None:
            return
        try:
            await application.reset_network_info()
        except application.driver_errors as error:
            message = f"the radio does not give up its network: {reason_of(error)}"
            raise DeliveryError(message) from error
        self._guard.give_up()
        self._book.clear()

    async def change_channel(self, channels: Collection[int]) -> int:
        """Take our network to the quietest of some channels with its devices; return it."""
        application, reception = self._started(), self._reception
        if reception is None or not reception.is_open:
            raise NotJoinedError("the radio is not connected")
        return await move_network(application, reception.transmitter, self._clock, channels)

    async def change_network_key(self) -> int | None:
        """Give our network another, random key with its devices; return its sequence number."""
        application, reception = self._started(), self._reception
        if reception is None or not reception.is_open:
            raise NotJoinedError("the radio is not connected")
        return await change_network_key(application, self._clock)

    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        """Return our network as a document of a backup, which holds its keys."""
        check_tells_keys(self._kind)
        application, reception = self._started(), self._reception
        if reception is None or not reception.is_open:
            raise NotJoinedError("the radio is not connected")
        loaded = application.load_network_info(load_devices=True)
        try:
            await self._clock.within(LONGEST_START, loaded)
        except application.driver_errors as error:
            # a library's text may show what it read
            message = f"the radio did not tell its network: {type(error).__name__}"
            raise DeliveryError(message) from None
        return document_of(application, addresses)

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Carry out an AT command; RefusedError where the radio is no XBee."""
        application = self._started()
        if self._kind != _XBEE:
            raise RefusedError(f"AT commands need a radio of type xbee, this one is {self._kind}")
        try:
            return await application.at_command(command, value)
        except application.driver_errors as error:
            # a library's text may show what it was given
            message = f"the radio did not carry out {command}: {type(error).__name__}"
            raise DeliveryError(message) from error

    async def find_modules(self) -> Sequence[FoundModule]:
        """Look for the modules of Digi on our network; RefusedError where the radio is no XBee."""
        application, reception = self._started(), self._reception
        if reception is None or not reception.is_open:
            raise NotJoinedError("the radio is not connected")
        try:
            found = await application.find_modules(self._clock.sleep)
        except application.driver_errors as error:
            message = f"the radio does not look for modules: {reason_of(error)}"
            raise DeliveryError(message) from error
        for module in found:
            reception.device_seen(module.address, module.nwk)
        return found

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""
        reception = self._reception
        if reception is None or not reception.is_open:
            raise DeliveryError("the radio is not connected", TxStatus.NOT_JOINED)
        nwk: int = frame.destination
        if self._info is not None and frame.destination == from_zigpy(self._info.ieee):
            nwk = int(self._info.nwk)  # a question about the radio itself
        elif isinstance(frame.destination, Eui64):
            nwk = await reception.resolver.find(frame.destination)
        is_patient = isinstance(frame.destination, Eui64) and self._book.is_sleepy(nwk)
        await reception.transmitter.send(frame, nwk, is_patient=is_patient)

    async def permit_joining(
        self, seconds: int, awaited: Collection[Eui64] = (), *, others: bool = True
    ) -> None:
        """Open the network for 1 to 254 seconds; 0 closes it."""
        if not 0 <= seconds <= _LONGEST_JOINING:
            raise ParameterError("seconds", f"{seconds} is not in 0..{_LONGEST_JOINING}")
        application = self._started()
        try:
            await application.admit(seconds, awaited, others=others)
        except application.driver_errors as error:
            message = f"joining could not be opened or closed: {reason_of(error)}"
            raise DeliveryError(message) from error

    async def set_link_key(self, device: Eui64, key: Secret) -> None:
        """Let a device join with this preconfigured link key (16 octets)."""
        if len(key) != _KEY_LENGTH:
            raise ParameterError("link_key", f"must have {_KEY_LENGTH} octets")
        application = self._started()
        try:
            await application.register_link_key(device, key)
        except application.driver_errors as error:
            # a library's text may show what it was given
            message = f"the radio did not take the link key of {device}: {type(error).__name__}"
            raise DeliveryError(message) from error

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Use a key that was established in the place of the earlier one."""
        if len(key) != _KEY_LENGTH:
            raise ParameterError("link_key", f"must have {_KEY_LENGTH} octets")
        application = self._started()
        try:
            await application.establish_link_key(device, key, counters)
        except application.driver_errors as error:
            message = f"the radio did not take the new link key of {device}: {type(error).__name__}"
            raise DeliveryError(message) from error

    def is_established(self, partner: Eui64) -> bool:
        """Return that there is no such key: who formed the network keeps them elsewhere."""
        del partner
        return False

    async def request_partner_key(self, partner: Eui64) -> None:
        """Refuse: the gateway is the trust centre, and asks nobody."""
        raise RefusedError(f"the trust centre asks for no key with {partner}")

    async def forget(self, device: Eui64) -> None:
        """Drop the device's link keys and addresses."""
        self._book.forget(device)
        application = self._application
        if application is None:
            return
        application.unlearn(device)
        try:
            await application.unregister_link_key(device)
        except application.driver_errors as error:
            _LOGGER.warning("the radio keeps the link key of %s: %s", device, reason_of(error))

    def remember(self, device: Eui64, nwk: int, *, is_sleepy: bool = False) -> None:
        """Keep the address of a known device, so that it can be reached at any time."""
        if self._reception is None:
            self._book.learn(device, nwk, stays=True)
        else:
            self._reception.remember(device, nwk, stays=True)
        self._book.note(device, is_sleepy=is_sleepy)

    def _started(self) -> PassiveApplication:
        if self._application is None:
            raise NotJoinedError("the radio is not started")
        return self._application


def _own_node(application: PassiveApplication) -> NodeDescriptor:
    """Return what the radio says that it is, or its library; else what any of its kind is."""
    own = application.devices.get(application.state.node_info.ieee)
    described = getattr(own, "node_desc", None)
    if described is None or described.logical_type != application.logical_type:
        return node_descriptor(application.logical_type)
    return node_from_zigpy(described)
