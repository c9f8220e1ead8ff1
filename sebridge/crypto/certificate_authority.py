"""A certificate authority for simulated houses: it issues implicit certificates (ECQV, SEC 4).

Its certificates work among each other only: no device that one can buy knows this authority.
"""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import ISSUER_OCTETS, address_octets, parse_certificate
from sebridge.crypto.comb import public_key
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.ecqv import certificate_number
from sebridge.crypto.key_agreement import Randomness, random_private
from sebridge.crypto.suite import SUITE_1, Suite

ISSUER: Final = b"SEBRIDGE"
"""Whom the certificates name; the test certificates that are in circulation name TESTSECA."""

_PROFILE_DATA: Final = bytes.fromhex("0109 0000 000000000000")  # Smart Energy, no manufacturer
_KIND_CURVE_HASH: Final = (b"\x00", b"\x0d\x08")  # implicit; sect283k1 with AES-MMO
_FOR_EVER: Final = b"\xff\xff\xff\xff"
_SIGN_AND_AGREE: Final = b"\x88"


class Authority:
    """Issues certificates of one suite; whoever has its private key is the same authority."""

    def __init__(self, suite: Suite, private_key: Secret, issuer: bytes = ISSUER) -> None:
        """Raise DecodeError for a private key, ParameterError for an issuer that cannot be."""
        if len(issuer) != ISSUER_OCTETS:
            raise ParameterError("issuer", f"has {len(issuer)} octets instead of {ISSUER_OCTETS}")
        self.suite: Final = suite
        self.private_key: Final = private_key
        self.issuer: Final = issuer
        self._number: Final = int.from_bytes(private_key.reveal(), "big")
        self.public_key: Final = suite.curve.compressed(public_key(suite.curve, self._number))

    def issue(self, subject: Eui64, randomness: Randomness, *, valid_from: int = 0) -> Credentials:
        """Return a certificate for an address with its private key.

        `valid_from` is in seconds since 1970, and appears in suite 2 only, without an end.
        """
        curve = self.suite.curve
        while True:
            drawn = randomness.randrange(1, curve.order)
            point = curve.compressed(public_key(curve, drawn))
            serial = randomness.randrange(0, 1 << 64).to_bytes(8, "big")
            certificate = parse_certificate(
                self._octets(point, subject, serial, valid_from), self.suite
            )
            private = (certificate_number(certificate) * drawn + self._number) % curve.order
            if private:  # else, with next to no likelihood, another number must be drawn
                break
        key = Secret(private.to_bytes(self.suite.private_octets, "big"))
        return Credentials(self.public_key, certificate, key)

    def _octets(self, point: bytes, subject: Eui64, serial: bytes, valid_from: int) -> bytes:
        address = address_octets(subject)
        if self.suite is SUITE_1:
            return point + address + self.issuer + _PROFILE_DATA
        kind, curve_and_hash = _KIND_CURVE_HASH
        validity = valid_from.to_bytes(5, "big") + _FOR_EVER
        head = kind + serial + curve_and_hash + self.issuer + validity
        return head + address + _SIGN_AND_AGREE + point


def new_authority(suite: Suite, randomness: Randomness, issuer: bytes = ISSUER) -> Authority:
    """Return an authority with a new private key."""
    return Authority(suite, random_private(suite, randomness), issuer)
