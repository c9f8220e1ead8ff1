"""What the devices of a simulated house prove themselves with.

The house has authorities of its own, whose private keys it keeps.
"""

from collections.abc import Iterable, MutableMapping
from functools import cached_property
import hmac
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.computing import Compute, at_once
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import address_octets
from sebridge.crypto.certificate_authority import Authority
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.key_agreement import Randomness, random_private
from sebridge.crypto.suite import Suite
from sebridge.network.link_keys import LinkKeys

AUTHORITIES: Final = {1: "authority", 2: "authority 2"}
"""Under which name the private key of each suite's authority is kept."""


class SuiteCertificates:
    """Issues a certificate of one suite for each device that asks, and the same one ever after.

    `authorities` keeps the private key of the authority, under a name for each suite. All else
    follows from that key, so that a certificate can be made in any thread.
    """

    def __init__(
        self, suite: Suite, authorities: MutableMapping[str, Secret], randomness: Randomness
    ) -> None:
        self.suite = suite
        name = AUTHORITIES[suite.number]
        if name not in authorities:
            authorities[name] = random_private(suite, randomness)
        self._private_key = authorities[name]

    def of(self, device: Eui64) -> Credentials:
        """Return a device's certificate."""
        return self._authority.issue(device, Derived(self._private_key, address_octets(device)))

    @cached_property
    def _authority(self) -> Authority:
        return Authority(self.suite, self._private_key)


class Derived(Randomness):
    """Numbers that look like random ones, and are the same for the same key and purpose.

    Each is an HMAC (RFC 2104) with SHA-512, far longer than the numbers that a curve asks for.
    """

    def __init__(self, key: Secret, purpose: bytes) -> None:
        self._key = key
        self._purpose = purpose
        self._drawn = 0

    @override
    def randrange(self, start: int, stop: int, /) -> int:
        self._drawn += 1
        message = self._purpose + self._drawn.to_bytes(4, "big")
        octets = hmac.digest(self._key.reveal(), message, "sha512")
        return start + int.from_bytes(octets, "big") % (stop - start)


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
