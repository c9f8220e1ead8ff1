"""The network's time on a device that is not its master."""

import pytest

from sebridge.base.clock import VirtualClock, unix_time
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.network_time import (
    MASTER,
    SUPERSEDING,
    SYNCHRONISED,
    NetworkClock,
    NetworkTime,
    TimeSource,
    choose,
)
from tests.gateway.radio_side import NOW, peer

UTC = unix_time(NOW)


def source(
    status: int = MASTER,
    time: int = NOW,
    address: int | None = 0,
    number: int = 1,
    zone: ZoneRules = ZoneRules(3600),  # noqa: B008  # frozen
) -> TimeSource:
    return TimeSource(peer(number), address, status, time, zone)


# ------------------------------------------------------------------ whom to believe


@pytest.mark.parametrize(
    ("servers", "chosen"),
    [
        ([], None),
        ([(0, 0)], None),
        ([(SUPERSEDING, 0)], None),
        ([(SYNCHRONISED, 5), (0, 0)], 0),
        ([(SYNCHRONISED, 0), (MASTER, 5)], 1),
        ([(MASTER, 0), (MASTER | SUPERSEDING, 9)], 1),
        ([(MASTER, 9), (MASTER, 0)], 1),
        ([(MASTER, None), (MASTER, 9)], 1),
        ([(SUPERSEDING, 0), (SYNCHRONISED, 9)], 1),
    ],
)
def test_the_best_server_is_chosen(
    servers: list[tuple[int, int | None]], chosen: int | None
) -> None:
    found = [
        source(status, address=address, number=n) for n, (status, address) in enumerate(servers)
    ]

    assert choose(found) is (None if chosen is None else found[chosen])


def test_one_that_does_not_know_the_time_is_never_chosen() -> None:
    assert choose([source(MASTER, INVALID_TIME)]) is None


# ------------------------------------------------------------------ the time itself


def test_before_anyone_told_there_is_no_time() -> None:
    time = NetworkTime()

    assert not time.known
    assert (time.now(UTC), time.local(UTC)) == (INVALID_TIME, INVALID_TIME)
    assert time.at(UTC) == UTC


def test_a_time_far_from_ours_is_an_offset_and_goes_on() -> None:
    time = NetworkTime()

    step = time.take(source(time=NOW + 1000), UTC)

    assert step == 1000
    assert (time.now(UTC), time.now(UTC + 5)) == (NOW + 1000, NOW + 1005)
    assert time.local(UTC) == NOW + 4600
    assert (time.source, time.last_set) == (peer(), NOW + 1000)


def test_a_second_on_the_way_is_no_step() -> None:
    time = NetworkTime()

    assert time.take(source(time=NOW - 1), UTC) == 0.0
    assert time.known
    assert time.offset == 0.0


def test_nothing_is_taken_from_a_server_without_time() -> None:
    time = NetworkTime()

    assert time.take(source(time=INVALID_TIME), UTC) == 0.0
    assert not time.known


def test_a_zone_that_cannot_be_is_not_taken_but_the_time_is() -> None:
    time = NetworkTime()
    time.take(source(), UTC)

    time.take(source(time=NOW + 100, zone=ZoneRules(90_000)), UTC)

    assert time.local(UTC) == NOW + 100 + 3600


def test_a_price_of_the_chosen_server_corrects_the_time_and_leaves_the_zone() -> None:
    time = NetworkTime()
    before = time.take_price_time(peer(1), NOW + 60, UTC)
    time.take(source(), UTC)

    stranger = time.take_price_time(peer(2), NOW + 60, UTC)
    unknown = time.take_price_time(peer(1), INVALID_TIME, UTC)
    own = time.take_price_time(peer(1, endpoint=10), NOW + 60, UTC)

    assert (before, stranger, unknown, own) == (0.0, 0.0, 0.0, 60.0)
    assert time.local(UTC) == NOW + 3660


async def test_a_clock_of_the_network_shows_its_time_and_waits_like_ours(
    clock: VirtualClock,
) -> None:
    time = NetworkTime()
    shown = NetworkClock(clock, time)
    rung: list[float] = []
    time.offset = 500.0

    shown.call_later(5, lambda: rung.append(shown.utc()))
    await clock.advance(10)
    await shown.sleep(0)
    await shown.within(1, shown.sleep(0))

    assert rung == [1_300_000_505.0]
    assert shown.monotonic() == clock.monotonic()
    assert shown.utc() == clock.utc() + 500


# ------------------------------------------------------------------ told from outside


def test_a_time_from_outside_is_taken_as_it_is_and_known_from_then_on() -> None:
    time = NetworkTime()

    step = time.put(UTC + 0.5, UTC)

    assert (step, time.at(UTC)) == (0.5, UTC + 0.5)
    assert time.known
    assert time.source is None
    assert time.last_set == NOW


def test_a_server_replaces_a_time_from_outside() -> None:
    time = NetworkTime()
    time.put(UTC + 3600, UTC)

    step = time.take(source(), UTC)

    assert step == -3600
    assert time.at(UTC) == UTC


def test_what_comes_with_a_price_does_not_undo_a_time_from_outside() -> None:
    time = NetworkTime()
    time.take(source(), UTC)
    time.put(UTC + 3600, UTC)

    stamped = time.take_price_time(peer(1), NOW + 2, UTC)
    read_again = time.take(source(), UTC)
    stamped_later = time.take_price_time(peer(1), NOW + 60, UTC)

    assert (stamped, read_again, stamped_later) == (0.0, -3600.0, 60.0)
