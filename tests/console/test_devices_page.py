"""The page of devices: what is known of each, what can be asked of it, and letting one in."""

from typing import Any

from msgspec.structs import replace

from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.features.ota.firmware import FirmwareStatus
from sebridge.features.ota.signals import FirmwareChanged
from sebridge.features.serial_nodes.book import SerialPlace
from sebridge.features.serial_nodes.signals import SerialNodesKnown
from tests.console.visiting import Visit
from tests.integration.bridges import METER
from tests.patience import until

LABELS = [
    (
        "Z:000D6F000A000001$I:83FED3407A939723A5C639B26916D505C3B5",
        {"address": "000D6F000A000001", "code": "83FED3407A939723A5C639B26916D505C3B5"},
    ),
    (
        "EUI: 00:0d:6f:00:0a:00:00:01\nInstall Code: 83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5",
        {"address": "000D6F000A000001", "code": "83FED3407A939723A5C639B26916D505C3B5"},
    ),
    (
        "000D6F000A000001\n83fe-d340-7a93-9738",
        {"address": "000D6F000A000001", "code": "83FED3407A939738"},
    ),
    ("MAC=000d6f.000a.000001", {"address": "000D6F000A000001"}),
    ("IC: 83FED3407A932BD5", {"code": "83FED3407A932BD5"}),
    (
        "MAC address 00:0D:6F:00:0A:00:00:01 Code 83FED3407A932BD5",
        {"address": "000D6F000A000001", "code": "83FED3407A932BD5"},
    ),
    (
        "EUI64 000D6F000A000001 IC 83FE D340 7A93 2BD5",
        {"address": "000D6F000A000001", "code": "83FED3407A932BD5"},
    ),
    ("what is this", {}),
    ("", {}),
]


async def test_a_device_is_found_and_all_of_it_shown(house: Process, visit: Visit) -> None:
    page = visit.page
    await visit.go_to("devices")
    await page.get_by_role("button", name="Discover all anew").click()
    number = len(house.gateway.directory)
    await visit.says(f"{number} of {number} asked")
    await page.get_by_label("Search devices").fill("Meter")
    await page.get_by_role("link", name="Meter").click()
    await visit.says("sebridge simulator")
    await visit.says("current_summ_delivered")
    await page.get_by_role("cell", name="kWh").first.wait_for()
    await page.get_by_text("Why").click()
    await visit.says("1 / 1000")
    received = page.get_by_role("row").filter(has_text="current_summ_received")
    await received.get_by_text("unavailable: unsupported attribute").wait_for()
    await visit.check_access()


async def test_where_its_serial_port_is_stands_with_a_device(house: Process, visit: Visit) -> None:
    await visit.go_to(f"devices/{METER}")

    house.gateway.bus.send(SerialNodesKnown([SerialPlace(Eui64.parse(METER), "E2", 27_001)]))

    await visit.says("E2, TCP 27001")


