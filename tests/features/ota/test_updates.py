"""What devices are answered while they are updated, and what is done in time."""

from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.base.errors import LimitError, RefusedError
from sebridge.features.ota import updates as machine
from sebridge.features.ota.records import (
    NOT_YET,
    ImageBlockResponseRecord,
    ImageNotifyRecord,
    OtaStatus,
    QueryNextImageResponseRecord,
    UpgradeEndResponseRecord,
)
from sebridge.features.ota.signals import FirmwareTold, UpdateChanged, VersionDue
from sebridge.features.ota.updates import (
    LARGEST_BLOCK,
    MOST_NOTICES,
    MOST_QUESTIONS,
    NOTICE_PERIOD,
    SILENCE,
    FirmwareUpdate,
    FirmwareUpdates,
)
from sebridge.gateway.cluster import Outcome
from sebridge.zcl.status import Status
from tests.features.ota.parts import (
    DEVICE,
    FILE,
    FIRMWARE,
    IMAGE,
    begun,
    block,
    end,
    query,
    updates_of,
)
from tests.gateway.radio_side import NOW, address, peer

NEW = replace(FIRMWARE, file_version=2)


def state(updates: FirmwareUpdates, number: int = 1) -> str:
    update = updates.update_of(address(number))
    assert update is not None
    return update.state.value


def answer(outcome: Outcome) -> Any:
    [record] = outcome.answers
    return record


def loaded(updates: FirmwareUpdates, run: int = 0) -> None:
    """Bring the first device so far that it has all of its image."""
    begun(updates, NOW, run=run)
    updates.query(*query(), NOW)
    updates.block(*block(), NOW)
    updates.end(*end(), NOW)


# ------------------------------------------------------------------ offers


def test_who_was_promised_nothing_gets_nothing() -> None:
    nothing = answer(updates_of().query(*query(), NOW))
    not_yet = answer(updates_of(offered=True).query(*query(), NOW))
    part = answer(updates_of().block(*block(), NOW))

    assert nothing == QueryNextImageResponseRecord(status=OtaStatus.NO_IMAGE_AVAILABLE)
    assert not_yet == QueryNextImageResponseRecord(status=OtaStatus.NOT_AUTHORIZED)
    assert part == ImageBlockResponseRecord(status=OtaStatus.ABORT)
    assert updates_of().end(*end(), NOW) == Outcome(status=Status.NOT_AUTHORIZED)


def test_a_stranger_is_not_remembered_whatever_it_runs() -> None:
    updates = updates_of(offered=True)

    asked = answer(updates.query(*query(number=20), NOW))

    assert asked.status == OtaStatus.NO_IMAGE_AVAILABLE
    assert updates.firmware_of(address(20)) is None


def test_a_device_is_told_of_its_image_and_offered_it() -> None:
    updates = updates_of()

    notice = begun(updates, NOW)
    offered = updates.query(*query(), NOW + 1)

    [sending] = notice.sendings
    assert sending.peer == peer(1)
    assert sending.record == ImageNotifyRecord(payload_type=0, query_jitter=100)
    assert answer(offered) == QueryNextImageResponseRecord(
        status=0, manufacturer_code=0x1234, image_type=7, file_version=2, image_size=len(FILE)
    )
    assert updates.percent_of(DEVICE) == 0


def test_a_device_that_turns_out_to_be_another_is_offered_nothing() -> None:
    updates = updates_of()
    begun(updates, NOW)

    offered = answer(updates.query(*query(image_type=8), NOW))

    assert offered.status == OtaStatus.NO_IMAGE_AVAILABLE


def test_what_is_scheduled_is_offered_when_its_time_comes() -> None:
    updates = updates_of(offered=True)
    updates.begin(DEVICE, IMAGE, start=NOW + 60, run=0, now=NOW)

    early = answer(updates.query(*query(), NOW + 59))
    due = updates.next_change(NOW)
    updates.advance(NOW + 59)
    before = state(updates)
    updates.advance(NOW + 60)
    after = state(updates)
    notice = updates.advance(NOW + 60)

    assert early.status == OtaStatus.NOT_AUTHORIZED
    assert due == NOW + 60
    assert (before, after) == ("scheduled", "waiting")
    assert (state(updates), len(notice.sendings)) == ("offered", 1)


