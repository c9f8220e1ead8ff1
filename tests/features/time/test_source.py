"""Where the time comes from, and how often."""

import pytest

from sebridge.features.time.source import Source, choose_source, network_interval, ntp_interval


@pytest.mark.parametrize(
    ("wanted", "clients", "source"),
    [
        ("auto", 1, Source.ZCL),
        ("auto", 0, Source.SYSTEM),
        ("none", 1, Source.SYSTEM),
        ("ntp", 1, Source.NTP),
        ("ntp", 0, Source.NTP),
        ("zcl", 0, Source.ZCL),
    ],
)
def test_the_setting_decides_and_auto_looks_for_a_time_client(
    wanted: str, clients: int, source: Source
) -> None:
    assert choose_source(wanted, has_client=clients > 0) is source


def test_of_both_intervals_of_ntp_the_shorter_counts() -> None:
    assert ntp_interval(100.0, 60.0) == ntp_interval(60.0, 100.0) == 60.0


def test_the_network_is_asked_at_least_once_a_day_time_5() -> None:
    assert network_interval(3600.0) == 3600.0
    assert network_interval(1_000_000.0) == 86_400.0