async def test_an_attribute_is_read_and_a_wrong_one_is_told(visit: Visit) -> None:
    page = visit.page
    await visit.go_to(f"devices/{METER}")
    basic = page.locator("details", has_text="Basic").first
    await basic.get_by_text("Basic").click()
    await basic.get_by_role("button", name="Read all").click()
    row = basic.get_by_role("row", name="manufacturer")
    await row.get_by_role("cell", name="sebridge simulator").wait_for()
    await basic.get_by_role("button", name="Read", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Attribute ids").fill("0x0004")
    await dialog.get_by_role("button", name="Read").click()
    await dialog.get_by_text("sebridge simulator").wait_for()

    await dialog.get_by_label("Attribute ids").fill("0x10000")
    await dialog.get_by_role("button", name="Read").click()
    await dialog.get_by_role("alert").get_by_text("attribute_id").wait_for()


async def test_reports_and_bindings_are_begun_and_ended(house: Process, visit: Visit) -> None:
    page, coming = visit.page, house.gateway.reporting.watcher.coming
    await visit.go_to(f"devices/{METER}")
    metering = page.locator("details", has_text="Metering").first
    dialog = page.get_by_role("dialog")

    await metering.get_by_role("button", name="Stop reports").click()
    await dialog.get_by_label("Attribute ids").fill("0x0400")
    await dialog.get_by_role("button", name="Stop reports").click()
    await dialog.get_by_role("status").get_by_text('"status": 0').wait_for()
    await dialog.get_by_role("button", name="Close").click()
    why = {one.key.attribute_id: one.why for one in coming(Eui64(int(METER, 16)))}
    assert (why[0x0000], why[0x0400]) == ("configured_by_gateway", "stopped")
    await metering.get_by_text("unavailable: stopped").wait_for()

    for button in ("Bind", "Unbind", "Unbind"):
        await metering.get_by_role("button", name=button, exact=True).click()
        await dialog.get_by_role("button", name=button).click()
        said = dialog.get_by_role("status")
        await said.wait_for()
        statuses = await said.inner_text()
        await dialog.get_by_role("button", name="Close").click()
    assert '"status": 136' in statuses  # there is no such binding any more


async def test_a_device_is_let_in_and_how_far_it_is_is_shown(house: Process, visit: Visit) -> None:
    page = visit.page
    await visit.go_to("devices")
    await page.get_by_role("button", name="Let a device in").click()
    dialog = page.get_by_role("dialog")
    label = dialog.get_by_label("What stands on the label")
    await label.fill("Z:000D6F000A0000AA$I:83FED3407A939723A5C639B26916D505C3B6")
    await dialog.get_by_role("button", name="Open the network").click()
    await dialog.get_by_text("a digit is wrong").wait_for()

    await label.fill("Z:000D6F000A0000AA$I:83FED3407A939723A5C639B26916D505C3B5")
    await dialog.get_by_role("button", name="Open the network").click()
    await dialog.get_by_text("waits for the device").wait_for()
    await visit.check_access()
    await dialog.get_by_role("button", name="Close the network").click()
    await dialog.get_by_text("The network is closed again.").wait_for()


async def test_a_device_that_nobody_knows_is_told(visit: Visit) -> None:
    await visit.go_to("devices/00000000000000ff")

    await visit.says("This device is not known.")


async def test_a_device_is_removed_after_a_question(house: Process, visit: Visit) -> None:
    page = visit.page
    page.on("dialog", lambda asked: asked.accept())
    await visit.go_to(f"devices/{METER}")
    await page.get_by_role("button", name="Remove", exact=True).click()
    await page.get_by_role("button", name="Let a device in").wait_for()

    await until(lambda: METER not in [f"{known.eui64:016x}" for known in house.gateway.directory])


async def test_labels_are_read_in_whatever_form_they_have(visit: Visit) -> None:
    read = """async (texts) => {
        const { readLabel } = await import(new URL("console/parts/labels.js", document.baseURI));
        return texts.map(readLabel);
    }"""
    found: list[dict[str, Any]] = await visit.page.evaluate(read, [text for text, _ in LABELS])

    for (text, wanted), got in zip(LABELS, found, strict=True):
        assert {name: value for name, value in got.items() if value} == wanted, text


async def test_a_device_is_renamed_and_its_name_kept_when_it_is_removed(
    house: Process, visit: Visit
) -> None:
    page = visit.page
    page.on("dialog", lambda asked: asked.accept())
    await visit.go_to(f"devices/{METER}")
    await page.get_by_role("button", name="Rename").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("x" * 65)
    await dialog.get_by_role("button", name="Rename").click()
    await dialog.get_by_role("alert").get_by_text("64").wait_for()

    await dialog.get_by_label("Name").fill("Cellar")
    await dialog.get_by_role("button", name="Rename").click()
    await page.get_by_role("heading", name="Cellar").wait_for()
    await page.get_by_role("button", name="Remove, keep its settings").click()
    await page.get_by_role("button", name="Let a device in").wait_for()

    meter = Eui64(int(METER, 16))
    await until(lambda: meter not in house.gateway.directory)
    await house.gateway.manager.add(meter)
    assert house.gateway.directory[meter].name == "Cellar"


async def test_the_map_of_the_network_is_drawn_and_told(visit: Visit) -> None:
    page = visit.page
    await visit.go_to("devices")
    await page.get_by_role("button", name="Network map").click()
    card = page.get_by_role("region", name="Network map")
    await card.get_by_role("button", name="Draw it").click()

    await card.get_by_role("img").wait_for()
    drawn = await card.locator("svg.map g").count()
    assert drawn == await card.locator("tbody tr").count() > 1
    router = page.get_by_role("cell", name="router", exact=True)
    await card.get_by_role("row").filter(has=router).filter(has_text="LQI").first.wait_for()
    await visit.check_access()


async def test_the_map_has_a_ring_for_each_hop(visit: Visit) -> None:
    lay_out = """async (told) => {
        const { layout } = await import(new URL("console/parts/network_map.js", document.baseURI));
        return [...layout(told)].map(([name, { hops, by, x, y }]) =>
            [name, hops ?? null, by ?? null, Math.round(Math.hypot(x, y) / 110)]);
    }"""
    nodes = [{"address": name, "kind": "router"} for name in "abcd"]
    nodes[0]["kind"] = "coordinator"
    links = [{"from_address": "b", "to_address": "a"}, {"from_address": "b", "to_address": "c"}]

    assert await visit.page.evaluate(lay_out, {"nodes": nodes, "links": links}) == [
        ["a", 0, None, 0],
        ["b", 1, "a", 1],
        ["c", 2, "b", 2],
        ["d", None, None, 3],
    ]


async def test_the_firmware_of_a_device_is_shown_and_how_far_its_update_is(
    house: Process, visit: Visit
) -> None:
    page, device = visit.page, Eui64(int(METER, 16))
    told = FirmwareStatus(installed=1, latest=2, notes="Counts better.")
    await visit.go_to(f"devices/{METER}")

    house.gateway.bus.send(FirmwareChanged(device, told))
    await visit.says("0x00000002")
    await visit.says("Counts better.")
    await page.get_by_role("button", name="Update", exact=True).click()
    await visit.says("takes no firmware")

    under_way = replace(told, state="downloading", percent=42)
    house.gateway.bus.send(FirmwareChanged(device, under_way))
    await visit.says("downloading 42 %")
    await visit.check_access()
    await page.get_by_role("button", name="Abort").click()
    await visit.says("there is no update")
