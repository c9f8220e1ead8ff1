"""A price that is shown where no tariff has one: how it is written, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Final

from typing_extensions import override

from sebridge.base.errors import ParameterError
from sebridge.settings.kinds import Kind, TableOf, words
from sebridge.settings.scalar import Scalar

UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "electricity": ("kWh",),
    "gas": ("m³", "ft³", "CCF", "MCF"),
    "water": ("L", "gal"),
    "heat": ("MJ",),
}
"""The units of each commodity that has a price in Home Assistant, as on the topics of prices."""

_PRICE: Final = re.compile(
    r"(?P<price>-?\d{1,9}(?:\.\d{1,9})?) (?P<currency>[A-Z]{3})/(?P<unit>.+)"
)


@dataclass(frozen=True, slots=True)
class DefaultPrice:
    """A price in the main unit of its currency (an ISO 4217 code), for one `unit`."""

    price: float
    currency: str
    unit: str

    @property
    def price_unit(self) -> str:
        """The unit of the price, such as EUR/kWh."""
        return f"{self.currency}/{self.unit}"

    @override
    def __str__(self) -> str:
        return f"{self.price:g} {self.price_unit}"


def _price_of(commodity: str) -> Kind[DefaultPrice]:
    units = UNITS.get(commodity, ())
    example = f"0.25 EUR/{units[0]}" if units else "a price"

    def read(scalar: Scalar) -> DefaultPrice:
        found = _PRICE.fullmatch(scalar.text)
        if found is None:
            raise ParameterError("", f"{scalar} is no price: write it as {example}")
        if found["unit"] not in units:
            allowed = " or ".join(units)
            raise ParameterError(
                "", f"{scalar} is no price of {commodity}: its unit must be {allowed}"
            )
        return DefaultPrice(float(found["price"]), found["currency"], found["unit"])

    in_app = rf"match(^-?\d{{1,9}}(\.\d{{1,9}})? [A-Z]{{3}}/({'|'.join(units)})$)"
    return Kind(read, example, in_app)


DEFAULT_PRICES: Final = TableOf(
    words(*UNITS), _price_of, f"{', '.join(UNITS)}, each with a price such as 0.25 EUR/kWh"
)
