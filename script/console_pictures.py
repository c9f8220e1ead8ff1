"""Take pictures of the console, of a demo house whose stories were told; see `screenshots`."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
import io
from pathlib import Path
from random import Random
import re
import shutil
import struct
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any, Final
import zlib

import msgspec
from playwright.async_api import Browser, async_playwright
from rich.console import Console

from sebridge.app.emulated_plugwise import PlugwisePlug, PlugwiseSticks
from sebridge.app.process import Process
from sebridge.base.clock import SystemClock, zigbee_time
from sebridge.cli.demo import demo_options
from sebridge.cli.demo_stories import Stories
from sebridge.console.page_files import FOLDER
from sebridge.rpc.message import Request
from sebridge.settings.http_options import HttpOptions, TokenOptions
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.plugwise_options import PlugwiseOptions
from sebridge.transports.mqtt.broker import free_port
from sebridge.transports.web.tokens import hash_of, new_token

PICTURES: Final = Path(__file__).resolve().parents[1] / "docs" / "images" / "console"
LARGEST: Final = 60_000  # octets of a picture, as they are kept with the project
_SPEED: Final = 60.0  # of the house
_AGE: Final = (
    15.0  # seconds for which it lives on before it is looked at: a quarter of an hour there
)
_BROKER, _CONSOLE = 18_830, 18_480  # ports that are tried first
_PATIENCE: Final = 20_000  # milliseconds until a page shows something
_PLUGIN: Final = "report_count"
_COLOURS: Final = 64  # of a picture
_CLOCK: Final = SystemClock()


_FEW_COLOURS: Final = """async ([octets, most]) => {
    const coded = Uint8Array.from(atob(octets), (one) => one.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([coded], { type: "image/png" }));
    const { width, height } = picture;
    const drawing = new OffscreenCanvas(width, height).getContext("2d");
    drawing.drawImage(picture, 0, 0);
    const pixels = new Uint32Array(drawing.getImageData(0, 0, width, height).data.buffer);
    const counts = new Map();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    const frequent = [...counts].sort(([, one], [, other]) => other - one).slice(0, most);
    const kept = frequent.map(([pixel]) => pixel);
    const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
    const palette = kept.map(parts);
    const nearest = new Map(kept.map((pixel, place) => [pixel, place]));
    const placeOf = (pixel) => {
        const own = parts(pixel);
        const away = ([red, green, blue]) =>
            (red - own[0]) ** 2 + (green - own[1]) ** 2 + (blue - own[2]) ** 2;
        const distances = palette.map(away);
        return distances.indexOf(Math.min(...distances));
    };
    let places = "";
    for (const pixel of pixels) {
        if (!nearest.has(pixel)) nearest.set(pixel, placeOf(pixel));
        places += String.fromCharCode(nearest.get(pixel));
    }
    return { width, height, palette: palette.flat(), places: btoa(places) };
}"""
"""Has a browser take a picture apart: its most frequent colours, and which each pixel has."""


class View(msgspec.Struct, frozen=True):
    """How a page is looked at: what the file is called after, the window, and the colours."""

    name: str
    width: int
    height: int
    colours: str = "light"


_VIEWS: Final = (View("wide", 1400, 900), View("narrow", 390, 844))
_DARK: Final = View("dark", 1400, 900, "dark")
_IN_THE_DARK: Final = "home"


class Subject(msgspec.Struct, frozen=True):
    """What of a page is worth a picture: where it is, and a selector of its real data."""

    place: str
    shows: str


_SUBJECTS: Final = {
    "home": Subject("home", "main svg path"),
    "devices": Subject("devices", "main tbody tr"),
    "console": Subject("console/create_price_event", "main textarea"),
    "frames": Subject("frames", "main [role=row], main tbody tr"),
    "circles": Subject("circles", "main article .number"),
    "plugins": Subject("settings/plugins", "main ul.lines li"),
}
_PRICES: Final = (31, 24, 18, 22, 36, 27)  # cents, for four hours each
_ANY: Final = "main > :nth-child(2) *"
"""Something below the heading, where nothing is said of the page above."""


def pages() -> list[str]:
    """Return the ids of all pages in their order, and at last that part of the settings."""
    return [*re.findall(r'id: "(\w+)"', (FOLDER / "pages.js").read_text()), "plugins"]


@asynccontextmanager
async def demo_house(folder: Path) -> AsyncIterator[str]:
    """Run a demo house whose stories are told, with circles and a plug-in; give the link to it."""
    token = new_token()
    owner = TokenOptions(name="demo", scope="admin", hash=hash_of(token))
    http = HttpOptions(port=free_port(_CONSOLE), tokens=(owner,))
    sticks = PlugwiseSticks([PlugwisePlug("127.0.0.1", 0)], _CLOCK, Random(0))  # noqa: S311  # noise
    await sticks.start()
    house = Process(
        replace(
            demo_options(_SPEED, free_port(_BROKER), folder, http),
            plugwise=PlugwiseOptions(path=f"socket://127.0.0.1:{sticks.ports[0].port}"),
            plugins=PluginsOptions(directory=folder / "plugins", allow_unsigned=True),
        )
    )
    await house.start()
    try:
        await Stories(house.bridge, Console(file=io.StringIO()), None).tell()
        await _give_prices(house)
        await _install_plugin(house, folder)
        yield f"http://localhost:{http.port}/#token={token.reveal().decode()}"
    finally:
        await house.stop()
        await sticks.stop()


async def _install_plugin(house: Process, folder: Path) -> None:
    """Have the plug-in that `sebridge plugin new` makes run in the house."""
    package = folder / "plugins" / f"{_PLUGIN}-1.0.zip"
    package.parent.mkdir(exist_ok=True)
    for command in (
        ("new", _PLUGIN, "--in", folder),
        ("pack", folder / _PLUGIN, "--output", package),
    ):
        line = [sys.executable, "-m", "sebridge", "plugin", *map(str, command)]
        await asyncio.to_thread(subprocess.run, line, check=True, capture_output=True)
    await _ask(house, "install_package", {"filename": package.name})
    await _ask(house, "enable_plugin", {"plugin_name": _PLUGIN})


async def _give_prices(house: Process) -> None:
    """Send the prices of a day, so that there is a curve."""
    now = zigbee_time(house.clock.utc())
    for number, cents in enumerate(_PRICES):
        record = {
            "provider_id": 1,
            "issuer_event_id": now + number,
            "start_time": now + number * 4 * 3_600,
            "duration_in_minutes": 240,
            "price": cents,
            "rate_label": f"step {number + 1}",
        }
        await _ask(house, "create_price_event", {"record": record})


async def _ask(house: Process, method: str, params: Mapping[str, Any]) -> None:
    """Call a method that must succeed."""
    answered = await house.gateway.dispatcher.answer(Request(method, dict(params)))
    if answered.error is not None:
        raise ValueError(answered.error)


async def in_few_colours(browser: Browser, picture: bytes) -> bytes:
    """Return a picture in PNG form with a palette of its most frequent colours.

    The browser takes it apart and finds the colours, as nothing else of ours reads pictures.
    """
    context = await browser.new_context()
    try:
        tab = await context.new_page()
        found = await tab.evaluate(_FEW_COLOURS, [base64.b64encode(picture).decode(), _COLOURS])
    finally:
        await context.close()
    width, height, palette = found["width"], found["height"], bytes(found["palette"])
    places = base64.b64decode(found["places"])
    rows = b"".join(b"\0" + places[at : at + width] for at in range(0, len(places), width))
    # PNG (RFC 2083): the header says 8 bits a pixel, colour type 3; chunks have length and CRC
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    written = (
        struct.pack(">I", len(octets))
        + kind
        + octets
        + struct.pack(">I", zlib.crc32(kind + octets))
        for kind, octets in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


async def take(browser: Browser, link: str, page: str, view: View) -> Path:
    """Take one picture; return its file."""
    subject = _SUBJECTS.get(page, Subject(page, _ANY))
    size = {"width": view.width, "height": view.height}
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]  # a TypedDict
        color_scheme=view.colours,  # type: ignore[arg-type]  # a Literal
        locale="en-GB",
        reduced_motion="reduce",
    )
    file = PICTURES / f"{page}-{view.name}.png"
    try:
        tab = await context.new_page()
        tab.set_default_timeout(_PATIENCE)
        await tab.goto(link)
        await tab.locator("main h1").wait_for()
        await tab.goto(f"{link.partition('#')[0]}#/{subject.place}")
        await tab.locator(subject.shows).first.wait_for(state="attached")
        await tab.locator("main > p[aria-busy]").wait_for(state="detached")
        await _CLOCK.sleep(2)  # what is drawn once a frame, or asked for, is there
        file.write_bytes(await in_few_colours(browser, await tab.screenshot()))
    finally:
        await context.close()
    return file


async def main(wanted: Sequence[str]) -> int:
    """Take the pictures of these pages, or of all; return the exit status."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    too_large = False
    with TemporaryDirectory() as folder:
        async with demo_house(Path(folder)) as link, async_playwright() as driver:
            await _CLOCK.sleep(_AGE)
            browser = await driver.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for page in wanted or pages():
                for view in (*_VIEWS, *((_DARK,) if page == _IN_THE_DARK else ())):
                    file = await take(browser, link, page, view)
                    size = file.stat().st_size
                    too_large |= size > LARGEST
                    print(f"{file.name}: {size} octets{', too large' * (size > LARGEST)}")
            await browser.close()
    return int(too_large)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
