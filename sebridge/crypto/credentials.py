"""A certificate with its private key and the authority's public key, checked against each other."""

from collections.abc import Iterable
from dataclasses import dataclass

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.base.secret import Secret
from sebridge.crypto.binary_curve import Point
from sebridge.crypto.certificate import Certificate
from sebridge.crypto.comb import public_key
from sebridge.crypto.ecqv import authority_point, reconstructed_key
from sebridge.crypto.suite import Suite
from sebridge.crypto.terminate import KeyEstablishmentError, TerminateStatus


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one needs to take part in key establishment with one suite.

    It exists only when it is sound: d * G is the public key of the certificate. Otherwise making
    it raises DecodeError, which names no secret.
    """

    authority_key: bytes
    certificate: Certificate
    private_key: Secret

    def __post_init__(self) -> None:
        """Check that the three belong together."""
        problems = problems_of(self.authority_key, self.certificate, self.private_key)
        if problems:
            raise DecodeError("; ".join(problems))

    @property
    def suite(self) -> Suite:
        """The suite of the certificate."""
        return self.certificate.suite

    @property
    def public_key(self) -> bytes:
        """The public key, compressed."""
        return self.suite.curve.compressed(self.key_of(self.certificate))

    def key_of(self, certificate: Certificate) -> Point:
        """Return the public key of a certificate of the same suite under the same authority.

        Raises DecodeError when it has none.
        """
        # the authority's key was validated when the credentials were made
        return reconstructed_key(certificate, self.suite.curve.decompressed(self.authority_key))

    def lines(self) -> dict[str, str]:
        """Return what may be shown, by name; the private key is asterisks."""
        return self.certificate.lines() | {
            "authority public key": self.authority_key.hex(),
            "public key": self.public_key.hex(),
            "private key": str(self.private_key),
        }


def problems_of(authority_key: bytes, certificate: Certificate, private_key: Secret) -> list[str]:
    """Return what is wrong with the three, in words that give nothing away."""
    suite = certificate.suite
    problems = [] if certificate.terms is None else certificate.terms.problems()
    if len(private_key) != suite.private_octets:
        problems.append(
            f"the private key has {len(private_key)} octets instead of {suite.private_octets}"
            f" as suite {suite.number} has"
        )
    try:
        reconstructed = reconstructed_key(certificate, authority_point(suite.curve, authority_key))
        if problems:
            return problems
        own = public_key(suite.curve, int.from_bytes(private_key.reveal(), "big"))
    except DecodeError as error:
        return [*problems, str(error)]
    if own != reconstructed:
        problems.append(
            "the private key does not belong to the certificate and the authority's public key"
        )
    return problems


class CertificateStore:
    """The credentials of one device: at most one set for each suite."""

    def __init__(self, credentials: Iterable[Credentials] = ()) -> None:
        self._by_suite: dict[int, Credentials] = {}
        for one in credentials:
            self._add(one)

    def _add(self, credentials: Credentials) -> None:
        self._by_suite[credentials.suite.bit] = credentials

    @property
    def suites(self) -> int:
        """The attribute KeyEstablishmentSuite: one bit for each suite there is a certificate of."""
        return sum(self._by_suite)

    @property
    def certificates(self) -> list[Certificate]:
        """The certificates that there are already, in the order of their suites."""
        return [self._by_suite[bit].certificate for bit in sorted(self._by_suite)]

    @property
    def subjects(self) -> list[Eui64]:
        """For whom the certificates are; all of one device say the same."""
        return [one.certificate.subject for one in self._by_suite.values()]

    def find(self, suite: Suite) -> Credentials:
        """Return the credentials for a suite; KeyEstablishmentError if there are none."""
        found = self._by_suite.get(suite.bit)
        if found is None:
            raise KeyEstablishmentError(
                f"there is no own certificate of suite {suite.number}",
                TerminateStatus.UNSUPPORTED_SUITE,
            )
        return found
