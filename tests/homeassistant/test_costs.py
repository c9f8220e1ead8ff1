"""What Home Assistant makes of changing prices, as one that is real has told it."""

from collections.abc import Iterable
import json
from typing import Any, Final

import pytest

from tests.homeassistant.cost_week import BEGIN, HOUR, Hourly, Kept, by_the_register, week
from tests.reference_files import reference

HOURS: Final = 2
"""Of the week: all of it takes a minute to live."""


BY_THE_REGISTER: Final = {"60": 14.5426, "15": 14.7688}
"""What the meter counted under each price, times that price, as the script printed it (EUR)."""


def by_home_assistants_rule(messages: Iterable[Kept]) -> Hourly:
    """Return energy and cost of each hour: what the sum has grown, at the price of that moment.

    Source: Home Assistant, Energy integration, cost sensor.
    """
    energy, cost = [0.0] * (HOURS + 1), [0.0] * (HOURS + 1)
    price = before = None
    for at, topic, payload in messages:
        if topic.endswith("/price/electricity"):
            board: dict[str, Any] = json.loads(payload)
            shown = board["current"] or board["default"]
            price = shown["price"]
        if topic.endswith("/metering"):
            reading = json.loads(payload)["energy_in"]
            if before is not None and at >= BEGIN and price is not None:
                hour = int(at - BEGIN) // HOUR
                energy[hour] += reading - before
                cost[hour] += (reading - before) * price
            before = reading
    return Hourly(energy[:HOURS], cost[:HOURS])


async def test_what_the_bridge_tells_comes_to_what_a_real_home_assistant_recorded() -> None:
    recorded = reference("homeassistant_costs.json")["15"]
    messages, periods = await week(HOUR // 4, BEGIN + HOURS * HOUR)

    told = by_home_assistants_rule(messages)

    assert told.energy == pytest.approx(recorded["energy"][:HOURS], abs=2e-6)
    assert told.cost == pytest.approx(recorded["cost"][:HOURS], abs=2e-6)
    assert told.cost == pytest.approx(by_the_register(periods).cost, abs=5e-4)


@pytest.mark.parametrize("minutes", ["60", "15"])
def test_over_a_whole_week_nothing_that_could_be_paid_is_wrong(minutes: str) -> None:
    recorded = reference("homeassistant_costs.json")[minutes]

    assert len(recorded["cost"]) == 169  # of a week in which summer time ends
    assert sum(recorded["energy"]) == pytest.approx(75.988, abs=5e-4)
    assert sum(recorded["cost"]) == pytest.approx(BY_THE_REGISTER[minutes], abs=5e-4)
