"""Block periods, conversion factors and calorific values."""

import pytest

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.messaging.records import GetLastMessageRecord
from sebridge.features.price.tariff_records import (
    GetBlockPeriodsRecord,
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
)
from sebridge.features.price.values import PriceValues, awaits_answer, key_of, start_of
from tests.gateway.radio_side import NOW


def period(start: int, duration: int, **more: int) -> PublishBlockPeriodRecord:
    given = {
        "provider_id": 1,
        "issuer_event_id": 1,
        "block_period_start_time": start,
        "block_period_duration": duration,
        "block_period_control": 2,
        "block_period_duration_type": 0,
        "tariff_type": 0,
        "tariff_resolution_period": 0,
    }
    return PublishBlockPeriodRecord(**given | more)


def test_what_starts_now_gets_an_absolute_start() -> None:
    values = PriceValues()
    value = PublishCalorificValueRecord(
        issuer_event_id=1,
        start_time=0,
        calorific_value=395,
        calorific_value_unit=1,
        calorific_value_trailing_digit=0x10,
    )

    assert values.take(value, NOW) == value.but(start_time=NOW)
    assert values.take(period(0, 60), NOW).block_period_start_time == NOW  # type: ignore[attr-defined]  # a period
    assert [a.attribute_id for a in values.attributes(NOW)] == [0x0304, 0x0305, 0x0306]


def test_a_period_without_end_or_with_a_long_past_is_no_work() -> None:
    values = PriceValues()
    values.take(period(1, 1), NOW)

    found = values.asked(GetBlockPeriodsRecord(start_time=0, number_of_events=0), NOW)

    assert found == [period(NOW - (NOW - 1) % 60, 1)]
    assert PriceValues().take(period(NOW, 0xFFFFFF), NOW) == period(NOW, 0xFFFFFF)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidFieldError, match="block_period_duration"):
        PriceValues().take(period(NOW, 0), NOW)
    with pytest.raises(UnsupportedCommandError):
        PriceValues().asked(GetLastMessageRecord(), NOW)


def test_values_are_found_by_kind_and_by_key() -> None:
    values = PriceValues()
    later = values.take(period(NOW + 60, 60, issuer_event_id=2), NOW)
    first = values.take(period(NOW, 1), NOW)

    assert values.listed(PublishBlockPeriodRecord, NOW) == [first, later]
    assert values.keys(NOW) == [key_of(first), key_of(later)]
    assert values.get(key_of(later), NOW) == later
    assert values.get((PublishCalorificValueRecord, 2), NOW) is None


def test_a_block_period_of_smart_energy_1_1_is_of_the_same_kind() -> None:
    old = PublishBlockPeriodSe11Record(
        provider_id=1,
        issuer_event_id=2,
        block_period_start_time=NOW,
        number_of_price_tiers_and_number_of_block_thresholds=0,
    )

    assert key_of(old) == (PublishBlockPeriodRecord, 2)
    assert start_of(old) == NOW
    assert not awaits_answer(old)
    assert awaits_answer(old.but(block_period_control=1))
