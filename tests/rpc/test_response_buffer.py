"""Responses wait in order, up to a number, until they are fetched or pushed."""

from collections.abc import Callable

from hypothesis import given, strategies as st
import pytest

from sebridge.rpc.response_buffer import Fetched, ResponseBuffer, StoredResponse

NOW = 1_300_000_001.5


@pytest.fixture
def buffer() -> ResponseBuffer:
    return ResponseBuffer({})


def documents(found: Fetched) -> list[str]:
    return [response.document for response in found.responses]


def filled(buffer: ResponseBuffer, count: int) -> ResponseBuffer:
    for number in range(count):
        buffer.append("message", NOW, f"<{number}/>")
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
    buffer = ResponseBuffer({}, lambda: 2)

    filled(buffer, 5)

    assert buffer.dropped == 3
    assert documents(buffer.fetch()) == ["<3/>", "<4/>"]


def test_a_smaller_capacity_takes_effect_with_the_next_response() -> None:
    capacity = 5
    buffer = filled(ResponseBuffer({}, lambda: capacity), 5)

    capacity = 2
    filled(buffer, 1)

    assert documents(buffer.fetch()) == ["<4/>", "<0/>"]
    assert buffer.dropped == 4


def test_there_is_room_for_one_at_least() -> None:
    buffer = filled(ResponseBuffer({}, lambda: 0), 2)

    assert documents(buffer.fetch()) == ["<1/>"]


def test_responses_of_one_second_are_numbered(buffer: ResponseBuffer) -> None:
    times = [10.0, 10.9, 11.0, 11.1, 12.0]

    numbers = [buffer.append("message", time, "<a/>").number for time in times]

    assert [number.sequence for number in numbers] == [0, 1, 0, 1, 0]
    assert [number.second for number in numbers] == [10, 10, 11, 11, 12]


def test_the_numbers_go_on_over_a_restart() -> None:
    store: dict[int, StoredResponse] = {}
    filled(ResponseBuffer(store), 2)

    again = ResponseBuffer(store)

    assert again.append("message", NOW, "<late/>").number.sequence == 2
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


STEPS = st.one_of(
    st.builds(lambda n: lambda b: filled(b, n), st.integers(0, 6)),
    st.builds(lambda n: lambda b: b.fetch(n), st.none() | st.integers(0, 6)),
    st.just(lambda b: b.remove((b.after(0) or (0, None))[0])),
)


@given(steps=st.lists(STEPS, max_size=30), capacity=st.integers(1, 8))
def test_it_is_never_above_its_capacity_and_always_in_order(
    steps: list[Callable[[ResponseBuffer], object]], capacity: int
) -> None:
    store: dict[int, StoredResponse] = {}
    buffer = ResponseBuffer(store, lambda: capacity)

    for step in steps:
        step(buffer)

        assert len(buffer) <= capacity
        assert list(store) == sorted(store)
