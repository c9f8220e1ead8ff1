"""A certificate for 127.0.0.1, made by a real openssl."""

from pathlib import Path
import subprocess

from sebridge.settings.http_options import WebTlsOptions


def make_certificate(directory: Path, *options: str) -> WebTlsOptions:
    """Return the files of a new certificate which signs itself."""
    made = WebTlsOptions(certificate=directory / "door.pem", key=directory / "door.key")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"),
            *("-keyout", str(made.key), "-out", str(made.certificate), *(options or ("-nodes",))),
        ],
        check=True,
        capture_output=True,
    )
    return made
