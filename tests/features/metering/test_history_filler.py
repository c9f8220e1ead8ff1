"""Meters are asked by their load profile what they counted in an outage."""

from collections.abc import Sequence

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, unix_time
from sebridge.base.errors import AnswerTimeoutError
from sebridge.features.metering.history_filler import HistoryFiller
from sebridge.features.metering.history_gaps import Direction, Grown
from sebridge.features.metering.load_profile import Interval
from sebridge.features.metering.queries import LoadProfile
from sebridge.features.metering.signals import MeterGap
from sebridge.network.peer import Peer

METER, SILENT = Eui64(1), Eui64(2)
BEGIN, QUARTER = 400_000_000, 900  # seconds since 2000


class Profiles:
    """Meters with quarters of an hour, of which one keeps silent."""

    def __init__(self) -> None:
        self.asked: list[tuple[Peer, int, int]] = []
        self.oldest = BEGIN

    def servers_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        del cluster_id
        return [Peer(device, endpoint, 0x0109) for endpoint in (1, 2)]

    async def read_profile(
        self, peer: Peer, channel: int, end_time: int, periods: int
    ) -> LoadProfile:
        self.asked.append((peer, channel, end_time))
        if peer.device == SILENT:
            raise AnswerTimeoutError("no answer")
        end = end_time or BEGIN + 40 * QUARTER
        ends = [end - number * QUARTER for number in range(periods)]
        kept = [one for one in ends if one > self.oldest]
        values = [None if one == BEGIN + 2 * QUARTER else 0.1 for one in kept]
        return LoadProfile(
            0, "kWh", [Interval(e - QUARTER, e, v) for e, v in zip(kept, values, strict=True)]
        )


def gap(device: Eui64, begin: int) -> MeterGap:
    grown = Grown(unix_time(begin), unix_time(BEGIN + 40 * QUARTER), 4.0)
    return MeterGap(history=1, device=device, endpoint=2, direction=Direction.RECEIVED, grown=grown)


async def test_the_profile_is_read_back_to_the_gap_and_who_is_silent_hinders_nobody(
    clock: VirtualClock,
) -> None:
    profiles, told = Profiles(), list[tuple[MeterGap, Sequence[Grown]]]()
    filler = HistoryFiller(profiles, profiles, lambda *what: told.append(what))
    await filler.start()

    filler.ask(gap(SILENT, BEGIN))
    filler.ask(gap(METER, BEGIN + QUARTER))
    await clock.settle()
    await filler.stop()

    ((about, profile),) = told
    assert about.device == METER
    assert [(peer.endpoint, channel, end) for peer, channel, end in profiles.asked[1:]] == [
        (2, Direction.RECEIVED, 0),
        (2, Direction.RECEIVED, BEGIN + 16 * QUARTER),
    ]
    assert len(profile) == 39  # all but the one of which the meter knows nothing
    assert min(one.begin for one in profile) == unix_time(BEGIN)


async def test_a_profile_that_does_not_reach_back_ends_the_questions(clock: VirtualClock) -> None:
    profiles, told = Profiles(), list[Sequence[Grown]]()
    filler = HistoryFiller(profiles, profiles, lambda _gap, profile: told.append(profile))
    await filler.start()

    filler.ask(gap(METER, BEGIN - 100 * QUARTER))
    await clock.settle()
    await filler.stop()

    assert len(profiles.asked) == 3
    assert len(told[0]) == 39


async def test_a_profile_without_an_end_is_read_for_ten_days(clock: VirtualClock) -> None:
    profiles, told = Profiles(), list[Sequence[Grown]]()
    profiles.oldest = 0
    filler = HistoryFiller(profiles, profiles, lambda _gap, profile: told.append(profile))
    await filler.start()

    filler.ask(gap(METER, BEGIN - 10_000 * QUARTER))
    await clock.settle()
    await filler.stop()

    assert len(profiles.asked) == 40
    assert len(told[0]) == 40 * 24 - 1
