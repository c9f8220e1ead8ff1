"""How the bridge is, in facts and in words."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.app.health import WORST_LAG, Health, problems_of
from tests.api.home import Home
from tests.doubles import RecordingBroker


def health_of(home: Home, **ports: Any) -> Health:
    """Return the health of a home, some of whose ports are others."""
    return Health(home.gateway, home.bridge.head_end, replace(home.bridge.ports, **ports))


@pytest.fixture
def health(home: Home) -> Health:
    return health_of(home, lag=lambda: 0.01234567)


def test_a_house_that_runs_has_no_problems(health: Health) -> None:
    facts = health.facts()

    assert facts["radio"].items() >= {"joined": True, "starts": 1}.items()
    assert facts["devices"] == {"known": 3, "active": 3}
    assert facts["frames"]["received"] > 0
    assert facts["event_loop_lag"] == 0.0123
    assert facts["responses"] == {
        "waiting": 0,
        "dropped": 0,
        "pushed": 0,
        "unasked": 0,
        "failures": 0,
        "problem": None,
    }
    assert problems_of(facts) == []
    assert {facts["radio"]["age"], facts["uptime"]} <= {29, 30}


def _no_radio(facts: dict[str, Any]) -> None:
    facts["radio"]["age"] = None


def _wrong_radio(facts: dict[str, Any]) -> None:
    facts["radio"] |= {"age": None, "problem": "it has another network"}


def _no_network(facts: dict[str, Any]) -> None:
    facts["radio"]["joined"] = False


def _no_broker(facts: dict[str, Any]) -> None:
    facts["broker"]["connected"] = False


def _no_database(facts: dict[str, Any]) -> None:
    facts["database_writable"] = False


def _late(facts: dict[str, Any]) -> None:
    facts["event_loop_lag"] = WORST_LAG + 0.5


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_no_radio, "the radio is down"),
        (_wrong_radio, "the radio is down: it has another network"),
        (_no_network, "the radio is not on a network"),
        (_no_broker, "the broker is not connected"),
        (_no_database, "the database cannot be written"),
        (_late, "the event loop is 2.5 s late"),
    ],
)
def test_each_problem_is_told_in_words(
    health: Health, spoil: Callable[[dict[str, Any]], None], problem: str
) -> None:
    facts = health.facts()
    spoil(facts)

    assert problems_of(facts) == [problem]


def test_what_changes_is_seen_at_the_next_look(home: Home) -> None:
    link, writable = RecordingBroker(), [True]
    health = health_of(home, link=link, writable=lambda: writable[0])
    before = problems_of(health.facts())

    link.connected = False
    writable[0] = False

    assert before == []
    assert problems_of(health.facts()) == [
        "the broker is not connected",
        "the database cannot be written",
    ]


async def test_a_lost_radio_is_a_problem(home: Home, health: Health) -> None:
    home.gateway.keeper.lost(ConnectionError("unplugged"))

    assert "the radio is down" in problems_of(health.facts())
