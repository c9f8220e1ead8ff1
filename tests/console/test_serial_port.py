"""What a page of anybody can have a real Chromium do to the TCP port of a serial node: nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from playwright.async_api import async_playwright
import pytest

from tests.patience import until
from tests.transports.control_port.test_node_port import bench

ATTEMPTS = {
    "a POST": "fetch(HTTP, {method: 'POST', mode: 'no-cors', body: 'RELAY ON\\r\\n'})",
    "a long path": "fetch(HTTP + 'x'.repeat(100000), {mode: 'no-cors'})",
    "TLS": "fetch(HTTP.replace('http', 'https'), {mode: 'no-cors'})",
    "a WebSocket": "new WebSocket(HTTP.replace('http', 'ws'))",
    "WebRTC": """(async () => {
        const urls = HTTP.replace('http://', 'turn:').replace('/', '') + '?transport=tcp';
        const server = {urls, username: 'RELAY ON', credential: 'RELAY ON'};
        const call = new RTCPeerConnection({iceServers: [server], iceTransportPolicy: 'relay'});
        call.createDataChannel('x');
        await call.setLocalDescription(await call.createOffer());
    })()""",
}


@asynccontextmanager
async def page_of_anybody() -> AsyncIterator[str]:
    """Serve an empty page; give its address."""

    async def empty(_request: web.Request) -> web.Response:
        return web.Response(content_type="text/html")

    pages = web.Application()
    pages.router.add_get("/", empty)
    runner = web.AppRunner(pages)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://localhost:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
async def test_a_page_reaches_no_serial_port(chromium: str, attempt: str) -> None:
    async with bench() as made, page_of_anybody() as address, async_playwright() as driver:
        browser = await driver.chromium.connect_over_cdp(chromium)
        opened = await browser.new_context()
        page = await opened.new_page()
        await page.goto(address)

        port = f"const HTTP = 'http://127.0.0.1:{made.port.port}/';"
        await page.evaluate(f"() => {{ {port} Promise.resolve({attempt}).catch(() => null); }}")
        await until(lambda: made.port.counters.browsers)

        await opened.close()
        await made.clock.settle()
        assert made.node.taken == []
