"""The page of all methods: found, filled in, executed, in JSON and in XML, and what comes back."""

import json

from playwright.async_api import expect

from sebridge.app.process import Process
from sebridge.rpc.xml_text import Xml
from tests.console.visiting import Visit


async def test_a_method_is_found_filled_in_and_executed(visit: Visit) -> None:
    page = visit.page
    await visit.go_to("console")
    await page.get_by_label("Search methods").fill("create_message")
    await page.get_by_role("link", name="create_message_event", exact=True).click()
    await visit.says("needs command")

    await page.get_by_role("group", name="record").get_by_text("More").click()
    await page.get_by_label("message_id").fill("77")
    await page.get_by_label("duration_in_minutes").fill("5")
    await page.locator("input[name=message]").fill("Hello")
    await page.get_by_role("button", name="JSON").click()
    written = json.loads(await page.get_by_label("Parameters in JSON").input_value())
    await page.get_by_role("button", name="Execute").click()
    answers = page.get_by_role("region", name="Answers and notifications")
    await answers.get_by_text('"status": 0').wait_for()

    await page.get_by_label("Copy as").select_option("curl")
    await answers.get_by_text("curl -H").wait_for()

    assert written == {"record": {"message_id": 77, "duration_in_minutes": 5, "message": "Hello"}}
    await visit.check_access()


async def test_the_same_is_executed_in_xml_changed_and_used_again(
    house: Process, visit: Visit
) -> None:
    page = visit.page
    house.gateway.aliases.define("whole_version", Xml("<get_version/>"))
    await visit.go_to("console/get_version")
    await page.get_by_label("module_name").fill("Version")
    document = await page.get_by_label("Document in XML").input_value()
    assert '<module_name type="string">Version</module_name>' in document

    await page.get_by_role("button", name="Execute").click()
    answers = page.get_by_role("region", name="Answers and notifications")
    await answers.get_by_text("<get_version_response").wait_for()

    await page.get_by_label("Document in XML").fill("<rci_request>")
    await page.get_by_role("button", name="Execute").click()
    await answers.get_by_text("<error").wait_for()

    await answers.get_by_role("button", name="Use again").last.click()
    editor = page.get_by_label("Document in XML")
    await expect(editor).to_have_value(document)
    await editor.press("Control+End")
    await page.get_by_label("Insert an alias").select_option("whole_version")
    await expect(editor).to_have_value(f'{document}<whole_version type="alias"/>')


async def test_wrong_input_is_told_where_it_is_written(visit: Visit) -> None:
    page = visit.page
    await visit.go_to("console/enable_joining")
    await page.get_by_role("button", name="JSON").click()
    await page.get_by_label("Parameters in JSON").fill("{")
    await page.get_by_text("no JSON:").wait_for()
    assert await page.get_by_role("button", name="Execute").is_disabled()

    await page.get_by_label("Parameters in JSON").fill('{"join_time": "soon"}')
    await page.get_by_role("button", name="Execute").click()
    await page.get_by_role("log").get_by_text("join_time").wait_for()


async def test_what_was_saved_is_there_again(visit: Visit) -> None:
    page = visit.page
    await visit.go_to("console/enable_joining")
    await page.get_by_role("button", name="JSON").click()
    await page.get_by_label("join_time").fill("60")
    await page.get_by_role("button", name="Save as default").click()
    await visit.says("saved")
    await page.reload()
    await page.get_by_label("join_time").wait_for()

    assert await page.get_by_label("join_time").input_value() == "60"
