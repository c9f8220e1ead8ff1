"""The section `price_source`: where the prices of a home come from whose utility sends none."""

from collections.abc import Iterator
import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from typing_extensions import override

from sebridge.base.errors import ParameterError
from sebridge.model.currency import CURRENCIES
from sebridge.settings.declaration import AppOption, Problem, option, section
from sebridge.settings.default_price import UNITS
from sebridge.settings.homeassistant_address import HomeAssistantAccess
from sebridge.settings.kinds import TEXT, TRUTH, Kind, ListOf, number, text, whole, words
from sebridge.settings.scalar import Scalar

HOLIDAY: Final = "holiday"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order in which `datetime` counts them."""
HIGHEST: Final = 0xFFFFFFFE
"""The largest number that a price holds, without its decimal point (PRC-12)."""

_DAY_IN_MINUTES: Final = 24 * 60
_LEAP_YEAR: Final = 2000
_LONGEST_NAME: Final = 12  # octets of UTF-8, as much as the label of a price holds (PRC-14)
_HIGHEST_PRICE: Final = 100_000

_SOURCES: Final = ("topic", "homeassistant", "table", "openadr")
"""Where prices may come from: one of these keys."""

_UNIT: Final = re.compile(r"(?P<currency>[A-Z]{3})/(?P<unit>.+)")
_HOURS: Final = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_SEASON: Final = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")
_HOLIDAY: Final = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)")

_ALL_UNITS: Final = tuple(unit for units in UNITS.values() for unit in units)
_COMMODITIES: Final = {unit: commodity for commodity, units in UNITS.items() for unit in units}


# ------------------------------------------------------------------ what is written


class PriceUnit(msgspec.Struct, frozen=True):
    """What prices are in: an ISO 4217 code for one unit of a commodity, such as EUR/kWh."""

    currency: str
    unit: str

    @property
    def commodity(self) -> str:
        """What has this price: electricity, gas, water or heat."""
        return _COMMODITIES[self.unit]

    @property
    def words(self) -> str:
        """The unit as it is written."""
        return f"{self.currency}/{self.unit}"

    @override
    def __str__(self) -> str:
        return self.words


class Hours(msgspec.Struct, frozen=True):
    """Hours of a day, in minutes from its midnight; over midnight where they end first."""

    begin: int
    end: int

    def hold(self, minute: int) -> bool:
        """Say whether a minute of the day (0..1439) is among them."""
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    @override
    def __str__(self) -> str:
        ends = (divmod(minute, 60) for minute in (self.begin, self.end))
        return "-".join(f"{hour:02}:{minute:02}" for hour, minute in ends)


class Season(msgspec.Struct, frozen=True):
    """Days of every year, the last included; over New Year where the last comes first."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds(self, day: dt.date) -> bool:
        """Say whether a day is among them."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last

    @override
    def __str__(self) -> str:
        return "..".join(f"{month:02}-{day:02}" for month, day in (self.first, self.last))


class Holiday(msgspec.Struct, frozen=True):
    """A holiday; of every year where it has none."""

    year: int | None
    month: int
    day: int

    def falls_on(self, day: dt.date) -> bool:
        """Say whether a day is this one."""
        return self.year in {None, day.year} and (self.month, self.day) == (day.month, day.day)

    @override
    def __str__(self) -> str:
        year = "" if self.year is None else f"{self.year:04}-"
        return f"{year}{self.month:02}-{self.day:02}"


def _price_unit(scalar: Scalar) -> PriceUnit:
    found = _UNIT.fullmatch(scalar.text)
    if found is None:
        raise ParameterError("", f"{scalar} is no unit of a price: write it as EUR/kWh")
    if found["currency"] not in CURRENCIES.values():
        raise ParameterError("", f"{scalar} has no currency of ISO 4217, such as EUR or USD")
    if found["unit"] not in _ALL_UNITS:
        raise ParameterError("", f"{scalar} is not for one of {', '.join(_ALL_UNITS)}")
    return PriceUnit(found["currency"], found["unit"])


def _hours(scalar: Scalar) -> Hours:
    found = _HOURS.fullmatch(scalar.text)
    if found is None:
        raise ParameterError("", f"{scalar} is not written as 22:00-06:00")
    hour, minute, last_hour, last_minute = map(int, found.groups())
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    if begin >= _DAY_IN_MINUTES or end > _DAY_IN_MINUTES:
        raise ParameterError("", f"{scalar} is later than 24:00")
    if begin == end:
        raise ParameterError("", f"{scalar} begins as it ends: the whole day is 00:00-24:00")
    return Hours(begin, end)


def _season(scalar: Scalar) -> Season:
    found = _SEASON.fullmatch(scalar.text)
    if found is None:
        raise ParameterError("", f"{scalar} is not written as 04-01..09-30")
    month, day, last_month, last_day = map(int, found.groups())
    _check_day(scalar, _LEAP_YEAR, month, day)
    _check_day(scalar, _LEAP_YEAR, last_month, last_day)
    return Season((month, day), (last_month, last_day))


def _holiday(scalar: Scalar) -> Holiday:
    found = _HOLIDAY.fullmatch(scalar.text)
    if found is None:
        raise ParameterError("", f"{scalar} is not written as 2026-04-06, or 12-25 for every year")
    year = None if found[1] is None else int(found[1])
    month, day = int(found[2]), int(found[3])
    _check_day(scalar, _LEAP_YEAR if year is None else year, month, day)
    return Holiday(year, month, day)


def _check_day(scalar: Scalar, year: int, month: int, day: int) -> None:
    try:
        dt.date(year, month, day)
    except ValueError:
        raise ParameterError("", f"{scalar} has a day that is in no calendar") from None


def _rate_name(scalar: Scalar) -> str:
    if len(scalar.text.encode()) > _LONGEST_NAME:
        raise ParameterError("", f"{scalar} is longer than {_LONGEST_NAME} octets of UTF-8")
    return _NAME.read(scalar)


def _zone(scalar: Scalar) -> str:
    try:
        ZoneInfo(scalar.text)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        problem = f"{scalar} is no name of a time zone, such as Europe/Berlin"
        raise ParameterError("", problem) from None
    return scalar.text


_NAME: Final = text(r"[^\x00-\x1f\x7f]+", "has a character that a display cannot show")
_PRICE: Final = number(-_HIGHEST_PRICE, _HIGHEST_PRICE)
_FOREIGN_TOPIC: Final = text(
    r"[^+#$\x00][^+#\x00]{0,1023}",
    "must not contain + or #, nor begin with $",
    "text without + and #, that does not begin with $",
)

_ENTITY: Final = text(r"[a-z0-9_]+\.[a-z0-9_]+", "is not an entity id such as sensor.nordpool")


# ------------------------------------------------------------------ sections


@section
class RateOptions:
    """A price and when it holds. The first rate that holds is in force; hours are local time."""

    name: str = option(
        Kind(_rate_name, f"up to {_LONGEST_NAME} octets of text"),
        "what displays show beside the price",
        default="",
        example="night",
    )
    price: float = option(_PRICE, "in price_unit", example=0.21)
    hours: tuple[Hours, ...] = option(
        ListOf(Kind(_hours, "hours such as 22:00-06:00")),
        "of each of its days, such as 22:00-06:00; without any: the whole day",
        default=(),
        example=("22:00-06:00",),
    )
    days: tuple[str, ...] = option(
        ListOf(words(*WEEKDAYS, HOLIDAY)),
        "mon to sun, and holiday, which a holiday is instead; without any: every day",
        default=(),
        example=("sat", "sun", HOLIDAY),
    )
    seasons: tuple[Season, ...] = option(
        ListOf(Kind(_season, "days such as 04-01..09-30")),
        "from and to which day, month first; without any: the whole year",
        default=(),
        example=("10-01..03-31",),
    )


@section
class TableOptions:
    """A fixed table of rates by the time of use."""

    rates: tuple[RateOptions, ...] = option(
        ListOf(RateOptions), "the first that holds is in force; where none does, there is no price"
    )
    holidays: tuple[Holiday, ...] = option(
        ListOf(Kind(_holiday, "days such as 2026-04-06, or 12-25 for every year")),
        "days such as 2026-04-06, or 12-25 for every year",
        default=(),
        example=("01-01", "2026-04-06", "12-25"),
    )

    def problems(self) -> Iterator[Problem]:
        """Yield that there is no rate."""
        if not self.rates:
            yield ("rates",), "has no rate"


@section
class EntityOptions(HomeAssistantAccess):
    """An entity of Home Assistant that has a curve of prices in its attributes."""

    entity: str = option(_ENTITY, "its entity id", example="sensor.nordpool_kwh_de_lu_eur_3_10_0")
    attribute: str | None = option(
        TEXT,
        "the attribute with the curve, where it is neither raw_today, raw_tomorrow, today nor"
        " tomorrow",
        default=None,
        example="data",
    )


@section
class PriceSourceOptions:
    """Prices for a home without any by ZigBee: of a topic, an entity, a table or OpenADR."""

    price_unit: PriceUnit = option(
        Kind(_price_unit, "currency and unit, such as EUR/kWh"),
        "currency (ISO 4217) and unit of all prices below, such as EUR/kWh",
        example="EUR/kWh",
        app=AppOption(
            "Currency and unit of the prices",
            "Such as EUR/kWh; needed where the prices come from an entity.",
            takes="match(^[A-Z]{3}/(kWh|m³|ft³|CCF|MCF|L|gal|MJ)$)",
            optional=True,
        ),
    )
    topic: str | None = option(
        _FOREIGN_TOPIC,
        "MQTT topic with the curve of prices, in any shape of docs/prices.md",
        default=None,
        example="energy/prices",
    )
    homeassistant: EntityOptions | None = option(
        EntityOptions,
        "an entity of Home Assistant with the curve of prices, instead of a topic",
        default=None,
        app=(
            AppOption(
                "Entity with prices",
                "Entity id of a sensor with prices in its attributes, as of Nord Pool or Tibber."
                " The displays of your home get them.",
                key="price_source_entity",
                entry="entity",
                takes="match(^[a-z0-9_]+[.][a-z0-9_]+$)",
                optional=True,
            ),
            AppOption(
                "Attribute with prices",
                "Where it is neither raw_today, raw_tomorrow, today nor tomorrow.",
                key="price_source_attribute",
                entry="attribute",
                takes="str",
                optional=True,
            ),
        ),
    )
    table: TableOptions | None = option(
        TableOptions, "fixed rates by the time of use, instead of either", default=None
    )
    openadr: bool = option(
        TRUTH, "the prices of the VTN that openadr names, instead of all these", default=False
    )
    multiplier: float = option(
        number(0, 1_000_000),
        "what a price of the curve is multiplied by, such as 0.001 where it is for 1 MWh",
        default=1.0,
        app=AppOption(
            "Multiplier of the prices",
            "Such as 1.19 for a value-added tax of 19 %. Without a value, 1.",
            optional=True,
        ),
    )
    addition: float = option(
        _PRICE,
        "what is added after that, in price_unit, such as the fees of the grid",
        default=0.0,
        app=AppOption(
            "Addition to the prices",
            "Added after that, such as the fees of the grid. Without a value, 0.",
            optional=True,
        ),
    )
    decimals: int = option(whole(0, 9), "digits of a price that devices get", default=5)
    tiers: int = option(
        whole(0, 15), "into so many tiers prices are ranked, 1 is the cheapest; 0: none", default=3
    )
    days_ahead: int = option(
        whole(0, 7), "devices get the prices of today and of so many days after it", default=1
    )
    time_zone: str | None = option(
        Kind(_zone, "name of a time zone"),
        "such as Europe/Berlin, where days begin; without a value: that of the system",
        default=None,
    )

    def problems(self) -> Iterator[Problem]:
        """Yield that there is no source, or more than one."""
        given = [name for name in _SOURCES if getattr(self, name) not in {None, False}]
        if not given:
            yield ("topic",), f"is needed, or one of {', '.join(_SOURCES[1:])}"
        for name in given[1:]:
            problem = f"cannot stand beside {given[0]}: prices come from one source"
            yield (name,), problem
        for place, rate in enumerate(() if self.table is None else self.table.rates):
            if rate.price * 10**self.decimals > HIGHEST:
                problem = f"does not fit 32 bits with {self.decimals} decimals"
                yield ("table", "rates", place, "price"), problem
