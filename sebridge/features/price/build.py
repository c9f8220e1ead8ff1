"""Build what a gateway has of Price: the server side, or a display's client side."""

from typing import Any

from sebridge.feature import Host, Part
from sebridge.features.price.client import PriceClient
from sebridge.features.price.client_service import PriceClientService
from sebridge.features.price.methods import PriceMethods
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.features.price.succession import Item
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.value_methods import PriceValueMethods
from sebridge.features.price.value_service import PriceValueService
from sebridge.features.price.values import BlockPeriod, PriceValues
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule


def build(host: Host) -> Part:
    """Serve prices, or listen to those of others.

    A display does not keep prices over a restart: every server is asked again.
    """
    return _server(host) if host.role.serves else _client(host)


def _server(host: Host) -> Part:
    open_collection, place = host.open_collection, host.endpoint.endpoint_id
    prices = Schedule(
        Policy.PRICE, open_collection("prices", int, ScheduledEvent[PublishPriceRecord])
    )
    values = PriceValues(
        open_collection("block_periods", str, Item[BlockPeriod]),
        open_collection("conversion_factors", str, Item[PublishConversionFactorRecord]),
        open_collection("calorific_values", str, Item[PublishCalorificValueRecord]),
    )
    server = PriceServer(place, prices, values)
    events = host.event_service(server)
    beside = PriceValueService(host.endpoint, server, **host.delivery())
    return Part(
        clusters=(server,),
        services=(events, beside),
        method_groups=(
            PriceMethods(servers={place: events}, clients={}),
            PriceValueMethods(servers={place: beside}, clients={}),
        ),
    )


def _client(host: Host) -> Part:
    place = host.endpoint.endpoint_id
    client = PriceClient(
        place,
        Schedule(Policy.PRICE, {}, MOST_HEARD),
        host.open_collection("price_client_attributes", int, Any),
        time_is_known=host.time_is_known,
    )
    service = PriceClientService(host.endpoint, client, **host.asking())
    host.runner.serve(client, service.carry_out)
    return Part(
        clusters=(client,),
        services=(service,),
        method_groups=(
            PriceMethods(servers={}, clients={place: service}),
            PriceValueMethods(servers={}, clients={place: service}),
        ),
    )
