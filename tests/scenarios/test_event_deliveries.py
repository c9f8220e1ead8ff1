"""What devices made of events is there to be asked for, also after a restart."""

from typing import Any

from sebridge.zcl.identifiers import DRLC, MESSAGING, PRICE
from tests.scenarios.conftest import Home, MakeHome

DISPLAY = "00:0d:6f:00:0a:00:00:03"
THERMOSTAT = "00:0d:6f:00:0a:00:00:04"
SWITCH = "00:0d:6f:00:0a:00:00:05"


async def deliveries(home: Home, cluster_id: int, **more: Any) -> list[dict[str, Any]]:
    answer = await home.result("get_event_deliveries", cluster_id=cluster_id, **more)
    found: list[dict[str, Any]] = answer["events"]
    return found


def answers(event: dict[str, Any]) -> dict[str, list[str]]:
    """Return what each device said of an event, in its order."""
    return {
        device["device_address"]: [answer["status"] for answer in device["answers"]]
        for device in event["devices"]
    }


async def test_what_devices_made_of_events_survives_a_restart(
    home: Home, make_home: MakeHome
) -> None:
    load = {"issuer_event_id": 5, "duration_in_minutes": 10, "event_control": 0}
    await home.result("create_DRLC_event", record=load)
    later = load | {"issuer_event_id": 6, "start_time": home.now + 7200}
    await home.result("create_DRLC_event", record=later)
    message = {"message_id": 1, "duration_in_minutes": 30, "message": "Hello"}
    await home.result("create_message_event", record=message | {"message_control": 0x80})
    hidden = message | {"message_id": 2, "start_time": home.now + 3600, "message": "Secret"}
    await home.result("create_protected_message_event", record=hidden)
    price = {"issuer_event_id": 7, "duration_in_minutes": 60, "price": 30, "currency": 978}
    await home.result("create_price_event", record=price | {"price_control": 1})
    await home.clock.advance(minutes=11)
    await home.result("cancel_DRLC_event", record={"issuer_event_id": 6, "device_class": 0xFFF})
    await home.clock.advance(seconds=10)
    before = {cluster: await deliveries(home, cluster) for cluster in (PRICE, DRLC, MESSAGING)}

    await home.stop()
    again = await make_home(home.kept)

    after = {cluster: await deliveries(again, cluster) for cluster in before}
    assert after == before
    over, cancelled = after[DRLC]
    assert answers(over) == {
        device: ["received", "started", "completed"] for device in (THERMOSTAT, SWITCH)
    }
    assert answers(cancelled) == {
        device: ["received", "cancelled"] for device in (THERMOSTAT, SWITCH)
    }
    assert [event["cancelled"] for event in (over, cancelled)] == [False, True]
    assert over["over"]
    assert (over["record"]["issuer_event_id"], over["record"]["duration_in_minutes"]) == (5, 10)
    shown, protected = after[MESSAGING]
    assert (shown["record"]["message"], shown["over"]) == ("Hello", None)
    assert "Secret" not in repr(protected)
    assert answers(shown)[DISPLAY] == ["confirmed"]
    (priced,) = after[PRICE]
    assert all(device["received"] for device in priced["devices"])
    assert await deliveries(again, DRLC, issuer_event_id=6) == [cancelled]
