"""The table of settings; tests/completeness lays it beside the reference."""

from typing import Any

import pytest

from sebridge.base.errors import ParameterError
from sebridge.settings import entries
from sebridge.settings.entries import ENTRIES, Entry, find


def test_the_refresh_has_two_names_and_one_value() -> None:
    newer = find("ZDO_Device_Manager.refresh_interval")

    assert find("ZDO_Device_Manager.refresh_rate") is newer
    assert newer is entries.REFRESH_INTERVAL


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_default_is_within_its_own_limits_and_explained(entry: Entry[Any]) -> None:
    assert entry.convert(entry.default) == entry.default
    assert entry.convert(None) == entry.default
    assert entry.help.endswith(".")


@pytest.mark.parametrize(
    ("entry", "given", "expected"),
    [
        (entries.ANSWER_TIMEOUT, 60, 60),
        (entries.ANSWER_TIMEOUT, 60.0, 60),
        (entries.ANSWER_TIMEOUT, " 0x3C ", 60),
        (entries.USE_PUSH, "True", True),
        (entries.USE_PUSH, " FALSE", False),
        (entries.USE_PUSH, 1, True),
        (entries.REQUIRE_EXPLICIT_ADD, None, False),
        (entries.PUSHED_FILE_EXTENSION, 1, "1"),
        (entries.TIME_SOURCE, " zcl ", "zcl"),
    ],
)
def test_a_value_is_converted_to_the_type_of_the_entry(
    entry: Entry[Any], given: object, expected: object
) -> None:
    converted = entry.convert(given)

    assert converted == expected
    assert type(converted) is type(entry.default)


@pytest.mark.parametrize(
    ("entry", "given", "problem"),
    [
        (entries.ANSWER_TIMEOUT, 0, "0 is not in 1..3600"),
        (entries.ANSWER_TIMEOUT, 3601, "3601 is not in 1..3600"),
        (entries.ANSWER_TIMEOUT, 1.5, "1.5 is not a whole number"),
        (entries.ANSWER_TIMEOUT, True, "True is not a whole number"),
        (entries.ANSWER_TIMEOUT, "soon", "'soon' is not a whole number"),
        (entries.SOCKET_RETRIES, -1, "-1 is not in 0..100"),
        (entries.USE_PUSH, 2, "2 is neither TRUE nor FALSE"),
        (entries.USE_PUSH, "x" * 99, "neither TRUE nor FALSE"),
        (entries.USE_PUSH, [], "[] is neither TRUE nor FALSE"),
        (entries.TIME_SOURCE, "sun", "'sun' is none of auto, none, ntp, zcl"),
        (entries.NTP_SERVER_1, True, "True is not text"),
        (entries.NTP_SERVER_1, {}, "{} is not text"),
        (entries.NTP_SERVER_1, "a b", "'a b' does not match"),
        (entries.PUSHED_FILE_PREFIX, "../x", "'../x' does not match"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_reason(
    entry: Entry[Any], given: object, problem: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        entry.convert(given)

    assert problem in caught.value.problem
    assert len(caught.value.problem) < 120


def test_a_setting_that_is_not_there_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"there is no registry entry 'RPC_Manager\.colour'"):
        find("RPC_Manager.colour")
