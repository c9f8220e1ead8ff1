"""Reports that a caller asks for: they come, they are missed, they are made, they end."""

import asyncio
import json
from typing import Any

from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.gateway.reporting.signals import DeviceDoubted
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import SE_PROFILE, TIME
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.scenarios.conftest import Home, MakeHome

METER = "00:0d:6f:00:0a:00:00:01"
SERIAL_NUMBER, DEMAND, ENERGY, RECEIVED = 0x0308, 0x0400, 0x0000, 0x0001


def between(**more: Any) -> dict[str, Any]:
    return {
        "cluster_id": "0x0702",
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": "0x5E",
        "destination_address": METER,
    } | more


def demand(**more: Any) -> list[dict[str, Any]]:
    return [{"attribute_id": DEMAND, "min_interval": 5, "max_interval": 60} | more]


def reports(home: Home, attribute_id: int) -> list[Any]:
    """Return what was told of one of the meter's attributes, each with its record."""
    told = home.notifications("received_attribute_report_collection")
    return [
        report | {"record": record}
        for report in told
        if report["source_address"] == METER
        for record in report["record_list"]
        if record["attribute_id"] == attribute_id
    ]


async def configurations(home: Home) -> dict[int, dict[str, Any]]:
    """Return what the gateway keeps of the meter, by attribute."""
    kept = await home.result("get_local_reporting_configurations")
    ours = [record for record in kept["record_list"] if record["device_address"] == METER]
    return {record["record"]["attribute_id"]: record for record in ours}


def meter(home: Home) -> Any:
    (device,) = [d for d in home.household.devices.values() if str(d.eui64) == METER]
    return device


async def test_reports_come_are_missed_and_configured_again_and_end(home: Home) -> None:
    answer = await home.result(
        "start_receiving_reports", **between(record_list=demand(reportable_change=1))
    )
    assert answer["record_list"] == [
        {
            "status": 0,
            "attribute_id": DEMAND,
            "direction": 0,
            "attribute_type": 0x2A,
            "min_interval": 5,
            "max_interval": 60,
            "reportable_change": 1,
        }
    ]
    await home.clock.advance(minutes=3)
    first = len(reports(home, DEMAND))
    assert first >= 3
    assert reports(home, DEMAND)[0]["source_address"] == METER

    meter(home).sender.forget(home.gateway.radio.network.address)  # it lost its memory
    await home.clock.advance(minutes=4)
    assert len(reports(home, DEMAND)) > first
    assert (await configurations(home))[DEMAND]["pseudo_reporting"] is False

    ended = await home.result(
        "stop_receiving_reports", **between(record_list=[{"attribute_id": DEMAND}])
    )
    assert ended["record_list"] == [{"status": 0, "attribute_id": DEMAND}]
    before = len(reports(home, DEMAND))
    await home.clock.advance(minutes=10)
    assert len(reports(home, DEMAND)) == before
    assert DEMAND not in await configurations(home)
    assert reports(home, ENERGY)


async def test_a_device_that_does_not_report_is_read_in_its_place(home: Home) -> None:
    meter(home).router.reporting_tables = {}
    await meter(home).sender.stop()

    refused = await home.result(
        "start_receiving_reports", **between(record_list=demand(), pseudo_reporting=False)
    )
    taken = await home.result("start_receiving_reports", **between(record_list=demand()))
    before = len(reports(home, DEMAND))
    await home.clock.advance(minutes=5)

    assert refused["record_list"] == [{"status": 0x81, "attribute_id": DEMAND}]
    assert taken["record_list"][0]["status"] == 0
    assert len(reports(home, DEMAND)) - before >= 5
    assert (await configurations(home))[DEMAND]["pseudo_reporting"] is True


async def test_what_is_read_is_told_by_intervals_and_change(home: Home) -> None:
    record = {
        "attribute_id": "0x0308",
        "attribute_type": "0xFF",
        "min_interval": 10,
        "max_interval": 100,
    }

    answer = await home.result(
        "start_receiving_reports", **between(record_list=[record], pseudo_reporting=True)
    )
    await home.clock.advance(seconds=399)

    assert answer["record_list"][0]["attribute_type"] == 0x41
    assert len(reports(home, SERIAL_NUMBER)) == 4  # it never changes


async def test_a_meter_that_stops_reporting_is_read_in_the_end(home: Home) -> None:
    await home.result("start_receiving_reports", **between(record_list=demand(timeout=100)))
    await meter(home).sender.stop()
    await home.clock.advance(minutes=5)
    before = len(reports(home, DEMAND))

    await home.clock.advance(minutes=5)

    assert (await configurations(home))[DEMAND]["pseudo_reporting"] is True
    assert len(reports(home, DEMAND)) - before >= 5


