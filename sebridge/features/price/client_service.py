"""The service of the Price client."""

from collections.abc import Sequence
from typing import Any

from sebridge.features.price.client import PriceClient
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
