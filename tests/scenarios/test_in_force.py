"""What is in force is on its topics from the start, also when nothing is."""

import pytest

from tests.scenarios.conftest import Home, MakeHome

LISTS = {
    "price": "updated_active_price_event",
    "drlc": "updated_active_DRLC_events",
    "message": "updated_active_message_events",
}
MESSAGE = {"message_id": 1, "duration_in_minutes": 30, "message": "Hello"}
PRICE = {"issuer_event_id": 1, "price": 25, "duration_in_minutes": 30, "currency": 840}


@pytest.mark.parametrize("kind", LISTS)
async def test_without_an_event_the_list_is_empty_and_nobody_is_told(home: Home, kind: str) -> None:
    kept = home.broker.kept(home.topics.active(kind))

    assert kept["record_list"] == []
    assert kept["destination_endpoint_id"] == 94
    assert home.notifications(LISTS[kind]) == []


async def test_what_ended_while_nobody_was_here_is_not_shown_after_it(make_home: MakeHome) -> None:
    before = await make_home()
    await before.result("create_message_event", record=MESSAGE)
    await before.result("create_price_event", record=PRICE)
    message, board = before.topics.active("message"), before.topics.at("price", "electricity")
    assert len(before.broker.kept(message)["record_list"]) == 1
    assert before.broker.kept(board)["current"]["price"] == 0.25
    await before.stop()
    await before.clock.advance(hours=1)

    after = await make_home(kept=before.kept, retained=before.broker.retained)

    assert after.broker.kept(message)["record_list"] == []
    assert after.broker.kept(board)["current"] is None


async def test_what_is_still_in_force_is_shown_after_a_restart(make_home: MakeHome) -> None:
    before = await make_home()
    await before.result("create_message_event", record=MESSAGE)
    await before.stop()

    after = await make_home(kept=before.kept)

    kept = after.broker.kept(after.topics.active("message"))
    assert [record["message_id"] for record in kept["record_list"]] == [1]
