"""Requests about frames: what a house says is recorded, told, written into a file, said again."""

import base64
import json
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.model.plain import to_plain
from sebridge.settings.options import GatewayOptions, RadioOptions
from tests.api.home import DISPLAY, METER, Collections, Home, address, house_security
from tests.key_search import SEARCH
from tests.radio.capture import packets

RECORDING = RadioOptions(record_frames=True)
METERING, KEY_ESTABLISHMENT = 0x0702, 0x0800
CODE = "4711-0815-2342"


async def frames(home: Home, **params: Any) -> list[dict[str, Any]]:
    found = await home.call("get_frames", **({"limit": 500} | params))
    return list(found["frame_list"])


async def test_nothing_is_recorded_before_somebody_asks(home: Home) -> None:
    nothing = await home.call("get_frames")

    assert nothing == {
        "frame_list": [],
        "since": 0,
        "first_number": 1,
        "last_number": 0,
        "seconds_left": 0.0,
    }


async def test_recording_is_switched_on_for_a_time_and_off(home: Home) -> None:
    on = await home.call("record_frames", seconds=60)
    await home.clock.advance(20)
    left = (await home.call("get_frames"))["seconds_left"]
    off = await home.call("record_frames", seconds=0)
    kept = await frames(home)
    for_ever = await home.call("record_frames", seconds=None, clear=True)

    assert (on, left, off, for_ever) == (
        {"seconds_left": 60.0},
        40.0,
        {"seconds_left": 0.0},
        {"seconds_left": None},
    )
    assert kept
    assert await frames(home) == []


async def test_a_report_is_told_with_each_field_explained(home: Home) -> None:
    await home.call("record_frames")
    await home.clock.advance(15)

    came = await frames(home, cluster_id=METERING, direction="in", explain=True, limit=50)
    frame = next(one for one in came if one["fields"][0]["name"].startswith("0x0000"))

    assert frame["device_address"] == str(address(METER))
    assert (frame["cluster"], frame["command"]) == ("metering", "report_attributes")
    assert (frame["source_endpoint_id"], frame["destination_endpoint_id"]) == (9, 94)
    assert (frame["profile_id"], frame["enable_aps_encryption"]) == (0x0109, True)
    assert 0 <= frame["lqi"] <= 255
    assert frame["rssi"] < 0
    assert "delivery" not in frame
    assert [part["name"] for part in frame["header"]] == [
        "frame_control",
        "sequence",
        "command_id",
    ]
    (attribute, *_) = frame["fields"]
    assert attribute["name"] == "0x0000 current_summation_delivered"
    assert attribute["parts"][0] == {"name": "attribute_type", "value": 37, "meaning": "uint48"}
    raw, meaning = attribute["parts"][1]["value"], attribute["parts"][1]["meaning"]
    assert meaning == f"{raw / 1000:.15g} kWh = {raw} * 1 / 1000"


async def test_frames_are_told_page_by_page(home: Home) -> None:
    await home.call("record_frames")
    await home.clock.advance(60)
    everything = await frames(home)

    first = await home.call("get_frames", limit=2)
    second = await home.call("get_frames", limit=500, since=first["since"])
    nothing = await home.call("get_frames", since=second["since"])

    assert [*first["frame_list"], *second["frame_list"]] == everything
    assert (nothing["frame_list"], nothing["since"]) == ([], second["last_number"])


async def test_frames_may_be_chosen_by_device_and_direction(clock: VirtualClock) -> None:
    home = Home(clock, (METER, DISPLAY), radio=RECORDING)
    await home.start()

    to_display = await frames(home, device_address=str(address(DISPLAY)), direction="out")
    everything = await frames(home)
    await home.stop()

    assert to_display == [
        frame
        for frame in everything
        if frame["direction"] == "out" and frame.get("device_address") == str(address(DISPLAY))
    ]
    assert {frame["delivery"] for frame in to_display} == {"acknowledged"}
    zdo = next(frame for frame in to_display if frame["profile_id"] == 0)
    assert (zdo["cluster"], zdo["command"]) == ("zdo", "Node_Desc_req")
    announced = next(frame for frame in everything if frame["command"] == "Device_annce")
    assert announced["is_broadcast"]


async def test_what_is_not_delivered_says_why(home: Home) -> None:
    await home.call("record_frames")
    await home.house.household.switch_off()
    await home.answer("refresh_device_information", {"full_refresh": True})
    await home.clock.advance(10)

    told = {frame["delivery"] for frame in await frames(home, direction="out")}

    assert told <= {"not delivered: 0xA7 NO_ACK", "sent", "under way"}
    assert "not delivered: 0xA7 NO_ACK" in told


async def test_a_frame_that_cannot_be_read_says_at_which_octet(home: Home) -> None:
    await home.call("record_frames")
    raw = {
        "cluster_id": METERING,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 94,
        "destination_address": str(address(METER)),
        "command_identifier": 0x77,
        "payload": "01",
    }
    await home.answer("send_ZCL", raw)

    (frame, *_) = await frames(home, direction="out", explain=True, limit=1)

    assert frame["command"] == "command 0x77"
    assert frame["problem"] == "octet 2: no client of cluster metering sends a command 0x77"
    assert frame["fields"] == []


