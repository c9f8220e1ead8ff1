"""Who has not heard which event yet."""

from sebridge.gateway.events.delivery import MOST_REPETITIONS, Deliveries
from tests.gateway.radio_side import address, peer

ONE, TWO, OTHER_ENDPOINT = peer(1), peer(2), peer(1, endpoint=10)


def test_at_first_everybody_lacks_everything() -> None:
    deliveries = Deliveries([3, 1])
    deliveries.begin(2)

    assert deliveries.missing([ONE, TWO]) == [(ONE, [3, 1, 2]), (TWO, [3, 1, 2])]


def test_who_has_heard_an_event_lacks_it_no_more() -> None:
    deliveries = Deliveries([1, 2])
    deliveries.heard(1, ONE.device, ONE.endpoint)
    deliveries.heard(2, ONE.device, ONE.endpoint)
    deliveries.heard(1, TWO.device, TWO.endpoint)

    assert deliveries.missing([ONE, TWO]) == [(TWO, [2])]


def test_a_new_event_is_lacked_by_all_and_noted_once() -> None:
    deliveries: Deliveries[int] = Deliveries()
    deliveries.missing([ONE])

    deliveries.begin(1)
    deliveries.heard(1, ONE.device, ONE.endpoint)
    deliveries.begin(1)

    assert deliveries.missing([ONE, TWO]) == [(TWO, [1])]


def test_each_endpoint_of_a_device_hears_for_itself() -> None:
    deliveries = Deliveries([1])
    deliveries.heard(1, ONE.device, ONE.endpoint)

    assert deliveries.missing([ONE, OTHER_ENDPOINT]) == [(OTHER_ENDPOINT, [1])]


def test_what_is_over_is_lacked_by_nobody() -> None:
    deliveries = Deliveries([1, 2])
    deliveries.heard(2, ONE.device, ONE.endpoint)
    before = deliveries.missing([ONE, TWO])

    deliveries.over(1)

    assert before == [(ONE, [1]), (TWO, [1, 2])]
    assert deliveries.missing([ONE, TWO]) == [(TWO, [2])]


def test_a_device_that_left_has_heard_nothing() -> None:
    deliveries = Deliveries([1])
    for who in (ONE, TWO, OTHER_ENDPOINT):
        deliveries.heard(1, who.device, who.endpoint)

    deliveries.forget(address(1))

    assert deliveries.missing([ONE, TWO, OTHER_ENDPOINT]) == [(ONE, [1]), (OTHER_ENDPOINT, [1])]


def test_who_takes_an_event_without_answering_is_asked_again_but_not_for_ever_prc_10() -> None:
    deliveries = Deliveries([1])

    lacking = []
    for _ in range(MOST_REPETITIONS + 1):
        deliveries.taken(1, ONE.device, ONE.endpoint)
        lacking.append(deliveries.missing([ONE]))

    assert lacking == [[(ONE, [1])]] * MOST_REPETITIONS + [[]]


def test_who_has_answered_before_does_not_lack_what_it_takes() -> None:
    deliveries = Deliveries([1])
    deliveries.heard(1, ONE.device, ONE.endpoint)

    deliveries.taken(1, ONE.device, ONE.endpoint)

    assert deliveries.missing([ONE]) == []
