"""How a simulated device comes to its link key with the trust centre (NET-3, NET-4, SEC-5)."""

import logging
from typing import Final, Protocol

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.features.keys.establishment import KeyEstablishment, KeyRules
from sebridge.gateway.exchange import Exchange
from sebridge.network.link_keys import LinkKey, LinkKeys
from sebridge.network.peer import Peer
from sebridge.network.service_search import TrustCenterServers
from sebridge.radio.radio import Counters
from sebridge.simulator.credentials import DeviceSecurity
from sebridge.simulator.vocabulary import NOTHING, SimulatedHost, SimulatedPart, Station
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import write_read_attributes
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, TIME

_LOGGER = logging.getLogger(__name__)

_THE_TIME: Final = 0x0000  # attribute of the Time cluster


class _DeviceKeyring(Protocol):
    """The way of a new key into a radio."""

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Use a key in the place of the earlier one."""


class _Keyring:
    """Keeps the key with the trust centre under the device's own address."""

    def __init__(self, own: Eui64, kept: LinkKeys, station: _DeviceKeyring) -> None:
        self._own = own
        self._kept = kept
        self._station = station

    async def establish(self, device: Eui64, key: LinkKey) -> None:
        counters = self._kept.keep(self._own, key)
        await self._station.establish_link_key(device, key.key, counters)

    async def restore(self, device: Eui64) -> bool:
        key = self._kept.find(self._own)
        if key is not None:
            counters = self._kept.counters(self._own)
            await self._station.establish_link_key(device, key.key, counters)
        return key is not None


class TrustCenterLink:
    """The key with the trust centre: the one from before if it still holds, else a new one.

    `servers` finds the trust centre's clusters. `service` answers what comes and is to be started
    with the others of the device.
    """

    def __init__(  # each is one narrow thing it needs
        self,
        security: DeviceSecurity,
        station: Station,
        local_endpoint: int,
        servers: TrustCenterServers,
        *,
        exchange: Exchange,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        self._station = station
        self._local_endpoint = local_endpoint
        self._servers = servers
        self._exchange = exchange
        self._keyring = _Keyring(station.network.address, security.kept, station)
        rules = KeyRules(
            own=security.own,
            local_endpoint=local_endpoint,
            randomness=security.randomness,
            accepts=self.accepts,
            prefers=self.accepts,
            compute=security.compute,
            forced_suite=security.forced_suite,
        )
        self.service = KeyEstablishment(
            rules, security.own.suites, self._keyring, exchange, clock, bus
        )

    def accepts(self, device: Eui64) -> bool:
        """Say whether a device may begin with us: the trust centre only."""
        return device == self._servers.device

    async def secure(self) -> bool:
        """Return when there is a key; False when the network should rather be left."""
        trust_center = self._servers.device
        known = trust_center is not None and await self._has_key(trust_center)
        if known and await self._is_understood():
            return True
        return await self.service.seek(self._find)

    async def _find(self) -> Peer | None:
        return await self._servers.find(KEY_ESTABLISHMENT)

    async def _has_key(self, trust_center: Eui64) -> bool:
        if self._station.is_established(trust_center):
            return True
        return await self._keyring.restore(trust_center)

    async def _is_understood(self) -> bool:
        """Ask for the time under the key that is there; a trust centre may have lost it (SEC-5)."""
        payload = write_read_attributes([_THE_TIME])
        question = Frame(zcl.READ_ATTRIBUTES, 0, payload, no_default_response=True)
        try:
            server = await self._servers.find(TIME)
            if server is not None:
                await self._exchange.ask(server, TIME, self._local_endpoint, question)
        except SebridgeError as error:
            _LOGGER.debug("the trust centre does not know our key: %s", error)
            return False
        return server is not None


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Have a device with certificates prove who it is, before it asks for anything."""
    if host.security is None:
        return NOTHING
    link = TrustCenterLink(
        host.security,
        host.station,
        host.endpoint_id,
        host.servers,
        exchange=host.exchange,
        clock=host.clock,
        bus=host.bus,
    )
    return SimulatedPart(
        clusters=link.service.clusters.both,
        services=(link.service,),
        proof=link.secure,
        views=(link,),
    )
