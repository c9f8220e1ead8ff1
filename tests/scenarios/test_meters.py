"""A meter's readings arrive in kWh, whatever its profile."""

from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from tests.scenarios.conftest import Home, MakeHome

METER = "sebridge/home/device/000d6f000a000001"
PLUG = "sebridge/home/device/000d6f000a000002"


async def test_the_first_reading_is_there_at_once_and_in_kwh(home: Home) -> None:
    reading = home.broker.kept(f"{METER}/9/metering")

    assert reading["unit"] == "kWh"
    assert 4711 <= reading["energy_in"] < 4712
    assert 0 < reading["power"] < 10
    assert reading["energy_out"] is None


async def test_reports_follow_and_never_go_down(home: Home) -> None:
    seen = [home.broker.kept(f"{METER}/9/metering")["energy_in"]]

    for _ in range(12):
        await home.clock.advance(minutes=10)
        seen.append(home.broker.kept(f"{METER}/9/metering")["energy_in"])

    assert seen == sorted(seen)
    assert 0.5 < seen[-1] - seen[0] < 20
    assert home.notifications("received_attribute_report_collection")


async def test_a_home_automation_meter_is_bridged_the_same_way(home: Home) -> None:
    await home.clock.advance(minutes=10)

    reading = home.broker.kept(f"{PLUG}/1/metering")

    assert reading["unit"] == "kWh"
    assert reading["energy_in"] > 0
    reports = home.notifications("received_attribute_report_collection")
    profiles = {report["profile_id"] for report in reports}
    assert profiles == {0x0104, 0x0109}


async def test_raw_values_stand_beside_the_reading(home: Home) -> None:
    raw = home.broker.kept(f"{METER}/9/smartenergy_metering/current_summ_delivered")

    assert raw["type"] == "uint48"
    assert int.from_bytes(bytes.fromhex(raw["raw"]), "little") == raw["value"]


async def test_a_reading_by_hand_gives_the_same(home: Home) -> None:
    answer = await home.result(
        "read_attributes",
        cluster_id="0x0702",
        server_or_client=0,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        destination_address="00-0D-6F-00-0A-00-00-01",
        record_list=[{"attribute_id": 0}, {"attribute_id": 0x0302}, {"attribute_id": 0x7777}],
    )

    energy, divisor, unknown = answer["record_list"]
    assert (energy["status"], energy["attribute_type"]) == (0, 0x25)
    assert divisor["value"] == 1000
    assert unknown == {"status": 0x86, "attribute_id": 0x7777}


async def test_a_meter_with_sun_on_the_roof_counts_both_ways(make_home: MakeHome) -> None:
    meter = HOUSEHOLD[0]
    sunny = type(meter)(
        kind=meter.kind, name=meter.name, eui64=meter.eui64, options={"solar_peak": 20000.0}
    )
    home = await make_home(simulator=SimulatorOptions(devices=(sunny,), air=AirOptions(delay=0.0)))

    await home.clock.advance(hours=24)

    reading = home.broker.kept(f"{METER}/9/metering")
    assert reading["energy_out"] > 1
