"""What the server proves itself with."""

from pathlib import Path
import ssl

import pytest

from sebridge.base.errors import ConfigError
from sebridge.settings.http_options import WebTlsOptions
from sebridge.transports.web.server import server_context
from tests.transports.web.certificate import make_certificate


def test_old_protocols_are_not_spoken(tmp_path: Path) -> None:
    context = server_context(make_certificate(tmp_path))

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_client_cannot_have_the_handshake_begun_again(tmp_path: Path) -> None:
    context = server_context(make_certificate(tmp_path))

    assert context.options & ssl.OP_NO_RENEGOTIATION


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    nothing = WebTlsOptions(certificate=tmp_path / "none.pem", key=tmp_path / "none.key")

    with pytest.raises(ConfigError, match=r"http\.tls: .*none\.pem.*: No such file"):
        server_context(nothing)


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    options = make_certificate(tmp_path)
    options.certificate.write_text("hello")

    with pytest.raises(ConfigError, match=r"http\.tls: .*door\.pem"):
        server_context(options)


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    options = make_certificate(tmp_path, "-passout", "pass:hunter2")

    with pytest.raises(ConfigError, match=r"http\.tls: ") as caught:
        server_context(options)

    assert "hunter2" not in str(caught.value)
