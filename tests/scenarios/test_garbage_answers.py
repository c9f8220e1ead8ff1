"""A device answers with garbage: whoever asked hears that, not that his own text is wrong."""

from typing import Any

import pytest

from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_application import COORDINATOR
from sebridge.radio.radio import Incoming
from sebridge.zcl.frame import (
    ANSWERS,
    CONFIGURE_REPORTING_RESPONSE,
    DISCOVER_ATTRIBUTES_RESPONSE,
    READ_ATTRIBUTES_RESPONSE,
    READ_REPORTING_CONFIGURATION_RESPONSE,
    WRITE_ATTRIBUTES_RESPONSE,
    Frame,
)
from sebridge.zcl.identifiers import METERING
from tests.scenarios.conftest import Home

METER = "00:0d:6f:00:0a:00:00:01"
PLACE = {
    "destination_address": METER,
    "destination_endpoint_id": 9,
    "source_endpoint_id": "0x5E",
}
CLUSTER = PLACE | {"cluster_id": METERING, "server_or_client": 0}
REPORTING = {
    "attribute_id": 0,
    "attribute_type": 0x25,
    "min_interval": 1,
    "max_interval": 60,
    "reportable_change": 1,
}

MALFORMED_ANSWER = -32010


def answers(home: Home, command_id: int, payload: bytes, *, cluster_specific: bool) -> None:
    """From now on the meter answers every question with one and the same."""
    (meter,) = (d for d in home.household.devices.values() if str(d.eui64) == METER)
    meter.endpoints.remove(meter.endpoint.endpoint_id)

    def watch(asked: AirFrame) -> None:
        if asked.source != COORDINATOR or not asked.profile_id or asked.broadcast:
            return
        question = Frame.parse(asked.data)
        if not question.cluster_specific and question.command_id in ANSWERS:
            return
        answer = Frame(
            command_id,
            question.sequence,
            payload,
            cluster_specific=cluster_specific,
            from_server=True,
        )
        heard = Incoming(
            meter.eui64,
            asked.destination_nwk,
            asked.profile_id,
            asked.cluster_id,
            asked.destination_endpoint,
            asked.source_endpoint,
            answer.serialize(),
            encrypted=True,
        )
        home.clock.call_later(0, lambda: home.gateway.radio_user.received(heard))

    home.ether.watch(watch)


@pytest.mark.parametrize(
    ("method", "parameters", "command_id", "payload"),
    [
        ("read_attributes", {"record_list": [{"attribute_id": 0}]}, READ_ATTRIBUTES_RESPONSE, "00"),
        (
            "read_attributes",
            {"record_list": [{"attribute_id": 0}]},
            READ_ATTRIBUTES_RESPONSE,
            "0000 00 77 01",
        ),
        (
            "read_attributes",
            {"record_list": [{"attribute_id": 0}]},
            WRITE_ATTRIBUTES_RESPONSE,
            "00",
        ),
        (
            "write_attributes",
            {"record_list": [{"attribute_id": 0, "attribute_type": 0x20, "value": 1}]},
            WRITE_ATTRIBUTES_RESPONSE,
            "86 00",
        ),
        ("discover_attributes", {}, DISCOVER_ATTRIBUTES_RESPONSE, "00 00"),
        (
            "start_receiving_reports",
            {"record_list": [REPORTING]},
            CONFIGURE_REPORTING_RESPONSE,
            "86 00",
        ),
        (
            "read_reporting_configuration",
            {
                "record_list": [{"attribute_id": 0}],
                "reporting_direction": 0,
                "remote_configuration": True,
            },
            READ_REPORTING_CONFIGURATION_RESPONSE,
            "00 00",
        ),
    ],
)
async def test_a_garbled_answer_to_a_general_command_is_called_so(
    home: Home, method: str, parameters: dict[str, Any], command_id: int, payload: str
) -> None:
    answers(home, command_id, bytes.fromhex(payload), cluster_specific=False)

    answer = await home.rpc(method, **(CLUSTER | parameters))

    assert answer["error"]["code"] == MALFORMED_ANSWER, answer
    assert METER in answer["error"]["message"].lower().replace("-", ":")


@pytest.mark.parametrize(
    ("method", "parameters", "command_id"),
    [
        ("get_meter_profile", {}, 0x00),
        ("get_meter_profile", {}, 0x77),
        ("request_fast_poll_mode", {"fast_poll_update_period": 5, "duration_in_minutes": 1}, 0x03),
    ],
)
async def test_a_garbled_answer_to_a_meters_command_is_called_so(
    home: Home, method: str, parameters: dict[str, Any], command_id: int
) -> None:
    answers(home, command_id, b"\x01", cluster_specific=True)

    place = {"destination_address": METER, "destination_endpoint_id": 9}
    answer = await home.rpc(method, **(place | parameters))

    assert answer["error"]["code"] == MALFORMED_ANSWER, answer
