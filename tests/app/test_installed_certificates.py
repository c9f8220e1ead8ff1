"""Which certificates there are: names, times and fingerprints, and why a file cannot be read."""

from datetime import UTC, datetime
import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sebridge.app.installed_certificates import installed_certificates
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.suite import SUITE_1, SUITE_2
from sebridge.settings.config import read
from tests.crypto.key_vectors import GATEWAY, credentials


def write_certificate(path: Path, name: str) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(named, named, key.public_key(), 7)
        .not_valid_before(datetime(2026, 1, 2, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 2, tzinfo=UTC))
        .sign(key, SHA256())
    )
    path.write_bytes(made.public_bytes(Encoding.PEM))
    return made


def test_those_of_key_establishment_are_named(tmp_path: Path) -> None:
    own = CertificateStore([credentials(SUITE_2, GATEWAY), credentials(SUITE_1, GATEWAY)])

    first, second = installed_certificates(own, read("", tmp_path, {}))

    assert (first.suite, second.suite) == (1, 2)
    assert first.subject == second.subject == str(GATEWAY)
    octets = credentials(SUITE_1, GATEWAY).certificate.octets
    assert first.fingerprint == hashlib.sha256(octets).hexdigest()
    assert (first.valid_until, second.valid_until is None) == (None, False)


def test_those_of_http_and_the_broker_are_read_from_their_files(tmp_path: Path) -> None:
    web = write_certificate(tmp_path / "web.pem", "cottage")
    (tmp_path / "none.pem").write_text("nothing")
    options = read(
        "http: {tls: {certificate: web.pem, key: web.key}}\n"
        "mqtt: {tls: {ca: none.pem, certificate: away.pem, key: away.key}}",
        tmp_path,
        {},
    )

    found = list(installed_certificates(CertificateStore(), options))

    assert [(one.purpose, one.problem) for one in found] == [
        ("http.tls.certificate", None),
        ("mqtt.tls.certificate", "cannot be read: No such file or directory"),
        ("mqtt.tls.ca", "has no certificate in PEM form"),
    ]
    assert found[0].subject == found[0].issuer == "CN=cottage"
    assert (found[0].valid_from, found[0].valid_until) == (
        "2026-01-02T00:00:00Z",
        "2027-01-02T00:00:00Z",
    )
    assert found[0].fingerprint == web.fingerprint(SHA256()).hex()
