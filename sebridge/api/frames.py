"""Requests about the frames that the radio hears and sends: record, look, export, replay.

They need the scope admin: frames tell when somebody is at home. Keys and codes in them are zeros.
"""

import base64
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.errors import ParameterError
from sebridge.model.data_types import Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.radio.capture_file import capture_file
from sebridge.radio.frame_recorder import FrameRecorder, RecordedFrame
from sebridge.radio.radio import NetworkState, TxStatus
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.explanation import (
    Explanation,
    Part,
    cluster_name,
    command_name,
    explain,
    no_scale,
)
from sebridge.zcl.identifiers import ZDO_PROFILE
from sebridge.zcl.secret_octets import without_secrets

LONGEST_RECORDING: Final = 86_400
"""Seconds."""
MOST_TOLD: Final = 500
MOST_EXPLAINED: Final = 50
MOST_EXPORTED: Final = 2000
"""Frames in one answer: in a list, in a list that explains them, in a file."""
_HIGHEST_NUMBER: Final = 1 << 53

Direction = Literal["in", "out"]
DeviceScale = Callable[[Eui64, int, int, int | float], str]
"""Says of a device, endpoint, attribute and number what that is by the device's own scale."""


class ExplainedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a frame: its value and what that means, or the parts that it is made of."""

    name: str
    value: Any | Absent = ABSENT
    meaning: str | Absent = ABSENT
    parts: "Sequence[ExplainedPart] | Absent" = ABSENT


class FrameRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of the record.

    `time` is in seconds since 1970 UTC. `device_address` and `network_address` are of the sender of
    what came in, of the receiver of what went out. `lqi` (0..255) and `rssi` (dBm) are of what came
    in, `delivery` of what went out. `payload` is the ZCL or ZDO frame with its header;
    `hidden_octets` of it are zeros in the place of keys and codes. `header` and `fields` are there
    where they were asked for, `rest` are octets behind the last known field, and `problem` says why
    it cannot be read.
    """

    number: int
    time: float
    direction: str
    device_address: Eui64 | Absent = ABSENT
    network_address: NetworkAddress
    is_broadcast: bool
    source_endpoint_id: int
    destination_endpoint_id: int
    profile_id: int
    cluster_id: int
    cluster: str
    command: str
    enable_aps_encryption: bool
    lqi: int | Absent = ABSENT
    rssi: int | Absent = ABSENT
    delivery: str | Absent = ABSENT
    payload: bytes
    hidden_octets: int | Absent = ABSENT
    header: Sequence[ExplainedPart] | Absent = ABSENT
    fields: Sequence[ExplainedPart] | Absent = ABSENT
    rest: bytes | Absent = ABSENT
    problem: str | Absent = ABSENT


class RecordFramesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """For how many seconds more frames are recorded: 0 where they are not, null without an end."""

    seconds_left: float | None


class GetFramesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The frames, the oldest first, and how to go on.

    `since` is what to ask with next. `first_number` and `last_number` are of what is recorded; the
    first is above the last where that is nothing. `seconds_left` is that of `record_frames`.
    """

    frame_list: Sequence[FrameRecord]
    since: int
    first_number: int
    last_number: int
    seconds_left: float | None


class ExportFramesResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A capture file in the format pcapng, in base64; `since` is what to ask with next."""

    capture_file: str
    frames: int
    since: int
    last_number: int


class ReplayFrameResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The frame that was sent once more."""

    number: int


class FrameMethods:
    """Requests about frames. `replay` sends one again, or raises RefusedError on a real air.

    `scales` says for a cluster what numbers of devices come to.
    """

    rpc_interface = GENERAL_INTERFACE

    def __init__(
        self,
        recorder: FrameRecorder,
        network: Callable[[], NetworkState],
        replay: Callable[[RecordedFrame], Awaitable[None]],
        *,
        clusters: Clusters,
        scales: Mapping[int, DeviceScale],
    ) -> None:
        self._recorder = recorder
        self._network = network
        self._replay = replay
        self._clusters = clusters
        self._scales = scales

    @method(scope=Scope.ADMIN)
    async def record_frames(
        self, seconds: int | None = 600, *, clear: bool = False
    ) -> RecordFramesResponse:
        """Record the frames that come and go, for so many seconds from now on.

        At most a day; 0 stops, and null records without an end. The last 10,000 frames are kept, in
        memory only; `clear` forgets those so far.
        """
        if seconds is not None and not 0 <= seconds <= LONGEST_RECORDING:
            raise ParameterError("seconds", f"must be 0..{LONGEST_RECORDING}, or null")
        if clear:
            self._recorder.clear()
        self._recorder.record(seconds)
        return RecordFramesResponse(seconds_left=self._recorder.seconds_left)

    @method(scope=Scope.ADMIN)
    async def get_frames(  # what may be asked for
        self,
        *,
        since: int = 0,
        limit: int = 100,
        device_address: Eui64 | Absent = ABSENT,
        cluster_id: Uint16 | Absent = ABSENT,
        direction: Direction | Absent = ABSENT,
        explain: bool = False,
    ) -> GetFramesResponse:
        """Return recorded frames with higher numbers than `since`, the oldest first.

        At most `limit`, 1..500; with `explain`, which tells each field with its meaning, 1..50. A
        ZDO frame is of the profile 0, its cluster is its command.
        """
        _check("limit", limit, 1, MOST_EXPLAINED if explain else MOST_TOLD)
        frames, until = self._wanted(since, limit, device_address, cluster_id, direction)
        numbers = self._recorder.numbers
        return GetFramesResponse(
            frame_list=[self._told(frame, explained=explain) for frame in frames],
            since=until,
            first_number=numbers.start,
            last_number=numbers.stop - 1,
            seconds_left=self._recorder.seconds_left,
        )

    @method(scope=Scope.ADMIN)
    async def export_frames(
        self,
        *,
        since: int = 0,
        limit: int = MOST_EXPORTED,
        device_address: Eui64 | Absent = ABSENT,
        cluster_id: Uint16 | Absent = ABSENT,
        direction: Direction | Absent = ABSENT,
    ) -> ExportFramesResponse:
        """Return recorded frames as a capture file for Wireshark.

        The filters are those of get_frames; at most `limit` frames, 1..2000. Files of the same
        recording may be written one behind the other into one. Nothing in it is encrypted: what
        was so on the air is told in the comment of the frame.
        """
        _check("limit", limit, 1, MOST_EXPORTED)
        frames, until = self._wanted(since, limit, device_address, cluster_id, direction)
        shown = [replace(frame, data=self._safe(frame)[0]) for frame in frames]
        octets = capture_file(shown, self._network(), {one.number: _comment(one) for one in shown})
        return ExportFramesResponse(
            capture_file=base64.b64encode(octets).decode(),
            frames=len(frames),
            since=until,
            last_number=self._recorder.numbers.stop - 1,
        )

    @method(scope=Scope.ADMIN)
    async def replay_frame(self, number: int) -> ReplayFrameResponse:
        """Have a recorded frame sent once more by whoever sent it, on the simulated air only."""
        frame = self._recorder.frame(number)
        if frame is None:
            raise ParameterError("number", f"there is no frame {number} in the record")
        await self._replay(frame)
        return ReplayFrameResponse(number=number)

    # ------------------------------------------------------------------ which frames

    def _wanted(
        self,
        since: int,
        limit: int,
        device: Eui64 | Absent,
        cluster_id: int | Absent,
        direction: Direction | Absent,
    ) -> tuple[Sequence[RecordedFrame], int]:
        """Return frames, and the number since which there may be more."""
        _check("since", since, 0, _HIGHEST_NUMBER)

        def matching() -> Iterator[RecordedFrame]:
            for frame in self._recorder.since(since):
                if (
                    device in {ABSENT, frame.device}
                    and cluster_id in {ABSENT, frame.cluster_id}
                    and direction in {ABSENT, _direction(frame)}
                ):
                    yield frame

        frames = list(islice(matching(), limit))
        last = self._recorder.numbers.stop - 1
        return frames, frames[-1].number if len(frames) == limit else last

    # ------------------------------------------------------------------ what is told of them

    def _safe(self, frame: RecordedFrame) -> tuple[bytes, int]:
        return without_secrets(self._clusters, frame.profile_id, frame.cluster_id, frame.data)

    def _cluster(self, frame: RecordedFrame) -> str:
        is_zdo = frame.profile_id == ZDO_PROFILE
        return "zdo" if is_zdo else cluster_name(self._clusters, frame.cluster_id)

    def _told(self, frame: RecordedFrame, *, explained: bool) -> FrameRecord:
        octets, hidden = self._safe(frame)
        place = (self._clusters, frame.profile_id, frame.cluster_id, octets)
        told = FrameRecord(
            number=frame.number,
            time=round(frame.time * 1e6) / 1e6,  # as in the file, to the last digit
            direction=_direction(frame),
            device_address=ABSENT if frame.device is None else frame.device,
            network_address=NetworkAddress(frame.nwk),
            is_broadcast=frame.broadcast,
            source_endpoint_id=frame.source_endpoint,
            destination_endpoint_id=frame.destination_endpoint,
            profile_id=frame.profile_id,
            cluster_id=frame.cluster_id,
            cluster=self._cluster(frame),
            command=command_name(*place),
            enable_aps_encryption=frame.encrypted,
            lqi=ABSENT if frame.lqi is None else frame.lqi,
            rssi=ABSENT if frame.rssi is None else frame.rssi,
            delivery=ABSENT if frame.is_incoming else _delivery(frame),
            payload=octets,
            hidden_octets=hidden or ABSENT,
        )
        return _with_fields(told, explain(*place, self._scale_of(frame))) if explained else told

    def _scale_of(self, frame: RecordedFrame) -> Callable[[int, int | float], str]:
        """Return what says of numbers of the device, if it sent the frame, what they come to."""
        device, scale = frame.device, self._scales.get(frame.cluster_id)
        if device is None or scale is None or not frame.is_incoming:
            return no_scale
        return partial(scale, device, frame.source_endpoint)


def _with_fields(told: FrameRecord, explained: Explanation) -> FrameRecord:
    problem: str | Absent = ABSENT
    if explained.problem:
        at = explained.problem_at
        problem = explained.problem if at is None else f"octet {at}: {explained.problem}"
    return replace(
        told,
        header=[_part(part) for part in explained.header],
        fields=[_part(part) for part in explained.fields],
        rest=explained.rest or ABSENT,
        problem=problem,
    )


def _part(part: Part) -> ExplainedPart:
    parts = [_part(one) for one in part.parts]
    return ExplainedPart(
        name=part.name,
        value=ABSENT if parts and part.value is None else part.value,
        meaning=part.meaning or ABSENT,
        parts=parts or ABSENT,
    )


def _direction(frame: RecordedFrame) -> str:
    return "in" if frame.is_incoming else "out"


def _delivery(frame: RecordedFrame) -> str:
    """Return what became of a frame that was sent, in words."""
    if frame.status is None:
        return "under way"
    if frame.status == TxStatus.SUCCESS:
        return "sent" if frame.broadcast else "acknowledged"
    known = TxStatus(frame.status).name if frame.status in set(TxStatus) else ""
    return f"not delivered: 0x{frame.status:02X} {known}".rstrip()


def _comment(frame: RecordedFrame) -> str:
    told = ["APS encryption with a link key"] if frame.encrypted else []
    return "; ".join(told if frame.is_incoming else [*told, _delivery(frame)])


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ParameterError(name, f"{value} is not in {least}..{most}")
