"""The updates of all devices: who is offered what, and how far each is. Pure.

A device asks for an image, for one part of it after the other, and for when to run it; each
question is answered by what a person has chosen for this device, and by nothing else. Times are
seconds since 2000 UTC. Source: ZigBee Cluster Library, OTA Upgrade cluster.
"""

from collections.abc import Callable, Iterator, MutableMapping
import enum
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.errors import LimitError, RefusedError
from sebridge.features.ota.firmware import DeviceFirmware, ImageRef, shown_version
from sebridge.features.ota.records import (
    ASK_NOW,
    NOT_YET,
    ImageBlockRequestRecord,
    ImageBlockResponseRecord,
    OtaStatus,
    QueryNextImageRecord,
    QueryNextImageResponseRecord,
    UpgradeEndRequestRecord,
    UpgradeEndResponseRecord,
)
from sebridge.features.ota.signals import FirmwareTold, UpdateChanged, VersionDue
from sebridge.gateway.cluster import Outcome, Sending
from sebridge.model.data_types import Uint8, Uint16, UtcTime
from sebridge.network.peer import Peer
from sebridge.zcl.status import Status, status_name

MOST_OPEN: Final = 256
"""Updates that wait or are under way."""
LONGEST_AHEAD: Final = 31 * 86_400
"""Seconds from now, after which no update begins and no image is to be run."""
LARGEST_BLOCK: Final = 48
"""Octets of a part: with what is around it, they fit a frame also behind some hops."""

SILENCE: Final = 300
"""Seconds after which a device that asks for nothing leaves its place to another."""
NOTICE_PERIOD: Final = 3_600
"""Seconds after which a device that asks for nothing is told again that there is an image."""
MOST_NOTICES: Final = 168
"""Notices in a row after which a device that asks for nothing gets no more: those of a week."""
MOST_QUESTIONS: Final = 144
"""Questions for its version after which a device is given up: those of a day."""

_STARTING: Final = 120  # seconds that a device takes at least to run another image
_STARTED: Final = 1_800  # seconds in which it does so at the latest, as long as it can be asked
_ASK_PERIOD: Final = 600  # seconds between two questions for its version
_BUSY: Final = 60  # seconds after which to ask again where others are under way
_LOADING: Final = 5  # seconds after which to ask again while the file is read
_AROUND_BLOCK: Final = 17  # octets of a frame with a part of an image beside that
_MILLISECONDS: Final = 1_000
_ALL: Final = 100  # per cent
_STEP: Final = 10  # per cent that are worth telling


class UpdateState(enum.StrEnum):
    """How far an update is."""

    SCHEDULED = "scheduled"
    """It begins later."""
    WAITING = "waiting"
    """As many as may are under way."""
    OFFERED = "offered"
    """The device was told to ask."""
    DOWNLOADING = "downloading"
    LOADED = "loaded"
    """The device has all of it, and waits to be told to run it."""
    INSTALLING = "installing"
    """The device was told when to run it."""
    DONE = "done"
    """The device told that it runs it."""
    FAILED = "failed"
    ABORTED = "aborted"


_OVER: Final = frozenset({UpdateState.DONE, UpdateState.FAILED, UpdateState.ABORTED})
_UNDER_WAY: Final = frozenset({UpdateState.OFFERED, UpdateState.DOWNLOADING})
_REPLACEABLE: Final = frozenset({UpdateState.SCHEDULED, UpdateState.WAITING}) | _OVER


class FirmwareUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What a device is given, or was. Kept over restarts; where it is in the file, it tells itself.

    It begins at `start`. `run` is when the device is to run it: 0 as soon as it has it, NOT_YET
    when somebody says so. It is in its state since `changed`; `reason` tells why it failed.
    """

    image: ImageRef
    endpoint: Uint8
    profile_id: Uint16
    state: UpdateState
    start: UtcTime
    run: UtcTime = 0
    changed: UtcTime
    reason: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in _OVER

    @property
    def is_under_way(self) -> bool:
        """Whether the device may ask for parts of the image."""
        return self.state in _UNDER_WAY

    def peer(self, device: Eui64) -> Peer:
        """Return the endpoint that it is for."""
        return Peer(device, self.endpoint, self.profile_id)


class Pacing(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the air downloads take: milliseconds between two parts, devices at once."""

    block_period: int
    at_once: int