def test_only_so_many_are_updated_at_once_and_who_falls_silent_makes_room() -> None:
    updates = updates_of(at_once=1)
    for number in (1, 2):
        updates.begin(address(number), IMAGE, start=0, run=0, now=NOW)

    first = updates.advance(NOW)
    waits = updates.percent_of(address(2)), state(updates, 2), updates.next_change(NOW)
    early = updates.advance(NOW + SILENCE - 1)
    later = updates.advance(NOW + SILENCE)

    assert [sending.peer for sending in first.sendings] == [peer(1)]
    assert waits == (None, "waiting", NOW + SILENCE)
    assert early.sendings == ()
    assert [sending.peer for sending in later.sendings] == [peer(2)]


def test_who_comes_back_while_others_are_under_way_is_told_to_wait() -> None:
    told = answer(_offered_long_ago().block(*block(number=2), NOW))

    assert told.status == OtaStatus.WAIT_FOR_DATA
    assert told.request_time - told.utc_time == 60


def _offered_long_ago() -> FirmwareUpdates:
    """Return updates of which one is under way, and another was until it fell silent."""
    kept = {
        address(number): FirmwareUpdate(
            image=IMAGE,
            endpoint=9,
            profile_id=0x0109,
            state=machine.UpdateState.DOWNLOADING,
            start=0,
            changed=changed,
        )
        for number, changed in ((1, NOW), (2, NOW - SILENCE))
    }
    return updates_of(at_once=1, kept=kept)


def test_a_silent_device_is_reminded_for_a_week_and_then_given_up() -> None:
    updates = updates_of()
    begun(updates, NOW)
    now, notices = NOW, 1

    while state(updates) == "offered":
        due = updates.next_change(now)
        assert due is not None
        now = due
        notices += len(updates.advance(now).sendings)

    assert notices == MOST_NOTICES
    assert now == NOW + MOST_NOTICES * NOTICE_PERIOD
    assert state(updates) == "failed"
    assert updates.next_change(now) is None


@pytest.mark.parametrize("jump", [10**8, -(10**8)])
def test_the_clock_may_be_set_while_devices_are_updated(jump: int) -> None:
    updates, now = updates_of(at_once=1), NOW + jump
    begun(updates, NOW)
    updates.block(*block(), NOW)
    updates.begin(address(2), IMAGE, start=0, run=0, now=NOW)

    part = answer(updates.block(*block(offset=48), now))
    updates.advance(now)
    due = updates.next_change(now)
    updates.advance(now + SILENCE)

    assert part.status == OtaStatus.SUCCESS
    assert due == now + SILENCE
    assert (state(updates, 1), state(updates, 2)) == ("downloading", "offered")


@pytest.mark.parametrize("times", [{"start": NOW + 40 * 86_400}, {"run": NOW + 40 * 86_400}])
def test_nothing_is_planned_for_a_day_that_is_far_away(times: dict[str, int]) -> None:
    with pytest.raises(RefusedError, match="31 days ahead"):
        updates_of().begin(DEVICE, IMAGE, now=NOW, **{"start": 0, "run": 0} | times)
    with pytest.raises(RefusedError, match="31 days ahead"):
        updates_of().release(DEVICE, NOW + 40 * 86_400, NOW)


# ------------------------------------------------------------------ parts


def test_an_image_comes_part_by_part() -> None:
    updates = updates_of()
    begun(updates, NOW)
    got, offset, percents = b"", 0, []

    while offset < len(FILE):
        outcome = updates.block(*block(offset), NOW)
        got += answer(outcome).image_data
        offset = len(got)
        percents.append(updates.percent_of(DEVICE))

    assert got == FILE
    assert percents == [24, 48, 72, 96, 100]
    assert state(updates) == "downloading"


@pytest.mark.parametrize(
    ("wanted", "longest_frame", "octets"), [(64, 82, LARGEST_BLOCK), (20, 82, 20), (64, 50, 33)]
)
def test_a_part_has_no_more_octets_than_anybody_takes(
    wanted: int, longest_frame: int, octets: int
) -> None:
    updates = updates_of(longest_frame=longest_frame)
    begun(updates, NOW)

    part = answer(updates.block(*block(maximum_data_size=wanted), NOW))

    assert len(part.image_data) == octets


