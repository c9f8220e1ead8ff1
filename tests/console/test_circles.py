"""The page Circles in a real browser: an emulated stick behind a TCP port, seen and acted on."""

from pathlib import Path
import re

from tests.console.conftest import OWNER, http_options, url_of
from tests.console.visiting import Visit, visiting
from tests.integration.bridges import make_bridge
from tests.integration.test_plugwise import LAMP, Stick
from tests.ports import unused_port


async def test_circles_are_seen_switched_and_let_go(chromium: str, tmp_path: Path) -> None:
    """One visit for all of it: a bridge and a tab are much to start."""
    async with Stick().plugged_in() as stick:
        mqtt = {"port": unused_port()}
        bridge = make_bridge(tmp_path, mqtt, http=http_options(), **stick.options())
        await bridge.start()
        try:
            async with visiting(chromium, url_of(bridge)) as visit:
                await visit.sign_in(OWNER.reveal().decode(), "circles")
                await _act(visit, stick)
        finally:
            await bridge.stop()


async def _act(visit: Visit, stick: Stick) -> None:
    page = visit.page
    lamp = page.get_by_role("article", name="Lamp")
    await lamp.get_by_text(re.compile(r"^(99\.\d|100|100\.\d)\sW$")).wait_for()
    await lamp.get_by_text(re.compile(r"^12(\.[01]\d*)?\skWh consumed$")).wait_for()
    await lamp.get_by_text("Hour by hour").click()
    await lamp.get_by_role("img", name="Lamp: Hour by hour").wait_for()
    await visit.check_access()

    await lamp.get_by_role("button", name="Switch off").click()
    await lamp.get_by_role("button", name="Switch on").wait_for()
    assert not stick.circles[LAMP].relay

    page.on("dialog", lambda asked: asked.accept())
    await lamp.get_by_role("button", name="Remove").click()
    await lamp.wait_for(state="detached")
    address = page.get_by_label("Address")
    await address.fill("nowhere")
    await page.get_by_role("button", name="Add").click()
    await visit.says("circle_address:")
    await address.fill(str(LAMP))
    await page.get_by_role("button", name="Add").click()
    await lamp.wait_for()
