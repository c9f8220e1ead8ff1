"""How often the network and its services are looked for."""

from itertools import islice

from sebridge.network import searching
from sebridge.network.searching import Registration


def test_a_device_without_a_network_scans_in_threes_and_ever_less_often() -> None:
    pauses = list(islice(searching.scanning(), 30))

    assert pauses[:9] == [1, 1, 60, 1, 1, 120, 1, 1, 240]
    assert pauses[18:] == [1, 1, 3600] * 4


def test_a_device_that_lost_its_network_comes_back_within_a_quarter_of_an_hour() -> None:
    assert list(islice(searching.rejoining(), 7)) == [60, 120, 240, 480, 900, 900, 900]


def test_a_router_follows_its_setting_also_when_that_changes_meanwhile() -> None:
    intervals = iter((120, 300))

    pauses = searching.joining_every(lambda: next(intervals))

    assert list(islice(pauses, 6)) == [1, 1, 120, 1, 1, 300]


def test_services_that_are_not_found_are_looked_for_ever_less_often() -> None:
    pauses = list(islice(searching.rediscovering(), 12))

    assert pauses[:3] == [32, 64, 128]
    assert pauses[-1] == 3 * 3600


def test_every_third_error_is_a_reason_to_look_anew() -> None:
    registration = Registration()

    assert [registration.failed() for _ in range(7)] == [0, 0, 1, 0, 0, 1, 0]