def test_the_same_part_may_be_asked_for_again() -> None:
    updates = updates_of()
    begun(updates, NOW)

    first = updates.block(*block(), NOW)
    second = updates.block(*block(), NOW)

    assert first.answers == second.answers
    assert (first.signals, second.signals) == ((UpdateChanged(DEVICE),), ())


@pytest.mark.parametrize(
    "asked", [{"offset": 200}, {"offset": 0xFFFFFFFF}, {"maximum_data_size": 0}]
)
def test_what_is_not_in_the_image_is_not_read(asked: dict[str, int]) -> None:
    updates = updates_of()
    begun(updates, NOW)

    outcome = updates.block(*block(**asked), NOW)

    assert outcome == Outcome(status=Status.MALFORMED_COMMAND)


@pytest.mark.parametrize(
    "other", [{"file_version": 3}, {"image_type": 8}, {"manufacturer_code": 0x1235}]
)
def test_no_other_image_than_the_chosen_one_is_read(other: dict[str, int]) -> None:
    updates = updates_of()
    begun(updates, NOW)

    part = answer(updates.block(*block(**other), NOW))
    done = updates.end(*end(**other), NOW)

    assert part.status == OtaStatus.ABORT
    assert done.status == Status.NOT_AUTHORIZED


def test_a_device_has_so_many_parts_a_second_and_no_more() -> None:
    updates = updates_of(block_period=250)
    begun(updates, NOW)

    told = [answer(updates.block(*block(), NOW)) for _ in range(5)]
    next_second = answer(updates.block(*block(), NOW + 1))

    assert [part.status for part in told] == [0, 0, 0, 0, OtaStatus.WAIT_FOR_DATA]
    assert told[-1].request_time - told[-1].utc_time == 1
    assert next_second.status == OtaStatus.SUCCESS


def test_parts_may_be_seconds_apart() -> None:
    updates = updates_of(block_period=2_500)
    begun(updates, NOW)

    told = [answer(updates.block(*block(), NOW + after)).status for after in (0, 0, 1, 2, 3)]

    assert told == [0, OtaStatus.WAIT_FOR_DATA, OtaStatus.WAIT_FOR_DATA, OtaStatus.WAIT_FOR_DATA, 0]


@pytest.mark.parametrize(("period", "is_told"), [(0, True), (249, True), (250, False)])
def test_a_device_that_can_be_told_to_be_slower_is_told_so_once(
    period: int, *, is_told: bool
) -> None:
    updates = updates_of(block_period=250)
    begun(updates, NOW)
    asked: Any = {"field_control": 2, "minimum_block_period": period}

    first, second = (answer(updates.block(*block(**asked), NOW)) for _ in range(2))

    assert (first.minimum_block_period == 250) == is_told
    assert second.status == OtaStatus.SUCCESS


def test_a_file_that_is_still_being_read_is_waited_for() -> None:
    updates = updates_of()
    begun(updates, NOW)
    updates.contents.clear()

    told = answer(updates.block(*block(), NOW))

    assert (told.status, told.request_time - told.utc_time) == (OtaStatus.WAIT_FOR_DATA, 5)
    assert updates.needed() == {IMAGE.sha512: IMAGE}


# ------------------------------------------------------------------ the end


def test_a_device_that_has_all_runs_it_at_once() -> None:
    updates = updates_of()
    loaded(updates)

    told = answer(updates.end(*end(), NOW + 2))  # the first answer may have been lost
    runs = updates.learn(DEVICE, NEW, NOW + 60)

    assert told == UpgradeEndResponseRecord(
        manufacturer_code=0x1234,
        image_type=7,
        file_version=2,
        utc_time=NOW + 2,
        upgrade_time=NOW + 2,
    )
    assert runs.signals == (FirmwareTold(DEVICE), UpdateChanged(DEVICE))
    assert (state(updates), updates.percent_of(DEVICE)) == ("done", 100)
    assert updates.needed() == {}