async def test_nothing_is_asked_of_a_meter_that_is_gone_until_it_is_back(home: Home) -> None:
    await home.result(
        "start_receiving_reports", **between(record_list=demand(), pseudo_reporting=True)
    )
    await meter(home).stop()
    await home.clock.advance(minutes=15)
    asked: list[Any] = []
    home.ether.watch(lambda f: asked.append(f) if _is_read(f, home) else None)
    before = len(reports(home, DEMAND))
    await home.clock.advance(minutes=15)
    assert not asked

    await meter(home).start()
    await home.clock.advance(minutes=5)

    assert len(reports(home, DEMAND)) > before


def _is_read(frame: Any, home: Home) -> bool:
    """Say whether a frame is one of the gateway to the meter."""
    nwk = home.gateway.directory[meter(home).eui64].nwk
    return bool(frame.cluster_id == 0x0702 and frame.destination_nwk == nwk)


async def test_configurations_of_both_kinds_survive_a_restart(make_home: MakeHome) -> None:
    before = await make_home()
    record = {"attribute_id": SERIAL_NUMBER, "min_interval": 10, "max_interval": 60}
    await before.result("start_receiving_reports", **between(record_list=demand()))
    await before.result(
        "start_receiving_reports", **between(record_list=[record], pseudo_reporting=True)
    )
    await before.result("stop_receiving_reports", **between(record_list=[{"attribute_id": ENERGY}]))
    known = await configurations(before)
    await before.stop()

    after = await make_home(kept=before.kept)
    await after.clock.advance(minutes=5)

    assert await configurations(after) == known
    assert len(reports(after, SERIAL_NUMBER)) >= 4
    assert not reports(after, ENERGY)


async def test_the_configuration_is_read_here_and_there(home: Home) -> None:
    await home.result("start_receiving_reports", **between(record_list=demand()))
    asked = between(
        reporting_direction=0, record_list=[{"attribute_id": DEMAND}, {"attribute_id": 9}]
    )

    here = await home.result("read_reporting_configuration", **asked)
    del asked["source_endpoint_id"]
    there = await home.result("read_reporting_configuration", **asked, remote_configuration=True)

    configured = {
        "status": 0,
        "attribute_id": DEMAND,
        "direction": 0,
        "attribute_type": 0x2A,
        "min_interval": 5,
        "max_interval": 60,
        "reportable_change": 0,
    }
    assert here["record_list"] == [configured, {"status": 0x8B, "attribute_id": 9}]
    assert there["record_list"] == [configured, {"status": 0x86, "attribute_id": 9}]
    assert (here["remote_configuration"], there["remote_configuration"]) == (False, True)
    assert here["source_address"] == there["source_address"] == METER


async def test_an_attribute_of_the_gateway_is_reported_to_the_caller(home: Home) -> None:
    clock = {"cluster_id": "0x000A", "server_or_client": 0, "destination_endpoint_id": "0x5E"}
    record = {"attribute_id": 0, "min_interval": 10, "max_interval": 60, "reportable_change": 30}

    answer = await home.result("start_receiving_reports", **clock, record_list=[record])
    await home.clock.advance(seconds=95)
    every = home.notifications("received_attribute_report_collection")
    told = [report for report in every if report["cluster_id"] == 0x000A]
    kept = (await home.result("get_local_reporting_configurations"))["record_list"]
    own = str(home.gateway.radio.network.address)
    stopped = await home.result(
        "stop_receiving_reports",
        **clock,
        source_endpoint_id="0x5E",
        destination_address=own,
        record_list=[{"attribute_id": 0}],
    )

    assert answer["record_list"][0]["attribute_type"] == 0xE2
    assert len(told) == 4
    assert "source_address" not in told[0]
    assert "destination_endpoint_id" not in told[0]
    assert own in {record["device_address"] for record in kept}
    assert stopped["record_list"] == [{"status": 0, "attribute_id": 0}]


