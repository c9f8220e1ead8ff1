"""Files go to a real web server, which may fail, stall or die."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
import ssl

import pytest

from sebridge.base.secret import Secret
from sebridge.transports.push.targets import FileRefusedError, PushError
from sebridge.transports.push.web_server import Server, WebServerTarget
from tests.transports.push.web_server import PushServer
from tests.transports.web.certificate import make_certificate

NAME = "RPC_Response-1300000001-0000-message.xml"
CONTENT = b"<message/>"
MakeTarget = Callable[[Server], WebServerTarget]


@pytest.fixture
async def make_target() -> AsyncIterator[MakeTarget]:
    made: list[WebServerTarget] = []

    def make(server: Server) -> WebServerTarget:
        made.append(WebServerTarget(server))
        return made[-1]

    yield make
    for target in made:
        await target.close()


async def test_a_file_is_put_under_its_name(server: PushServer, make_target: MakeTarget) -> None:
    await make_target(Server(url=server.url)).put(NAME, CONTENT)

    assert server.files == {NAME: CONTENT}
    assert server.heard == [("PUT", f"/files/{NAME}")]
    assert server.headers[0]["Content-Type"] == "text/xml; charset=utf-8"


async def test_a_posted_file_says_its_name(server: PushServer, make_target: MakeTarget) -> None:
    await make_target(Server(url=server.url, method="POST")).put(NAME, CONTENT)

    assert server.files == {NAME: CONTENT}
    assert server.heard == [("POST", "/files")]


async def test_credentials_are_sent(server: PushServer, make_target: MakeTarget) -> None:
    target = make_target(Server(url=server.url, username="gw", password=Secret(b"geheim")))

    await target.put(NAME, CONTENT)

    assert server.credentials() == "gw:geheim"


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_file_may_be_refused(
    server: PushServer, make_target: MakeTarget, status: int
) -> None:
    server.statuses = [status]

    with pytest.raises(FileRefusedError, match=f"answers {status} to RPC_Response"):
        await make_target(Server(url=server.url)).put(NAME, CONTENT)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 500, 503])
async def test_other_failures_concern_all_files(
    server: PushServer, make_target: MakeTarget, status: int
) -> None:
    server.statuses = [status]

    with pytest.raises(PushError, match=f"answers {status}") as caught:
        await make_target(Server(url=server.url)).put(NAME, CONTENT)

    assert not isinstance(caught.value, FileRefusedError)


async def test_a_server_that_stalls_is_given_up(
    server: PushServer, make_target: MakeTarget
) -> None:
    server.stalled = True

    with pytest.raises(PushError, match="cannot be reached: TimeoutError"):
        await make_target(Server(url=server.url, timeout=0.2)).put(NAME, CONTENT)


async def test_a_dead_server_is_no_trap(server: PushServer, make_target: MakeTarget) -> None:
    target = make_target(Server(url=server.url, password=Secret(b"geheim"), username="gw"))
    await target.put(NAME, CONTENT)
    await server.stop()

    with pytest.raises(PushError) as caught:
        await target.put("second.xml", CONTENT)
    await server.start()
    await target.put("third.xml", CONTENT)

    assert set(server.files) == {NAME, "third.xml"}
    assert "geheim" not in str(caught.value)


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[tuple[PushServer, Path]]:
    """Return a server with TLS, and the file of the authority that vouches for it."""
    made = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate, made.key)
    server = PushServer(context)
    await server.start()
    yield server, made.certificate
    await server.stop()


async def test_a_file_goes_to_a_server_that_an_authority_of_ours_vouches_for(
    secured: tuple[PushServer, Path], make_target: MakeTarget
) -> None:
    server, authority = secured
    trusting = ssl.create_default_context(cafile=authority)

    await make_target(Server(url=server.url, ssl_context=trusting)).put(NAME, CONTENT)

    assert server.files == {NAME: CONTENT}


async def test_nothing_is_sent_to_a_server_that_nobody_vouches_for(
    secured: tuple[PushServer, Path], make_target: MakeTarget
) -> None:
    server, _ = secured

    with pytest.raises(PushError, match="cannot be reached: ClientConnectorCertificateError"):
        await make_target(Server(url=server.url)).put(NAME, CONTENT)

    assert server.heard == []
