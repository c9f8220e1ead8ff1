"""What a gateway does in a network of others: find the services, take the time, stay in touch."""

from collections.abc import Sequence

import msgspec

from sebridge.app.network import Network
from sebridge.app.ports import Ports
from sebridge.base.service import Service
from sebridge.features.keep_alive.trust_center_watch import TrustCenterWatch
from sebridge.features.keys.partner_keys import PartnerKeys
from sebridge.features.time.client_service import TimeClientService
from sebridge.features.time.source import Source, choose_source, network_interval
from sebridge.features.time.timekeeping import source_rules
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.service_search import ServiceSearch, TrustCenterServers


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """The services of a router or display."""

    time_client: TimeClientService
    services: tuple[Service, ...]


def build_membership(network: Network, ports: Ports, *, besides: Sequence[int]) -> Membership:
    """Build what a gateway needs in a network that is another's.

    `besides` are the clusters of which it wants to know the servers, beside the energy services.
    """
    clock, bus = ports.clock, ports.bus
    radio, directory, manager = network.radio, network.directory, network.manager
    reader = RemoteReader(network.router.exchange)
    rules = source_rules(network.registry)

    time_client = TimeClientService(
        network.time.network,
        reader=reader,
        servers=directory,
        address_of=directory.nwk_of,
        wanted=lambda: choose_source(rules.wanted(), has_client=True) is Source.ZCL,
        every=lambda: network_interval(rules.period()),
        clock=clock,
        bus=bus,
    )
    servers = TrustCenterServers(manager.zdo, lambda: radio.network)
    watch = TrustCenterWatch(servers, reader, network.keeper.search, clock, ports.random)
    return Membership(
        time_client=time_client,
        services=(
            ServiceSearch(manager, besides=besides, clock=clock, bus=bus),
            PartnerKeys(radio=radio, directory=directory, besides=besides, clock=clock, bus=bus),
            time_client,
            watch,
        ),
    )
