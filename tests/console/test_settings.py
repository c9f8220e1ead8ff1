"""The page Settings, in a real browser: with real data, with wrong input, in both languages."""

import io
import json
import logging
from pathlib import Path
from typing import Any
import zipfile

from playwright.async_api import Locator
import pytest

from sebridge.app.process import Process
from tests.console.conftest import OWNER, READER, url_of
from tests.console.visiting import Visit, visiting
from tests.key_search import SEARCH
from tests.plugins.packages import package

PLUGINS = {"directory": "plugins", "allow_unsigned": True}
PARTS_IN_GERMAN = ("Konfiguration", "Zertifikate", "Protokoll", "Bericht und Sicherung")
LOGGER = logging.getLogger("sebridge.radio")


def button(place: Any, name: str) -> Locator:
    """Return a button by its whole name."""
    found: Locator = place.get_by_role("button", name=name, exact=True)
    return found


async def test_a_setting_is_searched_for_and_changed_and_a_wrong_value_is_told(
    house: Process, visit: Visit
) -> None:
    await visit.go_to("settings")
    await visit.page.get_by_label("Search").fill("NTP seconds")
    assert await visit.page.locator(".lines > li").count() == 1

    await button(visit.page, "Change NTP_client.sync_rate").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_label("Value").fill("soon")
    await button(dialog, "Change").click()
    await visit.says("'soon' is not a whole number")
    await visit.check_access()
    await dialog.get_by_label("Value").fill("600")
    await button(dialog, "Change").click()

    await visit.page.locator("strong", has_text="600").wait_for()
    assert house.gateway.registry.get("NTP_client.sync_rate") == 600
    await button(visit.page, "Change NTP_client.sync_rate").click()
    await button(dialog, "Default").click()
    await visit.page.locator("strong", has_text="86400").wait_for()


@pytest.mark.parametrize("house", [{"plugins": PLUGINS}], indirect=True)
async def test_what_there_is_is_shown_without_secrets_and_plugins_come_and_go(
    house: Process, visit: Visit, tmp_path: Path
) -> None:
    await visit.go_to("settings/configuration")
    await visit.says("http.tokens[0].hash")

    written = await visit.page.locator(".lines > li").count()
    await visit.page.get_by_label("With defaults").check()
    await visit.page.get_by_label("Search").fill("mqtt.keepalive")

    await visit.says("seconds of silence after which the link is tested")
    assert written > 1
    SEARCH.told("the page", await visit.page.content())

    await button(visit.page, "Certificates").click()
    await visit.says("security.certificate_store")
    await visit.says("unlimited")

    await visit.page.get_by_role("button", name="Tokens").click()
    await visit.says("owner")

    SEARCH.told("the page", await visit.page.content())

    await button(visit.page, "Plug-ins").click()
    await visit.says("Nothing.")
    await button(visit.page, "Install a package").click()
    await visit.says("Choose a package.")
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    await visit.page.set_input_files("input[type=file]", tmp_path / "broken.zip")
    await button(visit.page, "Install a package").click()
    await visit.says("is not a zip file")
    await visit.check_access()

    (tmp_path / "meter_watch.zip").write_bytes(package())
    await visit.page.set_input_files("input[type=file]", tmp_path / "meter_watch.zip")
    await button(visit.page, "Install a package").click()
    await button(visit.page, "Start meter_watch").click()
    await visit.says("starts with the bridge")
    started = house.gateway.plugins.plugins
    await button(visit.page, "Stop meter_watch").click()
    visit.page.on("dialog", lambda dialog: dialog.accept())
    await button(visit.page, "Uninstall meter_watch").click()
    await visit.says("Nothing.")

    assert [(one.name, one.active, one.enabled) for one in started] == [("meter_watch", True, True)]
    assert house.gateway.plugins.plugins == []


async def test_the_log_is_live_and_its_levels_are_changed_for_some_time(visit: Visit) -> None:
    LOGGER.warning("before the visit")
    await visit.go_to("settings/log")
    await visit.says("before the visit")
    LOGGER.error("while it is open")
    await visit.says("while it is open")

    await visit.page.get_by_label("At least").select_option("error")
    await visit.page.get_by_text("before the visit").wait_for(state="detached")
    await button(visit.page, "Hold").click()

    await visit.says("while it is open")
    await button(visit.page, "Hold").click()

    before = LOGGER.level
    await visit.page.locator("summary").click()
    form = visit.page.locator("form")
    await form.get_by_label("Part").fill("zigpy")
    LOGGER.error("while somebody writes")
    await visit.says("while somebody writes")
    await button(form, "Log more or less").click()
    await visit.says("'zigpy' is no part of the bridge")
    await visit.check_access()

    await form.get_by_label("Part").fill("sebridge.radio")
    await form.get_by_label("Level").select_option("error")
    await button(form, "Log more or less").click()
    await button(visit.page, "End").wait_for()
    changed = LOGGER.level
    await button(visit.page, "End").click()
    await button(visit.page, "End").wait_for(state="detached")

    assert (changed, LOGGER.level) == (logging.ERROR, before)


async def test_a_report_is_saved_and_a_backup_needs_a_passphrase(visit: Visit) -> None:
    await visit.go_to("settings/support")
    await visit.page.get_by_label("Minutes").fill("0")
    await button(visit.page, "Make a report").click()
    await visit.says("0 is not in 1..60")
    await visit.page.get_by_label("Minutes").fill("5")
    async with visit.page.expect_download() as saving:
        await button(visit.page, "Make a report").click()
    saved = await saving.value
    with zipfile.ZipFile(io.BytesIO((await saved.path()).read_bytes())) as archive:
        assert json.loads(archive.read("info.json"))["network"]["joined"]

    for first, second, problem in (
        ("correct horse", "correct house", "The two differ."),
        ("short", "short", "must be text of 8 to 256 characters"),
        ("correct horse", "correct horse", "a simulated radio has no network of its own"),
    ):
        await visit.page.get_by_label("Passphrase").fill(first)
        await visit.page.get_by_label("Once more").fill(second)
        await button(visit.page, "Make a backup").click()
        await visit.says(problem)
    await visit.check_access()


async def test_each_part_is_of_use_on_a_phone_in_german_and_dark(
    house: Process, chromium: str
) -> None:
    phone = {"width": 360, "height": 740}
    async with visiting(
        chromium, url_of(house), viewport=phone, color_scheme="dark", locale="de-DE"
    ) as visit:
        await visit.sign_in(OWNER.reveal().decode(), "settings")
        await visit.says("Der NTP-Server, der zuerst gefragt wird.")
        for name in PARTS_IN_GERMAN:
            await button(visit.page, name).click()
            await visit.page.locator("main [aria-busy=true]").wait_for(state="detached")

            beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await visit.page.evaluate(beside) == 0, name
            if name == "Zertifikate":  # the others are looked at above
                await visit.check_access()
        await visit.go_to("console/get_time")
        await visit.says("Nennt die UTC des Betriebssystems")


async def test_who_may_only_read_is_told_what_he_may_not(house: Process, chromium: str) -> None:
    async with visiting(chromium, url_of(house)) as visit:
        await visit.sign_in(READER.reveal().decode(), "settings/configuration")
        await visit.says("get_configuration needs the scope admin")

        await visit.go_to("settings/support")

        assert await button(visit.page, "Make a report").is_disabled()
