"""The page Frames, in a real browser: live, filtered, explained, written, said again."""

from pathlib import Path

from playwright.async_api import expect
import pytest

from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.radio.frame_recorder import MOST_FRAMES
from sebridge.radio.heard import Heard
from tests.console.conftest import READER, url_of
from tests.console.visiting import Visit, visiting
from tests.patience import until
from tests.radio.capture import packets

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
REPORT = bytes.fromhex("18010a0000255de247000000")


def hear(house: Process, number: int = 1, data: bytes = REPORT, cluster_id: int = 0x0702) -> None:
    """Have the radio's record tell of frames of the meter, besides what the house says itself."""
    heard = Heard(0x1234, 0x0109, cluster_id, 9, 0x5E, data, encrypted=True, lqi=200, rssi=-60)
    for _ in range(number):
        house.bridge.gateway.radio.recorder.heard(METER, 0x1234, heard)


async def test_what_is_said_is_shown_explained_said_again_held_and_written(
    visit: Visit, house: Process, tmp_path: Path
) -> None:
    page, recorder = visit.page, house.bridge.gateway.radio.recorder
    await visit.go_to("frames")
    await until(lambda: recorder.is_on)  # as somebody looks
    house.bridge.gateway.manager.look_at(None, anew=True)
    hear(house)

    await page.get_by_label("Search").fill("metering report")
    command = page.get_by_role("button", name="report_attributes").first
    await command.click()
    await visit.says("0x0000 current_summation_delivered")
    await visit.says("kWh = ")  # by the scale of the meter
    await visit.says("general command")
    await expect(command).to_have_attribute("aria-expanded", "true")
    await visit.check_access()
    before = recorder.numbers.stop
    await page.get_by_role("button", name="Send again").click()
    await visit.says("sent")
    assert recorder.numbers.stop > before

    await page.get_by_role("button", name="Pause").click()
    hear(house, cluster_id=0xFCAB)
    await page.get_by_label("Search").fill("0xfcab")
    await visit.says("No frame is like that")
    await page.get_by_role("button", name="Pause").click()
    await visit.says("cluster 0xFCAB")
    await page.get_by_label("Direction").select_option("out")
    await visit.says("No frame is like that")

    async with page.expect_download() as loading:
        await page.get_by_role("button", name="File for Wireshark").click()
    file = tmp_path / "frames.pcapng"
    await (await loading.value).save_as(file)
    written = packets(file.read_bytes())
    assert written
    assert {packet["direction"] for packet in written} == {2}  # what is chosen is written

    await page.get_by_role("button", name="Record").click()
    await until(lambda: not recorder.is_on)


@pytest.mark.parametrize("house", [{"simulator": {"devices": []}}], indirect=True, ids=["silent"])
async def test_a_list_of_many_frames_draws_what_is_seen_and_follows_the_newest(
    house: Process, visit: Visit
) -> None:
    page = visit.page
    house.bridge.gateway.radio.recorder.record(None)
    hear(house, MOST_FRAMES)
    await visit.go_to("frames")
    await visit.says("10,000 of 10,000 frames")
    hear(house, data=b"\x18\x77\x0b\x0a\x00")
    last = page.get_by_role("button", name="default_response").last
    await expect(last).to_be_in_viewport()

    assert await page.locator(".frame").count() < 60
    await last.focus()
    await page.keyboard.press("Home")
    first = page.locator(".frame button").first
    await expect(first).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".frame.open")).to_have_count(1)
    await page.keyboard.press("End")
    await expect(page.locator(".frame button").last).to_be_focused()


async def test_who_may_not_overhear_sees_why(house: Process, chromium: str) -> None:
    async with visiting(chromium, url_of(house), viewport={"width": 390, "height": 844}) as visit:
        await visit.sign_in(READER.reveal().decode(), "frames")

        await visit.says("get_frames needs the scope admin")
        await expect(visit.page.get_by_role("button", name="Record")).to_be_disabled()
        await visit.check_access()
    assert not house.bridge.gateway.radio.recorder.is_on
