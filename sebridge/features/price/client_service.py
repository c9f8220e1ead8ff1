"""The service of the Price client."""

from collections.abc import Sequence
from typing import Any

from sebridge.features.price.client import PriceClient
from sebridge.features.price.gas_energy import GasValues, gas_values
from sebridge.features.price.records import GetScheduledPricesRecord, PublishPriceRecord
from sebridge.features.price.tariff_records import (
    GetBlockPeriodsRecord,
    GetCalorificValueRecord,
    GetConversionFactorRecord,
)
from sebridge.features.price.values import Kind
from sebridge.gateway.events.client_service import EventClientService


class PriceClientService(EventClientService[PublishPriceRecord, PriceClient]):
    """Asks Price servers for their prices, and for the values beside them."""

    questions = (
        GetScheduledPricesRecord(),
        GetBlockPeriodsRecord(),
        GetConversionFactorRecord(),
        GetCalorificValueRecord(),
    )

    def listed(self, kind: Kind) -> Sequence[Any]:
        """Return the values of a kind, in force and to come."""
        return self._cluster.listed(kind, self._now)

    def gas_values(self, at: int) -> GasValues:
        """Return what makes energy of a volume of gas at a time, in seconds since 2000; 0 is now.

        Raises NoGasValueError, and RequestError where servers differ, or for values that say
        nothing of a volume.
        """
        return gas_values(self._cluster.sources, at or self._now, self._now)
