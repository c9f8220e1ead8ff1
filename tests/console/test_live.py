"""What pages show is live: in every tab, after the network was away, with a thousand devices."""

from collections.abc import AsyncIterator
import json

import pytest

from sebridge.settings.http_options import HttpOptions
from tests.console.served import Served
from tests.console.visiting import Visit, visiting
from tests.transports.web.backend import OWNER, TOKENS

ROWS = "main tbody tr"


class Street(Served):
    """A console on the devices of many homes."""

    def name(self, number: int, name: str) -> None:
        """Have the bridge tell what a device is called."""
        address = f"000d6f00{number:08x}"
        facts = {
            "name": name,
            "addr_extended": ":".join(address[at : at + 2] for at in range(0, 16, 2)),
            "addr_short": f"{number:04X}",
            "node_type": 2,
            "manufacturer": None,
            "model": "meter",
            "last_seen": None,
            "lqi": None,
            "rssi": None,
        }
        self.link.publish(
            f"sebridge/home/device/{address}", json.dumps(facts).encode(), retain=True
        )


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with Street(HttpOptions(port=0, tokens=TOKENS)) as street:
        yield street


@pytest.fixture
async def visit(street: Street, chromium: str) -> AsyncIterator[Visit]:
    async with visiting(chromium, street.house.url) as visit:
        await visit.sign_in(OWNER, "devices")
        yield visit


async def test_what_changes_is_seen_in_every_tab_and_after_the_network_was_away(
    street: Street, visit: Visit
) -> None:
    street.name(1, "Meter of Anna")
    other = Visit(await visit.page.context.new_page(), visit.url)
    await other.go_to("devices")
    for tab in (visit, other):
        await tab.says("Meter of Anna")

    await visit.page.context.set_offline(True)
    await street.console.stop()
    for tab in (visit, other):
        await tab.says("The bridge is away.")
    street.name(1, "Meter of Berta")
    await visit.page.context.set_offline(False)
    await street.console.start()
    for tab in (visit, other):
        await tab.says("Meter of Berta")

    assert other.problems == []


async def test_a_thousand_devices_are_drawn_in_bounded_work(street: Street, visit: Visit) -> None:
    page = visit.page
    await page.evaluate(
        """() => {
            window.drawn = 0;
            new MutationObserver(() => { window.drawn += 1; })
                .observe(document.querySelector("main"), { childList: true, subtree: true });
        }"""
    )
    for number in range(1_000):
        street.name(number, f"Meter {number:03}")
    await visit.says("200 of 1,000 devices")
    rows = page.locator(ROWS)
    assert await rows.count() == 200
    # told in parts of 64 KiB, each drawn once at most
    assert await page.evaluate("window.drawn") <= 1_000 * 400 / 65_536 + 3

    await page.get_by_role("button", name="Show more").click()
    await visit.says("400 of 1,000 devices")
    await page.get_by_label("Search devices").fill("Meter 999")
    await page.get_by_role("link", name="Meter 999").wait_for()
    assert await rows.count() == 1


async def test_what_a_page_could_not_be_told_is_counted_and_said(
    street: Street, visit: Visit
) -> None:
    await visit.go_to("console")
    await visit.says("Choose a method")
    for number in range(2_003):  # at once: more than wait for a page
        street.link.stream("sebridge/home/notification/message", b"%d" % number)

    await visit.says("3 messages missed")
