"""The file of a backup: a JSON document with keys, sealed where there is a passphrase."""

import json
from pathlib import Path
from secrets import token_bytes
from typing import Any, Final

from sebridge.app.certificate_store import write_private
from sebridge.base.errors import ConfigError, DecodeError, RefusedError
from sebridge.base.secret import Secret
from sebridge.crypto.sealing import is_sealed, seal, unseal
from sebridge.radio.backup_document import parsed

_LONGEST_PASSPHRASE: Final = 1024  # octets
_LARGEST: Final = 1 << 20  # octets; a thousand devices need a quarter of it


def passphrase_of(path: Path | None) -> Secret | None:
    """Return the first line of a file; None without one. ConfigError for a bad file."""
    if path is None:
        return None
    octets = _octets(path, _LONGEST_PASSPHRASE).partition(b"\n")[0].rstrip(b"\r")
    if not octets:
        raise ConfigError([f"{path} has no passphrase in its first line"])
    return Secret(octets)


def check_free(path: Path, *, force: bool) -> None:
    """Raise RefusedError for a file that is there, unless it may be overwritten."""
    if path.exists() and not force:
        raise RefusedError(f"{path} exists already; --force overwrites it")


def write_backup(path: Path, document: dict[str, Any], passphrase: Secret | None) -> None:
    """Write a file that only its owner can read (mode 0600)."""
    if passphrase is not None:
        document = seal(json.dumps(document).encode(), passphrase, token_bytes)
    write_private(path, json.dumps(document, indent=2) + "\n")


def read_backup(path: Path, passphrase: Secret | None) -> Any:
    """Return the document of a file.

    ConfigError where it cannot be read or needs a passphrase, RefusedError for a wrong one.
    """
    try:
        document = parsed(_octets(path, _LARGEST))
        if not is_sealed(document):
            return document
        if passphrase is None:
            raise ConfigError([f"{path} is sealed with a passphrase: give --passphrase-file"])
        return parsed(unseal(document, passphrase))
    except DecodeError as error:
        raise ConfigError([f"{path} {error}"]) from error


def _octets(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(most + 1)
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}"]) from error
    if len(octets) > most:
        raise ConfigError([f"{path} is longer than {most} octets"])
    return octets
