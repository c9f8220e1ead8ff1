"""Frames of the host that are sent, and what is heard for its endpoints.

Source: Silicon Labs UG100, messaging frames.
"""

import asyncio
from collections.abc import Mapping, Sequence
import enum
import logging
import struct
from typing import Final

from msgspec.structs import replace

from sebridge.base.addresses import Broadcast as Everybody
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame
from sebridge.radio.fragments import Part, cut
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.ezsp.host import HostLine
from sebridge.simulator.modules.ezsp.settings import Config, Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.system_commands import Endpoints
from sebridge.simulator.modules.ezsp.wording import (
    ApsFrame,
    Broadcast,
    Heard,
    Multicast,
    Reply,
    Unicast,
    Wording,
)
from sebridge.simulator.modules.node import receivers
from sebridge.simulator.modules.signals import FrameHeard
from sebridge.zcl.identifiers import ZDO_ENDPOINT

_LOGGER = logging.getLogger(__name__)

LONGEST_FRAME: Final = 82
"""Octets that the host may send in one frame."""
SECURITY_OVERHEAD: Final = 9
"""Octets less, under a link key."""
PART_OVERHEAD: Final = 2
"""Octets less, in a part of a message."""
MOST_FRAGMENTS: Final = 16
"""Parts in which the host is told of a frame that is longer; one with more is lost."""
ACKNOWLEDGED_WITHIN: Final = 1.6
"""Seconds for which the acknowledgement of a part is waited for, of the host and on the air."""
RETRIES: Final = 3
"""How often a part is sent again that nobody acknowledges; the host's are not told of again."""

_APS: Final = struct.Struct("<HHBBHHB")


class _Option(enum.IntFlag):
    """How a frame is or was sent; other bits are left to the network layer."""

    FRAGMENT = 0x8000
    ENCRYPTION = 0x0020
    RETRY = 0x0040


class _Outgoing(enum.IntEnum):
    DIRECT = 0
    MULTICAST = 3
    BROADCAST = 6


class _Incoming(enum.IntEnum):
    UNICAST = 0
    MULTICAST = 2
    BROADCAST = 4


class _Callback(enum.IntEnum):
    MESSAGE_SENT = 0x3F
    INCOMING_MESSAGE = 0x45


