"""What a person chooses for TLS is what the context does."""

from pathlib import Path
import ssl
import subprocess

import pytest

from sebridge.base.errors import ConfigError
from sebridge.settings.options import TlsOptions
from sebridge.transports.mqtt.tls import tls_context


def certificate(directory: Path) -> tuple[Path, Path]:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=test", "-days", "2", "-keyout", "key.pem", "-out", "ca.pem"),
        ],
        cwd=directory,
        check=True,
        capture_output=True,
    )
    return directory / "ca.pem", directory / "key.pem"


def test_without_options_the_systems_authorities_decide() -> None:
    context = tls_context(TlsOptions())

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_authority_of_ones_own_is_the_only_one(tmp_path: Path) -> None:
    ca, _ = certificate(tmp_path)

    context = tls_context(TlsOptions(ca=ca))

    assert context.cert_store_stats()["x509_ca"] == 1
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_insecure_checks_nothing() -> None:
    context = tls_context(TlsOptions(insecure=True))

    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname


def test_a_certificate_and_its_key_are_shown_to_the_broker(tmp_path: Path) -> None:
    shown, key = certificate(tmp_path)

    context = tls_context(TlsOptions(certificate=shown, key=key))

    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    shown, _ = certificate(tmp_path)
    missing = tmp_path / "missing.pem"

    with pytest.raises(ConfigError, match=r"mqtt\.tls\.ca: .*missing\.pem: No such file"):
        tls_context(TlsOptions(ca=missing))
    with pytest.raises(ConfigError, match=r"mqtt\.tls\.certificate: .*missing\.pem: No such file"):
        tls_context(TlsOptions(certificate=shown, key=missing))


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")

    with pytest.raises(ConfigError, match=r"mqtt\.tls\.ca: .*junk\.pem"):
        tls_context(TlsOptions(ca=junk))
    with pytest.raises(ConfigError, match=r"mqtt\.tls\.certificate: .*junk\.pem, no key"):
        tls_context(TlsOptions(certificate=junk))
