"""A person at the console: a real browser, which opens it, looks, presses and fills in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import logging
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Request, async_playwright, expect

from tests.patience import PATIENCE, eventually

_LOGGER = logging.getLogger(__name__)

expect.set_options(timeout=PATIENCE * 1000)

# What the browser itself says while a bridge is away; the page has to live with it, and shows it.
_AWAY: Final = ("Failed to load resource", "WebSocket connection to ")
_SERIOUS: Final = frozenset(("serious", "critical"))
_SWITCHES: Final = (
    "--headless=new",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),
)


@contextmanager
def running_chromium(folder: Path) -> Iterator[str]:
    """Run a Chromium; give the address at which it is driven."""
    program = shutil.which("chromium")
    assert program is not None, "script/setup installs it"
    told = folder / "DevToolsActivePort"
    with subprocess.Popen(
        [program, *_SWITCHES, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            eventually(lambda: told.exists() and told.read_text().count("\n"))
            yield f"http://127.0.0.1:{told.read_text().split()[0]}"
        finally:
            process.kill()


def _log_failure(request: Request) -> None:
    """Have told what the browser did not get, for who looks why a page does not come."""
    _LOGGER.info("no answer for %s: %s", urlsplit(request.url).path, request.failure)


class Visit:
    """One tab. What its page logs as an error, or throws, is in `problems`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)
        page.on("requestfailed", _log_failure)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(_AWAY):
            self.problems.append(message.text)

    async def sign_in(self, token: str, name: str = "home") -> None:
        """Come by a link that has the token, and go to a page."""
        await self.page.goto(f"{self.url}/#token={token}")
        await self.page.get_by_role("heading", level=1).wait_for()
        await self.go_to(name)

    async def go_to(self, name: str) -> None:
        """Go to a page, and wait until it is there."""
        await self.page.goto(f"{self.url}/#/{name}")
        await self.page.locator("main h1").wait_for()
        await self.page.locator("main > p[aria-busy]").wait_for(state="detached")

    async def says(self, text: str) -> None:
        """Wait until the page shows a text."""
        await self.page.get_by_text(text).first.wait_for()

    async def check_access(self) -> None:
        """Check that nothing stands in the way of those who cannot see or use a mouse."""
        found = await Axe().run(self.page)
        serious = [
            f"{one['id']}: {[node['html'] for node in one['nodes']]}"
            for one in found.response["violations"]
            if one["impact"] in _SERIOUS
        ]
        assert serious == []


@asynccontextmanager
async def visiting(chromium: str, url: str, **context: Any) -> AsyncIterator[Visit]:
    """Open a tab in a browser without cookies of others; fail where its page has errors."""
    async with async_playwright() as driver:
        browser = await driver.chromium.connect_over_cdp(chromium)
        opened = await browser.new_context(**{"locale": "en-GB"} | context)
        visit = Visit(await opened.new_page(), url)
        try:
            yield visit
        finally:
            await asyncio.shield(opened.close())
        assert not visit.problems, visit.problems
