"""Whether the tiers of a tariff are ordered by price: tier 1 is the cheapest (PRC-15). Pure.

Source: ZigBee Smart Energy Profile, Price cluster, Publish Price.
"""

from collections.abc import Iterator
from typing import Any

from sortedcontainers import SortedList

from sebridge.features.price.records import PublishPriceRecord

_Tariff = tuple[int, int, int]  # provider, currency, unit
_Place = tuple[_Tariff, int, float]  # tariff, tier, amount


class TierOrder:
    """The prices in force and to come, by tariff and tier.

    Looking for a price in the wrong order costs as much as there are tiers (up to 270), however
    many prices there are.
    """

    def __init__(self) -> None:
        self._tariffs: dict[_Tariff, dict[int, Any]] = {}  # tier -> sorted (amount, event id)
        self._places: dict[int, _Place] = {}

    def add(self, event_id: int, price: PublishPriceRecord) -> None:
        """Note a price; one without a tier is not compared."""
        if price.tier:
            place = (_tariff_of(price), price.tier, price.amount)
            self._places[event_id] = place
            tiers = self._tariffs.setdefault(place[0], {})
            tiers.setdefault(price.tier, SortedList()).add((price.amount, event_id))

    def remove(self, event_id: int) -> None:
        """Forget a price."""
        if event_id not in self._places:
            return
        tariff, tier, amount = self._places.pop(event_id)
        tiers = self._tariffs[tariff]
        tiers[tier].remove((amount, event_id))
        if not tiers[tier]:
            del tiers[tier]
        if not tiers:
            del self._tariffs[tariff]

    def problem_of(self, price: PublishPriceRecord) -> str:
        """Say which price stands in the wrong order with this one; nothing when none does."""
        return next(self._problems_of(price), "")

    def _problems_of(self, price: PublishPriceRecord) -> Iterator[str]:
        for tier, amounts in sorted(self._tariffs.get(_tariff_of(price), {}).items()):
            (cheapest, low), (dearest, high) = amounts[0], amounts[-1]
            if price.tier and tier < price.tier and dearest > price.amount:
                yield f"price tier {tier} (event {high}) is dearer than tier {price.tier}"
            if tier > price.tier > 0 and cheapest < price.amount:
                yield f"price tier {price.tier} is dearer than tier {tier} (event {low})"


def _tariff_of(price: PublishPriceRecord) -> _Tariff:
    return int(price.provider_id), int(price.currency), int(price.unit_of_measure)