class _Flow(msgspec.Struct):
    """How a device comes on since we started: not kept, for it tells it with each question.

    `heard` is when it last asked for something, `told` when it was last told or asked something by
    us, and `times` how often since it asked. `blocks` is how many parts it had in the second
    `second`. `is_paced` says that it was told how often it may ask.
    """

    heard: int
    told: int = 0
    times: int = 0
    percent: int = 0
    second: int = 0
    blocks: int = 0
    is_paced: bool = False

    @property
    def last(self) -> int:
        """When there was something last, from either side."""
        return max(self.heard, self.told)

    def settle(self, now: int) -> None:
        """Have nothing that has been lie ahead."""
        self.heard, self.told = min(self.heard, now), min(self.told, now)
        self.second = min(self.second, now)

    def asks(self, now: int) -> None:
        """Note that the device asks for something."""
        self.heard, self.times = now, 0

    def tell(self, now: int) -> None:
        """Note that the device is told, or asked, something."""
        self.told, self.times = now, self.times + 1


class FirmwareUpdates:
    """Knows what each device runs, and answers what devices ask while they are updated.

    `firmware` and `updates` are kept over restarts. `is_offered_more` says whether there is an
    image that a device could be given, `longest_frame` how many octets of a frame reach it.
    `contents` has the files that are being downloaded by their hash; one that is missing is being
    read.
    """

    def __init__(
        self,
        firmware: MutableMapping[Eui64, DeviceFirmware],
        updates: MutableMapping[Eui64, FirmwareUpdate],
        *,
        pacing: Pacing,
        knows: Callable[[Eui64], bool],
        is_offered_more: Callable[[Eui64, DeviceFirmware], bool],
        longest_frame: Callable[[], int],
    ) -> None:
        self.contents: dict[str, bytes] = {}
        self._firmware = firmware
        self._updates = updates
        self._pacing = pacing
        self._knows = knows
        self._is_offered_more = is_offered_more
        self._longest_frame = longest_frame
        self._flows = {d: _Flow(u.changed) for d, u in updates.items() if not u.is_over}

    # ------------------------------------------------------------------ what is known

    def firmware_of(self, device: Eui64) -> DeviceFirmware | None:
        """Return what a device has told that it runs."""
        return self._firmware.get(device)

    def update_of(self, device: Eui64) -> FirmwareUpdate | None:
        """Return the last update of a device."""
        return self._updates.get(device)

    def percent_of(self, device: Eui64) -> int | None:
        """Return how much of its image a device has, as far as that is known."""
        flow, update = self._flows.get(device), self._updates.get(device)
        if update is None or update.state in {UpdateState.SCHEDULED, UpdateState.WAITING}:
            return None
        if update.state in {UpdateState.LOADED, UpdateState.INSTALLING, UpdateState.DONE}:
            return _ALL
        return None if flow is None else flow.percent

    def devices(self) -> list[Eui64]:
        """Return the devices of which anything is known."""
        return list(dict.fromkeys((*self._firmware, *self._updates)))

    def needed(self) -> dict[str, ImageRef]:
        """Return the images that devices may ask for parts of, by their hash."""
        images = [update.image for _, update in self._open() if update.is_under_way]
        return {image.sha512: image for image in images}

    def _open(self) -> Iterator[tuple[Eui64, FirmwareUpdate]]:
        return ((device, self._updates[device]) for device in tuple(self._flows))

    # ------------------------------------------------------------------ what people want

    def begin(self, device: Eui64, image: ImageRef, *, start: int, run: int, now: int) -> Outcome:
        """Give a device an image, from a time on, to be run at a time.

        RefusedError while another is under way, for a device that has not told what it runs, and
        for times that are too far ahead.
        """
        _check_ahead(now, start, run)
        firmware, before = self._firmware.get(device), self._updates.get(device)
        if firmware is None:
            raise RefusedError(f"{device} has not told which firmware it runs")
        if before is not None and before.state not in _REPLACEABLE:
            raise RefusedError(f"an update of {device} is {before.state}: abort it first")
        if device not in self._flows and len(self._flows) >= MOST_OPEN:
            raise LimitError(f"{MOST_OPEN} updates wait or are under way already")
        update = FirmwareUpdate(
            image=image,
            endpoint=firmware.endpoint,
            profile_id=firmware.profile_id,
            state=UpdateState.SCHEDULED if start > now else UpdateState.WAITING,
            start=start,
            run=run,
            changed=now,
        )
        self._updates[device] = update
        self._flows[device] = _Flow(now)
        return Outcome(signals=(UpdateChanged(device),))

    def release(self, device: Eui64, run: int, now: int) -> Outcome:
        """Tell a device that has all of its image to run it, at a time; 0 is at once.

        RefusedError for one that does not wait for that, or a time that is too far ahead.
        """
        _check_ahead(now, run)
        update = self._updates.get(device)
        if update is None or update.state is not UpdateState.LOADED:
            raise RefusedError(f"{device} has no image that waits to be run")
        update = replace(update, run=run)
        answer = _end_response(update, now)
        changed = self._change(device, update, _behind_end(update), now)
        return Outcome(sendings=(Sending(update.peer(device), answer),), signals=changed)

    def abort(self, device: Eui64, now: int) -> Outcome:
        """End an update: the device hears of it with its next question. RefusedError."""
        update = self._updates.get(device)
        if update is None or update.is_over:
            raise RefusedError(f"there is no update of {device} to abort")
        if update.state is UpdateState.INSTALLING:
            raise RefusedError(f"{device} has the image, and was told when to run it")
        return Outcome(signals=self._change(device, update, UpdateState.ABORTED, now))

    def fail(self, device: Eui64, reason: str, now: int) -> Outcome:
        """End an update that cannot go on."""
        update = self._updates.get(device)
        if update is None or update.is_over:
            return Outcome()
        return Outcome(signals=self._change(device, update, UpdateState.FAILED, now, reason))

    def fail_image(self, sha512: str, reason: str, now: int) -> Outcome:
        """End the updates that cannot go on because the file of their image is no more."""
        meant = [d for d, u in self._open() if u.is_under_way and u.image.sha512 == sha512]
        signals = [signal for device in meant for signal in self.fail(device, reason, now).signals]
        return Outcome(signals=tuple(signals))

    def forget(self, device: Eui64) -> None:
        """Know nothing more of a device."""
        for known in (self._firmware, self._updates, self._flows):
            known.pop(device, None)

    # ------------------------------------------------------------------ what devices say

    def learn(self, device: Eui64, told: DeviceFirmware, now: int) -> Outcome:
        """Note what a device told of its firmware; it may be what it was updated to."""
        before = self._firmware.get(device)
        if told.hardware_version is None and before is not None:
            told = replace(told, hardware_version=before.hardware_version)
        signals: tuple[object, ...] = ()
        if told != before and self._knows(device):
            self._firmware[device] = told
            signals = (FirmwareTold(device),)
        update = self._updates.get(device)
        if update is None or update.is_over:
            return Outcome(signals=signals)
        if told.file_version == update.image.file_version:
            signals += self._change(device, update, UpdateState.DONE, now)
        elif update.state is UpdateState.INSTALLING and now >= _runs_at(update) + _STARTED:
            reason = f"it still runs {shown_version(told.file_version)}"
            signals += self._change(device, update, UpdateState.FAILED, now, reason)
        return Outcome(signals=signals)

    def query(self, source: Peer, record: QueryNextImageRecord, now: int) -> Outcome:
        """Answer a device that asks for its next image."""
        device = source.device
        told = DeviceFirmware(
            endpoint=source.endpoint,
            profile_id=source.profile_id,
            manufacturer_code=record.manufacturer_code,
            image_type=record.image_type,
            file_version=record.file_version,
            hardware_version=record.hardware_version,
        )
        signals = self.learn(device, told, now).signals
        update = self._updates.get(device)
        if update is None or update.is_over or update.state is UpdateState.SCHEDULED:
            may_be = self._knows(device) and self._is_offered_more(device, told)
            status = OtaStatus.NOT_AUTHORIZED if may_be else OtaStatus.NO_IMAGE_AVAILABLE
            return Outcome((QueryNextImageResponseRecord(status=status),), signals=signals)
        image = update.image
        is_of_it = (image.manufacturer_code, image.image_type) == (
            told.manufacturer_code,
            told.image_type,
        )
        if update.state is UpdateState.INSTALLING or not is_of_it:
            answer = QueryNextImageResponseRecord(status=OtaStatus.NO_IMAGE_AVAILABLE)
            return Outcome((answer,), signals=signals)
        flow = self._flows[device]
        flow.asks(now)
        flow.is_paced = False
        if update.state is not UpdateState.OFFERED:
            signals += self._change(device, update, UpdateState.OFFERED, now)
        answer = QueryNextImageResponseRecord(
            status=OtaStatus.SUCCESS,
            manufacturer_code=image.manufacturer_code,
            image_type=image.image_type,
            file_version=image.file_version,
            image_size=image.size,
        )
        return Outcome((answer,), signals=signals)

    def block(self, source: Peer, record: ImageBlockRequestRecord, now: int) -> Outcome:
        """Answer a device that asks for a part of its image."""
        device = source.device
        update = self._updates.get(device)
        if update is None or not update.is_under_way or not _is_named(update.image, record):
            return Outcome((ImageBlockResponseRecord(status=OtaStatus.ABORT),))
        image = update.image
        if record.file_offset >= image.size or not record.maximum_data_size:
            return Outcome(status=Status.MALFORMED_COMMAND)
        flow, contents = self._flows[device], self.contents.get(image.sha512)
        again = self._again_at(device, record, now, is_there=contents is not None)
        if contents is None or again is not None:
            return self._wait(again or now, now)
        flow.blocks += 1
        room = min(LARGEST_BLOCK, self._longest_frame() - _AROUND_BLOCK, record.maximum_data_size)
        part = contents[record.file_offset : record.file_offset + room]
        answer = ImageBlockResponseRecord(
            status=OtaStatus.SUCCESS,
            manufacturer_code=image.manufacturer_code,
            image_type=image.image_type,
            file_version=image.file_version,
            file_offset=record.file_offset,
            image_data=part,
        )
        percent = _ALL * (record.file_offset + len(part)) // image.size
        before, flow.percent = flow.percent, percent
        signals: tuple[object, ...] = ()
        if update.state is not UpdateState.DOWNLOADING:
            signals = self._change(device, update, UpdateState.DOWNLOADING, now)
        elif percent != before:
            signals = (UpdateChanged(device, is_news=percent // _STEP != before // _STEP),)
        return Outcome((answer,), signals=signals)

    def end(self, source: Peer, record: UpgradeEndRequestRecord, now: int) -> Outcome:
        """Answer a device that has all of its image, or cannot use it."""
        device = source.device
        update = self._updates.get(device)
        is_told = update is not None and _is_named(update.image, record)
        if update is None or update.is_over or not is_told:
            return Outcome(status=Status.NOT_AUTHORIZED)
        if record.status != OtaStatus.SUCCESS:
            reason = f"the device answered {status_name(record.status)}"
            return self.fail(device, reason, now)
        if update.state in {UpdateState.SCHEDULED, UpdateState.WAITING}:
            return Outcome(status=Status.NOT_AUTHORIZED)
        answer, state = _end_response(update, now), _behind_end(update)
        signals = () if state is update.state else self._change(device, update, state, now)
        return Outcome((answer,), signals=signals)

    # ------------------------------------------------------------------ what comes in time

    def next_change(self, now: int) -> int | None:
        """Return when something will be due; None for never."""
        place = self._next_place(now)
        return min((self._due(d, update, place) for d, update in self._open()), default=None)

    def advance(self, now: int) -> Outcome:
        """Do what is due: offer images, remind devices, ask what they run, give up."""
        sendings: list[Sending] = []
        signals: list[object] = []
        self._settle(now)
        place = self._next_place(now)
        for device, update in self._open():
            if self._due(device, update, place) <= now:
                done = self._advance_one(device, update, now)
                sendings += done.sendings
                signals += done.signals
                place = self._next_place(now)
        return Outcome(sendings=tuple(sendings), signals=tuple(signals))

    def _settle(self, now: int) -> None:
        """Have nothing that has been lie ahead: the clock may have been set back."""
        for device, update in self._open():
            self._flows[device].settle(now)
            if update.changed > now:
                self._updates[device] = replace(update, changed=now)

    def _due(self, device: Eui64, update: FirmwareUpdate, place: int) -> int:
        """Return when there is something to do for a device; `place` is when one will be free."""
        flow = self._flows[device]
        match update.state:
            case UpdateState.SCHEDULED:
                return update.start
            case UpdateState.WAITING:
                return place
            case UpdateState.LOADED:
                return NOT_YET
            case UpdateState.INSTALLING:
                return max(_runs_at(update) + _STARTING, flow.told + _ASK_PERIOD)
            case _:
                return flow.last + NOTICE_PERIOD

    def _advance_one(self, device: Eui64, update: FirmwareUpdate, now: int) -> Outcome:
        flow, peer = self._flows[device], update.peer(device)
        if update.state is UpdateState.SCHEDULED:
            return Outcome(signals=self._change(device, update, UpdateState.WAITING, now))
        if update.state is UpdateState.INSTALLING:
            if flow.times >= MOST_QUESTIONS:
                return self.fail(device, "it does not tell which firmware it runs now", now)
            flow.tell(now)
            return Outcome(signals=(VersionDue(peer),))
        if flow.times >= MOST_NOTICES:
            return self.fail(device, "it asks for nothing", now)
        flow.tell(now)
        notice = Sending(peer, ASK_NOW)
        changed: tuple[object, ...] = ()
        if update.state is UpdateState.WAITING:
            changed = self._change(device, update, UpdateState.OFFERED, now)
        return Outcome(sendings=(notice,), signals=changed)

    # ------------------------------------------------------------------ how much of the air

    def _active(self, now: int) -> dict[Eui64, int]:
        """Return the devices that are being updated, and when each was last heard or told."""
        return {
            device: self._flows[device].last
            for device, update in self._open()
            if update.is_under_way and self._flows[device].last > now - SILENCE
        }

    def _next_place(self, now: int) -> int:
        """Return when another device may begin."""
        active = self._active(now)
        is_free = len(active) < self._pacing.at_once
        return now if is_free else min(active.values()) + SILENCE

    def _has_place(self, device: Eui64, now: int) -> bool:
        active = self._active(now)
        return device in active or len(active) < self._pacing.at_once

    def _again_at(
        self, device: Eui64, record: ImageBlockRequestRecord, now: int, *, is_there: bool
    ) -> int | None:
        """Return when a device may ask again for a part; None where it gets that part now."""
        if not self._has_place(device, now):
            return now + _BUSY
        flow = self._flows[device]
        flow.asks(now)
        if not is_there:
            return now + _LOADING
        if self._is_too_fast(flow, record):
            return now
        turn = self._next_turn(flow, now)
        return turn if turn > now else None

    def _next_turn(self, flow: _Flow, now: int) -> int:
        """Return when a device may have its next part."""
        period = self._pacing.block_period
        if flow.second != now:
            rest = -(-period // _MILLISECONDS) if flow.blocks else 0  # rounded up
            if flow.second < now < flow.second + rest:
                return flow.second + rest
            flow.second, flow.blocks = now, 0
            return now
        return now if flow.blocks < _MILLISECONDS // period else now + 1

    def _wait(self, until: int, now: int) -> Outcome:
        """Have a device ask again at a time, and from then on not too often."""
        answer = ImageBlockResponseRecord(
            status=OtaStatus.WAIT_FOR_DATA,
            utc_time=now,
            request_time=until,
            minimum_block_period=self._pacing.block_period,
        )
        return Outcome((answer,))

    def _is_too_fast(self, flow: _Flow, record: ImageBlockRequestRecord) -> bool:
        """Say, once, whether a device that can be told to ask less often is to be told so."""
        period = record.minimum_block_period
        if flow.is_paced or period is None or period >= self._pacing.block_period:
            return False
        flow.is_paced = True
        return True

    # ------------------------------------------------------------------ where it is kept

    def _change(
        self,
        device: Eui64,
        update: FirmwareUpdate,
        state: UpdateState,
        now: int,
        reason: str = "",
    ) -> tuple[object, ...]:
        self._updates[device] = replace(update, state=state, changed=now, reason=reason)
        if state in _OVER:
            self._flows.pop(device, None)
        elif state is UpdateState.INSTALLING:
            self._flows[device] = _Flow(now)  # what is counted now are other questions
        return (UpdateChanged(device),)


def _check_ahead(now: int, *times: int) -> None:
    if any(now + LONGEST_AHEAD < time != NOT_YET for time in times):
        raise RefusedError("what is to happen more than 31 days ahead is easily forgotten")


def _is_named(image: ImageRef, record: ImageBlockRequestRecord | UpgradeEndRequestRecord) -> bool:
    return (image.manufacturer_code, image.image_type, image.file_version) == (
        record.manufacturer_code,
        record.image_type,
        record.file_version,
    )


def _behind_end(update: FirmwareUpdate) -> UpdateState:
    """Return what follows when a device has all of its image."""
    return UpdateState.LOADED if update.run == NOT_YET else UpdateState.INSTALLING


def _runs_at(update: FirmwareUpdate) -> int:
    """Return when a device that was told so runs its image."""
    return max(update.run, update.changed)


def _end_response(update: FirmwareUpdate, now: int) -> UpgradeEndResponseRecord:
    image = update.image
    return UpgradeEndResponseRecord(
        manufacturer_code=image.manufacturer_code,
        image_type=image.image_type,
        file_version=image.file_version,
        utc_time=now,
        upgrade_time=max(update.run, now),
    )
