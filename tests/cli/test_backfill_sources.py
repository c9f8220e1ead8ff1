"""What a circle tells a backfill: its sums, and the hours of its log."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import zigbee_time
from sebridge.base.errors import RequestError
from sebridge.cli.backfill_sources import CircleSource, Sum
from sebridge.homeassistant.backfill import Used

LAMP = Eui64.parse("000D6F0001A400E2")
START = 1_509_926_400
HOUR = 3600


def source(**told: Any) -> CircleSource:
    """Return a circle whose log has two hours."""

    async def call(method: str, params: dict[str, Any]) -> dict[str, Any]:
        assert params["circle_address"] == str(LAMP)
        if method == "get_circle":
            return {"energy_in": 7.5, "energy_out": 0.0} | told
        hours = (START, START + HOUR)
        records = [
            {
                "begin": zigbee_time(hour),
                "end": zigbee_time(hour + HOUR),
                "energy_in": 0.25,
                "energy_out": 0.5,
            }
            for hour in hours
            if params["begin"] <= zigbee_time(hour) < params["end"]
        ]
        return {"record_list": records}

    return CircleSource(call, "home", LAMP)


async def test_a_circle_has_a_sum_of_what_it_consumed() -> None:
    (only,) = await source().sums()

    assert only == Sum(
        number=0, unique_id="sebridge_home_000d6f0001a400e2_energy_in", unit="kWh", register=7.5
    )


async def test_one_that_produces_has_another_sum_and_its_own_hours() -> None:
    circle = source(energy_out=3.0)

    consumed, produced = await circle.sums()

    assert produced.unique_id == "sebridge_home_000d6f0001a400e2_energy_out"
    assert await circle.used(consumed, START + HOUR) == [Used(START + HOUR, START + 2 * HOUR, 0.25)]
    assert await circle.used(produced, START) == [
        Used(START, START + HOUR, 0.5),
        Used(START + HOUR, START + 2 * HOUR, 0.5),
    ]


async def test_while_the_log_is_read_nothing_is_filled() -> None:
    with pytest.raises(RequestError, match="is being read"):
        await source(energy_in=None).sums()
