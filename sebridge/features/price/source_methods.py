"""Requests about the source of prices."""

import msgspec

from sebridge.features.price.source import PriceSource
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method


class PriceSourceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Where prices come from: `topic`, `homeassistant`, `table`, `openadr`, or `requests`.

    It is `requests` where there is no source. `heard` is when the `topic`, the `entity` of Home
    Assistant, or OpenADR last told a curve, `known_until` until when prices are known without a
    gap, `problem` what is wrong with it.
    """

    source: str
    topic: str | None = None
    entity: str | None = None
    commodity: str | None = None
    price_unit: str | None = None
    heard: str | None = None
    known_until: str | None = None
    problem: str | None = None


class PriceSourceMethods:
    """What is known of the source of prices."""

    rpc_interface = SE_INTERFACE

    def __init__(self, source: PriceSource | None) -> None:
        self._source = source

    @method(scope=Scope.READ)
    async def get_price_source(self) -> PriceSourceResponse:
        """Tell where prices come from, when the source last spoke and how far they are known."""
        if self._source is None:
            return PriceSourceResponse(source="requests")
        return PriceSourceResponse(**self._source.facts())
