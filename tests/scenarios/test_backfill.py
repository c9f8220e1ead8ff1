"""The bridge was away for hours: its meter's load profile fills Home Assistant's statistics."""

from itertools import pairwise
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import AnswerTimeoutError, RefusedError, RequestError
from sebridge.base.secret import Secret
from sebridge.cli.backfill import Backfill, Task
from sebridge.settings.simulator_options import AirOptions, SimulatedDeviceOptions, SimulatorOptions
from tests.homeassistant_websocket import StandIn
from tests.scenarios.conftest import Collections, Home, MakeHome

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
TOPIC = "sebridge/home/device/000d6f000a000001/9/metering"
ENTITY = "sensor.renamed_by_its_owner"
TOKEN = "a long-lived one"
HOUR = 3600

HOUSE = SimulatorOptions(
    devices=(SimulatedDeviceOptions(kind="meter", name="Meter", eui64=METER),),
    air=AirOptions(delay=0.0),
)


def stand_in() -> StandIn:
    return StandIn(TOKEN, {"sebridge_home_000d6f000a000001_9_energy_in": ENTITY})


class Recorder:
    """What Home Assistant itself makes of the readings: an hour when it is over."""

    def __init__(self, rows: dict[int, tuple[float, float]]) -> None:
        self.rows = rows

    async def hear(self, home: Home, hours: int) -> None:
        """Let so many hours go by, from one full hour to another."""
        for _ in range(hours):
            await home.clock.advance(seconds=HOUR - home.clock.utc() % HOUR)
            state = float(home.broker.kept(TOPIC)["energy_in"])
            before = self.rows[max(self.rows)] if self.rows else (state, 0.0)
            start = int(home.clock.utc()) - HOUR
            self.rows[start] = (state, before[1] + state - before[0])


async def fill(home: Home, there: StandIn, **more: Any) -> None:
    async def call(method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await home.result(method, **params)

    given = {"token": Secret(TOKEN.encode()), "url": there.url, **more}
    await Backfill(Task(gateway="home", meter=METER, **given), call, home.clock).run()


async def outage(make_home: MakeHome, there: StandIn, hours: int) -> Home:
    """Return a home whose bridge was away for hours, and is back for one."""
    kept: Collections = {}
    home: Home = await make_home(kept=kept, simulator=HOUSE)
    recorder = Recorder(there.rows[ENTITY])
    await recorder.hear(home, 3)
    await home.clock.advance(minutes=20)
    await home.stop()
    await home.clock.advance(hours=hours)
    again: Home = await make_home(kept=kept, simulator=HOUSE, retained=home.broker.retained)
    await recorder.hear(again, 1)
    await again.clock.advance(minutes=15)
    return again


async def test_each_hour_gets_what_the_meter_counted_and_all_together_what_it_grew(
    make_home: MakeHome, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stand_in().serving() as there:
        home = await outage(make_home, there, hours=4)
        rows = there.rows[ENTITY]
        before = dict(rows)

        await fill(home, there, dry_run=True)
        dry = capsys.readouterr().out
        untouched = dict(rows) == before
        await fill(home, there)
        told = capsys.readouterr().out
        written = dict(rows)
        await fill(home, there)

    assert untouched
    assert "nothing was written: a dry run" in dry
    assert "4 hours were written, and read again" in told
    assert capsys.readouterr().out == f"{ENTITY}: no gap\n"
    assert (rows, there.imports) == (written, 1)
    first, *_, last = sorted(rows)
    assert sorted(rows) == list(range(first, last + HOUR, HOUR))
    assert {hour: rows[hour] for hour in before if hour != max(before)} == {
        hour: row for hour, row in before.items() if hour != max(before)
    }
    assert rows[last] == before[last]
    assert rows[last][1] - rows[first][1] == pytest.approx(rows[last][0] - rows[first][0])
    for one, next_one in pairwise(sorted(rows)):
        assert rows[next_one][1] >= rows[one][1]
    used = await used_by_hour(home)
    for hour in written.keys() - before.keys():
        assert rows[hour][1] - rows[hour - HOUR][1] == pytest.approx(used[hour], abs=1e-6)
    assert TOKEN not in told + dry


async def used_by_hour(home: Home) -> dict[int, float]:
    """Return what the meter itself has counted in each hour."""
    answer = await home.result("get_meter_profile", destination_address=str(METER))
    found: dict[int, float] = {}
    for record in answer["record_list"]:
        hour = (record["start"] + 946_684_800) // HOUR * HOUR
        found[hour] = found.get(hour, 0.0) + record["value"]
    return found


async def test_what_the_meter_does_not_keep_any_more_is_told(
    make_home: MakeHome, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stand_in().serving() as there:
        home = await outage(make_home, there, hours=30)
        before = dict(there.rows[ENTITY])

        await fill(home, there)
        rows = dict(there.rows[ENTITY])
        await fill(home, there)

    told = capsys.readouterr().out
    assert "the meter does not keep all of this hour any more" in told
    assert 0 < len(rows) - len(before) < 30
    assert rows == there.rows[ENTITY]
    assert there.imports == 1


async def test_what_stands_in_its_way_is_told(make_home: MakeHome) -> None:
    async with stand_in().serving() as there:
        home = await outage(make_home, there, hours=2)

        with pytest.raises(RefusedError, match="does not take the token") as refused:
            await fill(home, there, token=Secret(b"another"))
        there.unit = "MJ"
        with pytest.raises(RequestError, match="is kept in MJ, and the meter counts kWh"):
            await fill(home, there)
        there.rows.clear()
        with pytest.raises(RequestError, match="keeps no sum of"):
            await fill(home, there)
        there.entities.clear()
        with pytest.raises(RequestError, match="no component with the unique id sebridge_home_"):
            await fill(home, there)
    with pytest.raises(AnswerTimeoutError, match="no Home Assistant answers at ws://"):
        await fill(home, there)
    assert "another" not in str(refused.value)