async def test_the_gateway_reports_to_a_device_until_it_is_told_to_stop(home: Home) -> None:
    heard: list[Any] = []
    home.ether.watch(
        lambda f: heard.append(f) if f.cluster_id == 0x000A and f.data[2] == 0x0A else None
    )
    configuration = {
        "cluster_id": "0x0702",
        "server_or_client": 0,
        "reporting_direction": 1,
        "destination_endpoint_id": 9,
        "destination_address": DISPLAY,
    }
    display = next(d for d in home.household.devices.values() if str(d.eui64) == DISPLAY)
    await _configure_clock(home, display)
    await home.clock.advance(minutes=1)
    assert len(heard) >= 5

    shown = await home.result(
        "read_reporting_configuration",
        **configuration | {"cluster_id": "0x000A", "server_or_client": 1},
        record_list=[{"attribute_id": 0}],
    )
    stopped = await home.result(
        "stop_sending_reports",
        cluster_id="0x000A",
        server_or_client=1,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        destination_address=DISPLAY,
        record_list=[{"attribute_id": 0}],
    )
    heard.clear()
    await home.clock.advance(minutes=1)

    assert shown["record_list"][0]["max_interval"] == 10
    assert stopped["record_list"] == [{"status": 0, "attribute_id": 0}]
    assert not heard


DISPLAY = "00:0d:6f:00:0a:00:00:03"


async def _configure_clock(home: Home, display: Any) -> None:
    """Have the display ask for the time of the gateway every ten seconds."""
    gateway = Peer(home.gateway.radio.network.address, 0x5E, SE_PROFILE)
    pairing = Pairing(gateway, 9, TIME, server=False)
    wanted = AttributeReportingConfigurationRecord(0, 0, 0xE2, 5, 10, 5)
    asking = asyncio.ensure_future(
        RemoteReporting(display.router.exchange).configure(pairing, [wanted])
    )
    await home.clock.advance(seconds=1)
    assert await asking == {}


# ------------------------------------------------------------------ how attributes come, and why


async def ways(home: Home) -> dict[int, tuple[str, str]]:
    """Return how each attribute of the meter comes, and why so."""
    answer = await home.result("get_attribute_reporting", device_address=METER)
    return {one["attribute_id"]: (one["how"], one["why"]) for one in answer["record_list"]}


async def test_of_each_attribute_that_should_come_is_said_how_it_does_and_why(home: Home) -> None:
    first = await ways(home)
    await home.result("start_receiving_reports", **between(record_list=demand()))
    await home.result("stop_receiving_reports", **between(record_list=[{"attribute_id": ENERGY}]))
    record = {"attribute_id": SERIAL_NUMBER, "min_interval": 10, "max_interval": 60}
    await home.result(
        "start_receiving_reports", **between(record_list=[record], pseudo_reporting=True)
    )
    await home.clock.advance(minutes=2)
    then = await ways(home)
    shown = json.loads(home.broker.retained[f"sebridge/home/device/{METER.replace(':', '')}"])

    assert first[ENERGY] == first[DEMAND] == ("report", "configured_by_gateway")
    assert first[RECEIVED] == ("unavailable", "unsupported_attribute")
    assert SERIAL_NUMBER not in first
    assert then[DEMAND] == ("report", "configured_by_caller")
    assert then[ENERGY] == ("unavailable", "stopped")
    assert then[SERIAL_NUMBER] == ("pseudo_report", "wished")
    place = "9/smartenergy_metering"
    assert shown["not_reported"] == {
        f"{place}/current_summ_delivered": {"how": "unavailable", "why": "stopped"},
        f"{place}/current_summ_received": {"how": "unavailable", "why": "unsupported_attribute"},
        f"{place}/meter_serial_number": {"how": "pseudo_report", "why": "wished"},
    }


async def test_a_device_that_refuses_falls_silent_or_is_gone_is_said_to(home: Home) -> None:
    meter(home).router.reporting_tables = {}  # it knows no reporting any more
    await meter(home).sender.stop()
    home.bus.send(DeviceDoubted(meter(home).eui64))
    await home.clock.advance(seconds=20)
    refused = await ways(home)
    await meter(home).stop()
    await home.clock.advance(minutes=15)
    gone = await ways(home)

    assert refused[ENERGY] == ("pseudo_report", "unsup_cluster_command")
    assert gone[ENERGY] == ("pseudo_report", "unsup_cluster_command")
    assert gone[RECEIVED] == ("unavailable", "inactive")


async def test_what_a_device_wants_reported_by_the_gateway_survives_a_restart(
    make_home: MakeHome,
) -> None:
    before = await make_home()
    display = next(d for d in before.household.devices.values() if str(d.eui64) == DISPLAY)
    await _configure_clock(before, display)
    await before.stop()

    after = await make_home(kept=before.kept)
    heard: list[Any] = []
    after.ether.watch(
        lambda f: heard.append(f) if f.cluster_id == TIME and f.data[2] == 0x0A else None
    )
    await after.clock.advance(seconds=61)

    assert len(heard) >= 6