class Messaging(Service):
    """The commands, and the frames for the endpoints of the host."""

    def __init__(
        self,
        wording: Wording,
        host: HostLine,
        settings: Settings,
        stack: Stack,
        endpoints: Endpoints,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._wording = wording
        self._host = host
        self._settings = settings
        self._stack = stack
        self._endpoints = endpoints
        self._in_flight = 0
        self._is_full = False
        self._sequence = 0
        self._unacknowledged: dict[tuple[int, int], asyncio.Event] = {}  # by sequence and index
        self.commands: Mapping[int, Command] = {
            0x34: Command(wording.unicast, self._send_unicast),
            0x36: Command(wording.broadcast, self._send_broadcast),
            0x38: Command(wording.multicast, self._send_multicast),
            0x39: Command(Reply, self._reply),
        }
        bus.listen(FrameHeard, self._on_frame)

    def set_full(self, *, is_full: bool) -> None:
        """Have no room for a unicast, or have it again."""
        self._is_full = is_full

    # ------------------------------------------------------------------ sending

    def _send_unicast(self, request: Unicast) -> bytes:
        refused = self._refusal(request.aps, request.data)
        if request.kind != _Outgoing.DIRECT:
            refused = Status.BAD_ARGUMENT
        frame = self._on_air(request.nwk, request.aps, request.data)
        part = _part_of(request.aps)
        if refused is None and (frame.broadcast or not _is_possible(part)):
            refused = Status.BAD_ARGUMENT
        if refused is None and self._in_flight >= self._most_in_flight:
            refused = Status.MAX_MESSAGE_LIMIT_REACHED
        if refused is None and request.aps.options & _Option.ENCRYPTION:
            secured = self._stack.secured(frame)
            if secured is None:
                refused = Status.APS_ENCRYPTION_ERROR
            else:
                frame = secured
        if refused is not None:
            return self._answer(refused)
        self._in_flight += 1
        is_new = part is None or part.place == 0
        sequence = self._next_sequence() if is_new else request.aps.sequence
        if part is not None:
            frame = replace(frame, part=part._replace(sequence=sequence))
        aps = request.aps.replace(sequence=sequence)
        self.spawn(self._deliver(frame, aps, request.tag), "unicast")
        return self._answer(Status.OK, sequence)

    def _answer(self, status: Status, sequence: int = 0) -> bytes:
        return self._wording.status(status) + bytes((sequence,))

    @property
    def _most_in_flight(self) -> int:
        return 0 if self._is_full else self._settings.configuration[Config.UNICAST_MESSAGES]

    def _send_broadcast(self, request: Broadcast) -> bytes:
        refused = self._refusal(request.aps, request.data)
        frame = self._on_air(request.nwk, request.aps, request.data)
        if refused is None and not frame.broadcast:
            refused = Status.BAD_ARGUMENT
        if refused is not None:
            return self._answer(refused)
        self._stack.broadcast(frame)
        return self._sent_to_many(_Outgoing.BROADCAST, request.nwk, request.aps, request.tag)

    def _send_multicast(self, request: Multicast) -> bytes:
        """Send to a group: to everybody on the air, who know whether they are in it."""
        refused = self._refusal(request.aps, request.data)
        if refused is not None:
            return self._answer(refused)
        group = request.aps.group
        frame = self._on_air(Everybody.LISTENING, request.aps, request.data)
        self._stack.broadcast(replace(frame, group=group))
        return self._sent_to_many(_Outgoing.MULTICAST, group, request.aps, request.tag)

    def _sent_to_many(self, kind: _Outgoing, receiver: int, aps: ApsFrame, tag: int) -> bytes:
        sequence = self._next_sequence()
        sent = aps.replace(sequence=sequence)
        self._tell_sent(kind, receiver, sent, tag, Status.OK)
        return self._answer(Status.OK, sequence)

    def _refusal(self, aps: ApsFrame, data: bytes) -> Status | None:
        """Return why nothing can be sent; None where it can."""
        if not self._stack.is_up:
            return Status.NOT_JOINED
        overhead = SECURITY_OVERHEAD if aps.options & _Option.ENCRYPTION else 0
        if aps.options & _Option.FRAGMENT:
            overhead += PART_OVERHEAD
        return Status.MESSAGE_TOO_LONG if len(data) + overhead > LONGEST_FRAME else None

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    def _on_air(self, nwk: int, aps: ApsFrame, data: bytes) -> AirFrame:
        return AirFrame(
            self._stack.address,
            self._stack.nwk,
            nwk,
            aps.profile_id,
            aps.cluster_id,
            aps.source_endpoint,
            aps.destination_endpoint,
            data,
        )

    async def _deliver(self, frame: AirFrame, aps: ApsFrame, tag: int) -> None:
        """Send a frame, and tell the host what became of it."""
        try:
            is_delivered = await self._is_delivered(frame)
        finally:
            self._in_flight -= 1
        status = Status.OK if is_delivered else Status.DELIVERY_FAILED
        self._tell_sent(_Outgoing.DIRECT, frame.destination_nwk, aps, tag, status)

    async def _is_delivered(self, frame: AirFrame) -> bool:
        """Send a frame, a part of a message again where it is not acknowledged."""
        for retries_left in reversed(range(1 if frame.part is None else 1 + RETRIES)):
            try:
                await self._stack.send(frame)
            except DeliveryError:
                if retries_left:
                    await self._clock.sleep(ACKNOWLEDGED_WITHIN)
            else:
                return True
        return False

    def _tell_sent(
        self, kind: _Outgoing, receiver: int, aps: ApsFrame, tag: int, status: Status
    ) -> None:
        told = self._wording.sent(kind, receiver, aps.serialize(), tag, status)
        self._host.call_back(_Callback.MESSAGE_SENT, told)

    # ------------------------------------------------------------------ hearing

    def _on_frame(self, signal: FrameHeard) -> None:
        frame = signal.frame
        if frame.group is not None:
            if self._is_member(frame.group):
                self.tell(signal, frame.destination_endpoint)
        elif frame.destination_endpoint != ZDO_ENDPOINT:
            for number in receivers(self._endpoints, frame):
                self.tell(signal, number)

    def _is_member(self, group: int) -> bool:
        """Say whether a group is in the host's table: what is sent to others it never hears of."""
        return any(one == group and endpoint for one, endpoint in self._stack.groups.values())

    def tell(self, signal: FrameHeard, endpoint: int) -> None:
        """Tell the host of a frame for one of its endpoints."""
        data = signal.frame.data
        longest = LONGEST_FRAME - (0 if signal.frame.lock is None else SECURITY_OVERHEAD)
        parts = cut(data, longest)
        if len(parts) <= 1:
            group = signal.frame.group or 0
            self._tell(signal, endpoint, self._next_sequence(), data, group)
        elif len(parts) <= MOST_FRAGMENTS:
            self.spawn(self._tell_in_parts(signal, endpoint, parts), "fragments")
        else:
            _LOGGER.warning("%d octets do not fit %d fragments", len(data), MOST_FRAGMENTS)

    async def _tell_in_parts(
        self, signal: FrameHeard, endpoint: int, parts: Sequence[bytes]
    ) -> None:
        """Tell one part after the other, as the host acknowledges them."""
        sequence = self._next_sequence()
        for index, part in enumerate(parts):
            acknowledged = asyncio.Event()
            self._unacknowledged[sequence, index] = acknowledged
            group = index or len(parts) << 8
            self._tell(signal, endpoint, sequence, part, group, _Option.FRAGMENT)
            try:
                await self._clock.within(ACKNOWLEDGED_WITHIN, acknowledged.wait())
            except AnswerTimeoutError:
                return
            finally:
                del self._unacknowledged[sequence, index]

    def _reply(self, request: Reply) -> bytes:
        """Take the acknowledgement of a part."""
        place = (request.aps.sequence, request.aps.group & 0xFF)
        acknowledged = self._unacknowledged.get(place)
        if acknowledged is None:
            return self._wording.status(Status.INVALID_CALL)
        acknowledged.set()
        return self._wording.status(Status.OK)

    def _tell(
        self,
        signal: FrameHeard,
        endpoint: int,
        sequence: int,
        data: bytes,
        group: int = 0,
        more: int = 0,
    ) -> None:
        frame = signal.frame
        kind = _Incoming.BROADCAST if frame.broadcast else _Incoming.UNICAST
        if frame.group is not None:
            kind = _Incoming.MULTICAST
        options = _Option.RETRY | more | (0 if frame.lock is None else _Option.ENCRYPTION)
        ends = (frame.source_endpoint, endpoint)
        head = (frame.profile_id, frame.cluster_id, *ends, options, group, sequence)
        heard = Heard(
            kind,
            _APS.pack(*head),
            frame.source_nwk,
            frame.source,
            signal.lqi,
            signal.rssi,
            data,
        )
        self._host.call_back(_Callback.INCOMING_MESSAGE, self._wording.heard(heard))


def _part_of(aps: ApsFrame) -> Part | None:
    """Return which part of a message a frame of the host is; None where it is a whole one."""
    if not aps.options & _Option.FRAGMENT:
        return None
    parts, place = divmod(aps.group, 0x100)
    return Part(aps.sequence, place, parts)


def _is_possible(part: Part | None) -> bool:
    return part is None or part.place < part.parts
