"""Payloads from records."""

from typing import Any

import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.base.errors import ParameterError
from sebridge.zcl.payload import cluster_payload, general_payload

DRLC, PRICE, MESSAGING = 0x0701, 0x0700, 0x0703
CANCEL_ALL = {"cancel_control": 1}


@pytest.mark.parametrize(
    ("command_id", "records", "octets"),
    [
        (0x00, [{"attribute_id": "0x0300"}, {"attribute_id": 1}], "0003 0100"),
        (0x02, [{"attribute_id": 0, "attribute_type": 0x20, "value": 7}], "0000 20 07"),
        (0x06, [{"attribute_id": 0, "attribute_type": 0x20}], "00 0000 20 0000 0000 00"),
        (0x06, [{"attribute_id": 0, "direction": 1, "timeout": 60}], "01 0000 3c00"),
        (0x0B, [{"command_id": 1, "status": 0x86}], "01 86"),
        (0x0C, [{"start_attribute_id": 0, "maximum_number_of_attributes": 5}], "0000 05"),
        (0x00, [], ""),
    ],
)
def test_records_of_a_general_command(
    command_id: int, records: list[dict[str, Any]], octets: str
) -> None:
    assert general_payload(command_id, records) == bytes.fromhex(octets)


def test_the_record_of_a_command_needs_no_type() -> None:
    assert cluster_payload(CLUSTERS, DRLC, 0x02, [CANCEL_ALL], from_server=True) == b"\x01"


def test_a_type_may_name_another_record_of_the_same_direction() -> None:
    named = CANCEL_ALL | {"type": "CancelAllLoadControlEventsRecord"}

    assert cluster_payload(CLUSTERS, DRLC, 0x77, [named, named], from_server=True) == b"\x01\x01"


def test_the_not_used_markers_may_have_either_sign_d4() -> None:
    event = {
        "issuer_event_id": 1,
        "duration_in_minutes": 1,
        "cooling_temperature_set_point": 0x8000,
    }

    negative = event | {"cooling_temperature_set_point": -0x8000}

    both = [cluster_payload(CLUSTERS, DRLC, 0, [e], from_server=True) for e in (event, negative)]
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("records", "path"),
    [
        ([{"cancel": 1}], "payload[0].cancel"),
        ([CANCEL_ALL, {"cancel_control": 256}], "payload[1].cancel_control"),
        ([CANCEL_ALL | {"type": "PublishPriceRecord"}], "payload[0].type"),
        ([7], "payload[0]"),
        ([CANCEL_ALL] * 101, "payload"),
    ],
)
def test_what_is_wrong_with_a_record_is_named(records: list[Any], path: str) -> None:
    with pytest.raises(ParameterError) as caught:
        cluster_payload(CLUSTERS, DRLC, 0x02, records, from_server=True)

    assert caught.value.path == path


def test_a_text_that_no_frame_can_carry_is_refused_with_its_record() -> None:
    fits = {"message_id": 1, "duration_in_minutes": 1, "message": "x" * 254}
    longer = fits | {"message": "x" * 255}

    with pytest.raises(ParameterError, match="longer than 254 octets") as caught:
        cluster_payload(CLUSTERS, MESSAGING, 0, [fits, longer], from_server=True)

    assert caught.value.path == "payload[1]"


@pytest.mark.parametrize("cluster_id", [0xFC00, PRICE])
def test_an_unknown_command_takes_octets_only(cluster_id: int) -> None:
    with pytest.raises(ParameterError, match="must be octets"):
        cluster_payload(CLUSTERS, cluster_id, 0xEE, [{}], from_server=True)


@pytest.mark.parametrize(
    ("command_id", "record", "path"),
    [
        (0x00, {}, "payload[0].attribute_id"),
        (0x00, {"attribute_id": 70_000}, "payload[0].attribute_id"),
        (0x0C, {"first": 1}, "payload.first"),
        (0x0F, {}, "payload"),
    ],
)
def test_what_is_wrong_with_a_general_record_is_named(
    command_id: int, record: dict[str, Any], path: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        general_payload(command_id, [record])

    assert caught.value.path == path


def test_a_text_that_is_too_long_for_the_air_is_refused() -> None:
    message = {"message_id": 1, "duration_in_minutes": 1, "message": "x" * 255}

    with pytest.raises(ParameterError, match="longer than 254 octets") as caught:
        cluster_payload(CLUSTERS, 0x0703, 0x00, [message], from_server=True)

    assert caught.value.path == "payload[0]"
