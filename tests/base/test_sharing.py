"""Values that are equal are one object."""

from sebridge.base.sharing import shared, shared_mapping


def test_what_is_equal_is_the_first_of_them() -> None:
    first = shared(bytes(2000))

    second = shared(bytes(2000))

    assert second is first


def test_values_of_another_type_stay_what_they_are() -> None:
    kept = [shared(value) for value in (1, True, 1.0)]

    assert [type(value) for value in kept] == [int, bool, float]


def test_mappings_of_the_same_items_are_one() -> None:
    first = shared_mapping(((1, 2), (3, 4)))

    assert first == {1: 2, 3: 4}
    assert shared_mapping(((1, 2), (3, 4))) is first
