"""How smoothly the console's list of all the 10,000 frames that a bridge keeps is scrolled.

A real bridge, a real Chromium without a screen: the list is scrolled by 120 pixels in each picture
that the browser draws, from end to end, while nothing is heard and while 100 frames a second come.
Told is the time between two pictures, which a busy machine makes longer, and the processor's time
that the page takes for each, which it does not. Run with `python -m benchmarks.console`.
"""

import asyncio
from pathlib import Path
import shutil
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.async_api import Page, async_playwright

from sebridge.app.process import Process
from sebridge.radio.frame_recorder import MOST_FRAMES
from sebridge.transports.web.tokens import hash_of, new_token
from tests.console.test_frames import hear
from tests.integration.bridges import make_bridge
from tests.ports import unused_port

_SECONDS: Final = 10
_EVERY: Final = 0.1  # seconds after which more frames are heard
_RATES: Final = (0, 100)  # frames in a second
_SMOOTH: Final = 1000 / 60  # milliseconds
_SCROLL: Final = """async (lasting) => {
    const list = document.querySelector(".frames");
    const times = [];
    let step = 120;
    list.scrollTop = 0;
    const begin = performance.now();
    let last = begin;
    await new Promise((done) => {
        const draw = (now) => {
            times.push(now - last);
            last = now;
            const before = list.scrollTop;
            list.scrollTop += step;
            if (list.scrollTop === before) step = -step;
            if (now - begin < lasting) requestAnimationFrame(draw);
            else done();
        };
        requestAnimationFrame(draw);
    });
    return times.slice(1).sort((one, other) => one - other);
}"""


async def _spent(session: Any) -> float:
    """Return the processor's time that the page's thread has taken so far, in milliseconds."""
    told = await session.send("Performance.getMetrics")
    metrics = {one["name"]: one["value"] for one in told["metrics"]}
    return 1000 * float(metrics["TaskDuration"])


async def _keep_on(house: Process, rate: int) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        hear(house, round(rate * _EVERY))


async def measure(page: Page, house: Process, rate: int) -> str:
    """Scroll for some seconds while frames are heard; return what that was like."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    talking = asyncio.create_task(_keep_on(house, rate))
    before = await _spent(session)
    times = await page.evaluate(_SCROLL, _SECONDS * 1000)
    spent = (await _spent(session) - before) / len(times)
    talking.cancel()

    def at(share: float) -> float:
        return float(times[int(share * (len(times) - 1))])

    late = sum(time > 1.5 * _SMOOTH for time in times)
    return (
        f"{rate:4} frames/s heard: {len(times)} pictures, {at(0.5):.1f} ms apart in the median,"
        f" {at(0.95):.1f} at the 95th percentile, {at(1):.1f} at most, {late} late;"
        f" {spent:.1f} ms of the processor for each"
    )


async def main() -> None:
    """Print the figures."""
    token = new_token()
    owner = {"name": "owner", "scope": "admin", "hash": hash_of(token).reveal().hex()}
    port = unused_port()
    with TemporaryDirectory() as folder:
        house = make_bridge(
            Path(folder),
            {"port": unused_port()},
            http={"port": port, "tokens": [owner]},
            simulator={"devices": []},
        )
        await house.start()
        house.bridge.gateway.radio.recorder.record(None)
        hear(house, MOST_FRAMES)
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = await browser.new_page(viewport={"width": 1400, "height": 900})
            await page.goto(f"http://localhost:{port}/#token={token.reveal().decode()}")
            await page.locator("main h1").wait_for()
            await page.goto(f"http://localhost:{port}/#/frames")
            await page.get_by_text("10,000 of 10,000 frames").wait_for()
            for rate in _RATES:
                print(await measure(page, house, rate), flush=True)
            await browser.close()
        await house.stop()


if __name__ == "__main__":
    asyncio.run(main())
