"""Build what a gateway has of Price: the server side, or a display's client side."""

from typing import Any

from sebridge.feature import Host, Part, Site
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
from sebridge.gateway.events.server_service import EventServerService
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule


def build(host: Host) -> Part:
    """Serve prices, or listen to those of others.

    A display does not keep prices over a restart: every server is asked again.
    """
    sides = _Sides(host)
    return host.part_of_sides(
        server=(PriceServer, sides.serve),
        client=(PriceClient, sides.listen),
        method_groups=(
            PriceMethods(servers=sides.servers, clients=sides.clients),
            PriceValueMethods(servers=sides.values, clients=sides.clients),
        ),
    )


class _Sides:
    """Both sides of Price, by the endpoints that they are on."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.servers: dict[int, EventServerService[PublishPriceRecord]] = {}
        self.values: dict[int, PriceValueService] = {}
        self.clients: dict[int, PriceClientService] = {}

    def serve(self, endpoint_id: int) -> ClusterInstance:
        """Return a server, whose prices and values are power-safe."""
        site = Site(self._host, endpoint_id)
        kept = site.open_collection("prices", int, ScheduledEvent[PublishPriceRecord])
        values = PriceValues(
            site.open_collection("block_periods", str, Item[BlockPeriod]),
            site.open_collection("conversion_factors", str, Item[PublishConversionFactorRecord]),
            site.open_collection("calorific_values", str, Item[PublishCalorificValueRecord]),
        )
        server = PriceServer(endpoint_id, Schedule(Policy.PRICE, kept), values)
        events = site.event_service(server)
        beside = PriceValueService(site.endpoint, server, site.delivery())
        site.list_in(self.servers, events)
        site.list_in(self.values, beside)
        return site.made(server, events, beside)

    def listen(self, endpoint_id: int) -> ClusterInstance:
        """Return a client."""
        site = Site(self._host, endpoint_id)
        client = PriceClient(
            endpoint_id,
            Schedule(Policy.PRICE, {}, MOST_HEARD),
            site.open_collection("price_client_attributes", int, Any),
            time_is_known=self._host.time_is_known,
        )
        service = PriceClientService(site.endpoint, client, **site.asking())
        site.run(client, service.carry_out)
        site.list_in(self.clients, service)
        return site.made(client, service)
