"""Key establishment by the firmware of a radio module, which its host has no part in."""

from collections.abc import Awaitable, Callable
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.computing import Compute
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.key_agreement import Randomness
from sebridge.features.keys.establishment import KeyEstablishment, Keyring, KeyRules
from sebridge.gateway.admission import KeyTrust
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.gateway.exchange import Sender
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming
from sebridge.simulator.inside import Inside
from sebridge.zcl.identifiers import ENERGY_SERVICE_INTERFACE, SE_PROFILE

_MOST_AT_ONCE: Final = 4


class FirmwareKeyEstablishment(Service):
    """An endpoint with the Key Establishment cluster, which answers whoever begins, or begins.

    It sends by `sender`, and gives the keys to `keyring`; `received` is to be given the frames for
    the endpoint.
    """

    def __init__(
        self,
        own: Credentials,
        endpoint_id: int,
        sender: Sender,
        keyring: Keyring,
        *,
        randomness: Randomness,
        compute: Compute,
        clock: Clock,
    ) -> None:
        super().__init__()
        store = CertificateStore([own])
        bus = SignalBus()
        keys = KeyTrust(proof_required=False, holders=(), demanded=lambda: True)
        inside = Inside(keys=keys, clock=clock, bus=bus)
        exchange = inside.exchange(sender)
        rules = KeyRules(
            own=store,
            local_endpoint=endpoint_id,
            randomness=randomness,
            accepts=lambda _device: True,
            prefers=lambda _device: False,
            compute=compute,
            most_at_once=_MOST_AT_ONCE,
        )
        self._establishment = KeyEstablishment(rules, store.suites, keyring, exchange, clock, bus)
        clusters = self._establishment.clusters.both
        endpoint = Endpoint(endpoint_id, SE_PROFILE, ENERGY_SERVICE_INTERFACE, clusters)
        self._router = inside.router(LocalEndpoints(bus, [endpoint]), exchange)
        self._gate = inside.gate(self._router, exchange)

    @override
    async def start(self) -> None:
        """Answer from now on."""
        await self._router.start()
        await self._establishment.start()
        await super().start()

    @override
    async def stop(self) -> None:
        """Break off what is under way."""
        await self._establishment.stop()
        await self._router.stop()
        await super().stop()

    async def seek(self, find: Callable[[], Awaitable[Peer | None]]) -> bool:
        """Try until there is a key; False when the network should rather be left.

        `find` looks for who establishes keys.
        """
        return await self._establishment.seek(find)

    def received(self, frame: Incoming) -> None:
        """Take a frame for the endpoint. Never raises for what a peer sent."""
        self._gate.received(frame)
