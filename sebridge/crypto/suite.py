"""The cryptographic suites of key establishment, and the choice between them."""

import enum
from typing import Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.crypto.binary_curve import SECT163K1, SECT283K1, Curve


class SuiteBit(enum.IntFlag):
    """KeyEstablishmentSuite as the attribute and the frames carry it: a bit map by its use."""

    K163 = 0x0001
    K283 = 0x0002  # from SE 1.2 on


class Suite(msgspec.Struct, frozen=True):
    """What one suite consists of, besides AES-MMO as hash in both."""

    number: int
    bit: SuiteBit
    curve: Curve
    certificate_octets: int

    @property
    def private_octets(self) -> int:
        """Length of a private key, and of each half of a signature."""
        return self.curve.scalar_octets

    @property
    def public_octets(self) -> int:
        """Length of a compressed public key."""
        return self.curve.point_octets


SUITE_1: Final = Suite(1, SuiteBit.K163, SECT163K1, 48)
SUITE_2: Final = Suite(2, SuiteBit.K283, SECT283K1, 74)
SUITES: Final = (SUITE_1, SUITE_2)


def suite_of_bit(bits: int) -> Suite | None:
    """Return the suite for a map with exactly one known bit, else None."""
    return next((suite for suite in SUITES if suite.bit == bits), None)


def choose_suite(own: int, partner: int, forced: int | None = None) -> Suite | None:
    """Return the highest suite that both maps have; None when there is none.

    `forced` is one suite's bit, to be used whatever the partner says: some test tools read as 0.
    Raises ParameterError when it is not one that the gateway itself has.
    """
    if forced is not None:
        suite = suite_of_bit(forced)
        if suite is None or not own & forced:
            raise ParameterError("suite", "the gateway has no certificate of the forced suite")
        return suite
    return next((suite for suite in reversed(SUITES) if suite.bit & own & partner), None)
