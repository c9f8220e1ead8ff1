"""Tokens: what a client shows to come in, and the hash that is kept of it."""

import hashlib
import secrets
from typing import Final

from sebridge.base.secret import Secret

_PREFIX: Final = "sebridge_"
_OCTETS: Final = 32


def new_token() -> Secret:
    """Return a token of 256 random bits, as text that every header takes.

    Its beginning tells what it is when it turns up where it should not be.
    """
    return Secret((_PREFIX + secrets.token_urlsafe(_OCTETS)).encode())


def hash_of(token: Secret) -> Secret:
    """Return the SHA-256 of a token: 32 octets.

    No salt and no slow hash: nobody can guess 256 random bits, however fast each guess is.
    """
    return Secret(hashlib.sha256(token.reveal()).digest())
