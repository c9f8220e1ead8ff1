"""The frame around the pages, in a real browser: signing in, coming back, being of use to all."""

from pathlib import Path

import pytest

from sebridge.app.process import Process
from tests.console.conftest import OWNER, READER, url_of
from tests.console.visiting import Visit, visiting
from tests.integration.bridges import make_bridge


async def test_a_link_with_the_token_signs_in_and_leaves_no_token_in_the_address(
    visit: Visit,
) -> None:
    await visit.says("online")

    assert "token" not in visit.page.url
    cookies = await visit.page.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Strict")]
    assert await visit.page.evaluate("document.cookie") == ""


async def test_a_wrong_token_is_told_and_a_right_one_is_taken(
    house: Process, chromium: str
) -> None:
    async with visiting(chromium, url_of(house)) as visit:
        await visit.page.goto(visit.url)
        field = visit.page.get_by_label("Token")
        await field.fill("none of ours")
        await field.press("Enter")
        await visit.says("the token is not known")
        await visit.check_access()

        await field.fill(READER.reveal().decode())
        await field.press("Enter")
        await visit.says("may read")


async def test_who_signs_out_is_asked_for_the_token_again(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="Sign out").click()
    await visit.page.get_by_label("Token").wait_for()

    await visit.page.reload()
    await visit.page.get_by_label("Token").wait_for()


async def test_a_page_comes_back_by_itself_when_the_bridge_was_started_again(
    house: Process, visit: Visit, tmp_path: Path
) -> None:
    assert house.bridge.options.http is not None
    await house.stop()
    await visit.says("The bridge is away.")

    http = house.bridge.options.http
    again = make_bridge(
        tmp_path / "bridge",
        {"port": house.bridge.options.mqtt.port},
        http={
            "port": http.port,
            "tokens": [
                {"name": one.name, "scope": one.scope, "hash": one.hash.reveal().hex()}
                for one in http.tokens
            ],
        },
    )
    await again.start()
    try:
        await visit.says("online")
    finally:
        await again.stop()


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
async def test_each_page_is_of_use_to_all(
    house: Process, chromium: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 800}
    async with visiting(chromium, url_of(house), viewport=size, color_scheme=scheme) as visit:
        await visit.sign_in(OWNER.reveal().decode())
        for link in await visit.page.get_by_role("navigation").get_by_role("link").all():
            await visit.go_to((await link.get_attribute("href") or "").removeprefix("#/"))
            await visit.check_access()
            beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await visit.page.evaluate(beside) == 0  # nothing is beside the screen


async def test_the_language_is_that_of_the_browser_and_can_be_changed(
    house: Process, chromium: str
) -> None:
    async with visiting(chromium, url_of(house), locale="de-DE") as visit:
        await visit.sign_in(OWNER.reveal().decode(), "settings")
        await visit.page.get_by_role("link", name="Einstellungen").wait_for()

        await visit.page.get_by_role("button", name="English").click()
        await visit.page.get_by_role("link", name="Settings").wait_for()
