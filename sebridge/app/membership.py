"""What a gateway does in a network of others: find the services, take the time, stay in touch."""

from collections.abc import Callable
from random import Random

from sebridge.app.partner_keys import PartnerKeys
from sebridge.app.security import Grounds
from sebridge.base.addresses import Eui64
from sebridge.base.service import Service
from sebridge.features.keep_alive.trust_center_watch import TrustCenterWatch
from sebridge.features.time.network_time import NetworkTime
from sebridge.features.time.time_desk import TimeDesk
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.service_search import ServiceSearch, TrustCenterServers


class Membership:
    """Builds the services of a router or display; `lost` is called when the network is gone."""

    def __init__(
        self, grounds: Grounds, time: NetworkTime, lost: Callable[[], None], random: Random
    ) -> None:
        self._grounds = grounds
        manager, radio, clock = grounds.manager, grounds.radio, grounds.clock
        reader = RemoteReader(grounds.router.exchange)
        servers = TrustCenterServers(manager.zdo, lambda: radio.network)
        self.time_desk = TimeDesk(
            time,
            reader=reader,
            servers=grounds.directory,
            address_of=self._address_of,
            clock=clock,
            bus=grounds.bus,
        )
        self.services: list[Service] = [
            ServiceSearch(manager, clock, grounds.bus),
            PartnerKeys(grounds),
            self.time_desk,
            TrustCenterWatch(servers, reader, lost, clock, random),
        ]

    def _address_of(self, device: Eui64) -> int | None:
        known = self._grounds.directory.get(device)
        return None if known is None else known.nwk
