"""Home Assistant's WebSocket, as far as long-term statistics need it.

Source: Home Assistant, developer documentation, "WebSocket API"; and the fields that the commands
of the recorder take in Core 2026.2. `mean_type` and `unit_class` are asked for from 2026.11 on.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    MalformedAnswerError,
    RefusedError,
    RequestError,
)
from sebridge.base.secret import Secret
from sebridge.homeassistant.backfill import Row

_ANSWER_WITHIN: Final = 30.0  # seconds
_LARGEST_ANSWER: Final = 64 << 20  # octets: the registry of a large house is one message
_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_NO_MEAN: Final = 0


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """A sum that Home Assistant keeps: `unit_class` is the kind of its unit, None for none."""

    statistic_id: str
    name: str | None
    unit: str | None
    unit_class: str | None


def websocket_url(address: str) -> str:
    """Return where the WebSocket is of an address as people write it.

    ValueError for what is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.username is not None:
        raise ValueError("must be http://host[:port] or https://host[:port]")
    path = parts.path if parts.path.strip("/") else "/api/websocket"
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, "", ""))


class StatisticsLink:
    """A conversation with Home Assistant. It says why where it refuses."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self._asked = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, token: Secret, clock: Clock) -> AsyncIterator[Self]:
        """Be let in with a long-lived access token.

        AnswerTimeoutError where nobody answers, RefusedError where the token is not taken.
        """
        async with aiohttp.ClientSession() as session:
            try:
                socket = await clock.within(
                    _ANSWER_WITHIN, session.ws_connect(url, max_msg_size=_LARGEST_ANSWER)
                )
            except (aiohttp.ClientError, OSError) as error:
                problem = f"no Home Assistant answers at {url}: {type(error).__name__}"
                raise AnswerTimeoutError(problem) from None
            async with socket:
                link = cls(socket, clock)
                await link._enter(token)
                yield link

    async def _enter(self, token: Secret) -> None:
        await self._heard()  # auth_required
        await self._socket.send_json({"type": "auth", "access_token": token.reveal().decode()})
        if (await self._heard()).get("type") != "auth_ok":
            raise RefusedError("Home Assistant does not take the token")

    async def entity_of(self, unique_id: str) -> str:
        """Return the entity id of a component of ours, whatever it was renamed to."""
        for entity in await self._ask("config/entity_registry/list"):
            if (entity.get("platform"), entity.get("unique_id")) == ("mqtt", unique_id):
                return str(entity["entity_id"])
        raise RequestError(f"Home Assistant has no component with the unique id {unique_id}")

    async def statistic(self, statistic_id: str) -> Statistic:
        """Return what is known of a sum; RequestError where there is none."""
        for about in await self._ask("recorder/list_statistic_ids", statistic_type="sum"):
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
        found = await self._ask(
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
        await self._ask("recorder/import_statistics", **import_of(about, rows))

    async def _ask(self, kind: str, **fields: Any) -> Any:
        self._asked += 1
        await self._socket.send_json({"id": self._asked, "type": kind, **fields})
        while (answer := await self._heard()).get("id") != self._asked:
            pass  # news of others
        if not answer.get("success"):
            why = (answer.get("error") or {}).get("message", "no reason given")
            raise RequestError(f"Home Assistant refuses {kind}: {why}")
        return answer.get("result")

    async def _heard(self) -> dict[str, Any]:
        message = await self._clock.within(_ANSWER_WITHIN, self._socket.receive())
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise MalformedAnswerError("Home Assistant has ended the conversation")
        try:
            told = msgspec.json.decode(message.data)
        except msgspec.DecodeError:
            raise MalformedAnswerError("Home Assistant answers with what is no JSON") from None
        if not isinstance(told, dict):
            raise MalformedAnswerError("Home Assistant answers with what is no object")
        return told


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
