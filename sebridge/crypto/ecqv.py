"""Implicit certificates of Qu and Vanstone (ECQV, SEC 4), with AES-MMO as hash.

With e, the hash of all octets of the certificate as a number, and P, its point:
public key = e * P + the authority's public key.
"""

from sebridge.base.errors import DecodeError
from sebridge.crypto.binary_curve import Curve, Point
from sebridge.crypto.certificate import Certificate
from sebridge.crypto.mmo import mmo_hash


def authority_point(curve: Curve, octets: bytes) -> Point:
    """Return an authority's public key; DecodeError when it is none of this curve."""
    try:
        return curve.validated(octets)
    except DecodeError as error:
        raise DecodeError(f"the authority's public key: {error}") from error


def certificate_number(certificate: Certificate) -> int:
    """Return e."""
    return int.from_bytes(mmo_hash(certificate.octets), "big")


def reconstructed_key(certificate: Certificate, authority: Point) -> Point:
    """Return the public key of the certificate's subject.

    `authority` must have been validated. Raises DecodeError when the certificate's point is not
    of the curve's group, or the key is infinity.
    """
    curve = certificate.suite.curve
    try:
        point = curve.validated(certificate.point)
    except DecodeError as error:
        raise DecodeError(f"the certificate's public reconstruction key: {error}") from error
    key = curve.add(curve.multiply_public(certificate_number(certificate), point), authority)
    if key is None:
        raise DecodeError("the certificate's public key is infinity")
    return key
