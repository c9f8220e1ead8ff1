"""The page Home: what a person sees of the house, from prices to messages."""

from typing import Any

from sebridge.app.process import Process
from tests.console.conftest import OWNER, url_of
from tests.console.visiting import Visit, visiting

METER = "00:0d:6f:00:0a:00:00:01"


async def call(visit: Visit, method: str, **args: Any) -> Any:
    """Carry out a command over the link of the page."""
    return await visit.page.evaluate(
        """async ([method, args]) => {
          const { link } = await import("/console/link.js");
          return link.call(method, args);
        }""",
        [method, args],
    )


async def test_home_shows_what_is_there_and_what_is_not(visit: Visit) -> None:
    await visit.go_to("circles")
    await visit.says("No Plugwise stick is configured (plugwise.path).")
    await visit.go_to("home")
    await visit.says("No price is known.")
    await visit.says("Nobody is asked to use less, now or later.")
    await visit.says("No message is shown.")
    await visit.page.get_by_role("heading", name="Meter").wait_for()

    now = (await call(visit, "get_time"))["UTC_2000"]
    for number, amount in enumerate((25, 9)):
        record = {
            "issuer_event_id": number + 1,
            "start_time": now + 3600 * number,
            "duration_in_minutes": 60,
            "price": amount,
            "currency": 978,
            "rate_label": ("day", "night")[number],
        }
        await call(visit, "create_price_event", record=record)
    await call(
        visit,
        "create_DRLC_event",
        record={"issuer_event_id": 5, "duration_in_minutes": 30, "criticality_level": 4},
    )
    await call(
        visit,
        "create_message_event",
        record={"message_id": 1, "duration_in_minutes": 30, "message": "Peak from 17:00"},
    )

    await visit.says("0.09\u00a0EUR/kWh, from")
    await visit.page.get_by_role("img", name="Price of electricity").wait_for()
    await visit.says("level 4")
    await visit.says("Heater")
    await visit.says("received")
    await visit.says("Peak from 17:00")
    await visit.says("Display")
    await visit.check_access()


async def test_what_a_meter_counted_is_a_chart_and_a_table(house: Process, chromium: str) -> None:
    async with visiting(chromium, url_of(house), locale="de-DE") as visit:
        await visit.sign_in(OWNER.reveal().decode())
        await visit.page.get_by_role("group", name="Was gezeigt wird").wait_for()
        await visit.page.get_by_role("button", name="Kosten").click()
        await visit.says("Es galt kein Preis, daher sind die Kosten nicht bekannt.")
        while not (await call(visit, "get_history", device_address=METER, quantity="demand"))[
            "record_list"
        ]:
            await visit.page.wait_for_timeout(200)

        await visit.page.get_by_role("button", name="Leistung").click()
        await visit.page.get_by_role("button", name="5 Minuten").click()

        await visit.page.get_by_role("img", name="Leistung von Meter").wait_for()
        await visit.page.get_by_text("Als Tabelle").click()
        await visit.page.get_by_role("columnheader", name="Leistung (kW)").wait_for()
        await visit.page.get_by_text("bisher").first.wait_for()
        await visit.check_access()
