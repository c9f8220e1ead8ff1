"""What the tests of key establishment need: the published vectors, and houses with certificates."""

from functools import lru_cache
import random
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.certificate_authority import Authority, new_authority
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from tests.reference_files import reference

VECTORS: dict[str, Any] = reference("cbke_vectors.json")
EXCHANGES: list[dict[str, Any]] = VECTORS["key_establishment"]
AUTHORITY_KEYS = {
    SUITE_1: bytes.fromhex(VECTORS["ca_public_key_suite1"]),
    SUITE_2: bytes.fromhex(VECTORS["ca_public_key_suite2"]),
}

METER = Eui64.parse("00:13:50:05:00:00:00:01")
GATEWAY = Eui64.parse("00:13:a2:00:40:00:00:02")

# a point that is on the curve sect283k1, but of order 4
ORDER_4 = bytes.fromhex("02" + "00" * 35 + "01")


class Scripted:
    """Draws the numbers that it was given, so that a published exchange can be repeated."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = iter(numbers)

    def randrange(self, start: int, stop: int, /) -> int:
        number = next(self._numbers)
        assert start <= number < stop
        return number


def published(side: dict[str, str]) -> Credentials:
    """Return the credentials of one side of a vector."""
    certificate = parse_certificate(bytes.fromhex(side["certificate"]))
    key = Secret(bytes.fromhex(side["private_key"]))
    return Credentials(AUTHORITY_KEYS[certificate.suite], certificate, key)


def ephemeral_number(side: dict[str, str], suite: Suite) -> int:
    """Return the ephemeral private key of a side; some are published above the curve's order."""
    return int(side["ephemeral_private"], 16) % suite.curve.order


@lru_cache
def authority(suite: Suite) -> Authority:
    """Return the authority of the simulated house."""
    return new_authority(suite, random.Random(suite.number))


@lru_cache
def credentials(suite: Suite, subject: Eui64) -> Credentials:
    """Return a device's credentials in the simulated house."""
    return authority(suite).issue(subject, random.Random(7))


@lru_cache
def store(subject: Eui64, *suites: Suite) -> CertificateStore:
    """Return a device's store, with both suites if none is named."""
    return CertificateStore(credentials(suite, subject) for suite in suites or SUITES)


def with_bit_flipped(octets: bytes, place: int) -> bytes:
    """Return octets with one bit changed."""
    number = int.from_bytes(octets, "big") ^ 1 << place % (8 * len(octets))
    return number.to_bytes(len(octets), "big")


def sides() -> list[dict[str, str]]:
    """Return both sides of every published exchange."""
    return [exchange[side] for exchange in EXCHANGES for side in ("initiator", "responder")]
