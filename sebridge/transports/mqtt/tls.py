"""How the connection to the broker is encrypted."""

import ssl

from sebridge.base.errors import ConfigError
from sebridge.settings.options import TlsOptions


def tls_context(options: TlsOptions) -> ssl.SSLContext:
    """Return a client's context. Reads files, so it is not for the event loop.

    Raises ConfigError when a file cannot be read or is no certificate or key.
    """
    try:
        # with a CA of one's own, the system's authorities are not asked
        context = ssl.create_default_context(cafile=options.ca)
    except OSError as error:
        raise ConfigError([f"mqtt.tls.ca: {options.ca}: {_why(error)}"]) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if options.certificate is not None:
        try:
            context.load_cert_chain(options.certificate, options.key)
        except OSError as error:
            files = f"{options.certificate}, {options.key or 'no key'}"
            raise ConfigError([f"mqtt.tls.certificate: {files}: {_why(error)}"]) from error
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _why(error: OSError) -> str:
    return error.strerror or str(error)
