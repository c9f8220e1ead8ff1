"""Build what a gateway has of Price: the server side, or a display's client side."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sebridge.base.service import Service
from sebridge.feature import Host, Part, Site
from sebridge.features.price.client import PriceClient
from sebridge.features.price.client_service import PriceClientService
from sebridge.features.price.curve import Days
from sebridge.features.price.entity_curve import curve_of
from sebridge.features.price.in_force import PriceNews
from sebridge.features.price.methods import PriceMethods
from sebridge.features.price.origin import Heard, Origin, TableOrigin, ToldOrigin
from sebridge.features.price.plan import Tariff
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.features.price.source import PriceSource
from sebridge.features.price.source_methods import PriceSourceMethods
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
from sebridge.gateway.events.signals import CurveTold
from sebridge.model.currency import currency_number
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings.price_source import PriceSourceOptions
from sebridge.zcl.metering import unit_number


def build(host: Host) -> Part:
    """Serve prices, or listen to those of others.

    A display does not keep prices over a restart: every server is asked again.
    """
    PriceNews(host.bus, host.role.shows)
    sides = _Sides(host)
    source = _source(host, sides.servers)
    part = host.part_of_sides(
        server=(PriceServer, sides.serve),
        client=(PriceClient, sides.listen),
        method_groups=(
            PriceMethods(servers=sides.servers, clients=sides.clients, source=source),
            PriceValueMethods(servers=sides.values, clients=sides.clients),
            PriceSourceMethods(source),
        ),
    )
    if source is None:
        return part
    return replace(
        part,
        services=(*part.services, source, *_listener(host, source)),
        notes=(source.notes,),
        health={"price_source": source.facts},
    )


def _source(
    host: Host, servers: Mapping[int, EventServerService[PublishPriceRecord]]
) -> PriceSource | None:
    """Return what tells the prices of the configuration's source; None where there is none."""
    options = host.price_source
    if options is None:
        return None
    zone = host.system_zone() if options.time_zone is None else ZoneInfo(options.time_zone)
    days = Days(zone)
    tariff = Tariff(
        currency=currency_number(options.price_unit.currency),
        unit=unit_number(options.price_unit.commodity, options.price_unit.unit),
        decimals=options.decimals,
        tiers=options.tiers,
    )
    kept = host.open_collection("price_curve", str, Heard)
    origin: Origin
    if options.table is not None:
        origin = TableOrigin(options.table, days, options.days_ahead)
    else:
        origin = ToldOrigin(*_names(options), options, tariff, days, kept)
    return PriceSource(
        options,
        origin,
        tariff,
        days,
        servers=servers,
        endpoint_id=host.endpoint.endpoint_id,
        clock=host.clock,
        time_is_known=host.time_is_known,
        bus=host.bus,
    )


def _names(options: PriceSourceOptions) -> tuple[str, str]:
    """Return the word of the configuration for what tells prices, and that for people."""
    if options.homeassistant is not None:
        return "homeassistant", f"the entity {options.homeassistant.entity}"
    if options.openadr:
        return "openadr", "OpenADR"
    return "topic", f"the topic {options.topic}"


def _listener(host: Host, source: PriceSource) -> Iterator[Service]:
    """Have the source hear what it lives on; yield what runs for that."""
    options = host.price_source
    assert options is not None
    if options.topic is not None:
        host.subscribe(options.topic, source.take)
    if options.openadr:
        host.bus.listen(CurveTold, lambda signal: source.hear_all(signal.slots))
    if options.homeassistant is not None:
        # aiohttp is much to have in memory, and few have prices from there
        from sebridge.homeassistant.entity_watch import EntityWatch  # noqa: PLC0415

        attribute = options.homeassistant.attribute
        yield EntityWatch(
            options.homeassistant.address,
            options.homeassistant.token,
            options.homeassistant.entity,
            take=lambda state: source.hear(curve_of(state, attribute)),
            fail=source.fail,
            clock=host.machine_clock,
            random=host.random,
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
