"""The console behind a proxy that adds to its path: Home Assistant's, and any other."""

from collections.abc import AsyncIterator

import pytest

from sebridge.console.console import SOCKET
from sebridge.settings.http_options import HttpOptions, IngressOptions
from sebridge.transports.web.auth import UNKNOWN_USER
from sebridge.transports.web.sign_in import PATH
from tests.console.ingress import ADDRESS, ANNA, BEN, proxied
from tests.console.served import Served, Tab
from tests.console.visiting import visiting
from tests.transports.web.backend import OPERATOR, TOKENS


@pytest.fixture
def known() -> dict[str, bool]:
    """Return which users Home Assistant has told of, and whether they are administrators."""
    return {ANNA["X-Remote-User-Id"]: True, BEN["X-Remote-User-Id"]: False}


@pytest.fixture
async def served(known: dict[str, bool]) -> AsyncIterator[Served]:
    ingress = IngressOptions(address=ADDRESS)
    options = HttpOptions(port=0, tokens=TOKENS, ingress=ingress)
    async with Served(options, is_administrator=known.get) as served:
        yield served


async def test_an_administrator_of_home_assistant_opens_it_without_a_token(
    served: Served, known: dict[str, bool], chromium: str
) -> None:
    known.clear()
    async with proxied(served.house.url, ANNA) as address, visiting(chromium, address) as visit:
        await visit.page.goto(f"{address}/")
        await visit.says(UNKNOWN_USER)
        known[ANNA["X-Remote-User-Id"]] = True
        await visit.says("may admin")
        await visit.says("online")


async def test_who_is_no_administrator_there_may_read(served: Served) -> None:
    async with proxied(served.house.url, BEN) as address:
        origin = {"Origin": address.partition("/api")[0]}
        socket = await served.client.ws_connect(address + SOCKET, headers=origin)
        tab = Tab(socket)
        hello = (await tab.heard())["hello"]
        refused = await tab.call("add_word", word="mine")
        await socket.close()
    assert (hello["name"], hello["scope"]) == (BEN["X-Remote-User-Id"], "read")
    assert refused["error"]["code"] == -32004
    assert served.house.store.words == []


async def test_of_whom_home_assistant_has_not_told_is_not_let_in(
    served: Served, known: dict[str, bool]
) -> None:
    known.clear()
    async with (
        proxied(served.house.url, ANNA) as address,
        served.client.get(address + PATH) as answer,
    ):
        assert answer.status == 403
        problem = (await answer.json())["error"]
    assert problem == UNKNOWN_USER


async def test_behind_any_other_proxy_a_token_signs_in_below_its_path(
    served: Served, chromium: str
) -> None:
    async with proxied(served.house.url, {}) as address, visiting(chromium, address) as visit:
        await visit.page.goto(f"{address}/")
        await visit.page.get_by_label("Token").fill(OPERATOR)
        await visit.page.get_by_label("Token").press("Enter")
        await visit.says("may command")
        await visit.page.get_by_role("button", name="Sign out").click()
        await visit.page.get_by_label("Token").wait_for()
        assert await visit.page.context.cookies() == []


async def test_who_says_to_be_such_a_user_and_comes_from_elsewhere_is_refused(
    served: Served,
) -> None:
    for path in (PATH, SOCKET):
        assert (await served.house.knock("GET", path, headers=ANNA)).status == 403
    assert await served.refusal(**served.origin(), **ANNA) == 403


async def test_what_a_browser_says_of_its_user_is_not_handed_on(served: Served) -> None:
    async with proxied(served.house.url, ANNA) as address:
        said = {"X-Remote-User-Id": "somebody else", "Origin": address.partition("/api")[0]}
        socket = await served.client.ws_connect(address + SOCKET, headers=said)
        hello = (await Tab(socket).heard())["hello"]
        await socket.close()
    assert (hello["name"], hello["scope"]) == (ANNA["X-Remote-User-Id"], "admin")
