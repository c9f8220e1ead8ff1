"""What is known of each circle: names, presence, and an energy that never falls."""

from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.features.plugwise.book import MOST_WISHES, Book, CircleState, KnownCircle
from sebridge.features.plugwise.history import Energy
from sebridge.plugwise.energy import EnergySoFar

PLUS, LAMP, FRIDGE = Eui64(0xD6F0001A5A372), Eui64(0xD6F0001A400E2), Eui64(0xD6F0001A40223)
NOW = 1_509_926_400.0


def see(book: Book, mac: Eui64 = LAMP, **more: Any) -> CircleState | None:
    told: dict[str, Any] = {"watts": 11.0, "is_on": True, "logged": Energy(), "hour": None}
    return book.see(mac, NOW, **told | more)


def energy(state: CircleState | None) -> Energy | None:
    assert state is not None
    return state.energy


def test_circles_are_known_with_the_circle_plus_first() -> None:
    book = Book({}, {FRIDGE: "Fridge"})

    new = book.know([PLUS, FRIDGE, LAMP])

    assert [state.mac for state in new] == [PLUS, FRIDGE, LAMP]
    assert [state.mac for state in book.states] == [PLUS, LAMP, FRIDGE]
    assert [state.name for state in book.states] == ["Circle A5A372", "Circle A400E2", "Fridge"]
    assert [state.is_plus for state in book.states] == [True, False, False]
    assert not any(state.is_there for state in book.states)


def test_what_is_not_listed_any_more_is_not_known_any_more() -> None:
    kept: dict[Eui64, KnownCircle] = {}
    book = Book(kept, {})
    book.know([PLUS, FRIDGE, LAMP])

    new = book.know([PLUS, LAMP])

    assert new == []
    assert book.get(FRIDGE) is None
    assert list(kept) == [PLUS, LAMP]


def test_the_next_run_knows_them_before_the_stick_is_there() -> None:
    kept: dict[Eui64, KnownCircle] = {}
    before = Book(kept, {})
    before.know([PLUS, LAMP])
    before.rename(LAMP, "Lamp")

    book = Book(kept, {})

    assert [state.name for state in book.states] == ["Circle A5A372", "Lamp"]
    assert [state.problem for state in book.states] == ["it was not seen yet"] * 2


def test_a_name_of_the_configuration_comes_before_that_of_a_caller() -> None:
    book = Book({}, {LAMP: "Lamp"})
    book.know([PLUS, LAMP])

    state = book.rename(LAMP, "Sun")

    assert state.name == "Lamp"


def test_a_circle_is_there_when_it_was_seen_and_not_when_it_is_lost() -> None:
    book = Book({}, {})
    book.know([PLUS, LAMP])

    seen = see(book, watts=11.5)
    lost = book.lose(LAMP, "it is not reached")

    assert seen is not None
    assert lost is not None
    assert (seen.is_there, seen.watts, seen.seen, seen.is_on) == (True, 11.5, NOW, True)
    assert (lost.is_there, lost.watts, lost.seen, lost.is_on) == (False, None, NOW, True)
    assert lost.problem == "it is not reached"


def test_of_a_stranger_nothing_is_known() -> None:
    book = Book({}, {})

    assert see(book, FRIDGE) is None
    assert book.lose(FRIDGE, "gone") is None


def test_energy_is_that_of_the_log_and_of_the_hour_and_never_falls() -> None:
    book = Book({}, {})
    book.know([PLUS, LAMP])

    unread = energy(see(book, logged=Energy(5.0, 1.0)))
    told = [
        energy(see(book, logged=Energy(logged, 1.0), hour=EnergySoFar(hour, 0.0)))
        for logged, hour in ((5.0, 0.4), (5.0, 0.9), (5.0, 0.0), (5.8, 0.0), (5.8, 0.3))
    ]
    between = energy(see(book, logged=Energy(9.0, 1.0)))

    assert unread is None
    assert told == [Energy(value, 1.0) for value in (5.4, 5.9, 5.9, 5.9, 6.1)]
    assert between == Energy(6.1, 1.0)


def test_the_newest_wishes_to_join_are_remembered_until_they_are_granted() -> None:
    book = Book({}, {})
    book.know([PLUS])
    for number in range(MOST_WISHES + 1):
        book.wish(Eui64(number))
    book.wish(Eui64(1))
    book.wish(PLUS)
    before = book.wishes

    book.know([PLUS, Eui64(1)])

    assert before == tuple(Eui64(number) for number in range(1, MOST_WISHES + 1))
    assert book.wishes == before[1:]
