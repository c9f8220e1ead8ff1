"""The file with the gateway's certificates: for each suite one, in the authority's text form.

A plain file of a certificate authority is such a file, too. It holds private keys, so it must be
its owner's alone; what it was before the last change is kept beside it.
"""

import contextlib
import os
from pathlib import Path
import re
import tempfile
from typing import Final

from sebridge.base.errors import ConfigError
from sebridge.crypto.certificate_text import (
    LONGEST_TEXT,
    read_certificate_text,
    write_certificate_text,
)
from sebridge.crypto.credentials import CertificateStore, Credentials

_PREVIOUS: Final = ".previous"
_OWNER_ONLY: Final = 0o600
_OTHERS: Final = 0o077
_HEADING: Final = re.compile(r"^# suite [12]\b.*$", re.MULTILINE)


def load_store(path: Path) -> CertificateStore:
    """Return the certificates of a file; ConfigError names what is wrong with it."""
    return CertificateStore(read_store(path))


def read_store(path: Path) -> list[Credentials]:
    """Return the certificates of a file, each with its keys; ConfigError for a bad file.

    One that others may read is a bad one: whoever reads it can pass for the gateway.
    """
    text = read_text(path)
    if path.stat().st_mode & _OTHERS:
        raise ConfigError([f"{path} may be read by others than its owner; chmod 600 it"])
    parts = [part for part in _HEADING.split(text) if part.strip()]
    found = []
    for part in parts or [text]:
        try:
            found.append(read_certificate_text(part))
        except ConfigError as error:
            raise ConfigError([f"{path}: {problem}" for problem in error.problems]) from error
    if len({one.certificate.subject for one in found}) > 1:
        raise ConfigError([f"{path}: the certificates are for different devices"])
    if len({one.suite.number for one in found}) < len(found):
        raise ConfigError([f"{path}: there are two certificates of one suite"])
    return found


def read_text(path: Path) -> str:
    """Return the text of a file of a few certificates; ConfigError when it cannot be."""
    limit = 2 * LONGEST_TEXT
    try:
        with path.open("rb") as file:
            octets = file.read(limit + 1)
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}"]) from error
    if len(octets) > limit:
        raise ConfigError([f"{path} is longer than {limit} octets"])
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path} is not UTF-8 text (octet {error.start})"]) from error


def install(path: Path, credentials: Credentials) -> None:
    """Put a certificate into the file, in the place of one of the same suite.

    Raises ConfigError when the file that is there is a bad one, or is for another device; such a
    one is to be taken away by hand.
    """
    present = read_store(path) if path.exists() else []
    for one in present:
        if one.certificate.subject != credentials.certificate.subject:
            problem = f"{path} has a certificate for {one.certificate.subject}, this one is for"
            raise ConfigError([f"{problem} {credentials.certificate.subject}"])
    kept = [one for one in present if one.suite is not credentials.suite]
    wanted = sorted([*kept, credentials], key=lambda one: one.suite.number)
    text = "\n".join(f"# suite {one.suite.number}\n{write_certificate_text(one)}" for one in wanted)
    if path.exists():
        write_private(previous(path), read_text(path))
    write_private(path, text)


def revert(path: Path) -> None:
    """Put the file that was there before in the place of the present one, which is then kept.

    Where none was there, none is afterwards.
    """
    before = previous(path)
    if not before.exists():
        if not path.exists():
            raise ConfigError([f"there is neither {path} nor {before} to go back to"])
        write_private(before, read_text(path))
        path.unlink()
        return
    text = read_text(before)
    read_store(before)
    if path.exists():
        write_private(before, read_text(path))
    else:
        before.unlink()
    write_private(path, text)


def previous(path: Path) -> Path:
    """Return where the file that was there before is kept."""
    return path.with_name(path.name + _PREVIOUS)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it or nothing (mode 0600)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes a file that nobody else can open
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(_OWNER_ONLY)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise ConfigError([f"{path} cannot be written: {error.strerror}"]) from error
