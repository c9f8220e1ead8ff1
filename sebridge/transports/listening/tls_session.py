"""One TLS session of a server: octets in, octets out. Pure."""

import contextlib
import ssl
from typing import Final

_PIECE: Final = 65_536  # octets that are decrypted at once


class TlsSession:
    """The server's side of a session; what it wants sent is fetched with `to_send`."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._is_open = self._is_over = False

    @property
    def is_open(self) -> bool:
        """Whether the handshake is done."""
        return self._is_open

    @property
    def is_over(self) -> bool:
        """Whether the client has said that it sends no more (close_notify)."""
        return self._is_over

    def receive(self, octets: bytes) -> bytes:
        """Take what came; return what was in it, which is nothing before the session is open.

        Raises ssl.SSLError when that is no TLS, or not ours; an alert may then have to be sent.
        """
        self._incoming.write(octets)
        plain = []
        with contextlib.suppress(ssl.SSLWantReadError):  # it has taken everything there is
            if not self._is_open:
                self._tls.do_handshake()
                self._is_open = True
            while piece := self._tls.read(_PIECE):
                plain.append(piece)
            self._is_over = True
        return b"".join(plain)

    def encrypt(self, octets: memoryview) -> None:
        """Have octets sent; the session must be open."""
        while octets:
            octets = octets[self._tls.write(octets) :]

    def say_farewell(self) -> None:
        """Have it told that no more is sent; the session must be open."""
        with contextlib.suppress(ssl.SSLWantReadError):  # the client's own is not waited for
            self._tls.unwrap()

    def to_send(self) -> bytes:
        """Return what must be sent now, and keep it no more."""
        return self._outgoing.read()
