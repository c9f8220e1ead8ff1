"""What all clusters with events share."""

from sebridge.features.price.records import PRICE_CLUSTER, PublishPriceRecord
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.event_cluster import EventCluster, end_of
from sebridge.gateway.events.signals import ActiveEventsChanged, EventsChanged
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT
from tests.gateway.radio_side import NOW


class Prices(EventCluster[PublishPriceRecord]):
    definition = PRICE_CLUSTER
    server = True


def event(event_id: int, start: int, minutes: int) -> ScheduledEvent[PublishPriceRecord]:
    record = PublishPriceRecord(issuer_event_id=event_id, duration_in_minutes=minutes, price=1)
    return ScheduledEvent(
        event_id=event_id, start=start, end=end_of(start, minutes), record=record, received=NOW
    )


def cluster(*events: ScheduledEvent[PublishPriceRecord]) -> Prices:
    prices = Prices(SE_ENDPOINT, Schedule(Policy.PRICE, {}))
    for one in events:
        prices.schedule.add(one, NOW)
    return prices


def test_a_duration_of_all_ones_has_no_end_gen_3() -> None:
    assert end_of(NOW, 0xFFFF) is None
    assert end_of(NOW, 0xFFFE) == NOW + 60 * 0xFFFE


def test_events_are_shown_with_their_absolute_start_gen_1() -> None:
    prices = cluster(event(1, NOW, 10), event(2, NOW + 600, 10))

    assert [(p.issuer_event_id, p.start_time) for p in prices.valid(NOW)] == [
        (1, NOW),
        (2, NOW + 600),
    ]
    assert [p.issuer_event_id for p in prices.active(NOW)] == [1]
    assert [p.issuer_event_id for p in prices.active(NOW + 600)] == [2]


def test_a_price_that_a_newer_one_will_end_is_shown_as_until_changed_prc_6() -> None:
    prices = cluster(event(1, NOW, 60), event(2, NOW + 600, 10))

    first, second = prices.valid(NOW)

    assert first.duration_in_minutes == 0xFFFF
    assert second.duration_in_minutes == 10


def test_what_starts_and_ends_is_told_once_with_the_whole_lists() -> None:
    prices = cluster(event(1, NOW + 60, 1))
    shown = prices_of(1, NOW + 60)

    waiting = prices.advance(NOW)
    started = prices.advance(NOW + 60)

    assert started.signals == (
        EventsChanged(SE_ENDPOINT, PRICE, [shown], server=True),
        ActiveEventsChanged(SE_ENDPOINT, PRICE, [shown], server=True),
    )

    running = prices.advance(NOW + 90)
    ended = prices.advance(NOW + 120)

    assert waiting == running == Outcome()
    assert ended.signals == (
        EventsChanged(SE_ENDPOINT, PRICE, [], server=True),
        ActiveEventsChanged(SE_ENDPOINT, PRICE, [], server=True),
    )
    assert not started.sendings


def prices_of(event_id: int, start: int) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=1, price=1
    )


def test_the_next_change_is_the_schedules() -> None:
    prices = cluster(event(1, NOW + 60, 1))

    assert prices.next_change(NOW) == NOW + 60
    prices.advance(NOW + 60)
    assert prices.next_change(NOW + 60) == NOW + 120


def test_an_event_that_is_taken_out_of_the_list_without_having_run_changes_only_the_list() -> None:
    prices = cluster(event(1, NOW + 60, 1))

    news = prices.news(prices.schedule.cancel(1, NOW, NOW), NOW)

    assert news.signals == (EventsChanged(SE_ENDPOINT, PRICE, [], server=True),)
