"""Frames of the host that are sent, and what is heard for it.

Source: Digi, XBee 3 Zigbee RF Module User Guide, Transmit Request - 0x10, Explicit Addressing
Command - 0x11, fragmentation, maximum RF payload size, Receive Packet - 0x90, Explicit Receive
Indicator - 0x91; XBee/XBee-PRO SE RF Modules, fragmentation.
"""

import enum
import logging
import struct
from typing import Final

import msgspec

from sebridge.base.addresses import UNKNOWN_NWK, Eui64, is_unicast
from sebridge.base.errors import DeliveryError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import FrameHeard
from sebridge.simulator.modules.xbee.firmware import BROADCAST, room
from sebridge.simulator.modules.xbee.frame import Report
from sebridge.simulator.modules.xbee.host import HostLine
from sebridge.simulator.modules.xbee.registers import Registers
from sebridge.simulator.modules.xbee.stack import Stack
from sebridge.simulator.modules.xbee.transmit_status import Delivery, Discovery
from sebridge.zcl import digi
from sebridge.zcl.identifiers import ZDO_ENDPOINT

_LOGGER = logging.getLogger(__name__)

MOST_IN_FLIGHT: Final = 16
"""Frames whose acknowledgement is waited for; for one more there is no room."""

_OF_THE_MODULE: Final = frozenset(
    {ZDO_ENDPOINT, digi.AUTHENTICATION_ENDPOINT, digi.COMMAND_ENDPOINT}
)
"""Endpoints of which the host hears nothing as it stands on the air."""
_COORDINATOR: Final = Eui64(0)
_ANYBODY: Final = Eui64((1 << 64) - 1)
_FIRST_BROADCAST: Final = 0xFFFC
_LAST_BROADCAST: Final = 0xFFFF
_LAST_ENDPOINT: Final = 0xFE
_TRANSMIT: Final = struct.Struct(">BQHBB")
_EXPLICIT: Final = struct.Struct(">BQHBBHHBB")


class TransmitOption(enum.IntFlag):
    """How a frame is sent."""

    APS_ENCRYPTION = 0x20
    EXTENDED_TIMEOUT = 0x40


class ReceiveOption(enum.IntFlag):
    """How a frame came."""

    ACKNOWLEDGED = 0x01
    BROADCAST = 0x02
    APS_ENCRYPTION = 0x20


class Order(msgspec.Struct, frozen=True):
    """A frame of the host."""

    number: int
    device: Eui64
    nwk: int
    source_endpoint: int
    endpoint: int
    cluster_id: int
    profile_id: int
    options: int
    data: bytes


def read_transmit(content: bytes) -> Order | None:
    """Read a request for serial data (without its type); None where it is too short."""
    if len(content) < _TRANSMIT.size:
        return None
    number, device, nwk, _radius, options = _TRANSMIT.unpack_from(content)
    ends = (digi.DATA_ENDPOINT, digi.DATA_ENDPOINT, digi.SERIAL_DATA, digi.PROFILE)
    return Order(number, Eui64(device), nwk, *ends, options, content[_TRANSMIT.size :])


def read_explicit(content: bytes) -> Order | None:
    """Read a request (without its type); None where it is too short."""
    if len(content) < _EXPLICIT.size:
        return None
    number, device, nwk, source, endpoint, cluster_id, profile_id, _radius, options = (
        _EXPLICIT.unpack_from(content)
    )
    ends = (source, endpoint, cluster_id, profile_id)
    return Order(number, Eui64(device), nwk, *ends, options, content[_EXPLICIT.size :])


