"""Where a caller may have answers sent, and where not."""

import pytest

from sebridge.transports.mqtt.rpc_server import ResponseTopics
from sebridge.transports.mqtt.topics import Topics

RULES = ResponseTopics(Topics("sebridge", "home"), "homeassistant")


@pytest.mark.parametrize(
    "topic",
    [
        "flows/answer",
        "answer",
        "/".join("a" * 16),
        "ü" * 128,
        "sebridge/home/rpc/response",
        "sebridge/home/rpc/response/get_time",
        "sebridge/home/rci/reply",
        "sebridges/home/info",
        "homeassistants/status",
    ],
)
def test_an_answer_may_go_where_nobody_else_is_spoken_for(topic: str) -> None:
    assert RULES.problem(topic) is None


@pytest.mark.parametrize(
    ("topic", "problem"),
    [
        ("/".join("a" * 17), "more than 16 levels"),
        ("/" * 201, "more than 16 levels"),
        ("ü" * 129, "more than 256 octets"),
        ("", "no topic"),
        ("flows/#", "no topic"),
        ("flows/+/a", "no topic"),
        ("flows/\0", "no topic"),
        ("flows/\n", "no topic"),
        ("flows/\x7f", "no topic"),
        ("flows/\x85", "no topic"),
        ("flows/\ufffe", "no topic"),
        ("$SYS/broker", "no topic"),
        ("$share/a/b", "no topic"),
        ("homeassistant/device/x/config", "discovery"),
        ("sebridge/home/info", "a gateway"),
        ("sebridge/home/rpc/request/exit", "a gateway"),
        ("sebridge/home/rpc/responses", "a gateway"),
        ("sebridge/cabin/rpc/response", "a gateway"),
        ("sebridge/all/rpc/request/exit", "a gateway"),
        ("sebridge/cabin/rci/fleet", "a gateway"),
    ],
)
def test_an_answer_may_not_go_where_it_does_harm(topic: str, problem: str) -> None:
    found = RULES.problem(topic)

    assert found is not None
    assert problem in found


def test_a_document_may_be_answered_where_another_gateway_takes_replies_of_the_fleet() -> None:
    assert RULES.problem("sebridge/cabin/rci/fleet", of_document=True) is None
    assert RULES.problem("sebridge/cabin/rci/request", of_document=True) is not None


def test_nobody_has_us_answer_where_we_ourselves_take_replies_of_the_fleet() -> None:
    problem = RULES.problem("sebridge/home/rci/fleet", of_document=True)

    assert problem == "belongs to a gateway and is not for answers"
