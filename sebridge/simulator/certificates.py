"""The certificates of a simulated house: its own authority, and what that has issued."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final

import zigpy.types as t

from sebridge.base.secret import Secret
from sebridge.smartenergy.certificate import parse_certificate
from sebridge.smartenergy.credentials import CertificateStore, Credentials
from sebridge.smartenergy.key_agreement import Randomness
from sebridge.smartenergy.suite import SUITE_1
from sebridge.smartenergy.test_authority import Authority, new_authority

AUTHORITY: Final = "authority"
"""Under which name the authority's private key is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A certificate with its private key, as it is kept."""

    authority_key: bytes
    certificate: bytes
    private_key: Secret


class HouseCertificates:
    """Issues a certificate of suite 1 for each device that asks, and the same one ever after."""

    def __init__(
        self,
        authorities: MutableMapping[str, Secret],
        issued: MutableMapping[t.EUI64, IssuedCertificate],
        randomness: Randomness,
    ) -> None:
        self._authorities = authorities
        self._issued = issued
        self._randomness = randomness
        self._authority: Authority | None = None

    def of(self, device: t.EUI64) -> CertificateStore:
        """Return a device's certificate, issued now if it has none yet."""
        kept = self._issued.get(device)
        return CertificateStore([self._issue(device) if kept is None else _restored(kept)])

    def _issue(self, device: t.EUI64) -> Credentials:
        made = self._own_authority().issue(device, self._randomness)
        self._issued[device] = IssuedCertificate(
            authority_key=made.authority_key,
            certificate=made.certificate.octets,
            private_key=made.private_key,
        )
        return made

    def _own_authority(self) -> Authority:
        if self._authority is None:
            kept = self._authorities.get(AUTHORITY)
            if kept is None:
                self._authority = new_authority(SUITE_1, self._randomness)
                self._authorities[AUTHORITY] = self._authority.private_key
            else:
                self._authority = Authority(SUITE_1, kept)
        return self._authority


def _restored(kept: IssuedCertificate) -> Credentials:
    return Credentials(kept.authority_key, parse_certificate(kept.certificate), kept.private_key)
