"""What the devices of a simulated house prove themselves with.

The house has authorities of its own, and keeps what they have issued.
"""

from collections.abc import Iterable, MutableMapping
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.computing import Compute, at_once
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.key_agreement import Randomness
from sebridge.crypto.suite import Suite
from sebridge.crypto.test_authority import Authority, new_authority
from sebridge.network.link_keys import LinkKeys

AUTHORITIES: Final = {1: "authority", 2: "authority 2"}
"""Under which name the private key of each suite's authority is kept."""


class IssuedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate with its private key, as it is kept."""

    authority_key: bytes
    certificate: bytes
    private_key: Secret


class SuiteCertificates:
    """Issues a certificate of one suite for each device that asks, and the same one ever after.

    `authorities` keeps the private key of the authority, under a name for each suite.
    """

    def __init__(
        self,
        suite: Suite,
        authorities: MutableMapping[str, Secret],
        issued: MutableMapping[Eui64, IssuedCertificate],
        randomness: Randomness,
    ) -> None:
        self.suite = suite
        self._authorities = authorities
        self._issued = issued
        self._randomness = randomness
        self._authority: Authority | None = None

    def of(self, device: Eui64) -> Credentials:
        """Return a device's certificate, issued now if it has none yet."""
        kept = self._issued.get(device)
        return self._issue(device) if kept is None else _restored(kept)

    def _issue(self, device: Eui64) -> Credentials:
        made = self._own_authority().issue(device, self._randomness)
        self._issued[device] = IssuedCertificate(
            authority_key=made.authority_key,
            certificate=made.certificate.octets,
            private_key=made.private_key,
        )
        return made

    def _own_authority(self) -> Authority:
        if self._authority is None:
            name = AUTHORITIES[self.suite.number]
            kept = self._authorities.get(name)
            if kept is None:
                self._authority = new_authority(self.suite, self._randomness)
                self._authorities[name] = self._authority.private_key
            else:
                self._authority = Authority(self.suite, kept)
        return self._authority


class HouseCertificates:
    """What all devices of a house have: a certificate of each of its suites."""

    def __init__(self, suites: Iterable[SuiteCertificates]) -> None:
        self._suites = tuple(suites)

    def of(self, device: Eui64) -> CertificateStore:
        """Return a device's certificates, each issued when it is asked for if there is none yet."""
        return DeviceCertificates(device, self._suites)


class DeviceCertificates(CertificateStore):
    """What one device has, made when it is asked for.

    Many a house stands for hours before anybody proves himself, and what makes certificates takes
    7 MiB of memory.
    """

    def __init__(self, device: Eui64, suites: Iterable[SuiteCertificates]) -> None:
        super().__init__()
        self._device = device
        self._issuers = {one.suite.bit: one for one in suites}

    @property
    @override
    def suites(self) -> int:
        return sum(self._issuers)

    @property
    @override
    def subjects(self) -> list[Eui64]:
        return [self._device] * len(self._issuers)

    @override
    def find(self, suite: Suite) -> Credentials:
        if suite.bit in self._issuers and not super().suites & suite.bit:
            self._add(self._issuers[suite.bit].of(self._device))
        return super().find(suite)


class DeviceSecurity(msgspec.Struct, frozen=True, kw_only=True):
    """What a device proves itself with, and where it keeps the key that follows.

    `kept` has the keys of all devices of the house with the one trust centre, by device;
    `forced_suite` is the bit of the only suite to use, whatever the trust centre says.
    """

    own: CertificateStore
    kept: LinkKeys
    randomness: Randomness
    compute: Compute
    forced_suite: int | None = None


class HouseSecurity(msgspec.Struct, frozen=True, kw_only=True):
    """Certificates for a whole house, and the keys which its devices have from them.

    `forced_suite` is the bit of the only suite that the devices use, whatever the gateway says.
    """

    certificates: HouseCertificates
    kept: LinkKeys
    randomness: Randomness
    compute: Compute = at_once
    forced_suite: int | None = None

    def of(self, device: Eui64) -> DeviceSecurity:
        """Return what one device needs."""
        return DeviceSecurity(
            own=self.certificates.of(device),
            kept=self.kept,
            randomness=self.randomness,
            compute=self.compute,
            forced_suite=self.forced_suite,
        )


def _restored(kept: IssuedCertificate) -> Credentials:
    return Credentials(kept.authority_key, parse_certificate(kept.certificate), kept.private_key)
