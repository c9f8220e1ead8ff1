"""Long-term statistics, as Home Assistant's WebSocket tells and takes them.

Source: the fields that the commands of the recorder take in Core 2026.2. `mean_type` and
`unit_class` are asked for from 2026.11 on.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sebridge.base.errors import RequestError
from sebridge.homeassistant.backfill import Row
from sebridge.homeassistant.websocket import HomeAssistantLink

_NO_MEAN: Final = 0


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """A sum that Home Assistant keeps: `unit_class` is the kind of its unit, None for none."""

    statistic_id: str
    name: str | None
    unit: str | None
    unit_class: str | None


class StatisticsLink(HomeAssistantLink):
    """A conversation about what Home Assistant keeps of sums."""

    async def entity_of(self, unique_id: str) -> str:
        """Return the entity id of a component of ours, whatever it was renamed to."""
        for entity in await self.ask("config/entity_registry/list"):
            if (entity.get("platform"), entity.get("unique_id")) == ("mqtt", unique_id):
                return str(entity["entity_id"])
        raise RequestError(f"Home Assistant has no component with the unique id {unique_id}")

    async def statistic(self, statistic_id: str) -> Statistic:
        """Return what is known of a sum; RequestError where there is none."""
        for about in await self.ask("recorder/list_statistic_ids", statistic_type="sum"):
            if about.get("statistic_id") == statistic_id:
                return Statistic(
                    statistic_id=statistic_id,
                    name=about.get("name"),
                    unit=about.get("statistics_unit_of_measurement"),
                    unit_class=about.get("unit_class"),
                )
        raise RequestError(f"Home Assistant keeps no sum of {statistic_id}")

    async def rows(self, about: Statistic, start: int, end: int) -> dict[int, Row]:
        """Return the hours from start to end (seconds since 1970) by their start."""
        units = {} if about.unit_class is None else {about.unit_class: about.unit}
        found = await self.ask(
            "recorder/statistics_during_period",
            start_time=_iso(start),
            end_time=_iso(end),
            statistic_ids=[about.statistic_id],
            period="hour",
            types=["state", "sum"],
            units=units,
        )
        return {
            int(row["start"]) // 1000: Row(float(row["state"]), float(row["sum"]))
            for row in found.get(about.statistic_id, ())
            if row.get("state") is not None and row.get("sum") is not None
        }

    async def write(self, about: Statistic, rows: Mapping[int, Row]) -> None:
        """Have hours kept; those that are there are replaced."""
        await self.ask("recorder/import_statistics", **import_of(about, rows))


def import_of(about: Statistic, rows: Mapping[int, Row]) -> dict[str, Any]:
    """Return the parameters of `recorder/import_statistics`."""
    return {
        "metadata": {
            "mean_type": _NO_MEAN,
            "has_sum": True,
            "name": about.name,
            "source": "recorder",
            "statistic_id": about.statistic_id,
            "unit_class": about.unit_class,
            "unit_of_measurement": about.unit,
        },
        "stats": [
            {"start": _iso(hour), "state": row.state, "sum": row.sum}
            for hour, row in sorted(rows.items())
        ],
    }


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
