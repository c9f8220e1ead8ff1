"""The gateway's side of key establishment: who must prove himself, who did, who is put out."""

import asyncio
from dataclasses import dataclass
import logging
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.computing import Compute
from sebridge.base.errors import ConfigError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.key_agreement import Randomness
from sebridge.crypto.suite import SUITE_1, SUITES
from sebridge.features.keys.clusters import KeyClusters
from sebridge.features.keys.deadlines import KeyGuard
from sebridge.features.keys.establishment import KeyEstablishment, KeyRules
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.load_control.signature import verify
from sebridge.gateway.router import Router
from sebridge.network.directory import Directory
from sebridge.network.manager import DeviceManager
from sebridge.network.peer import Peer
from sebridge.network.service_search import TrustCenterServers
from sebridge.network.signals import NetworkChanged
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.radio import Radio
from sebridge.settings.options import SecurityOptions
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, SE_ENDPOINT, SE_PROFILE

_LOGGER = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 4
"""Devices that establish a key with the gateway at the same time; a fifth is told to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What the gateway proves itself with, and how that is computed."""

    own: CertificateStore
    randomness: Randomness
    compute: Compute


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the security of a gateway stands on."""

    radio: Radio
    router: Router
    directory: Directory
    manager: DeviceManager
    trust_center: TrustCenter
    load_control: DrlcServer | None
    clock: Clock
    bus: SignalBus


class Security:
    """Without a certificate of its own the gateway takes preconfigured keys for good."""

    def __init__(self, proofs: Proofs, options: SecurityOptions) -> None:
        """ConfigError when a suite is forced of which there is no certificate."""
        self._proofs = proofs
        self._forced_suite = _bit_of(options.forced_suite)
        self._has_certificate = bool(proofs.own.suites)
        if self._forced_suite is not None and not self._forced_suite & proofs.own.suites:
            problem = f"there is no certificate of suite {options.forced_suite}"
            raise ConfigError([f"security.forced_suite: {problem}"])
        self.required = self._has_certificate and options.require_key_establishment is not False
        self.clusters = KeyClusters(self._forced_suite or proofs.own.suites)
        self.services: list[Service] = []

    def open(self, grounds: Grounds) -> None:
        """Begin to look at who comes; to be called once everything else is built."""
        self._grounds = grounds
        if not self._has_certificate:
            return
        rules = KeyRules(
            own=self._proofs.own,
            local_endpoint=SE_ENDPOINT,
            randomness=self._proofs.randomness,
            accepts=self._accepts,
            prefers=self._prefers,
            compute=self._proofs.compute,
            most_at_once=MOST_AT_ONCE,
            forced_suite=self._forced_suite,
        )
        establishment = KeyEstablishment(
            rules,
            self.clusters,
            grounds.trust_center,
            grounds.router.exchange,
            grounds.clock,
            grounds.bus,
        )
        if grounds.load_control is not None:
            grounds.load_control.verify = self.verify
        seeker = KeySeeker(establishment, grounds)
        self.services = [establishment, seeker]
        if self.required:
            self.services.append(self._guard())

    def verify(self, device: Eui64, message: bytes, signature: bytes) -> bool:
        """Say whether a device has signed something, by the certificate that it has shown."""
        shown = self._grounds.trust_center.established(device)
        if shown is None or shown.suite != SUITE_1.number:
            return False
        point = SUITE_1.curve.decompressed(shown.public_key)
        return verify(SUITE_1, point, message, signature)

    def check_address(self, address: Eui64) -> None:
        """Say it when the certificate is for another radio: every device will refuse it."""
        for subject in self._proofs.own.subjects:
            if subject != address:
                _LOGGER.error(
                    "the gateway's certificate is for %s, but its radio is %s: no device will"
                    " establish a key with it",
                    str(subject),
                    str(address),
                )

    def _accepts(self, device: Eui64) -> bool:
        """Say who may begin: with the trust centre all who may take part, with others only it."""
        return self._grounds.radio.network.trust_center in {None, device}

    def _prefers(self, device: Eui64) -> bool:
        """Say who comes first: whom somebody added, and who has proved himself before."""
        known = self._grounds.directory.get(device)
        is_added = known is not None and known.added
        return is_added or self._grounds.trust_center.is_established(device)

    def _guard(self) -> KeyGuard:
        grounds = self._grounds
        return KeyGuard(
            lambda: [known.eui64 for known in grounds.directory if known.nwk is not None],
            self._must_establish,
            grounds.manager,
            grounds.clock,
            grounds.bus,
        )

    def _must_establish(self, device: Eui64) -> bool:
        """Say whether a device is of Smart Energy, and has no established key with us, who decide.

        As long as it has not told its endpoints, a link key of its own makes it one.
        """
        grounds = self._grounds
        known = grounds.directory.get(device)
        if known is None or grounds.radio.network.trust_center is not None:
            return False
        profiles = {descriptor.profile_id for descriptor in known.endpoints}
        is_one = SE_PROFILE in profiles if profiles else device in grounds.trust_center.keys
        return is_one and not grounds.trust_center.is_established(device)


def _bit_of(number: int | None) -> int | None:
    return next((int(suite.bit) for suite in SUITES if suite.number == number), None)


class KeySeeker(Service):
    """For a gateway that joined a network: asks its trust centre for a key (NET-3, NET-5)."""

    def __init__(self, establishment: KeyEstablishment, grounds: Grounds) -> None:
        super().__init__()
        self._establishment = establishment
        self._radio = grounds.radio
        self._servers = TrustCenterServers(grounds.manager.zdo, lambda: grounds.radio.network)
        self._seeking: asyncio.Task[Any] | None = None
        grounds.bus.listen(NetworkChanged, self._on_network)

    def _on_network(self, signal: NetworkChanged) -> None:
        if self._seeking is not None:
            self._seeking.cancel()
            self._seeking = None
        if signal.joined and self._radio.network.trust_center is not None:
            # also where there is a key from before: the trust centre may have lost it (SEC-5)
            self._seeking = self.spawn(self._seek(), "establish a key with the trust centre")

    async def _seek(self) -> None:
        try:
            is_wanted = await self._establishment.seek(self._find)
        except SebridgeError as error:
            _LOGGER.warning("no key with the trust centre: %s", error)
            return
        if not is_wanted:
            _LOGGER.error("the trust centre's certificates are of another authority than ours")

    async def _find(self) -> Peer | None:
        return await self._servers.find(KEY_ESTABLISHMENT)
