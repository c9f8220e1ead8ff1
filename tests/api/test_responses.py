"""Stored responses are fetched by whoever comes for them."""

import pytest

from sebridge.base.clock import VirtualClock
from tests.api.home import Home


@pytest.fixture
def home(clock: VirtualClock) -> Home:
    home = Home(clock, ())
    for number in range(3):
        home.gateway.buffer.append(
            "message", 1_300_000_000.0, f"<message>{number}</message>", owner=""
        )
    return home


async def test_responses_are_taken_oldest_first(home: Home) -> None:
    first = await home.call("get_responses", limit=1)
    rest = await home.call("get_responses")

    assert first == {
        "responses": [
            {
                "name": "message",
                "number": {"second": 1_300_000_000, "sequence": 0},
                "document": "<message>0</message>",
            }
        ],
        "remaining": 2,
    }
    assert [response["document"][9] for response in rest["responses"]] == ["1", "2"]
    assert rest["remaining"] == 0


async def test_the_buffer_is_as_large_as_the_setting_says(home: Home) -> None:
    await home.call("registry_configuration", name="RPC_Manager.max_buffer_items", value=2)

    home.gateway.buffer.append("message", 1_300_000_000.0, "<message>3</message>", owner="")

    assert [
        response["document"][9] for response in (await home.call("get_responses"))["responses"]
    ] == ["2", "3"]


async def test_a_limit_is_a_number(home: Home) -> None:
    assert "limit" in (await home.refused("get_responses", limit=-1)).message
