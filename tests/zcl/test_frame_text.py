"""Frames as people read them."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.zcl.explanation import explain_frame
from sebridge.zcl.frame_text import describe, explanation_lines
from sebridge.zcl.identifiers import METERING, PRICE, SE_PROFILE
from sebridge.zcl.wire import decode_octets
from tests.zcl.wire import VECTORS


def lines_of(name: str) -> list[str]:
    vector = next(vector for vector in VECTORS if vector["id"] == name)
    octets = bytes.fromhex(vector["zcl_frame"])
    return explanation_lines(
        explain_frame(
            CLUSTERS, decode_octets(CLUSTERS, SE_PROFILE, int(vector["cluster"], 16), octets)
        )
    )


def line_of(name: str, field: str) -> str:
    """Return the line of one field with single spaces."""
    found = (" ".join(line.split()) for line in lines_of(name)[1:])
    return next(line for line in found if line.split()[0] == field)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_vector_has_a_line_for_each_field(vector: dict[str, Any]) -> None:
    lines = lines_of(vector["id"])

    assert vector["command"] in lines[0]
    assert ("server -> client" in lines[0]) == (vector["direction"] == "server_to_client")
    if vector["scope"] == "cluster":
        assert len(lines) == 1 + len(vector["fields"])


@pytest.mark.parametrize(
    ("vector", "line"),
    [
        ("D07", "start_time 0 (now)"),
        ("D07", "rate_label 'Peak'"),
        ("D08", "price 98765 (9.8765 EUR/kWh)"),
        ("D08", "currency 978 (EUR)"),
        ("D08", "utc_time 352274370 (2011-03-01T05:59:30Z)"),
        ("D08", "duration_in_minutes 65535 (until changed)"),
        ("D08", "price_ratio 12 (1.2 times)"),
        ("D08", "alternate_cost_trailing_digit 255 (not used)"),
        ("D14", "tariff_type_charging_scheme 16 (for delivered, charging blocks)"),
        ("D17", "cooling_temperature_set_point 2750 (27.5 °C)"),
        ("D17", "heating_temperature_set_point -550 (-5.5 °C)"),
        ("D17", "cooling_temperature_offset 255 (not used)"),
        ("D17", "duration_in_minutes 1440 (1440 min)"),
        ("D22", "event_status 4 (opted out)"),
        ("D22", "cooling_temperature_set_point_applied 2600 (26 °C)"),
        ("D21", "average_load_adjustment_percentage_applied -128 (not used)"),
        ("D26", "status 0 (success)"),
        ("D33", "snapshot_schedules [{snapshot_schedule_id 1, snapshot_start_time 444528000,"),
        ("D35", "message 'Strom ≥ 5 kW'"),
        ("D41", "status_code 2 (bad key confirm)"),
        ("D44", "0x0400 instantaneous_demand"),
        (
            "D45",
            "0x0000 current_summation_delivered status 0 (SUCCESS), attribute_type 37 (uint48)",
        ),
        ("D45", "0x0302 divisor status 134 (UNSUPPORTED_ATTRIBUTE)"),
        ("D46", "0x0200 status attribute_type 24 (map8), 8 (power failure)"),
        (
            "D47",
            "0x0000 time status 0 (SUCCESS), attribute_type 226 (UTC), 363096000 (2011-07-04T12",
        ),
        ("D48", "status 139 (NOT_FOUND)"),
        ("D49", "0x0003 device_class_value attribute_type 33 (uint16), 5 (HVAC, water heater)"),
    ],
)
def test_numbers_have_their_units_and_words(vector: str, line: str) -> None:
    assert line_of(vector, line.split(maxsplit=1)[0]).startswith(line)


def test_a_log_line_holds_the_whole_frame() -> None:
    assert describe(CLUSTERS, SE_PROFILE, PRICE, bytes.fromhex("11070001")) == (
        "price get_current_price (client -> server, sequence 7, no default response):"
        " command_options 1 (listens all the time)"
    )


def test_an_applied_set_point_below_zero_is_told_as_such() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "D22")
    octets = bytearray.fromhex(vector["zcl_frame"])
    octets[13:15] = (-550).to_bytes(2, "little", signed=True)

    told = describe(CLUSTERS, SE_PROFILE, 0x0701, bytes(octets))

    assert "cooling_temperature_set_point_applied 64986 (-5.5 °C)" in told


def test_a_command_without_fields_is_its_title() -> None:
    assert describe(CLUSTERS, SE_PROFILE, 0x0703, bytes.fromhex("01db00")) == (
        "messaging get_last_message (client -> server, sequence 219)"
    )


def test_a_frame_that_cannot_be_read_is_told_with_its_octets() -> None:
    assert describe(CLUSTERS, SE_PROFILE, PRICE, bytes.fromhex("0907770102")) == (
        "unreadable at octet 2 (no server of cluster price sends a command 0x77): 0907770102"
    )


def test_unknown_octets_at_the_end_are_told() -> None:
    told = describe(CLUSTERS, SE_PROFILE, PRICE, bytes.fromhex("11070001aabb"))

    assert told.endswith("and unknown octets: aabb")


def test_reports_of_a_cluster_without_a_name_are_told_too() -> None:
    assert describe(CLUSTERS, 0x0104, 0x0006, bytes.fromhex("18070a0000 10 01")) == (
        "on_off report_attributes (server -> client, sequence 7, no default response):"
        " 0x0000 on_off attribute_type 16 (bool), True"
    )


def test_attributes_of_a_manufacturer_have_no_name() -> None:
    told = describe(CLUSTERS, SE_PROFILE, METERING, bytes.fromhex("0c1e10070a0000 20 05"))

    assert "manufacturer 0x101E" in told
    assert "0x0000 attribute_type 32 (uint8), 5" in told


def test_a_request_for_reports_is_told() -> None:
    told = describe(
        CLUSTERS,
        SE_PROFILE,
        METERING,
        bytes.fromhex("000706 00 0004 2a 0500 3c00 0a0000"),
    )

    assert "0x0400 instantaneous_demand direction 0 (to send), attribute_type 42 (int24)" in told
    assert "min_interval 5, max_interval 60, reportable_change 10" in told


@given(
    cluster_id=st.sampled_from([*CLUSTERS, 0x0006]),
    head=st.tuples(st.integers(0, 0x1F), st.just(1), st.integers(0, 0x17)),
    rest=st.binary(max_size=100),
)
def test_any_octets_have_one_line(cluster_id: int, head: tuple[int, int, int], rest: bytes) -> None:
    told = describe(CLUSTERS, SE_PROFILE, cluster_id, bytes(head) + rest)

    assert told
    assert told.isprintable()
