"""The load-control requests, on a gateway with a load switch."""

from typing import Any

import pytest

from sebridge.base.clock import zigbee_time
from sebridge.base.errors import ParameterError
from sebridge.features.load_control.methods import DRLCMethods
from sebridge.features.load_control.records import GetScheduledEventsRecord, LoadControlEventRecord
from tests.api.home import LOAD_CONTROL, Home, address
from tests.gateway.events.client_side import FAR, NEAR, Clients

DRLC = 0x0701
SWITCH_MAC = str(address(LOAD_CONTROL))


def record(**more: Any) -> dict[str, Any]:
    return {"issuer_event_id": 7, "duration_in_minutes": 5, "event_control": 0} | more


async def test_an_event_is_taken_with_its_defaults_and_obeyed(home: Home) -> None:
    now = zigbee_time(home.clock.utc())

    answer = await home.call(
        "create_DRLC_event", record={"issuer_event_id": 7, "duration_in_minutes": 5}
    )

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": DRLC,
        "status": 0,
        "record": {
            "issuer_event_id": 7,
            "device_class": 0x0FFF,
            "utility_enrollment_group": 0,
            "start_time": now,
            "duration_in_minutes": 5,
            "criticality_level": 1,
            "cooling_temperature_offset": 0xFF,
            "heating_temperature_offset": 0xFF,
            "cooling_temperature_set_point": -0x8000,
            "heating_temperature_set_point": -0x8000,
            "average_load_adjustment_percentage": -0x80,
            "duty_cycle": 0xFF,
            "event_control": 3,
        },
        "device_list": [SWITCH_MAC],
    }


async def test_what_the_switch_does_with_an_event_is_told(home: Home) -> None:
    await home.call("create_DRLC_event", record=record())

    await home.clock.advance(minutes=6)

    reports = home.notifications("received_report_event_status")
    assert [report["record"]["event_status"] for report in reports] == [1, 2, 3]
    assert {report["source_address"] for report in reports} == {SWITCH_MAC}


async def test_the_list_holds_the_valid_events(alone: Home) -> None:
    await alone.call("create_DRLC_event", record=record())

    answer = await alone.call("get_DRLC_events", endpoint_id=0x5E, server_or_client=0)

    events = answer.pop("events_record_list")
    assert answer == {"endpoint_id": 0x5E, "cluster_id": DRLC, "server_or_client": 0}
    assert [event["issuer_event_id"] for event in events] == [7]


async def test_not_used_may_be_said_in_both_notations(alone: Home) -> None:
    answer = await alone.call(
        "create_DRLC_event",
        record=record(
            cooling_temperature_set_point=0x8000, average_load_adjustment_percentage=0x80
        ),
    )

    assert answer["record"]["cooling_temperature_set_point"] == -0x8000
    assert answer["record"]["average_load_adjustment_percentage"] == -0x80


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration_in_minutes": 0},
        {"duration_in_minutes": 1441},
        {"criticality_level": 0},
        {"duty_cycle": 101},
        {"average_load_adjustment_percentage": 101},
        {"device_class": 0},
    ],
)
async def test_an_event_that_no_client_may_take_is_refused_with_the_reason(
    alone: Home, wrong: dict[str, Any]
) -> None:
    answer = await alone.call("create_DRLC_event", record=record(**wrong))

    assert (answer["status"], answer["device_list"]) == (0x85, [])
    assert next(iter(wrong)) in answer["reason"]


async def test_an_identifier_is_used_once(alone: Home) -> None:
    await alone.call("create_DRLC_event", record=record())

    answer = await alone.call("create_DRLC_event", record=record(duration_in_minutes=9))

    assert (answer["status"], answer["device_list"]) == (0x8A, [])


async def test_an_event_is_taken_back(home: Home) -> None:
    await home.call("create_DRLC_event", record=record())

    answer = await home.call("cancel_DRLC_event", record={"issuer_event_id": 7})

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": DRLC,
        "status": 0,
        "record": {
            "issuer_event_id": 7,
            "device_class": 0x0FFF,
            "utility_enrollment_group": 0,
            "cancel_control": 1,
            "effective_time": 0,
        },
        "device_list": [SWITCH_MAC],
    }
    assert (await home.call("get_DRLC_events"))["events_record_list"] == []


async def test_taking_back_what_is_not_there_succeeds_too(alone: Home) -> None:
    answer = await alone.call("cancel_DRLC_event", record={"issuer_event_id": 999})

    assert (answer["status"], answer["device_list"]) == (0, [])


async def test_all_events_are_taken_back(home: Home) -> None:
    later = zigbee_time(home.clock.utc()) + 3600
    await home.call("create_DRLC_event", record=record(issuer_event_id=1))
    await home.call("create_DRLC_event", record=record(issuer_event_id=2, start_time=later))

    answer = await home.call("cancel_all_DRLC_events", record={})

    assert answer == {
        "source_endpoint_id": 0x5E,
        "cluster_id": DRLC,
        "status": 0,
        "record": {"cancel_control": 1},
        "device_list": [SWITCH_MAC],
    }
    assert (await home.call("get_DRLC_events"))["events_record_list"] == []


@pytest.mark.parametrize("method", ["create_DRLC_event", "cancel_DRLC_event"])
async def test_another_endpoint_has_no_server(alone: Home, method: str) -> None:
    given = record() if method.startswith("create") else {"issuer_event_id": 7}

    error = await alone.refused(method, record=given, source_endpoint_id=2)

    assert error.data == {"parameter": "source_endpoint_id"}


# ------------------------------------------------------------------ the client side


@pytest.fixture
def display(clients: Clients) -> DRLCMethods:
    return DRLCMethods(servers={}, clients={0x5E: clients.load_service})


async def test_scheduled_load_control_is_asked_for(clients: Clients, display: DRLCMethods) -> None:
    answer = await display.get_scheduled_DRLC_events()

    question = GetScheduledEventsRecord().serialize()
    assert clients.sent(DRLC) == [(NEAR, 0x01, question), (FAR, 0x01, question)]
    assert (answer.cluster_id, answer.device_list) == (DRLC, [NEAR, FAR])


async def test_a_list_of_load_control_is_cleared_here_only(
    clients: Clients, display: DRLCMethods
) -> None:
    event = LoadControlEventRecord(issuer_event_id=5, duration_in_minutes=30, event_control=0)
    clients.hear(DRLC, event.serialize())
    await clients.clock.advance(seconds=10)
    clients.sent(DRLC)

    answer = await display.clear_DRLC_events()
    await clients.clock.advance(seconds=10)

    assert (answer.source_endpoint_id, answer.cluster_id) == (0x5E, DRLC)
    assert (clients.load_service.valid(), clients.sent(DRLC)) == ([], [])


async def test_an_energy_service_interface_asks_for_no_load_control() -> None:
    methods = DRLCMethods(servers={}, clients={})

    for call in (methods.get_scheduled_DRLC_events, methods.clear_DRLC_events):
        with pytest.raises(ParameterError, match="endpoint 0x5E has no client") as refusal:
            await call()
        assert refusal.value.path == "source_endpoint_id"
