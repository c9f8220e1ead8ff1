"""AF: the endpoints of the host, what they send, and what is heard for them.

Source: Z-Stack Monitor and Test API, MT_AF.
"""

from collections.abc import Mapping, MutableMapping, MutableSet
import enum
import logging
import struct
from typing import Annotated, Final

from sebridge.base.addresses import UNKNOWN_NWK, Broadcast, Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.model.data_types import CountedBy, OctetString, Uint8, Uint16, Uint64
from sebridge.model.record import Record
from sebridge.radio.ether import AirFrame
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.node import COORDINATOR_NWK, receivers
from sebridge.simulator.modules.signals import FrameHeard, StackRestarted
from sebridge.simulator.modules.znp.frame import LONGEST_DATA, Subsystem
from sebridge.simulator.modules.znp.host import HostLine
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.simulator.modules.znp.status import Status
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import SimpleDescriptor

_LOGGER = logging.getLogger(__name__)

Endpoints = MutableMapping[int, SimpleDescriptor]
"""What the host has registered, by number."""
Members = MutableSet[tuple[int, int]]
"""Endpoints of the host that are in groups: each with the group."""

_CONFIRMATION: Final = 0x80
_INCOMING: Final = 0x81
_HEAD: Final = struct.Struct("<HHHBBBBBIBB")
_TAIL: Final = struct.Struct("<HB")
_HOPS: Final = 29  # of 30 that are left when a frame comes directly
_TICK: Final = 0.00032  # seconds, the unit of time stamps

LONGEST_FRAME: Final = LONGEST_DATA - _HEAD.size - _TAIL.size
"""Octets of the longest ZCL frame that fits one message to the host."""
MOST_IN_FLIGHT: Final = 32
"""Frames whose acknowledgement is waited for."""
_FIRST_ENDPOINT, _LAST_ENDPOINT = 1, 254


class _Option(enum.IntFlag):
    """How a frame is to be sent; other bits are left to the network layer."""

    SECURITY = 0x40


class _Mode(enum.IntEnum):
    """How a receiver is named."""

    GROUP = 0x01
    NWK = 0x02
    EUI64 = 0x03
    BROADCAST = 0x0F


class _Registration(Record):
    endpoint: Uint8
    profile_id: Uint16
    device_id: Uint16
    version: Uint8
    latency: Uint8
    input_count: Uint8
    input_clusters: Annotated[tuple[Uint16, ...], CountedBy("input_count")]
    output_count: Uint8
    output_clusters: Annotated[tuple[Uint16, ...], CountedBy("output_count")]


class _Endpoint(Record):
    endpoint: Uint8


class _Request(Record):
    nwk: Uint16
    to_endpoint: Uint8
    endpoint: Uint8
    cluster_id: Uint16
    number: Uint8
    options: Uint8
    radius: Uint8
    data: OctetString


class _ExtendedRequest(Record):
    mode: Uint8
    address: Uint64
    to_endpoint: Uint8
    pan_id: Uint16
    endpoint: Uint8
    cluster_id: Uint16
    number: Uint8
    options: Uint8
    radius: Uint8
    length: Uint16
    data: Annotated[tuple[Uint8, ...], CountedBy("length", 0xFFFF)]


def incoming(frame: AirFrame, endpoint: int, lqi: int, moment: float) -> bytes:
    """Return the data of the message that tells the host of a frame heard for an endpoint.

    `moment` is in monotonic seconds. The frame has at most `LONGEST_FRAME` octets.
    """
    head = _HEAD.pack(
        frame.group or 0,
        frame.cluster_id,
        frame.source_nwk,
        frame.source_endpoint,
        endpoint,
        frame.broadcast and frame.group is None,
        lqi,
        frame.lock is not None,
        int(moment / _TICK) & 0xFFFFFFFF,
        0,  # the number is the host's own in what it sends
        len(frame.data),
    )
    return head + frame.data + _TAIL.pack(frame.source_nwk, _HOPS)


