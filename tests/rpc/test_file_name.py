"""Names of pushed files: never one twice, never a path."""

from hypothesis import given, strategies as st
import pytest

from sebridge.rpc.file_name import FileNumber


def test_a_file_is_named_after_its_time_and_what_is_in_it() -> None:
    first = FileNumber().next(1_300_000_001.9)
    second = first.next(1_300_000_001.95)

    assert first.name("RPC_Response", "message", "xml") == (
        "RPC_Response-1300000001-0000-message.xml"
    )
    assert second.name("RPC_Response", "get_time_response", "xml") == (
        "RPC_Response-1300000001-0001-get_time_response.xml"
    )


def test_each_second_begins_with_number_0() -> None:
    number = FileNumber(100, 57).next(101.0)

    assert number == FileNumber(101, 0)


def test_a_clock_that_is_set_back_gives_no_name_again() -> None:
    number = FileNumber(100, 5).next(90.0)

    assert number == FileNumber(100, 6)


def test_the_ten_thousandth_file_of_a_second_belongs_to_the_next() -> None:
    number = FileNumber(100, 9_999).next(100.5)

    assert number == FileNumber(101, 0)


@given(times=st.lists(st.floats(0, 50), max_size=60))
def test_names_only_go_up(times: list[float]) -> None:
    number = FileNumber()
    names = []

    for time in times:
        number = number.next(time)
        names.append((number.second, number.sequence))

    assert names == sorted(set(names))


@pytest.mark.parametrize("prefix", ["../../etc/x", "a\\b", "a b", "a\x00b", "ü"])
def test_a_name_is_never_a_path(prefix: str) -> None:
    name = FileNumber(1, 0).name(prefix, "message", "xml")

    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.-")
    assert name.endswith("-1-0000-message.xml")