class Messaging(Service):
    """Sends what the host wants, and tells it what is heard.

    To a device as many octets as the `longest`, which the stack sends in fragments.
    """

    def __init__(
        self, longest: int, host: HostLine, registers: Registers, stack: Stack, bus: SignalBus
    ) -> None:
        super().__init__()
        self._longest = longest
        self._host = host
        self._registers = registers
        self._stack = stack
        self._in_flight = 0
        self._is_full = False
        bus.listen(FrameHeard, self._on_frame)

    def set_full(self, *, is_full: bool) -> None:
        """Have no room for a frame, or have it again."""
        self._is_full = is_full

    # ------------------------------------------------------------------ sending

    def transmit(self, order: Order) -> None:
        """Send a frame, or say at once why not."""
        nwk, discovery = self._receiver(order)
        refused = self._refusal(order, nwk)
        if refused is not None:
            self._tell(order, UNKNOWN_NWK if nwk is None else nwk, refused, discovery)
            return
        assert nwk is not None
        frame = self._on_air(order, nwk)
        is_secured = bool(order.options & TransmitOption.APS_ENCRYPTION)
        if frame.broadcast:
            self._stack.broadcast(frame)
            status = Delivery.BROADCAST_UNDER_KEY if is_secured else Delivery.SUCCESS
            self._tell(order, nwk, status, discovery)
            return
        secured = self._stack.secured(frame) if is_secured else frame
        if secured is None:
            self._tell(order, nwk, Delivery.NO_KEY, discovery)
            return
        self._in_flight += 1
        self.spawn(self._deliver(order, secured, discovery), "unicast")

    def send_data(self, data: bytes) -> None:
        """Send octets of a host that speaks no frames to where DH and DL say."""
        registers = self._registers
        device = Eui64(registers["DH"] << 32 | registers["DL"])
        size = room(registers)  # such a host's octets are sent without fragments
        for begin in range(0, len(data), size):
            ends = (registers["SE"], registers["DE"], registers["CI"], digi.PROFILE)
            piece = data[begin : begin + size]
            self.transmit(Order(0, device, UNKNOWN_NWK, *ends, 0, piece))

    def _receiver(self, order: Order) -> tuple[int | None, Discovery]:
        """Return the network address, None where it is not found, and how it was looked for."""
        patient = Discovery(order.options & Discovery.EXTENDED_TIMEOUT)
        if _FIRST_BROADCAST <= order.device <= _LAST_BROADCAST:
            return int(order.device), patient
        if order.device == _ANYBODY:
            return (None if order.nwk == UNKNOWN_NWK else order.nwk), patient
        known = self._known(order.device)
        if known is None and order.nwk == UNKNOWN_NWK:
            return self._stack.find(order.device), patient | Discovery.ADDRESS
        return (order.nwk if known is None else known), patient

    def _known(self, device: Eui64) -> int | None:
        """Return the network address that the module knows of a device."""
        if device == _COORDINATOR:
            return COORDINATOR_NWK
        if device == self._stack.address:
            return self._stack.nwk
        return self._stack.address_of(device)

    def _refusal(self, order: Order, nwk: int | None) -> Delivery | None:
        """Return why nothing can be sent; None where it can."""
        is_secured = bool(order.options & TransmitOption.APS_ENCRYPTION)
        is_for_all = nwk is not None and not is_unicast(nwk)
        longest = room(self._registers) + BROADCAST if is_for_all else self._longest
        refused = None
        if not self._stack.is_up:
            refused = Delivery.NOT_JOINED
        elif len(order.data) > longest:
            refused = Delivery.TOO_LONG
        elif order.endpoint > _LAST_ENDPOINT:
            refused = Delivery.INVALID_ENDPOINT
        elif nwk is None:
            refused = Delivery.ADDRESS_NOT_FOUND
        elif is_secured and not is_for_all and not self._registers["EE"]:
            refused = Delivery.ENCRYPTION_OFF
        elif self._is_full or self._in_flight >= MOST_IN_FLIGHT:
            refused = Delivery.NO_ROOM
        return refused

    def _on_air(self, order: Order, nwk: int) -> AirFrame:
        return AirFrame(
            self._stack.address,
            self._stack.nwk,
            nwk,
            order.profile_id,
            order.cluster_id,
            order.source_endpoint,
            order.endpoint,
            order.data,
        )

    async def _deliver(self, order: Order, frame: AirFrame, discovery: Discovery) -> None:
        """Send a frame, and tell the host what became of it."""
        status = Delivery.SUCCESS
        if frame.destination_nwk == self._stack.nwk:
            status = Delivery.SELF_ADDRESSED
        try:
            await self._stack.send(frame)
        except DeliveryError as error:
            _LOGGER.debug("frame %d: %s", order.number, error)
            status = Delivery.NO_ACKNOWLEDGEMENT
        finally:
            self._in_flight -= 1
        self._tell(order, frame.destination_nwk, status, discovery)

    def _tell(self, order: Order, nwk: int, status: Delivery, discovery: Discovery) -> None:
        if order.number:
            fields = (Report.TRANSMIT_STATUS, order.number, nwk, 0, status, discovery)
            self._host.say(struct.pack(">BBHBBB", *fields))

    # ------------------------------------------------------------------ hearing

    def _on_frame(self, signal: FrameHeard) -> None:
        if signal.frame.destination_endpoint not in _OF_THE_MODULE:
            self.hand_over(signal.frame)

    def hand_over(self, frame: AirFrame) -> None:
        """Tell the host of a frame, in the way that AO says."""
        options = ReceiveOption.BROADCAST if frame.broadcast else ReceiveOption.ACKNOWLEDGED
        if frame.lock is not None:
            options |= ReceiveOption.APS_ENCRYPTION
        # whom there is no room for in its table, the module cannot name
        is_known = self._stack.address_of(frame.source) is not None
        source = frame.source if is_known else _ANYBODY
        head = struct.pack(">QH", source, frame.source_nwk)
        is_digis = frame.profile_id == digi.PROFILE
        if is_digis and frame.cluster_id == digi.NODE_IDENTIFICATION:
            self._host.say(
                bytes((Report.NODE_IDENTIFICATION,)) + head + bytes((options,)) + frame.data
            )
        elif self._registers["AO"] & 1:
            ends = (frame.source_endpoint, frame.destination_endpoint)
            clusters = struct.pack(">BBHH", *ends, frame.cluster_id, frame.profile_id)
            content = bytes((Report.EXPLICIT_RECEIVE,)) + head + clusters
            self._host.say(content + bytes((options,)) + frame.data)
        else:
            self._host.say(bytes((Report.RECEIVE,)) + head + bytes((options,)) + frame.data)
        if is_digis and frame.cluster_id == digi.SERIAL_DATA:
            self._host.hand_over(frame.data)
