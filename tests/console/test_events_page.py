"""The page of events: what devices are told, how they take it, and a tariff painted on a week."""

import re
from typing import Any

from sebridge.app.process import Process
from tests.console.conftest import OWNER, url_of
from tests.console.visiting import Visit, visiting

_NIGHTS = """async ([month, day]) => {
    const { runsOf } = await import(new URL("console/parts/tariff.js", document.baseURI));
    const week = Array.from({ length: 168 }, (_, at) => (at % 24 < 7 ? 0 : 1));
    return runsOf(week, new Date(2026, month, day, 23, 30), 1)
        .map(({ tier, from, until }) => [tier, (until - from) / 60_000]);
}"""
_KEPT = """async () => {
    const { link } = await import(new URL("console/link.js", document.baseURI));
    return (await link.call("get_price_events")).events_record_list;
}"""


async def _is_refused(visit: Visit, label: str, value: str) -> None:
    """Check that the form which is open says that a field is wrong, and is not sent."""
    form = visit.page.get_by_role("dialog")
    field = form.get_by_label(label)
    await field.fill(value)
    await form.get_by_role("button", name="Create").click()
    assert await field.evaluate("field => field.validationMessage && field.matches(':focus')")
    await field.fill("")


async def test_a_price_is_created_in_words_of_people(visit: Visit) -> None:
    page = visit.page
    await visit.go_to("events")
    await page.get_by_role("button", name="New: Prices").click()
    form = page.get_by_role("dialog")
    await _is_refused(visit, "Price", "-1")
    await form.get_by_label("Price").fill("0.295")
    await form.get_by_label("Currency").select_option("CHF")
    await form.get_by_label("Label").fill("evening")
    await form.get_by_label("Tier").fill("2")
    await form.get_by_label("Start").fill("2020-01-01T10:00")
    await form.get_by_label("Duration").fill("60")
    await form.get_by_role("button", name="Create").click()
    await form.get_by_role("alert").get_by_text("over already").wait_for()
    await visit.check_access()

    await form.get_by_label("Start").fill("")
    await form.get_by_role("button", name="Create").click()
    await form.wait_for(state="detached")

    price = page.get_by_role("listitem").filter(has_text="0.295 CHF/kWh")
    await price.filter(has_text="evening · tier 2").get_by_text("in force").wait_for()
    await price.get_by_text("Heard from 1 of 1 devices").click()
    await price.get_by_text("received").wait_for()
    page.on("dialog", lambda asked: asked.accept())
    await page.get_by_role("button", name="Cancel all").click()
    await price.get_by_text("cancelled").wait_for()


async def test_load_control_and_messages_are_told_and_taken_back(visit: Visit) -> None:
    page = visit.page
    page.on("dialog", lambda asked: asked.accept())
    await visit.go_to("events")
    await page.get_by_role("button", name="New: Load control").click()
    form = page.get_by_role("dialog")
    await _is_refused(visit, "Duration", "1441")
    await form.get_by_label("Duration").fill("60")
    await _is_refused(visit, "Criticality", "16")
    await form.get_by_label("Criticality").fill("4")
    for words in ("Water heater", "Pool pump"):
        await form.get_by_label(words).check()
    await form.get_by_label("Duty cycle").fill("50")
    await form.get_by_label("Heat to").fill("18.5")
    await form.get_by_label("begins at a random").uncheck()
    await form.get_by_label("ends at a random").uncheck()
    await form.get_by_role("button", name="Create").click()

    event = page.get_by_role("listitem").filter(has_text="Water heater")
    await event.get_by_text("criticality 4 · duty cycle 50 % · heat to 18.5 °C").wait_for()
    await event.get_by_text("Heard from 1 of 1 devices").click()
    await event.get_by_text("started").wait_for()
    await event.get_by_role("button", name="Cancel").click()
    await event.get_by_text("cancelled").first.wait_for()

    await page.get_by_role("button", name="New: Messages").click()
    await _is_refused(visit, "Text", "")
    await form.get_by_label("Text").fill("Peak price from 17:00")
    await form.get_by_label("Importance").select_option("high")
    await form.get_by_label("confirm").check()
    await form.get_by_role("button", name="Create").click()

    message = page.get_by_role("listitem").filter(has_text="Peak price from 17:00")
    await message.get_by_text("high · to be confirmed").wait_for()
    await message.get_by_text("Heard from 1 of 1 devices").wait_for()
    await visit.check_access()
    await message.get_by_role("button", name="Cancel").click()
    await message.get_by_text("cancelled").wait_for()

    await page.reload()
    for told, word in ((event, "cancelled"), (message, "confirmed")):
        await told.get_by_text("cancelled", exact=True).first.wait_for()
        await told.get_by_text("Heard from 1 of 1 devices").click()
        await told.locator("details").get_by_text(word).wait_for()


async def test_a_week_that_somebody_paints_becomes_prices(house: Process, chromium: str) -> None:
    async with visiting(chromium, url_of(house), timezone_id="Europe/Berlin") as visit:
        page = visit.page
        await visit.sign_in(OWNER.reveal().decode(), "events/tariff")
        await page.get_by_label("Price of tier 4").fill("99999999999")
        await page.get_by_role("button", name="Paint tier 4").click()
        await page.locator("[data-at='0']").focus()
        for key in ("Shift+ArrowRight", "ArrowDown", "Space", "2", "ArrowUp", "Enter"):
            await page.keyboard.press(key)
        painted = [await page.locator(f"[data-at='{at}']").text_content() for at in (0, 24, 25)]
        assert painted == ["4", "2", "4"]
        await page.get_by_role("button", name="Paint tier 4").click()
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
            await page.get_by_role("button", name=day).click()
        await page.get_by_label("Days from now").fill("2")
        await visit.check_access()
        await page.get_by_role("button", name="Make prices").click()
        await page.get_by_role("alert").get_by_text("0 of 1 prices made; then").wait_for()

        await page.get_by_label("Price of tier 4").fill("0.21")
        await page.get_by_role("button", name="Paint tier 3").click()
        await page.get_by_role("button", name="12\u201313").click()
        await page.get_by_role("button", name="Make prices").click()
        await page.get_by_text(re.compile(r"^(\d+) of \1 prices made$")).wait_for()

        records: list[dict[str, Any]] = await page.evaluate(_KEPT)
        spring, autumn = [await page.evaluate(_NIGHTS, on) for on in ([2, 28], [9, 24])]

    ends = [one["start_time"] + 60 * one["duration_in_minutes"] for one in records]
    assert [one["start_time"] for one in records[1:]] == ends[:-1]
    # tier 1 of what is sent is the cheapest, whatever place it has in the table
    told = {(one["price"], one["price_trailing_digit_and_price_tier"]) for one in records}
    assert {one["currency"] for one in records} == {978}  # euro
    assert told == {(21, 0x21), (42, 0x22)}
    assert [spring, autumn] == [
        [[1, 30], [0, 6 * 60], [1, 16 * 60 + 30]],
        [[1, 30], [0, 8 * 60], [1, 16 * 60 + 30]],
    ]