def test_a_device_may_be_told_to_run_it_later() -> None:
    updates = updates_of()
    begun(updates, NOW, run=NOW + 3_600)
    updates.block(*block(), NOW)

    told = answer(updates.end(*end(), NOW + 10))
    query_before = answer(updates.query(*query(), NOW + 20))

    assert (told.utc_time, told.upgrade_time) == (NOW + 10, NOW + 3_600)
    assert query_before.status == OtaStatus.NO_IMAGE_AVAILABLE
    assert updates.next_change(NOW + 20) == NOW + 3_600 + 120


def test_a_device_waits_with_its_image_until_somebody_has_it_run() -> None:
    updates = updates_of()
    loaded(updates, run=NOT_YET)
    waits = answer(updates.end(*end(), NOW + 3_600))
    before = state(updates), updates.percent_of(DEVICE), updates.next_change(NOW)

    released = updates.release(DEVICE, 0, NOW + 7_200)

    assert waits.upgrade_time == NOT_YET
    assert before == ("loaded", 100, NOT_YET)
    [sending] = released.sendings
    assert isinstance(sending.record, UpgradeEndResponseRecord)
    assert sending.record.upgrade_time == NOW + 7_200
    assert state(updates) == "installing"
    with pytest.raises(RefusedError, match="no image that waits"):
        updates.release(DEVICE, 0, NOW)
    with pytest.raises(RefusedError, match="no image that waits"):
        updates.release(address(2), 0, NOW)


def test_a_device_that_lost_its_image_while_it_waited_begins_again() -> None:
    updates = updates_of()
    loaded(updates, run=NOT_YET)

    offered = answer(updates.query(*query(), NOW + 60))

    assert offered.status == OtaStatus.SUCCESS
    assert state(updates) == "offered"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(0x96, "INVALID_IMAGE"), (0x95, "ABORT"), (0x99, "REQUIRE_MORE_IMAGE"), (0x42, "0x42")],
)
def test_a_device_that_cannot_use_its_image_says_why(status: int, reason: str) -> None:
    updates = updates_of()
    begun(updates, NOW)

    outcome = updates.end(*end(status), NOW)

    update = updates.update_of(DEVICE)
    assert update is not None
    assert (outcome.answers, outcome.status) == ((), Status.SUCCESS)
    assert (update.state, update.reason) == ("failed", f"the device answered {reason}")


def test_who_was_not_offered_its_image_yet_cannot_have_it() -> None:
    updates = updates_of()
    updates.begin(DEVICE, IMAGE, start=NOW + 60, run=0, now=NOW)

    assert updates.end(*end(), NOW).status == Status.NOT_AUTHORIZED


def test_a_device_is_asked_what_it_runs_until_it_says_so() -> None:
    updates = updates_of()
    loaded(updates)
    early = updates.advance(NOW + 119)

    first = updates.advance(NOW + 120)
    old = updates.learn(DEVICE, FIRMWARE, NOW + 121)
    still = state(updates)
    late = updates.learn(DEVICE, FIRMWARE, NOW + 1_800)

    assert early == Outcome()
    assert first.signals == (VersionDue(peer(1)),)
    assert (old.signals, still) == ((), "installing")
    assert late.signals == (UpdateChanged(DEVICE),)
    update = updates.update_of(DEVICE)
    assert update is not None
    assert (update.state, update.reason) == ("failed", "it still runs 0x00000001")


def test_a_device_that_never_comes_back_is_given_up() -> None:
    updates = updates_of()
    loaded(updates)
    now, questions = NOW, 0

    while state(updates) == "installing":
        due = updates.next_change(now)
        assert due is not None
        now = due
        questions += VersionDue(peer(1)) in updates.advance(now).signals

    assert questions == MOST_QUESTIONS
    assert state(updates) == "failed"


# ------------------------------------------------------------------ what people want


def test_one_update_is_under_way_at_a_time() -> None:
    updates = updates_of()
    updates.begin(DEVICE, IMAGE, start=NOW + 60, run=0, now=NOW)
    begun(updates, NOW)

    with pytest.raises(RefusedError, match="is offered: abort it first"):
        updates.begin(DEVICE, IMAGE, start=0, run=0, now=NOW)


