"""The gateway's side of key establishment: who must prove himself, who did, who is put out."""

import asyncio
from collections.abc import Callable
import logging
from typing import Any, Final

from sebridge.app.ports import Proofs
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import ConfigError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.crypto.suite import SUITE_1, SUITES
from sebridge.features.keys.deadlines import KeyGuard
from sebridge.features.keys.establishment import KeyEstablishment, KeyRules
from sebridge.features.keys.joining import JoiningWatch
from sebridge.features.keys.module_arithmetic import ModuleKeys
from sebridge.features.keys.session import Times
from sebridge.features.load_control.signature import verify
from sebridge.gateway.exchange import Exchange
from sebridge.network.directory import Directory
from sebridge.network.manager import DeviceManager
from sebridge.network.peer import Peer
from sebridge.network.service_search import TrustCenterServers
from sebridge.network.signals import NetworkChanged
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.radio import EstablishedKey, Radio
from sebridge.settings.options import SecurityOptions
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, SE_ENDPOINT, SE_PROFILE

_LOGGER = logging.getLogger(__name__)

_MODULE: Final = "module"
_WHY_NOT: Final = {
    EstablishedKey.NEEDS_NEWER_FIRMWARE: "newer firmware does",
    EstablishedKey.NEVER_TAKEN: "it keeps the one with which it joined",
}
_MODULE_TIMES: Final = Times(
    ephemeral=10, confirm=10
)  # seconds: it is slow, and does one at a time
MOST_AT_ONCE: Final = 4
"""Devices that establish a key with the gateway at the same time; a fifth is told to wait."""


class Security:
    """Without a certificate of its own the gateway takes preconfigured keys for good."""

    def __init__(
        self,
        proofs: Proofs,
        options: SecurityOptions,
        *,
        radio: Radio,
        directory: Directory,
        manager: DeviceManager,
        trust_center: TrustCenter,
        exchange: Exchange,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        """ConfigError when a suite is forced of which there is no certificate."""
        self._proofs = proofs
        self._radio = radio
        self._directory = directory
        self._trust_center = trust_center
        forced_suite = forced_suite_of(proofs, options)
        is_in_module = options.key_establishment == _MODULE
        rules = KeyRules(
            own=proofs.own,
            local_endpoint=SE_ENDPOINT,
            randomness=proofs.randomness,
            accepts=self._accepts,
            prefers=self._prefers,
            compute=proofs.compute,
            make_arithmetic=ModuleKeys(lambda: radio.key_module) if is_in_module else None,
            times=_MODULE_TIMES if is_in_module else Times(),
            most_at_once=1 if is_in_module else MOST_AT_ONCE,
            forced_suite=forced_suite,
        )
        suites = forced_suite or proofs.own.suites
        establishment = KeyEstablishment(rules, suites, trust_center, exchange, clock, bus)
        self.clusters = establishment.clusters
        self.services: list[Service] = []
        proof_required = is_proof_required(proofs, options)
        JoiningWatch(
            bus, directory.is_active, self._must_establish if proof_required else lambda _: False
        )
        if not proofs.own.suites:
            return
        bus.listen(NetworkChanged, self._check_address)
        servers = TrustCenterServers(manager.zdo, lambda: radio.network)
        seeker = KeySeeker(
            establishment,
            servers,
            lambda: EstablishedKey.TAKEN if is_in_module else radio.network.established_key,
            bus,
        )
        self.services = [establishment, seeker]
        if proof_required:
            guard = KeyGuard(self._residents, self._must_establish, manager, clock, bus)
            self.services.append(guard)

    def verify(self, device: Eui64, message: bytes, signature: bytes) -> bool:
        """Say whether a device has signed something, by the certificate that it has shown."""
        shown = self._trust_center.established(device)
        if shown is None or shown.suite != SUITE_1.number:
            return False
        point = SUITE_1.curve.decompressed(shown.public_key)
        return verify(SUITE_1, point, message, signature)

    def _check_address(self, signal: NetworkChanged) -> None:
        """Say it when the certificate is for another radio: every device will refuse it."""
        if not signal.joined:
            return
        address = self._radio.network.address
        for subject in self._proofs.own.subjects:
            if subject != address:
                _LOGGER.error(
                    "the gateway's certificate is for %s, but its radio is %s: no device will"
                    " establish a key with it",
                    *(subject, address),
                )

    def _accepts(self, device: Eui64) -> bool:
        """Say who may begin: with the trust centre all who may take part, with others only it."""
        return self._radio.network.trust_center in {None, device}

    def _prefers(self, device: Eui64) -> bool:
        """Say who comes first: whom somebody added, and who has proved himself before."""
        known = self._directory.get(device)
        is_added = known is not None and known.added
        return is_added or self._trust_center.is_established(device)

    def _residents(self) -> list[Eui64]:
        return [known.eui64 for known in self._directory if known.nwk is not None]

    def _must_establish(self, device: Eui64) -> bool:
        """Say whether a device is of Smart Energy, and has no established key with us, who decide.

        As long as it has not told its endpoints, a link key of its own makes it one.
        """
        known = self._directory.get(device)
        if known is None or self._radio.network.trust_center is not None:
            return False
        profiles = {descriptor.profile_id for descriptor in known.endpoints}
        is_one = SE_PROFILE in profiles if profiles else device in self._trust_center.keys
        return is_one and not self._trust_center.is_established(device)


def is_proof_required(proofs: Proofs, options: SecurityOptions) -> bool:
    """Say whether only link keys count that were established with certificates."""
    return bool(proofs.own.suites) and options.require_key_establishment is not False


def forced_suite_of(proofs: Proofs, options: SecurityOptions) -> int | None:
    """Return the bit of the one suite to use; ConfigError where there is no certificate of it."""
    bit = _bit_of(options.forced_suite)
    if bit is not None and not bit & proofs.own.suites:
        problem = f"there is no certificate of suite {options.forced_suite}"
        raise ConfigError([f"security.forced_suite: {problem}"])
    return bit


def _bit_of(number: int | None) -> int | None:
    return next((int(suite.bit) for suite in SUITES if suite.number == number), None)


class KeySeeker(Service):
    """For a gateway that joined a network: asks its trust centre for a key (NET-3, NET-5).

    It does not where the radio cannot use one, which the trust centre would.
    """

    def __init__(
        self,
        establishment: KeyEstablishment,
        servers: TrustCenterServers,
        established_key: Callable[[], EstablishedKey],
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._establishment = establishment
        self._servers = servers
        self._established_key = established_key
        self._seeking: asyncio.Task[Any] | None = None
        bus.listen(NetworkChanged, self._on_network)

    def _on_network(self, signal: NetworkChanged) -> None:
        if self._seeking is not None:
            self._seeking.cancel()
            self._seeking = None
        if not signal.joined or self._servers.device is None:
            return
        established_key = self._established_key()
        if established_key is EstablishedKey.TAKEN:
            # also where there is a key from before: the trust centre may have lost it (SEC-5)
            self._seeking = self.spawn(self._seek(), "establish a key with the trust centre")
        elif established_key is EstablishedKey.MADE_BY_MODULE:
            _LOGGER.info(
                "the radio module establishes its key with the trust centre, not the gateway"
            )
        else:
            _LOGGER.error(
                "the radio takes no key that is established with the trust centre: %s",
                _WHY_NOT[established_key],
            )

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
