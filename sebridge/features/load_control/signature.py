"""ECDSA as Smart Energy 1.0 signs Report Event Status: the certificate's key, AES-MMO as hash.

Source: ZigBee Smart Energy Profile 1.0, annex D; SEC 1 (ECDSA). The hash has 128 bits, fewer than
the order of either curve, so it is used whole. A signature is r and s, 21 octets each (suite 1)
or 36 (suite 2), big endian.
"""

from sebridge.base.secret import Secret
from sebridge.crypto.binary_curve import Point
from sebridge.crypto.comb import multiply_generator, public_key
from sebridge.crypto.key_agreement import Randomness
from sebridge.crypto.mmo import mmo_hash
from sebridge.crypto.suite import Suite


def sign(suite: Suite, private_key: Secret, message: bytes, randomness: Randomness) -> bytes:
    """Return the signature of a message; each draws a new number from `randomness`."""
    curve, order = suite.curve, suite.curve.order
    private, digest = int.from_bytes(private_key.reveal(), "big"), _digest(message)
    while True:
        nonce = randomness.randrange(1, order)
        r = curve.field.number(public_key(curve, nonce).x) % order
        s = pow(nonce, -1, order) * (digest + r * private) % order
        if r and s:  # else, with next to no likelihood, another number must be drawn
            return b"".join(part.to_bytes(suite.private_octets, "big") for part in (r, s))


def verify(suite: Suite, public_key: Point, message: bytes, signature: bytes) -> bool:
    """Say whether the owner of a public key has signed a message. Any octets may be given."""
    curve, order = suite.curve, suite.curve.order
    if len(signature) != 2 * suite.private_octets:
        return False
    halves = signature[: suite.private_octets], signature[suite.private_octets :]
    r, s = (int.from_bytes(half, "big") for half in halves)
    if not (0 < r < order and 0 < s < order):
        return False
    inverse = pow(s, -1, order)
    point = curve.add(
        multiply_generator(curve, _digest(message) * inverse),
        curve.multiply_public(r * inverse % order, public_key),
    )
    return point is not None and curve.field.number(point.x) % order == r


def _digest(message: bytes) -> int:
    return int.from_bytes(mmo_hash(message), "big")