class Framework(Service):
    """The subsystem AF. `endpoints` is where it keeps those of the host, for others to see.

    What is sent to a group is for the endpoints that are `members`. Not written down anywhere we
    know is whether a real one says of such a frame that it was broadcast: this one does not.
    """

    def __init__(
        self,
        host: HostLine,
        stack: Stack,
        endpoints: Endpoints,
        members: Members,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._members = members
        self._host = host
        self._stack = stack
        self._endpoints = endpoints
        self._clock = clock
        self._in_flight = 0
        self._is_full = False
        self.commands: Mapping[int, Command] = {
            0x00: Command(_Registration, self._register),
            0x01: Command(_Request, self._send),
            0x02: Command(_ExtendedRequest, self._send_extended),
            0x04: Command(_Endpoint, self._delete),
        }
        bus.listen(FrameHeard, self._on_frame)
        bus.listen(StackRestarted, lambda _: endpoints.clear())

    # ------------------------------------------------------------------ endpoints

    def _register(self, request: _Registration) -> bytes:
        number = request.endpoint
        if not _FIRST_ENDPOINT <= number <= _LAST_ENDPOINT:
            return Status.INVALID_PARAMETER.octets
        if number in self._endpoints:
            return Status.DUPLICATE_ENTRY.octets
        self._endpoints[number] = SimpleDescriptor(
            endpoint=number,
            profile_id=request.profile_id,
            device_id=request.device_id,
            device_version=request.version,
            input_clusters=request.input_clusters,
            output_clusters=request.output_clusters,
        )
        return Status.SUCCESS.octets

    def _delete(self, request: _Endpoint) -> bytes:
        found = self._endpoints.pop(request.endpoint, None)
        return (Status.FAILURE if found is None else Status.SUCCESS).octets

    def set_full(self, *, is_full: bool) -> None:
        """Have no room for a frame, or have it again."""
        self._is_full = is_full

    # ------------------------------------------------------------------ sending

    def _send(self, request: _Request) -> bytes:
        return self._send_to(request.nwk, request, request.data).octets

    def _send_extended(self, request: _ExtendedRequest) -> bytes:
        if request.pan_id:  # to another network: this firmware does not
            return Status.INVALID_PARAMETER.octets
        data = bytes(request.data)
        if request.mode == _Mode.EUI64:
            nwk = self._stack.address_of(Eui64(request.address))
            return self._send_to(UNKNOWN_NWK if nwk is None else nwk, request, data).octets
        if request.mode in {_Mode.NWK, _Mode.BROADCAST}:
            return self._send_to(request.address & 0xFFFF, request, data).octets
        if request.mode == _Mode.GROUP:
            group = request.address & 0xFFFF
            return self._send_to(Broadcast.LISTENING, request, data, group).octets
        return Status.INVALID_PARAMETER.octets

    def _send_to(
        self,
        nwk: int,
        request: _Request | _ExtendedRequest,
        data: bytes,
        group: int | None = None,
    ) -> Status:
        """Begin to send; what is for a group goes to all, who know whether they are in it."""
        profile_id = self._profile_of(request.endpoint)
        if profile_id is None or nwk == UNKNOWN_NWK or len(data) > LONGEST_FRAME:
            return Status.INVALID_PARAMETER
        if not self._stack.is_up:
            return Status.NOT_PERMITTED
        if self._is_full or self._in_flight >= MOST_IN_FLIGHT:
            return Status.BUFFER_FULL
        frame = AirFrame(
            self._stack.address,
            COORDINATOR_NWK,
            nwk,
            profile_id,
            request.cluster_id,
            request.endpoint,
            request.to_endpoint,
            data,
            group=group,
        )
        if request.options & _Option.SECURITY and not frame.broadcast:
            secured = self._stack.secured(frame)
            if secured is None:
                return Status.NO_KEY
            frame = secured
        self._in_flight += 1
        self.spawn(self._deliver(frame, request.endpoint, request.number), "data request")
        return Status.SUCCESS

    def _profile_of(self, endpoint: int) -> int | None:
        if endpoint == ZDO_ENDPOINT:
            return ZDO_PROFILE
        found = self._endpoints.get(endpoint)
        return None if found is None else found.profile_id

    async def _deliver(self, frame: AirFrame, endpoint: int, number: int) -> None:
        """Send a frame, and tell the host what became of it; the device object tells nothing."""
        try:
            status = await self._sent(frame)
        finally:
            self._in_flight -= 1
        if endpoint != ZDO_ENDPOINT:
            data = bytes((status, endpoint, number))
            self._host.call_back(Subsystem.AF, _CONFIRMATION, data)

    async def _sent(self, frame: AirFrame) -> Status:
        if frame.broadcast:
            self._stack.broadcast(frame)
            return Status.SUCCESS
        try:
            await self._stack.send(frame)
        except DeliveryError:
            is_member = self._stack.device_at(frame.destination_nwk) is not None
            return Status.NO_MAC_ACKNOWLEDGEMENT if is_member else Status.NO_ROUTE
        return Status.SUCCESS

    # ------------------------------------------------------------------ hearing

    def _on_frame(self, signal: FrameHeard) -> None:
        frame = signal.frame
        if frame.destination_endpoint == ZDO_ENDPOINT:
            return
        if len(frame.data) > LONGEST_FRAME:
            _LOGGER.warning("%d octets do not fit a message to the host", len(frame.data))
            return
        for number in receivers(self._endpoints, frame):
            if frame.group is not None and (number, frame.group) not in self._members:
                continue
            data = incoming(frame, number, signal.lqi, self._clock.monotonic())
            self._host.call_back(Subsystem.AF, _INCOMING, data)
