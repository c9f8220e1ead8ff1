"""What all servers of events share: adding, cancelling, serving."""

import pytest

from sebridge.base.errors import DuplicateError, InvalidFieldError, OutdatedError
from sebridge.features.price.records import GetScheduledPricesRecord, PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.signals import ActiveEventsChanged, EventHeard, EventsChanged
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, command


def price(event_id: int, start: int = 0, minutes: int = 60) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=minutes, price=1
    )


@pytest.fixture
def server() -> PriceServer:
    return PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}))


def signals_of(outcome: Outcome) -> list[type]:
    return [type(signal) for signal in outcome.signals]


def test_an_event_that_starts_now_gets_an_absolute_start_gen_1(server: PriceServer) -> None:
    stored, news = server.add(price(1), NOW)

    assert stored.start_time == NOW
    assert signals_of(news) == [EventsChanged, ActiveEventsChanged]
    assert server.active(NOW + 3599) == [stored]
    assert server.active(NOW + 3600) == []


def test_an_event_to_come_changes_the_list_but_not_what_is_in_force(server: PriceServer) -> None:
    stored, news = server.add(price(1, NOW + 60), NOW)

    assert news.signals == (EventsChanged(SE_ENDPOINT, PRICE, [stored], server=True),)


def test_an_event_that_shortens_the_running_one_changes_both_lists(server: PriceServer) -> None:
    server.add(price(1), NOW)

    _, news = server.add(price(2, NOW + 600), NOW + 1)

    listed, active = news.signals
    assert isinstance(listed, EventsChanged)
    assert isinstance(active, ActiveEventsChanged)
    assert [(r.issuer_event_id, r.duration_in_minutes) for r in listed.records] == [  # type: ignore[attr-defined]  # these are prices
        (1, 0xFFFF),
        (2, 60),
    ]


def test_an_event_that_started_before_begins_at_once_and_keeps_its_end(
    server: PriceServer,
) -> None:
    stored, _ = server.add(price(1, NOW - 600, 20), NOW)

    assert stored.start_time == NOW - 600
    assert server.active(NOW) == [stored]
    assert server.next_change(NOW) == NOW + 600
    assert server.active(NOW + 600) == []


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (price(1, 0xFFFFFFFF), "not a time"),
        (price(1, NOW - 3600), "over already"),
        (price(1, NOW, 0), "duration_in_minutes must be 1"),
    ],
)
def test_an_event_that_cannot_be_changes_nothing(
    server: PriceServer, record: PublishPriceRecord, problem: str
) -> None:
    with pytest.raises(InvalidFieldError, match=problem):
        server.add(record, NOW)

    assert server.valid(NOW) == []


def test_an_event_twice_is_refused_gen_5(server: PriceServer) -> None:
    server.add(price(1), NOW)

    with pytest.raises(DuplicateError):
        server.add(price(1, NOW + 9000), NOW)

    assert len(server.valid(NOW)) == 1


def test_an_older_event_cannot_take_the_place_of_a_newer_one_prc_7(server: PriceServer) -> None:
    server.add(price(5), NOW)

    with pytest.raises(OutdatedError):
        server.add(price(4, NOW + 60), NOW)


def test_cancelling_ends_an_event_and_is_told(server: PriceServer) -> None:
    server.add(price(1), NOW)

    news = server.cancel(1, 0, NOW + 5)

    assert signals_of(news) == [EventsChanged, ActiveEventsChanged]
    assert server.valid(NOW + 5) == []
    assert server.cancel(1, 0, NOW + 5) == Outcome()


def test_cancelling_for_later_ends_an_event_then(server: PriceServer) -> None:
    server.add(price(1), NOW)

    server.cancel(1, NOW + 60, NOW)

    assert len(server.active(NOW + 59)) == 1
    assert signals_of(server.advance(NOW + 60)) == [EventsChanged, ActiveEventsChanged]


def test_everything_can_be_cancelled_at_once(server: PriceServer) -> None:
    server.add(price(1), NOW)
    server.add(price(2, NOW + 3600), NOW)

    assert signals_of(server.cancel_all(NOW)) == [EventsChanged, ActiveEventsChanged]
    assert server.cancel_all(NOW) == Outcome()


def test_what_is_gone_is_not_published(server: PriceServer) -> None:
    server.add(price(1), NOW)

    published = server.publications([1, 99], NOW + 7)

    assert [(p.issuer_event_id, p.utc_time) for p in published] == [(1, NOW + 7)]  # type: ignore[attr-defined]  # these are prices


def test_a_client_that_is_served_has_heard_what_it_was_given(server: PriceServer) -> None:
    for number in range(1, 5):
        server.add(price(number, NOW + 3600 * number), NOW)

    outcome = server.receive(command(GetScheduledPricesRecord(number_of_events=3)))

    assert len(outcome.answers) == 3
    assert outcome.signals == (EventHeard(address(1), 9, SE_ENDPOINT, PRICE, [1, 2, 3]),)


def test_a_client_that_gets_nothing_is_told_so_gen_9(server: PriceServer) -> None:
    assert server.receive(command(GetScheduledPricesRecord())) == Outcome(status=Status.NOT_FOUND)


def test_events_survive_a_restart_of_their_server() -> None:
    store: dict[int, object] = {}
    before = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, store))  # type: ignore[arg-type]  # any mapping
    stored, _ = before.add(price(1), NOW)

    after = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, store))  # type: ignore[arg-type]  # any mapping

    assert after.active(NOW + 60) == [stored]
    assert signals_of(after.advance(NOW + 60)) == [EventsChanged, ActiveEventsChanged]


def test_several_events_are_one_piece_of_news(server: PriceServer) -> None:
    server.add(price(1), NOW)
    server.add(price(2, NOW + 7_200), NOW)

    taken, refused, news = server.change([price(3), price(4, NOW + 3_600)], [1, 2], NOW)

    listed, active = news.signals
    assert not refused
    assert isinstance(listed, EventsChanged)
    assert isinstance(active, ActiveEventsChanged)
    assert (listed.added, sorted(listed.over)) == ((3, 4), [1, 2])
    assert list(listed.records) == taken
    assert list(active.records) == taken[:1]


def test_of_several_events_those_that_cannot_be_are_left_out(server: PriceServer) -> None:
    taken, refused, _ = server.change([price(1, minutes=0), price(2)], [], NOW)

    assert [record.issuer_event_id for record in taken] == [2]
    assert [type(error) for error in refused] == [InvalidFieldError]


def test_no_change_is_no_news(server: PriceServer) -> None:
    server.add(price(1), NOW)

    assert server.change([], [7], NOW) == ([], [], Outcome())
