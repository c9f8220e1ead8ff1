"""Smart Energy firmware establishes link keys itself, with the certificate that is in it.

A coordinator answers who begins; a router whose EO says so begins with its trust centre, and has
not joined before it has a key.

Source: Digi, XBee/XBee-PRO SE RF Modules, key establishment, authentication, ZU, ZT, ZV. On which
endpoint that is done is not said there, nor how often a router tries.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final, Protocol

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError, RefusedError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.credentials import Credentials
from sebridge.network.link_keys import LinkKey
from sebridge.network.peer import Peer
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Incoming, Outgoing, TxStatus
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import FrameHeard, NetworkCameUp, StackRestarted
from sebridge.simulator.modules.xbee.firmware import CERTIFICATE
from sebridge.simulator.modules.xbee.frame import ModemStatus
from sebridge.simulator.modules.xbee.keys import Keys
from sebridge.simulator.modules.xbee.registers import Registers
from sebridge.simulator.modules.xbee.signals import NetworkLost
from sebridge.simulator.modules.xbee.stack import Stack
from sebridge.zcl.digi import AUTHENTICATION_ENDPOINT
from sebridge.zcl.identifiers import (
    ENERGY_SERVICE_INTERFACE,
    KEY_ESTABLISHMENT,
    SE_PROFILE,
    ZDO_ENDPOINT,
)
from sebridge.zcl.zdo import SimpleDescriptor, ZdoCommand

_LOGGER = logging.getLogger(__name__)

DESCRIPTOR: Final = SimpleDescriptor(
    endpoint=AUTHENTICATION_ENDPOINT,
    profile_id=SE_PROFILE,
    device_id=ENERGY_SERVICE_INTERFACE,
    input_clusters=(KEY_ESTABLISHMENT,),
    output_clusters=(KEY_ESTABLISHMENT,),
)
_ANSWERED_WITHIN: Final = 5.0  # seconds


class Authenticator(Protocol):
    """What carries key establishment out."""

    async def start(self) -> None:
        """Answer from now on."""

    async def stop(self) -> None:
        """Break off what is under way."""

    async def seek(self, find: Callable[[], Awaitable[Peer | None]]) -> bool:
        """Try until there is a key; False when the network should rather be left.

        `find` looks for who establishes keys.
        """

    def received(self, frame: Incoming) -> None:
        """Take a frame for its endpoint."""


class _Sender(Protocol):
    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""


class _Keyring(Protocol):
    async def establish(self, device: Eui64, key: LinkKey) -> None:
        """Use a key in the place of the earlier one."""


MakeAuthenticator = Callable[[Credentials, int, _Sender, _Keyring], Authenticator]
"""Makes one for a certificate and an endpoint, over a radio and a place for the keys."""


class Proof(msgspec.Struct, frozen=True):
    """With what a module proves itself, and how; it was made with this certificate, or none."""

    make: MakeAuthenticator
    certificate: Credentials | None


class Authentication(Service):
    """Has an authenticator while the network is up, and there is a certificate.

    The one that the module was made with counts while none is written. `tell` says to the host that
    a key was established.
    """

    def __init__(
        self,
        registers: Registers,
        stack: Stack,
        keys: Keys,
        tell: Callable[[ModemStatus], object],
        proof: Proof,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._registers = registers
        self._stack = stack
        self._keys = keys
        self._tell = tell
        self._proof = proof
        self._zdo = ZdoClient(self, clock, lambda: _ANSWERED_WITHIN)
        self._authenticator: Authenticator | None = None
        self._beginning: asyncio.Task[None] | None = None
        bus.listen(NetworkCameUp, self._on_network)
        bus.listen(StackRestarted, lambda _signal: self._end())
        bus.listen(NetworkLost, lambda _signal: self._end())
        bus.listen(FrameHeard, self._on_frame)

    def endpoints(self) -> tuple[SimpleDescriptor, ...]:
        """Return what others find: nothing without a certificate."""
        return () if self._authenticator is None else (DESCRIPTOR,)

    @override
    async def stop(self) -> None:
        """Break off what is under way."""
        authenticator, self._authenticator = self._authenticator, None
        if authenticator is not None:
            await authenticator.stop()
        await super().stop()

    def _on_network(self, _signal: NetworkCameUp) -> None:
        own = self._credentials()
        if own is not None:
            self._authenticator = self._proof.make(own, AUTHENTICATION_ENDPOINT, self, self)
        self._beginning = self.spawn(self._begin(self._authenticator), "key establishment")

    async def _begin(self, authenticator: Authenticator | None) -> None:
        """Answer from now on, and get a key where the network was not joined before there is."""
        if authenticator is not None:
            await authenticator.start()
        trust_center = self._stack.unconvinced
        if trust_center is None:
            return
        if authenticator is not None and await authenticator.seek(lambda: self._find(trust_center)):
            self._stack.be_associated()
        else:
            self._beginning = None
            self._end()
            self._stack.give_up()

    async def _find(self, trust_center: Eui64) -> Peer | None:
        """Ask the trust centre on which endpoint it establishes keys."""
        fields = await self._zdo.ask(
            trust_center,
            ZdoCommand.Match_Desc_req,
            *(COORDINATOR_NWK, SE_PROFILE, [KEY_ESTABLISHMENT], []),
        )
        found = fields.get("MatchList")
        return Peer(trust_center, found[0], SE_PROFILE) if found else None

    def _end(self) -> None:
        if self._beginning is not None:
            self._beginning.cancel()
            self._beginning = None
        authenticator, self._authenticator = self._authenticator, None
        if authenticator is not None:
            self.spawn(authenticator.stop(), "end of key establishment")

    def _credentials(self) -> Credentials | None:
        """Return the certificate that is written; None for one that is not sound."""
        authority, certificate, private = (self._registers.octets(name) for name in CERTIFICATE)
        if not (authority and certificate and private):
            return self._proof.certificate
        try:
            return Credentials(authority, parse_certificate(certificate), Secret(private))
        except SebridgeError as error:
            _LOGGER.warning("the certificate that was written is not sound: %s", error)
            return None

    # ------------------------------------------------------------------ the air

    def _on_frame(self, signal: FrameHeard) -> None:
        frame, authenticator = signal.frame, self._authenticator
        heard = frame.as_heard(signal.lqi, signal.rssi)
        if frame.destination_endpoint == ZDO_ENDPOINT:
            self._zdo.received(heard)
        elif frame.destination_endpoint == AUTHENTICATION_ENDPOINT and authenticator is not None:
            authenticator.received(heard)

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; DeliveryError when it was not."""
        receiver = frame.destination
        nwk = self._stack.find(receiver) if isinstance(receiver, Eui64) else receiver
        if nwk is None:
            raise DeliveryError(f"{receiver} is not on the air", TxStatus.NO_SHORT_ADDRESS)
        ends = (frame.profile_id, frame.cluster_id)
        endpoints = (frame.source_endpoint, frame.destination_endpoint)
        on_air = AirFrame(self._stack.address, self._stack.nwk, nwk, *ends, *endpoints, frame.data)
        await self._stack.send(on_air)

    async def establish(self, device: Eui64, key: LinkKey) -> None:
        """Use a key in the place of the earlier one; RefusedError where there is no room."""
        if not self._keys.establish(device, key.key):
            raise RefusedError(f"there is no room for the key with {device}")
        self._tell(ModemStatus.KEY_ESTABLISHED)
