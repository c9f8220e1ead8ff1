"""Requests for what is published beside the price: block periods, and the values of gas.

Own extensions: the reference has prices alone. The names follow its price requests.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from sebridge.api.events import CreatedAnswer, EventListAnswer, created_answer, server_at, side_at
from sebridge.base.errors import ParameterError
from sebridge.features.price.client_service import PriceClientService
from sebridge.features.price.gas_energy import CUBIC_METRES
from sebridge.features.price.tariff_records import (
    PublishBlockPeriodRecord,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.value_service import PriceValueService
from sebridge.features.price.values import Kind
from sebridge.model.data_types import Uint8, Uint32
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT

_CUBIC_METRE: Final = "m3"
_LARGEST_VOLUME: Final = 1e12
_NOW: Final = Uint32(0)
_ANY_PROVIDER: Final = Uint32(0xFFFFFFFF)


class CreateBlockPeriodResponse(CreatedAnswer[PublishBlockPeriodRecord], frozen=True, kw_only=True):
    """What became of a block period; `reason` tells why the status is not 0."""

    cluster_id: int = PRICE


class CancelBlockPeriodResponse(CreatedAnswer[PublishBlockPeriodRecord], frozen=True, kw_only=True):
    """Which devices were told by this record; 139 and a `reason` where nothing is to be cancelled.

    What runs cannot be cancelled.
    """

    cluster_id: int = PRICE


class CreateConversionFactorResponse(
    CreatedAnswer[PublishConversionFactorRecord], frozen=True, kw_only=True
):
    """What became of a conversion factor; `reason` tells why the status is not 0."""

    cluster_id: int = PRICE


class CreateCalorificValueResponse(
    CreatedAnswer[PublishCalorificValueRecord], frozen=True, kw_only=True
):
    """What became of a calorific value; `reason` tells why the status is not 0."""

    cluster_id: int = PRICE


class GetBlockPeriodsResponse(EventListAnswer[PublishBlockPeriodRecord], frozen=True, kw_only=True):
    """The block period in force and the one to come; on a display those of every server."""

    cluster_id: int = PRICE


class GetConversionFactorsResponse(
    EventListAnswer[PublishConversionFactorRecord], frozen=True, kw_only=True
):
    """The conversion factor in force and the one to come; on a display those of every server."""

    cluster_id: int = PRICE


class GetCalorificValuesResponse(
    EventListAnswer[PublishCalorificValueRecord], frozen=True, kw_only=True
):
    """The calorific value in force and the one to come; on a display those of every server."""

    cluster_id: int = PRICE


class GetGasEnergyResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The kilowatt hours in a volume, and what they were computed by.

    energy = volume in m³ x conversion_factor x calorific_value / 3.6; the calorific value is
    megajoules in a cubic metre.
    """

    endpoint_id: int
    cluster_id: int = PRICE
    server_or_client: int
    volume: float
    unit: str
    energy: float  # kWh
    conversion_factor: float
    calorific_value: float


class PriceValueMethods:
    """The requests for what the Price cluster publishes beside its prices."""

    rpc_interface = SE_INTERFACE

    def __init__(
        self,
        *,
        servers: Mapping[int, PriceValueService],
        clients: Mapping[int, PriceClientService],
    ) -> None:
        self._servers = servers
        self._clients = clients

    # ------------------------------------------------------------------ block periods

    @method
    async def create_block_period(
        self, record: PublishBlockPeriodRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateBlockPeriodResponse:
        """Publish a block period to all Price clients; one is in force, and one scheduled.

        Of two for the same place the larger issuer event id stays.
        """
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreateBlockPeriodResponse, source_endpoint_id, created)

    @method
    async def cancel_block_period(
        self,
        issuer_event_id: Uint32,
        provider_id: Uint32 = _ANY_PROVIDER,
        source_endpoint_id: Uint8 = SE_ENDPOINT,
    ) -> CancelBlockPeriodResponse:
        """Take back a block period that has not started, and tell all Price clients."""
        server = server_at(self._servers, source_endpoint_id)
        told = await server.cancel_block_period(provider_id, issuer_event_id)
        return created_answer(CancelBlockPeriodResponse, source_endpoint_id, told)

    @method(scope=Scope.READ)
    async def get_block_periods(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetBlockPeriodsResponse:
        """Return the local list of block periods; sends nothing."""
        side, listed = self._listed(PublishBlockPeriodRecord, endpoint_id, server_or_client)
        return GetBlockPeriodsResponse(
            endpoint_id=endpoint_id, server_or_client=side, events_record_list=listed
        )

    # ------------------------------------------------------------------ values of gas

    @method
    async def create_conversion_factor(
        self, record: PublishConversionFactorRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateConversionFactorResponse:
        """Publish the factor that corrects a volume of gas to all Price clients."""
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreateConversionFactorResponse, source_endpoint_id, created)

    @method(scope=Scope.READ)
    async def get_conversion_factors(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetConversionFactorsResponse:
        """Return the local list of conversion factors; sends nothing."""
        side, listed = self._listed(PublishConversionFactorRecord, endpoint_id, server_or_client)
        return GetConversionFactorsResponse(
            endpoint_id=endpoint_id, server_or_client=side, events_record_list=listed
        )

    @method
    async def create_calorific_value(
        self, record: PublishCalorificValueRecord, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> CreateCalorificValueResponse:
        """Publish the energy in a volume or mass of gas to all Price clients."""
        created = await server_at(self._servers, source_endpoint_id).create(record)
        return created_answer(CreateCalorificValueResponse, source_endpoint_id, created)

    @method(scope=Scope.READ)
    async def get_calorific_values(
        self, endpoint_id: Uint8 = SE_ENDPOINT, server_or_client: Uint8 | Absent = ABSENT
    ) -> GetCalorificValuesResponse:
        """Return the local list of calorific values; sends nothing."""
        side, listed = self._listed(PublishCalorificValueRecord, endpoint_id, server_or_client)
        return GetCalorificValuesResponse(
            endpoint_id=endpoint_id, server_or_client=side, events_record_list=listed
        )

    @method(scope=Scope.READ)
    async def get_gas_energy(
        self,
        volume: float,
        unit: str = _CUBIC_METRE,
        time: Uint32 = _NOW,
        endpoint_id: Uint8 = SE_ENDPOINT,
        server_or_client: Uint8 | Absent = ABSENT,
    ) -> GetGasEnergyResponse:
        """Return the energy in a volume of gas, by the values in force at a time; sends nothing.

        The unit is m3, ft3, CCF (100 ft3), MCF (1000 ft3) or L; the time is seconds since 2000 UTC,
        and 0 is now. What was in force before the present values is not known any more.
        """
        if unit not in CUBIC_METRES:
            raise ParameterError("unit", f"must be one of {', '.join(CUBIC_METRES)}")
        if not 0 <= volume <= _LARGEST_VOLUME:
            raise ParameterError("volume", f"must be 0..{_LARGEST_VOLUME:.0f}")
        side, values = side_at(self._servers, self._clients, endpoint_id, server_or_client)
        gas = values.gas_values(time)
        return GetGasEnergyResponse(
            endpoint_id=endpoint_id,
            server_or_client=side,
            volume=volume,
            unit=unit,
            energy=gas.energy(volume * CUBIC_METRES[unit]),
            conversion_factor=gas.conversion_factor,
            calorific_value=gas.calorific_value,
        )

    def _listed(
        self, kind: Kind, endpoint_id: int, server_or_client: int | Absent
    ) -> tuple[int, Sequence[Any]]:
        side, values = side_at(self._servers, self._clients, endpoint_id, server_or_client)
        return side, values.listed(kind)