def test_there_is_no_update_of_a_device_that_tells_nothing() -> None:
    with pytest.raises(RefusedError, match="has not told"):
        updates_of(firmware={}).begin(DEVICE, IMAGE, start=0, run=0, now=NOW)


def test_so_many_updates_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MOST_OPEN", 1)
    updates = updates_of()
    begun(updates, NOW)

    with pytest.raises(LimitError, match="wait or are under way already"):
        updates.begin(address(2), IMAGE, start=0, run=0, now=NOW)


def test_what_is_aborted_is_not_read_on() -> None:
    updates = updates_of()
    begun(updates, NOW)
    updates.block(*block(), NOW)

    updates.abort(DEVICE, NOW)
    part = answer(updates.block(*block(48), NOW))

    assert part == ImageBlockResponseRecord(status=OtaStatus.ABORT)
    assert (state(updates), updates.percent_of(DEVICE)) == ("aborted", None)
    with pytest.raises(RefusedError, match="no update"):
        updates.abort(DEVICE, NOW)
    begun(updates, NOW)
    assert state(updates) == "offered"


def test_what_was_told_to_be_run_cannot_be_called_back() -> None:
    updates = updates_of()
    loaded(updates)

    with pytest.raises(RefusedError, match="was told when to run it"):
        updates.abort(DEVICE, NOW)
    with pytest.raises(RefusedError, match="no update"):
        updates.abort(address(2), NOW)


def test_what_cannot_go_on_fails_once() -> None:
    updates = updates_of()
    begun(updates, NOW)

    first, second = updates.fail(DEVICE, "no disk", NOW), updates.fail(DEVICE, "no file", NOW)

    update = updates.update_of(DEVICE)
    assert update is not None
    assert (first.signals, second.signals, update.reason) == (
        (UpdateChanged(DEVICE),),
        (),
        "no disk",
    )
    assert updates.fail(address(2), "no disk", NOW) == Outcome()


def test_an_image_that_is_gone_ends_the_updates_that_need_it() -> None:
    updates = updates_of(at_once=1)
    for number in (1, 2):
        updates.begin(address(number), IMAGE, start=0, run=0, now=NOW)
    updates.advance(NOW)

    other = updates.fail_image("00", "it is gone", NOW)
    outcome = updates.fail_image(IMAGE.sha512, "it is gone", NOW)

    assert other == Outcome()
    assert outcome.signals == (UpdateChanged(DEVICE),)
    assert (state(updates, 1), state(updates, 2)) == ("failed", "waiting")


# ------------------------------------------------------------------ what is kept


def test_an_update_goes_on_after_a_restart() -> None:
    kept: dict[Any, FirmwareUpdate] = {}
    before = updates_of(kept=kept)
    begun(before, NOW)
    before.block(*block(), NOW)

    after = updates_of(kept=kept)
    part = answer(after.block(*block(96), NOW + 30))

    assert part.image_data == FILE[96:144]
    assert after.percent_of(DEVICE) == 72
    assert after.devices()[0] == DEVICE


def test_hardware_that_was_told_once_is_remembered() -> None:
    updates = updates_of()
    updates.query(*query(field_control=1, hardware_version=3), NOW)

    updates.learn(DEVICE, NEW, NOW)
    again = updates.learn(DEVICE, NEW, NOW)

    firmware = updates.firmware_of(DEVICE)
    assert firmware is not None
    assert (firmware.file_version, firmware.hardware_version) == (2, 3)
    assert again == Outcome()


def test_a_device_that_has_the_version_already_is_done() -> None:
    updates = updates_of()
    begun(updates, NOW)

    offered = answer(updates.query(*query(file_version=2), NOW))

    assert offered.status == OtaStatus.NO_IMAGE_AVAILABLE
    assert state(updates) == "done"


def test_of_a_device_that_is_gone_nothing_is_kept() -> None:
    updates = updates_of()
    begun(updates, NOW)

    updates.forget(DEVICE)

    assert (updates.update_of(DEVICE), updates.firmware_of(DEVICE)) == (None, None)
    assert DEVICE not in updates.devices()
    assert updates.next_change(NOW) is None
