"""Lists of attributes in requests."""

import pytest

from sebridge.api.attribute_lists import (
    MOST_RECORDS,
    attribute_ids,
    check_range,
    check_ranges,
    distinct_ids,
)
from sebridge.base.errors import ParameterError
from sebridge.zcl.general import ReadAttributeRecord as Record


def test_the_ids_come_in_their_order() -> None:
    assert attribute_ids([Record(7), Record(0), Record(7)]) == [7, 0, 7]
    assert distinct_ids([Record(7), Record(0)]) == [7, 0]


@pytest.mark.parametrize(
    ("records", "path"),
    [
        ([Record(0), Record(-1)], "record_list[1].attribute_id"),
        ([Record(0x10000)], "record_list[0].attribute_id"),
        ([Record(0)] * (MOST_RECORDS + 1), "record_list"),
    ],
)
def test_what_cannot_be_an_attribute_is_named(records: list[Record], path: str) -> None:
    with pytest.raises(ParameterError) as caught:
        attribute_ids(records)

    assert caught.value.path == path


@pytest.mark.parametrize(
    ("records", "path"),
    [([], "record_list"), ([Record(1), Record(2), Record(1)], "record_list[2].attribute_id")],
)
def test_where_each_must_be_there_once_none_and_twice_are_wrong(
    records: list[Record], path: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        distinct_ids(records)

    assert caught.value.path == path


def test_a_number_out_of_range_is_named_with_its_range() -> None:
    check_range(255, 255, "a")

    with pytest.raises(ParameterError, match=r"a: is not in 0\.\.255"):
        check_range(256, 255, "a")
    with pytest.raises(ParameterError, match=r"r\[0\]\.b: is not in 0\.\.9"):
        check_ranges([("a", 9), ("b", -1)], 9, "r[0]")
