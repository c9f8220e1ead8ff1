"""States expire later than their device counts as gone."""

import pytest

from sebridge.homeassistant.expiry import expiry


@pytest.mark.parametrize(
    ("renewed_within", "seconds"),
    [(None, None), (5.0, 300), (75.0, 300), (300.0, 1200), (3600.0, 14_400), (65_534.0, 262_136)],
)
def test_a_state_expires_after_four_times_and_no_sooner_than_five_minutes(
    renewed_within: float | None, seconds: int | None
) -> None:
    assert expiry(renewed_within) == seconds
