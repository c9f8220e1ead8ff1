"""The arithmetic of key establishment: ECMQV with cofactor, key derivation, confirmation codes.

Source: ZigBee Smart Energy Profile 1.x, annex C; SEC 1 (ECMQV); ANSI X9.63 (key derivation), all
with AES-MMO as hash. U is the initiator, V the responder.
"""

from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.base.secret import Secret
from sebridge.crypto.binary_curve import Curve, Point
from sebridge.crypto.certificate import address_octets
from sebridge.crypto.comb import multiply, public_key
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.mmo import mmo_hash, mmo_hmac
from sebridge.crypto.suite import Suite

_FROM_INITIATOR: Final = b"\x02"
_FROM_RESPONDER: Final = b"\x03"


class Randomness(Protocol):
    """Where secret numbers come from: `secrets.SystemRandom()`, in tests anything."""

    def randrange(self, start: int, stop: int, /) -> int:
        """Return a number from `start` to below `stop`, each as likely as any other."""
        ...


class EphemeralKey(msgspec.Struct, frozen=True):
    """A key pair for one exchange only."""

    private: Secret
    public: bytes


class Party(msgspec.Struct, frozen=True):
    """One side as both sides know it: its address and its ephemeral public key, compressed."""

    address: Eui64
    ephemeral: bytes


class SharedKeys(msgspec.Struct, frozen=True):
    """What both sides have in the end."""

    mac_key: Secret
    link_key: Secret


def random_private(suite: Suite, randomness: Randomness) -> Secret:
    """Return a private key of the suite's curve."""
    number = randomness.randrange(1, suite.curve.order)
    return Secret(number.to_bytes(suite.private_octets, "big"))


def ephemeral_key(suite: Suite, randomness: Randomness) -> EphemeralKey:
    """Return a new key pair."""
    private = random_private(suite, randomness)
    public = public_key(suite.curve, int.from_bytes(private.reveal(), "big"))
    return EphemeralKey(private, suite.curve.compressed(public))


def shared_secret(
    own: Credentials, ephemeral: EphemeralKey, partner_public: Point, partner_ephemeral: bytes
) -> Secret:
    """Return Z of ECMQV, 21 or 36 octets.

    `partner_public` was reconstructed from the certificate; `partner_ephemeral` is as received.
    Raises DecodeError when the latter is not of the curve's group, or the result is infinity.
    """
    curve = own.suite.curve
    received = curve.validated(partner_ephemeral)
    private, once = (_number(key) for key in (own.private_key, ephemeral.private))
    own_half = _associated(curve, ephemeral.public)
    scalar = once + own_half * private
    weighted = curve.multiply_public(_associated(curve, partner_ephemeral), partner_public)
    base = curve.add(received, weighted)
    # all points are of the group, where the cofactor may be multiplied to the scalar
    point = None if base is None else multiply(curve, curve.cofactor * scalar, base)
    if point is None:
        raise DecodeError("the shared secret is infinity")
    return Secret(curve.field.to_octets(point.x))


def derived_keys(shared: Secret) -> SharedKeys:
    """Return the keys which follow from Z."""
    return SharedKeys(*(Secret(mmo_hash(shared.reveal() + bytes((0, 0, 0, i)))) for i in (1, 2)))


def initiator_code(keys: SharedKeys, initiator: Party, responder: Party) -> bytes:
    """Return MACU, which the initiator sends."""
    return _code(keys, _FROM_INITIATOR, initiator, responder)


def responder_code(keys: SharedKeys, initiator: Party, responder: Party) -> bytes:
    """Return MACV, which the responder sends."""
    return _code(keys, _FROM_RESPONDER, responder, initiator)


def _code(keys: SharedKeys, tag: bytes, sender: Party, receiver: Party) -> bytes:
    addresses = address_octets(sender.address) + address_octets(receiver.address)
    message = tag + addresses + sender.ephemeral + receiver.ephemeral
    return mmo_hmac(keys.mac_key.reveal(), message)


def _associated(curve: Curve, compressed: bytes) -> int:
    """Return the associated value of a point: the lower half of x, with one bit above it."""
    half = 1 << (curve.order.bit_length() + 1) // 2
    return int.from_bytes(compressed[1:], "big") % half + half


def _number(key: Secret) -> int:
    return int.from_bytes(key.reveal(), "big")
