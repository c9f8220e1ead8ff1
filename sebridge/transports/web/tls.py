"""How the HTTP door is encrypted."""

import ssl
from typing import Final

from sebridge.base.errors import ConfigError
from sebridge.settings.http_options import WebTlsOptions

_NO_PASSWORD: Final = ""


def server_context(options: WebTlsOptions) -> ssl.SSLContext:
    """Return a server's context. Reads files, so it is not for the event loop.

    Raises ConfigError when a file cannot be read, is no certificate or key, or needs a password.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # without a password given, OpenSSL would ask whoever sits at the terminal
        context.load_cert_chain(options.certificate, options.key, _NO_PASSWORD)
    except OSError as error:
        files = f"{options.certificate}, {options.key}"
        why = error.strerror or str(error)
        raise ConfigError([f"http.tls: {files}: {why}"]) from error
    return context
