"""Any command is passed through, as octets or as records, and its answer comes back."""

from typing import Any

from sebridge.features.load_control.simulated import LoadControlSwitch
from sebridge.features.messaging.simulated import MessageOnDisplay
from tests.scenarios.conftest import Home

METER = "00:0d:6f:00:0a:00:00:01"
DISPLAY = "00:0d:6f:00:0a:00:00:03"
SWITCH = "00:0d:6f:00:0a:00:00:05"


def raw(device: str = METER, **more: Any) -> dict[str, Any]:
    return {
        "cluster_id": "0x0702",
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": "0x5E",
        "destination_address": device,
    } | more


async def test_octets_of_a_general_command_are_answered_in_octets(home: Home) -> None:
    answer = await home.result(
        "send_ZCL",
        **raw(command_identifier=0, command_type=0, payload="0003", response_command_identifier=1),
    )

    assert answer == {
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "destination_endpoint_id": 0x5E,
        "source_address": METER,
        "command_identifier": 1,
        "command_type": 0,
        "payload": "0003003000",
    }


async def test_records_of_a_general_command_are_its_payload(home: Home) -> None:
    answer = await home.result(
        "send_ZCL",
        **raw(
            command_identifier=0,
            command_type=0,
            payload=[{"attribute_id": "0x0300"}, {"attribute_id": 0x0301}],
        ),
    )

    assert (answer["command_identifier"], answer["payload"]) == (1, "000300300001030022010000")


async def test_a_load_control_event_as_a_record_reaches_the_switch(home: Home) -> None:
    event = {
        "type": "LoadControlEventRecord",
        "issuer_event_id": 77,
        "duration_in_minutes": 10,
        "duty_cycle": 0,
        "average_load_adjustment_percentage": -100,
        "event_control": 0,
    }
    answer = await home.result(
        "send_ZCL",
        **raw(
            SWITCH,
            cluster_id="0x0701",
            server_or_client=1,
            command_identifier=0,
            payload=event,
            response_command_identifier=0,
            enable_aps_encryption=True,
        ),
    )

    assert (answer["command_identifier"], answer["command_type"]) == (0, 1)
    assert answer["server_or_client"] == 1
    assert answer["payload"].startswith("4d00000001")
    assert answer["enable_aps_encryption"] is True
    assert home.household.find(LoadControlSwitch)["Water heater switch"].power < 2000


async def test_without_a_name_for_the_answer_the_default_response_is_one(home: Home) -> None:
    message = {"message_id": 5, "duration_in_minutes": 10, "message": "by hand"}

    answer = await home.result(
        "send_ZCL",
        **raw(
            DISPLAY, cluster_id="0x0703", server_or_client=1, command_identifier=0, payload=message
        ),
    )

    assert (answer["command_identifier"], answer["command_type"]) == (0x0B, 0)
    assert answer["payload"] == "0000"
    assert home.household.find(MessageOnDisplay)["Kitchen display"].message == "by hand"


async def test_a_refusal_ends_the_waiting_for_another_answer(home: Home) -> None:
    answer = await home.result(
        "send_ZCL",
        **raw(command_identifier="0x77", payload="", response_command_identifier="0x78"),
    )

    assert (answer["command_identifier"], answer["payload"]) == (0x0B, "7781")


async def test_silence_is_an_error_when_its_time_has_come(home: Home) -> None:
    await home.result("registry_configuration", name="Conversation.default_timeout", value=5)
    command = raw(command_identifier=0, command_type=0, payload="0003")

    answer = await home.rpc("send_ZCL", **command, response_command_identifier=9)

    assert answer["error"]["code"] == -32003


async def test_bad_payloads_are_named(home: Home) -> None:
    for payload, parameter in (
        ({"attribute": 1}, "payload[0].attribute"),
        ([{}], "payload[0].attribute_id"),
        ([5], "payload"),
        ("123", "payload"),
    ):
        answer = await home.rpc(
            "send_ZCL", **raw(command_identifier=0, command_type=0, payload=payload)
        )

        assert answer["error"]["data"] == {"parameter": parameter}
