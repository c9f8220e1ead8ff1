"""What somebody wants done with a device is done, and survives its removal and a restart."""

from typing import Any

from tests.scenarios.conftest import Collections, Home, MakeHome

METER = "00:0d:6f:00:0a:00:00:01"
TOPIC = "sebridge/home/device/000d6f000a000001"
READING = f"{TOPIC}/9/metering"
RAW = f"{TOPIC}/9/smartenergy_metering/current_summ_delivered"


def writings(home: Home, topic: str) -> int:
    return sum(one == topic for one, _ in home.broker.history)


async def set_options(home: Home, **options: Any) -> dict[str, Any]:
    return await home.result("set_device_options", device_address=METER, **options)


async def test_options_are_told_as_they_are_set_and_taken_back(home: Home) -> None:
    before = await home.result("get_device_options", device_address=METER)
    throttled = await set_options(home, throttle=600, retention=3600)
    afterwards = await set_options(home, throttle=None, retain=False)

    defaults = {"retain": True, "retention": None, "throttle": None, "disabled": False}
    assert before == {"device_address": METER} | defaults
    assert throttled == before | {"throttle": 600, "retention": 3600}
    assert afterwards == before | {"retain": False, "retention": 3600}


async def test_wrong_options_are_named(home: Home) -> None:
    refused = await home.rpc("set_device_options", device_address=METER, retention=5)
    stranger = await home.rpc("get_device_options", device_address="00:11:22:33:44:55:66:77")

    assert refused["error"]["data"] == {"parameter": "retention"}
    assert stranger["error"]["code"] == -32001


async def test_a_throttled_meter_is_written_seldom_and_expires_when_it_was_said(
    home: Home,
) -> None:
    await set_options(home, throttle=1800, retention=7200)
    home.broker.history.clear()

    await home.clock.advance(hours=2)

    assert 4 <= writings(home, READING) <= 5
    assert 4 <= writings(home, RAW) <= 5
    assert home.broker.lifetimes[READING] == home.broker.lifetimes[RAW] == 7200
    discovery = home.broker.kept("homeassistant/device/sebridge_home_000d6f000a000001/config")
    readings = [c for c in discovery["cmps"].values() if c.get("stat_t") == READING]
    assert {c["exp_aft"] for c in readings if "exp_aft" in c} == {7200}


async def test_the_values_of_a_device_need_not_be_retained(home: Home) -> None:
    assert {READING, RAW} <= set(home.broker.retained)

    await set_options(home, retain=False)
    await home.clock.advance(minutes=30)

    assert not {READING, RAW} & set(home.broker.retained)
    assert writings(home, READING) > 2
    assert {TOPIC, f"{TOPIC}/availability"} <= set(home.broker.retained)


async def test_a_disabled_device_is_left_alone_and_looked_for_when_it_is_not(
    home: Home,
) -> None:
    await set_options(home, disabled=True)
    shown = home.broker.kept(TOPIC)
    told = home.gateway.gate.statistics.reports
    home.broker.history.clear()
    home.gateway.radio.recorder.record(None)
    await home.clock.advance(hours=1)
    asked = await home.rpc(
        "read_attributes",
        cluster_id="0x0702",
        server_or_client=0,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        destination_address=METER,
        record_list=[{"attribute_id": 0}],
    )
    frames = await home.result("get_frames", device_address=METER, direction="out")

    assert (shown["active"], shown["disabled"]) == (False, True)
    assert home.broker.retained[f"{TOPIC}/availability"] == b"offline"
    assert "is disabled" in asked["error"]["message"]
    assert {frame["profile_id"] for frame in frames["frame_list"]} <= {0}  # only ZDO answers
    assert (writings(home, READING), writings(home, RAW)) == (0, 0)
    assert home.gateway.gate.statistics.reports > told  # of the others

    await set_options(home, disabled=False)
    await home.clock.advance(minutes=10)

    assert home.broker.retained[f"{TOPIC}/availability"] == b"online"
    assert writings(home, READING) > 0


async def test_options_survive_a_restart_and_a_removal_with_its_settings(
    make_home: MakeHome,
) -> None:
    kept: Collections = {}
    first: Home = await make_home(kept)
    await set_options(first, throttle=600)
    await first.stop()
    second: Home = await make_home(kept)
    after_restart = await second.result("get_device_options", device_address=METER)
    await second.result("remove_device", device_address=METER, keep_settings=True)
    gone = await second.rpc("get_device_options", device_address=METER)
    await second.result("add_device", device_address=METER)
    back = await second.result("get_device_options", device_address=METER)
    await second.result("remove_device", device_address=METER)
    await second.result("add_device", device_address=METER)
    anew = await second.result("get_device_options", device_address=METER)

    assert (after_restart["throttle"], back["throttle"], anew["throttle"]) == (600, 600, None)
    assert gone["error"]["code"] == -32001