@pytest.mark.parametrize(
    ("method", "params", "path"),
    [
        ("record_frames", {"seconds": -1}, "seconds"),
        ("record_frames", {"seconds": 86_401}, "seconds"),
        ("get_frames", {"limit": 501}, "limit"),
        ("get_frames", {"limit": 51, "explain": True}, "limit"),
        ("get_frames", {"limit": 0}, "limit"),
        ("get_frames", {"since": -1}, "since"),
        ("get_frames", {"direction": "up"}, "direction"),
        ("export_frames", {"limit": 2001}, "limit"),
        ("replay_frame", {"number": 7}, "number"),
    ],
)
async def test_what_is_wrong_with_a_request_is_said(
    alone: Home, method: str, params: dict[str, Any], path: str
) -> None:
    error = await alone.refused(method, **params)

    assert error.message.startswith(f"{path}: ")


# ------------------------------------------------------------------ the file


async def test_the_file_has_the_frames_that_are_told(home: Home) -> None:
    await home.call("record_frames")
    await home.clock.advance(60)
    told = await frames(home)

    first = await home.call("export_frames", limit=2)
    second = await home.call("export_frames", since=first["since"])

    octets = b"".join(base64.b64decode(page["capture_file"]) for page in (first, second))
    written = packets(octets)
    assert first["frames"] == 2
    assert second["since"] == second["last_number"] == told[-1]["number"]
    assert [packet["data"].hex() for packet in written] == [frame["payload"] for frame in told]
    assert [packet["time"] for packet in written] == [frame["time"] for frame in told]
    secured = [packet["comment"] for packet in written if packet["cluster_id"] == METERING]
    assert all(one.startswith("APS encryption with a link key") for one in secured)


# ------------------------------------------------------------------ keys


async def test_no_key_is_in_what_a_house_says_when_it_joins(clock: VirtualClock) -> None:
    kept = Collections()
    home = Home(clock, (METER, DISPLAY), kept, house=house_security(kept), radio=RECORDING)
    await home.start()

    told, since = [], 0
    while page := await frames(home, since=since, limit=50, explain=True):
        told += page
        since = page[-1]["number"]
    file = (await home.call("export_frames"))["capture_file"]
    await home.stop()

    assert KEY_ESTABLISHMENT in {frame["cluster_id"] for frame in told}
    SEARCH.told("the recorded frames", json.dumps(to_plain(told)))
    SEARCH.told("the capture file", base64.b64decode(file))


async def test_the_codes_of_top_ups_are_hidden(clock: VirtualClock) -> None:
    home = Home(
        clock,
        (METER,),
        gateway=GatewayOptions(optional_clusters=("prepayment",)),
        meter={"prepaid": True, "top_up_codes": {CODE: 2000}},
        radio=RECORDING,
    )
    await home.start()
    await home.call(
        "top_up_meter",
        destination_address=str(address(METER)),
        destination_endpoint_id=9,
        top_up_code=CODE,
    )

    told = await frames(home, cluster_id=0x0705, direction="out", explain=True, limit=50)
    everything = json.dumps(await frames(home)) + json.dumps(told)
    file = base64.b64decode((await home.call("export_frames"))["capture_file"])
    await home.stop()

    (top_up,) = (frame for frame in told if frame["command"] == "consumer_top_up")
    assert top_up["hidden_octets"] == len(CODE)
    assert CODE.encode().hex() not in everything
    assert CODE not in everything
    assert CODE.encode() not in file


# ------------------------------------------------------------------ once more


async def test_a_frame_of_a_device_is_heard_once_more(home: Home) -> None:
    await home.call("record_frames")
    await home.clock.advance(15)
    (frame, *_) = await frames(home, cluster_id=METERING, direction="in")
    before = home.gateway.gate.statistics.reports

    answer = await home.call("replay_frame", number=frame["number"])
    await home.clock.advance(1)

    assert answer == {"number": frame["number"]}
    assert home.gateway.gate.statistics.reports > before


async def test_a_frame_of_ours_is_sent_once_more(clock: VirtualClock) -> None:
    home = Home(clock, (METER,), radio=RECORDING)
    await home.start()
    asked = await frames(home, direction="out")
    to_all = next(frame for frame in asked if frame["is_broadcast"])
    to_one = next(frame for frame in asked if not frame["is_broadcast"])
    since = (await home.call("get_frames"))["last_number"]

    for frame in (to_all, to_one):
        await home.call("replay_frame", number=frame["number"])
    again = await frames(home, since=since, direction="out")
    await home.stop()

    sent = [frame["payload"] for frame in again]
    assert to_all["payload"] in sent
    assert to_one["payload"] in sent


async def test_the_frame_of_a_device_that_is_off_is_not_said_again(home: Home) -> None:
    await home.call("record_frames")
    await home.clock.advance(15)
    (frame, *_) = await frames(home, direction="in")
    await home.house.household.switch_off()

    error = await home.refused("replay_frame", number=frame["number"])

    assert "no simulated device that is switched on" in error.message
