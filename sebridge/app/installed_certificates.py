"""Which certificates the gateway has: those it proves itself with by ZigBee, HTTP and MQTT."""

from collections.abc import Iterator
import hashlib
from pathlib import Path
from typing import Final

from sebridge.api.configuration import InstalledCertificate
from sebridge.base.clock import iso_time
from sebridge.crypto.certificate import Certificate
from sebridge.crypto.credentials import CertificateStore
from sebridge.settings.options import Options, TlsOptions

_LARGEST: Final = 1 << 20  # octets; the authorities of a whole system need a quarter of it
_MOST_OF_A_FILE: Final = 20


def installed_certificates(
    own: CertificateStore, options: Options
) -> Iterator[InstalledCertificate]:
    """Yield them; the files of HTTP and MQTT are read as they are now."""
    for certificate in own.certificates:
        yield _implicit(certificate)
    if options.http is not None and options.http.tls is not None:
        yield from _of_file("http.tls.certificate", options.http.tls.certificate)
    mqtt = options.mqtt.tls or TlsOptions()
    for purpose, path in (
        ("mqtt.tls.certificate", mqtt.certificate),
        ("mqtt.tls.ca", mqtt.ca),
    ):
        if path is not None:
            yield from _of_file(purpose, path)


def _implicit(certificate: Certificate) -> InstalledCertificate:
    lines = certificate.lines()
    return InstalledCertificate(
        purpose="security.certificate_store",
        subject=lines["subject"],
        issuer=lines["issuer"],
        valid_from=lines.get("valid from"),
        valid_until=lines.get("valid until"),
        fingerprint=hashlib.sha256(certificate.octets).hexdigest(),
        suite=certificate.suite.number,
    )


def _of_file(purpose: str, path: Path) -> Iterator[InstalledCertificate]:
    # it is much to have in memory, and seldom wanted
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            found = x509.load_pem_x509_certificates(file.read(_LARGEST))
    except OSError as error:
        yield InstalledCertificate(purpose=purpose, problem=f"cannot be read: {error.strerror}")
        return
    except ValueError:
        yield InstalledCertificate(purpose=purpose, problem="has no certificate in PEM form")
        return
    for one in found[:_MOST_OF_A_FILE]:
        yield InstalledCertificate(
            purpose=purpose,
            subject=one.subject.rfc4514_string(),
            issuer=one.issuer.rfc4514_string(),
            valid_from=iso_time(one.not_valid_before_utc.timestamp()),
            valid_until=iso_time(one.not_valid_after_utc.timestamp()),
            fingerprint=one.fingerprint(SHA256()).hex(),
        )
