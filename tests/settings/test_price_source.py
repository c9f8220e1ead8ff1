"""The section `price_source`, as it is written and as it is refused."""

from datetime import date
from pathlib import Path

import pytest

from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.settings.config import read
from sebridge.settings.options import Options
from sebridge.settings.price_source import (
    EntityOptions,
    Holiday,
    Hours,
    PriceSourceOptions,
    PriceUnit,
    Season,
)

HEAD = "price_source:\n  price_unit: EUR/kWh\n"
ENTITY = f"{HEAD}  homeassistant:\n    entity: sensor.prices\n    token: t0ken\n"
TABLE = f"{HEAD}  table:\n    rates:\n      - price: 0.2\n"


def options_of(text: str) -> Options:
    return read(text, Path(), {})


def source(text: str) -> PriceSourceOptions:
    found = options_of(text).price_source
    assert found is not None
    return found


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        options_of(text)
    return "\n".join(refused.value.problems)


def test_there_is_no_source_by_itself() -> None:
    assert Options().price_source is None


def test_a_topic_is_a_source() -> None:
    found = source(f"{HEAD}  topic: nordpool/sensor.prices\n  tiers: 4\n")

    assert found == PriceSourceOptions(
        price_unit=PriceUnit("EUR", "kWh"), topic="nordpool/sensor.prices", tiers=4
    )
    assert (found.price_unit.commodity, found.price_unit.words) == ("electricity", "EUR/kWh")


def test_an_entity_of_home_assistant_is_a_source() -> None:
    found = source(
        f"{ENTITY}    address: https://home.example\n    attribute: data\n"
    ).homeassistant

    assert found == EntityOptions(
        entity="sensor.prices",
        attribute="data",
        address="wss://home.example/api/websocket",
        token=Secret(b"t0ken"),
    )


def test_a_table_has_rates_with_hours_days_and_seasons() -> None:
    text = f"""{HEAD}
  time_zone: Europe/Berlin
  table:
    holidays: [12-25, 2026-04-06]
    rates:
      - {{name: night, price: 0.21, hours: [22:00-06:00], seasons: [10-01..03-31]}}
      - {{price: -0.05, days: [sat, holiday]}}
"""

    found = source(text)

    table = found.table
    assert found.time_zone == "Europe/Berlin"
    assert table is not None
    night, other = table.rates
    assert table.holidays == (Holiday(None, 12, 25), Holiday(2026, 4, 6))
    assert night.hours == (Hours(22 * 60, 6 * 60),)
    assert night.seasons == (Season((10, 1), (3, 31)),)
    assert (night.name, night.price, night.days) == ("night", 0.21, ())
    assert (other.price, other.days, other.hours) == (-0.05, ("sat", "holiday"), ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD, "is needed, or one of homeassistant, table, openadr"),
        (f"{TABLE}  topic: prices\n", "cannot stand beside topic"),
        ("price_source:\n  price_unit: 0.2\n  topic: a\n", "write it as EUR/kWh"),
        ("price_source:\n  price_unit: EUX/kWh\n  topic: a\n", "has no currency of ISO 4217"),
        ("price_source:\n  price_unit: EUR/MWh\n  topic: a\n", "is not for one of kWh, m³"),
        (f"{ENTITY}  topic: prices\n", "cannot stand beside topic"),
        (
            f"{HEAD}  homeassistant: {{entity: sensor.a}}\n",
            "homeassistant.token (line 3): is missing",
        ),
        (f"{HEAD}  homeassistant: {{entity: A b, token: t}}\n", "is not an entity id"),
        (f"{ENTITY}    address: me@home\n", "is not an address of Home Assistant"),
        (f"{ENTITY}    address: http://home:port\n", "is not an address of Home Assistant"),
        (f"{HEAD}  topic: a/#\n", "must not contain + or #"),
        (f"{HEAD}  topic: sebridge/home/price/electricity/forecast\n", "tells its own"),
        (f"{TABLE}  time_zone: Europe/Atlantis\n", "is no name of a time zone"),
        (f"{TABLE}        name: much too long\n", "is longer than 12 octets"),
        (f'{TABLE}        name: "a\\tb"\n', "has a character"),
        (f"{TABLE}        hours: [22-6]\n", "is not written as 22:00-06:00"),
        (f"{TABLE}        hours: [24:00-06:00]\n", "is later than 24:00"),
        (f"{TABLE}        hours: [00:00-24:01]\n", "is later than 24:00"),
        (f"{TABLE}        hours: [06:00-06:00]\n", "begins as it ends"),
        (f"{TABLE}        seasons: [summer]\n", "is not written as 04-01..09-30"),
        (f"{TABLE}        seasons: [02-30..09-30]\n", "is in no calendar"),
        (f"{TABLE}        days: [funday]\n", "is none of mon, tue"),
        (f"{TABLE}    holidays: [christmas]\n", "is not written as 2026-04-06"),
        (f"{TABLE}    holidays: [2026-02-29]\n", "is in no calendar"),
        (f"{HEAD}  table:\n    rates: []\n", "has no rate"),
        (f"{TABLE}      - price: 5\n  decimals: 9\n", "does not fit 32 bits with 9 decimals"),
        (f"gateway:\n  role: display\n{TABLE}", "a display publishes no prices"),
    ],
)
def test_what_cannot_be_is_refused_with_words(text: str, problem: str) -> None:
    assert problem in refusal(text)


def test_the_longest_hours_are_a_whole_day() -> None:
    assert Hours(0, 1440).hold(0)
    assert Hours(0, 1440).hold(1439)


@pytest.mark.parametrize(("minute", "held"), [(0, True), (359, True), (360, False), (1320, True)])
def test_hours_go_over_midnight(minute: int, *, held: bool) -> None:
    assert Hours(1320, 360).hold(minute) is held


@pytest.mark.parametrize(
    ("month", "day", "winter", "summer"),
    [(1, 1, True, False), (3, 31, True, False), (4, 1, False, True), (10, 1, True, False)],
)
def test_a_season_goes_over_new_year(month: int, day: int, *, winter: bool, summer: bool) -> None:
    moment = date(2026, month, day)

    assert Season((10, 1), (3, 31)).holds(moment) is winter
    assert Season((4, 1), (9, 30)).holds(moment) is summer


def test_a_holiday_may_be_of_one_year_or_of_every() -> None:
    assert Holiday(None, 12, 25).falls_on(date(2031, 12, 25))
    assert Holiday(2026, 4, 6).falls_on(date(2026, 4, 6))
    assert not Holiday(2026, 4, 6).falls_on(date(2027, 4, 6))
