"""The frames that a radio heard and sent lately, for who wants to look at them."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock

MOST_FRAMES: Final = 10_000
MOST_OCTETS: Final = 2_097_152
"""What is kept: so many frames, with so many octets of ZCL and ZDO frames in all."""


class Frame(Protocol):
    """What every frame has, whichever way it goes."""

    @property
    def profile_id(self) -> int:
        """The profile, 16 bits."""

    @property
    def cluster_id(self) -> int:
        """The cluster, 16 bits; that of a ZDO frame is its command."""

    @property
    def source_endpoint(self) -> int:
        """The endpoint that it comes from, 0..255."""

    @property
    def destination_endpoint(self) -> int:
        """The endpoint that it is for, 0..255."""

    @property
    def data(self) -> bytes:
        """The ZCL frame with its header, or the ZDO frame with its sequence number."""

    @property
    def encrypted(self) -> bool:
        """Whether it has APS encryption with a link key."""


class HeardFrame(Frame, Protocol):
    """A frame, and how it was heard."""

    @property
    def broadcast(self) -> bool:
        """Whether it is for many."""

    @property
    def lqi(self) -> int | None:
        """Link quality, 0..255."""

    @property
    def rssi(self) -> int | None:
        """Signal strength in dBm."""


class Delivery(msgspec.Struct):
    """What became of a frame that was sent."""

    tx_status: int | None = None  # a radio.TxStatus; None while it is under way

    def ended(self, status: int) -> None:
        """Take note of how it ended."""
        self.tx_status = status


class RecordedFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A frame that was heard, also one that was heard twice; or one that was sent.

    `device` and `nwk` are whom it came from, or went to: `device` is None where only the network
    address is known, as it is for a broadcast.
    """

    number: int  # counted from 1 on since the start of the bridge
    time: float  # UTC, seconds since 1970
    is_incoming: bool
    device: Eui64 | None
    nwk: int
    profile_id: int
    cluster_id: int
    source_endpoint: int
    destination_endpoint: int
    data: bytes  # the ZCL frame with its header, or the ZDO frame with its sequence number
    encrypted: bool  # APS encryption with a link key
    broadcast: bool
    lqi: int | None = None  # 0..255, of what was heard
    rssi: int | None = None  # dBm, of what was heard
    delivery: Delivery | None = None  # of what was sent

    @property
    def status(self) -> int | None:
        """The radio.TxStatus of what was sent; None while that is under way."""
        return None if self.delivery is None else self.delivery.tx_status


class FrameRecorder:
    """Records while it is told to. The oldest frames go where there is no room.

    `is_on` is to be asked before a frame is told, so that nothing is done where nobody looks.
    """

    def __init__(self, clock: Clock) -> None:
        self.is_on = False
        self._clock = clock
        self._ends: float | None = None  # monotonic
        self._frames: deque[RecordedFrame] = deque()
        self._octets = 0
        self._number = 0
        self._followers: tuple[Callable[[], object], ...] = ()

    def follow(self, follower: Callable[[], object]) -> Callable[[], object]:
        """Call this with each frame, until what is returned is called."""
        self._followers = (*self._followers, follower)

        def unfollow() -> None:
            self._followers = tuple(one for one in self._followers if one is not follower)

        return unfollow

    # ------------------------------------------------------------------ on and off

    def record(self, seconds: float | None) -> None:
        """Record for so many seconds from now on; None is without an end, 0 is no more."""
        self.is_on = seconds is None or seconds > 0
        self._ends = None if seconds is None else self._clock.monotonic() + seconds

    def clear(self) -> None:
        """Forget the frames; their numbers go on."""
        self._frames.clear()
        self._octets = 0

    @property
    def seconds_left(self) -> float | None:
        """For how long frames will be recorded, 0 where they are not; None is without an end."""
        if self.is_on and self._ends is None:
            return None
        left = 0.0 if self._ends is None else self._ends - self._clock.monotonic()
        return max(left, 0.0) if self.is_on else 0.0

    # ------------------------------------------------------------------ from the radio

    def heard(self, device: Eui64 | None, nwk: int, frame: HeardFrame) -> None:
        """Record a frame that the radio heard of a device."""
        self._keep(
            device,
            nwk,
            frame,
            is_incoming=True,
            broadcast=frame.broadcast,
            lqi=frame.lqi,
            rssi=frame.rssi,
        )

    def sent(self, device: Eui64 | None, nwk: int, frame: Frame, *, broadcast: bool) -> Delivery:
        """Record a frame that the radio is to send; its delivery is to be told how that ends."""
        delivery = Delivery()
        self._keep(device, nwk, frame, is_incoming=False, broadcast=broadcast, delivery=delivery)
        return delivery

    def _keep(  # what heard and sent frames differ in
        self,
        device: Eui64 | None,
        nwk: int,
        frame: Frame,
        *,
        is_incoming: bool,
        broadcast: bool,
        lqi: int | None = None,
        rssi: int | None = None,
        delivery: Delivery | None = None,
    ) -> None:
        if self._ends is not None and self._clock.monotonic() >= self._ends:
            self.is_on = False
            return
        self._number += 1
        kept = RecordedFrame(
            number=self._number,
            time=self._clock.utc(),
            is_incoming=is_incoming,
            device=device,
            nwk=nwk,
            profile_id=frame.profile_id,
            cluster_id=frame.cluster_id,
            source_endpoint=frame.source_endpoint,
            destination_endpoint=frame.destination_endpoint,
            data=frame.data,
            encrypted=frame.encrypted,
            broadcast=broadcast,
            lqi=lqi,
            rssi=rssi,
            delivery=delivery,
        )
        self._frames.append(kept)
        self._octets += len(kept.data)
        while len(self._frames) > MOST_FRAMES or self._octets > MOST_OCTETS:
            self._octets -= len(self._frames.popleft().data)
        for follower in self._followers:
            follower()

    # ------------------------------------------------------------------ to who looks

    @property
    def numbers(self) -> range:
        """The numbers of the frames that are kept; an empty range ends at the next number."""
        return range(self._number - len(self._frames) + 1, self._number + 1)

    def since(self, number: int) -> Sequence[RecordedFrame]:
        """Return the frames with higher numbers, the oldest first."""
        skipped = max(number + 1 - self.numbers.start, 0)
        return list(islice(self._frames, skipped, None))

    def frame(self, number: int) -> RecordedFrame | None:
        """Return the frame of a number; None where it is not kept."""
        numbers = self.numbers
        return self._frames[number - numbers.start] if number in numbers else None
