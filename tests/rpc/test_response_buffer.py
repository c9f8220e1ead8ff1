"""Responses wait in order, up to a number, until they are fetched or pushed."""

from collections.abc import Callable

from hypothesis import given, strategies as st
import pytest

from sebridge.rpc.response_buffer import Fetched, OwnedResponse, ResponseBuffer
from tests.rpc.buffers import make_buffer

NOW = 1_300_000_001.5


@pytest.fixture
def buffer() -> ResponseBuffer:
    return make_buffer()


def documents(found: Fetched) -> list[str]:
    return [response.document for response in found.responses]


def filled(buffer: ResponseBuffer, count: int, owner: str = "") -> ResponseBuffer:
    for number in range(count):
        buffer.append("message", NOW, f"<{number}/>", owner=owner)
    return buffer


def test_responses_are_fetched_oldest_first_and_only_once(buffer: ResponseBuffer) -> None:
    filled(buffer, 3)

    first = buffer.fetch(2)
    assert documents(first) == ["<0/>", "<1/>"]
    assert first.remaining == 1
    assert documents(buffer.fetch()) == ["<2/>"]
    assert buffer.fetch() == Fetched(responses=[], remaining=0)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_takes_nothing(buffer: ResponseBuffer, limit: int) -> None:
    filled(buffer, 2)

    assert buffer.fetch(limit) == Fetched(responses=[], remaining=2)


def test_beyond_the_capacity_the_oldest_is_dropped_and_counted() -> None:
    buffer = make_buffer(capacity=lambda: 2)

    filled(buffer, 5)

    assert buffer.dropped == 3
    assert documents(buffer.fetch()) == ["<3/>", "<4/>"]


def test_a_smaller_capacity_takes_effect_with_the_next_response() -> None:
    capacity = 5
    buffer = filled(make_buffer(capacity=lambda: capacity), 5)

    capacity = 2
    filled(buffer, 1)

    assert documents(buffer.fetch()) == ["<4/>", "<0/>"]
    assert buffer.dropped == 4


def test_there_is_room_for_one_at_least() -> None:
    buffer = filled(make_buffer(capacity=lambda: 0), 2)

    assert documents(buffer.fetch()) == ["<1/>"]


def test_responses_of_one_second_are_numbered(buffer: ResponseBuffer) -> None:
    times = [10.0, 10.9, 11.0, 11.1, 12.0]

    numbers = [buffer.append("message", time, "<a/>", owner="").number for time in times]

    assert [number.sequence for number in numbers] == [0, 1, 0, 1, 0]
    assert [number.second for number in numbers] == [10, 10, 11, 11, 12]


def test_the_numbers_go_on_over_a_restart() -> None:
    store: dict[int, OwnedResponse] = {}
    filled(make_buffer(store), 2)

    again = make_buffer(store)

    assert again.append("message", NOW, "<late/>", owner="").number.sequence == 2
    assert documents(again.fetch()) == ["<0/>", "<1/>", "<late/>"]


def test_what_is_pushed_is_looked_at_before_it_is_removed(buffer: ResponseBuffer) -> None:
    filled(buffer, 3)

    first = buffer.after(0)
    assert first is not None
    second = buffer.after(first[0])
    assert second is not None
    buffer.remove(first[0])

    assert (first[1].document, second[1].document) == ("<0/>", "<1/>")
    assert documents(buffer.fetch()) == ["<1/>", "<2/>"]


def test_removing_what_was_fetched_meanwhile_does_nothing(buffer: ResponseBuffer) -> None:
    filled(buffer, 1)
    first = buffer.after(0)
    assert first is not None
    buffer.fetch()

    buffer.remove(first[0])

    assert buffer.after(0) is None


def test_whoever_waits_is_told(buffer: ResponseBuffer) -> None:
    told: list[int] = []
    buffer.on_filled(lambda: told.append(len(buffer)))

    filled(buffer, 2)

    assert told == [1, 2]


# ------------------------------------------------------------------ quotas


def test_nobody_pushes_out_the_responses_of_another() -> None:
    buffer = make_buffer(capacity=lambda: 250)
    filled(buffer, 3, "http head-end")

    for number in range(300):
        buffer.append("get_version_response", NOW, f"<v{number}/>", owner="http dashboard")

    found = documents(buffer.fetch())
    assert found[:3] == ["<0/>", "<1/>", "<2/>"]
    assert found[3:] == [f"<v{number}/>" for number in range(53, 300)]
    assert buffer.dropped == 53


def test_notifications_have_a_quota_of_their_own() -> None:
    buffer = make_buffer(capacity=lambda: 4)
    filled(buffer, 2)

    filled(buffer, 10, "mqtt")

    assert documents(buffer.fetch()) == ["<0/>", "<1/>", "<8/>", "<9/>"]


def test_octets_have_a_limit_and_the_largest_owner_makes_room() -> None:
    buffer = make_buffer(most_octets=100)
    buffer.append("message", NOW, "<a/>", owner="small")

    for letter in "bcd":
        buffer.append("message", NOW, f"<{letter}>{'x' * 40}</{letter}>", owner="large")

    assert [document[:3] for document in documents(buffer.fetch())] == ["<a/", "<c>", "<d>"]
    assert (buffer.octets, buffer.dropped) == (0, 1)


def test_one_response_always_has_room() -> None:
    buffer = make_buffer(most_octets=10)

    buffer.append("message", NOW, "<a>larger than ten</a>", owner="")

    assert len(buffer) == 1


def test_quotas_are_known_over_a_restart() -> None:
    store: dict[int, OwnedResponse] = {}
    first = make_buffer(store)
    filled(first, 1, "one")
    filled(first, 3, "other")

    again = make_buffer(store, lambda: 4)
    filled(again, 1, "other")

    assert again.octets == 4 * len("<0/>")
    assert [response.owner for response in store.values()] == ["one"] + 3 * ["other"]


def test_how_much_a_fetch_takes_is_known_before(buffer: ResponseBuffer) -> None:
    filled(buffer, 3)

    assert (buffer.octets_of(None), buffer.octets_of(2), buffer.octets_of(0)) == (12, 8, 0)


STEPS = st.one_of(
    st.builds(lambda n: lambda b: filled(b, n), st.integers(0, 6)),
    st.builds(lambda n: lambda b: b.fetch(n), st.none() | st.integers(0, 6)),
    st.just(lambda b: b.remove((b.after(0) or (0, None))[0])),
)


@given(steps=st.lists(STEPS, max_size=30), capacity=st.integers(1, 8))
def test_it_is_never_above_its_capacity_and_always_in_order(
    steps: list[Callable[[ResponseBuffer], object]], capacity: int
) -> None:
    store: dict[int, OwnedResponse] = {}
    buffer = make_buffer(store, lambda: capacity)

    for step in steps:
        step(buffer)

        assert len(buffer) <= capacity
        assert list(store) == sorted(store)
