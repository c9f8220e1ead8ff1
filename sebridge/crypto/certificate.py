"""Implicit certificates: parse, check, print.

Such a certificate has no signature. It holds a point from which, with the authority's public key,
the public key of its subject is reconstructed; only who has the matching private key can use it.
Suite 1 has 48 octets and suite 2 has 74 (ZigBee Smart Energy Profile 1.x, annex C). All numbers
in them are big endian, addresses as they are printed.
"""

from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import iso_time
from sebridge.crypto.suite import SUITE_1, SUITES, Suite
from sebridge.crypto.terminate import KeyEstablishmentError, TerminateStatus

ISSUER_OCTETS: Final = 8

_ADDRESS_OCTETS: Final = 8
_TYPE_IMPLICIT: Final = 0x00
_CURVE_SECT283K1: Final = 0x0D
_HASH_AES_MMO: Final = 0x08
KEY_AGREEMENT: Final = 0x08
"""The bit of `key_usage` without which a certificate is not for key establishment."""
_UNLIMITED: Final = 0xFFFFFFFF


class Terms(msgspec.Struct, frozen=True):
    """What only a certificate of suite 2 says. Times are seconds, `valid_from` since 1970."""

    kind: int
    serial: bytes
    curve: int
    hash_function: int
    valid_from: int
    valid_seconds: int
    key_usage: int

    def problems(self) -> list[str]:
        """Return what is not as key establishment needs it."""
        wanted = (
            ("type", self.kind, _TYPE_IMPLICIT),
            ("curve", self.curve, _CURVE_SECT283K1),
            ("hash", self.hash_function, _HASH_AES_MMO),
            ("key usage", self.key_usage & KEY_AGREEMENT, KEY_AGREEMENT),
        )
        return [
            f"{name} is 0x{given:02x} instead of 0x{needed:02x}"
            for name, given, needed in wanted
            if given != needed
        ]


class Certificate(msgspec.Struct, frozen=True):
    """An implicit certificate of either suite.

    `point` is the public reconstruction key, compressed. `profile_data` is there in suite 1
    (profile, manufacturer code, and 6 octets of the issuer's choice), `terms` in suite 2.
    """

    suite: Suite
    octets: bytes
    point: bytes
    subject: Eui64
    issuer: bytes
    profile_data: bytes = b""
    terms: Terms | None = None

    def lines(self) -> dict[str, str]:
        """Return what people want to see, by name. Nothing in a certificate is secret."""
        common = {
            "suite": f"{self.suite.number} ({self.suite.curve.name})",
            "subject": str(self.subject),
            "issuer": _issuer_text(self.issuer),
            "public reconstruction key": self.point.hex(),
        }
        if self.terms is None:
            return common | {"profile data": self.profile_data.hex()}
        terms = self.terms
        return common | {
            "serial number": terms.serial.hex(),
            "valid from": _date(terms.valid_from),
            "valid until": (
                "unlimited"
                if terms.valid_seconds == _UNLIMITED
                else _date(terms.valid_from + terms.valid_seconds)
            ),
            "key usage": f"0x{terms.key_usage:02x}",
        }


def parse_certificate(octets: bytes, suite: Suite | None = None) -> Certificate:
    """Return the certificate; its suite is told by its length unless it is given.

    Raises KeyEstablishmentError for a wrong length. Nothing else is checked here: see
    `check_certificate`.
    """
    suites = SUITES if suite is None else (suite,)
    fitting = next((one for one in suites if one.certificate_octets == len(octets)), None)
    if fitting is None:
        wanted = " or ".join(str(one.certificate_octets) for one in suites)
        raise KeyEstablishmentError(
            f"the certificate has {len(octets)} octets instead of {wanted}",
            TerminateStatus.BAD_MESSAGE,
        )
    return _suite_1(octets) if fitting is SUITE_1 else _suite_2(octets, fitting)


def check_certificate(certificate: Certificate, issuer: bytes, subject: Eui64) -> None:
    """Check what a peer sent: issuer, subject, and for suite 2 all fixed fields, in this order.

    The validity is not checked: the implementations in the field do not.
    Raises KeyEstablishmentError.
    """
    if certificate.issuer != issuer:
        raise KeyEstablishmentError(
            f"the certificate's issuer is {_issuer_text(certificate.issuer)}"
            f" instead of {_issuer_text(issuer)}",
            TerminateStatus.UNKNOWN_ISSUER,
        )
    if certificate.subject != subject:
        raise KeyEstablishmentError(
            f"the certificate is for {certificate.subject}, not for {subject}",
            TerminateStatus.INVALID_CERTIFICATE,
        )
    problems = [] if certificate.terms is None else certificate.terms.problems()
    if problems:
        raise KeyEstablishmentError(
            f"the certificate's {', '.join(problems)}", TerminateStatus.INVALID_CERTIFICATE
        )


def address_octets(address: Eui64) -> bytes:
    """Return an address as it stands in certificates: as it is printed, most significant first."""
    return address.to_bytes(_ADDRESS_OCTETS, "big")


class _Reader:
    """Takes fields off the front."""

    def __init__(self, octets: bytes) -> None:
        self._rest = octets

    def take(self, count: int) -> bytes:
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def number(self, count: int = 1) -> int:
        return int.from_bytes(self.take(count), "big")

    def address(self) -> Eui64:
        return Eui64(int.from_bytes(self.take(_ADDRESS_OCTETS), "big"))


def _suite_1(octets: bytes) -> Certificate:
    reader = _Reader(octets)
    return Certificate(
        suite=SUITE_1,
        octets=bytes(octets),
        point=reader.take(SUITE_1.public_octets),
        subject=reader.address(),
        issuer=reader.take(ISSUER_OCTETS),
        profile_data=reader.take(len(octets)),
    )


def _suite_2(octets: bytes, suite: Suite) -> Certificate:
    reader = _Reader(octets)
    kind, serial, curve, hash_function = (
        reader.number(),
        reader.take(8),
        reader.number(),
        reader.number(),
    )
    issuer = reader.take(ISSUER_OCTETS)
    valid_from, valid_seconds = reader.number(5), reader.number(4)
    subject, key_usage = reader.address(), reader.number()
    return Certificate(
        suite=suite,
        octets=bytes(octets),
        point=reader.take(suite.public_octets),
        subject=subject,
        issuer=issuer,
        terms=Terms(kind, serial, curve, hash_function, valid_from, valid_seconds, key_usage),
    )


def _issuer_text(issuer: bytes) -> str:
    """Return an issuer as hex, and as letters where it has been made of letters."""
    letters = issuer.decode("latin-1")
    return (
        f"{issuer.hex()} ({letters})" if letters.isascii() and letters.isalnum() else issuer.hex()
    )


def _date(seconds: int) -> str:
    """Return a moment in UTC; 5 octets reach far beyond the calendar's last year."""
    try:
        return iso_time(seconds)
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s since 1970"
