"""A TLS session takes octets and returns octets, in whatever pieces they come."""

import contextlib
from pathlib import Path
import ssl

import pytest

from sebridge.settings.http_options import WebTlsOptions
from sebridge.transports.listening.tls_session import TlsSession
from sebridge.transports.web.server import server_context
from tests.transports.web.certificate import make_certificate

LARGE = bytes(range(256)) * 4_000


class Client:
    """The other side, by Python's own TLS."""

    def __init__(self, files: WebTlsOptions, version: ssl.TLSVersion) -> None:
        context = ssl.create_default_context(cafile=files.certificate)
        context.maximum_version = version
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="127.0.0.1")

    def begin(self) -> bytes:
        """Go on with the handshake; return what it sends for that."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._outgoing.read()

    def say(self, octets: bytes) -> bytes:
        assert self.tls.write(octets) == len(octets)
        return self._outgoing.read()

    def leave(self) -> bytes:
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self._outgoing.read()

    def hear(self, octets: bytes) -> None:
        self._incoming.write(octets)

    def heard(self) -> bytes:
        """Return what it was told until now."""
        pieces = []
        with contextlib.suppress(ssl.SSLWantReadError):
            while piece := self.tls.read(65_536):
                pieces.append(piece)
        return b"".join(pieces)


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def both(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[TlsSession, Client]:
    """Return a server's session, and a client of the version in question."""
    files = make_certificate(tmp_path)
    return TlsSession(server_context(files)), Client(files, request.param)


def opened(session: TlsSession, client: Client) -> None:
    """Let them shake hands."""
    while not session.is_open:
        session.receive(client.begin())
        client.hear(session.to_send())
    client.begin()


def test_a_session_is_open_when_both_have_shaken_hands(both: tuple[TlsSession, Client]) -> None:
    session, client = both
    before = session.is_open

    opened(session, client)

    assert (before, session.is_open, session.is_over) == (False, True, False)


def test_what_comes_octet_by_octet_is_understood(both: tuple[TlsSession, Client]) -> None:
    session, client = both
    while not session.is_open:
        for octet in client.begin():
            assert session.receive(bytes([octet])) == b""
        client.hear(session.to_send())
    client.begin()

    heard = [session.receive(bytes([octet])) for octet in client.say(b"a question")]

    assert b"".join(heard) == b"a question"


def test_what_came_with_the_end_of_the_handshake_is_not_lost(
    both: tuple[TlsSession, Client],
) -> None:
    session, client = both
    session.receive(client.begin())
    client.hear(session.to_send())
    end = client.begin()
    if client.tls.version() is None:  # before 1.3 the server speaks last
        session.receive(end)
        client.hear(session.to_send())
        end = client.begin()

    assert session.receive(end + client.say(b"a question")) == b"a question"


def test_a_large_answer_arrives_whole(both: tuple[TlsSession, Client]) -> None:
    session, client = both
    opened(session, client)

    session.encrypt(memoryview(LARGE))
    client.hear(session.to_send())

    assert client.heard() == LARGE
    assert session.to_send() == b""


def test_a_client_that_says_farewell_is_heard(both: tuple[TlsSession, Client]) -> None:
    session, client = both
    opened(session, client)

    last = session.receive(client.say(b"last words") + client.leave())

    assert last == b"last words"
    assert session.is_over


def test_a_farewell_is_told_to_the_client(both: tuple[TlsSession, Client]) -> None:
    session, client = both
    opened(session, client)
    session.encrypt(memoryview(b"last words"))

    session.say_farewell()
    client.hear(session.to_send())

    assert client.tls.read(100) == b"last words"
    assert client.tls.read(100) == b""


def test_what_is_no_tls_is_an_error(both: tuple[TlsSession, Client]) -> None:
    session, _ = both

    with pytest.raises(ssl.SSLError):
        session.receive(b"GET / HTTP/1.1\r\n\r\n")


def test_an_alert_tells_the_client_what_is_wrong(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    context = server_context(files)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    session, client = TlsSession(context), Client(files, ssl.TLSVersion.TLSv1_2)

    with pytest.raises(ssl.SSLError):
        session.receive(client.begin())
    client.hear(session.to_send())

    with pytest.raises(ssl.SSLError, match="protocol version"):
        client.tls.do_handshake()


def test_octets_that_were_changed_on_their_way_are_an_error(
    both: tuple[TlsSession, Client],
) -> None:
    session, client = both
    opened(session, client)
    octets = bytearray(client.say(b"a question"))
    octets[-1] ^= 1

    with pytest.raises(ssl.SSLError):
        session.receive(bytes(octets))
