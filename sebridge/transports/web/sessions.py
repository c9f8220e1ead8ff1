"""What signs a browser in: a cookie that stands for a token, which is shown once. Pure.

Nothing is kept of a session: the cookie says whose token it is and until when, under a MAC. So a
page that is open stays signed in when the bridge is started again, and whoever takes a token back
ends its sessions.
"""

from collections.abc import Iterable
import hashlib
import hmac
from typing import Final

from sebridge.base.secret import Secret
from sebridge.transports.web.auth import Token

LASTING: Final = 30 * 86_400
"""Seconds until somebody has to show the token again."""

KEY_LENGTH: Final = 32
"""Octets of the key."""


class Sessions:
    """Issues cookies for tokens and knows them again; `key` is the bridge's own."""

    def __init__(self, key: Secret, tokens: Iterable[Token]) -> None:
        self._key = key
        self._tokens = {token.name: token for token in tokens}

    def issued(self, name: str, now: float) -> str:
        """Return the value of a cookie for a token, by its name; `now` is seconds since 1970."""
        until = int(now) + LASTING
        return f"{name}.{until}.{self._mac(self._tokens[name], until)}"

    def token(self, cookie: str, now: float) -> Token | None:
        """Return the token for which a cookie stands; None when it is over, or none of ours."""
        name, until, mac = ("", "", *cookie.rsplit(".", 2))[-3:]
        token = self._tokens.get(name)
        if token is None or not (until.isascii() and until.isdecimal()):
            return None
        if not hmac.compare_digest(self._mac(token, int(until)).encode(), mac.encode()):
            return None
        return token if now < int(until) <= now + LASTING else None

    def _mac(self, token: Token, until: int) -> str:
        said = f"{token.name}.{until}.".encode() + token.hash.reveal()
        return hmac.new(self._key.reveal(), said, hashlib.sha256).hexdigest()


def cookie_of(header: str | None, name: str) -> str | None:
    """Return the value of a cookie in a Cookie header; None where it is not there."""
    for part in (header or "").split(";"):
        found, _, value = part.strip().partition("=")
        if found == name:
            return value
    return None
