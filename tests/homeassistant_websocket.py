"""A stand-in for Home Assistant's WebSocket: it lets in by token, keeps statistics, and tells.

It is none of Home Assistant's code. It does what its developer documentation ("WebSocket API")
says of signing in and of commands, tells states and users as `tests/reference/` keeps them of a
real one (`entity_states.json`, `homeassistant_users.json`), and does what its recorder does with
those that are used here: it refuses fields that it does not know, hours that are none, and names
that it keeps nothing of; times go in as ISO 8601 and come out in milliseconds, and an hour that is
there is replaced.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

METADATA = {
    *("mean_type", "has_sum", "name", "source", "statistic_id"),
    *("unit_class", "unit_of_measurement"),
}
PERIOD = {"start_time", "end_time", "statistic_ids", "period", "types", "units"}


class StandIn:
    """Home Assistant with entities by their unique id, and hours of sums by their start."""

    def __init__(self, token: str, entities: dict[str, str], unit: str = "kWh") -> None:
        self.token = token
        self.entities = entities
        self.unit = unit
        self.rows: dict[str, dict[int, tuple[float, float]]] = {
            entity: {} for entity in entities.values()
        }
        self.imports = 0
        self.port = 0
        self.ends_early = False
        self.silent = False
        self.visits = 0
        self.pings = 0
        self.states: dict[str, dict[str, Any]] = {}
        self.users: Any = []
        self._subscribers: list[tuple[web.WebSocketResponse, int, list[str]]] = []
        """Each with what it wants to hear of: ids of entities, or events."""
        self.greeting: Any = {"type": "auth_required", "ha_version": "2026.2.3"}

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api/websocket"

    async def tell(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Have an entity with these attributes, and tell who asked for it what is other now."""
        before = self.states.get(entity_id)
        self.states[entity_id] = {"s": state, "a": attributes, "c": "01", "lc": 1.0}
        if before is None:
            await self._report(entity_id, {"a": {entity_id: self.states[entity_id]}})
            return
        more = {k: v for k, v in attributes.items() if before["a"].get(k) != v}
        change: dict[str, Any] = {"+": {"s": state, "lu": 2.0, "a": more}}
        if gone := [name for name in before["a"] if name not in attributes]:
            change["-"] = {"a": gone}
        await self._report(entity_id, {"c": {entity_id: change}})

    async def lose(self, entity_id: str) -> None:
        """Have an entity no more, and tell so."""
        del self.states[entity_id]
        await self._report(entity_id, {"r": [entity_id]})

    async def change_users(self, *users: dict[str, Any]) -> None:
        """Have these users, and tell who asked for it that some are other now."""
        self.users = users
        await self._report("user_updated", {"variables": {"trigger": {"platform": "event"}}})

    async def hang_up(self) -> None:
        """End every conversation, as a restart does."""
        for socket, _, _ in self._subscribers:
            await socket.close()

    async def say(self, text: str) -> None:
        """Say something to all that listen."""
        for socket, _, _ in self._subscribers:
            await socket.send_str(text)

    async def _report(self, subject: str, event: dict[str, Any]) -> None:
        for socket, number, subjects in self._subscribers:
            if subject in subjects:
                await socket.send_json({"id": number, "type": "event", "event": event})

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["StandIn"]:
        application = web.Application()
        application.router.add_get("/api/websocket", self._talk)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.visits += 1
        if self.greeting is None:
            await socket.send_str("<html>")
        else:
            await socket.send_json(self.greeting)
        said = await socket.receive_json()
        if said != {"type": "auth", "access_token": self.token}:
            await socket.send_json({"type": "auth_invalid", "message": "Invalid access token"})
            await socket.close()
            return socket
        await socket.send_json({"type": "auth_ok", "ha_version": "2026.2.3"})
        last = 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT or self.ends_early:
                break
            asked = message.json()
            number, kind = asked.pop("id"), asked.pop("type")
            assert number > last, "identifiers grow"
            last = number
            await self._answer(socket, number, kind, asked)
        self._subscribers = [one for one in self._subscribers if one[0] is not socket]
        return socket

    async def _answer(
        self, socket: web.WebSocketResponse, number: int, kind: str, asked: dict[str, Any]
    ) -> None:
        if kind == "ping":
            self.pings += 1
            if not self.silent:
                await socket.send_json({"id": number, "type": "pong"})
            return
        if kind == "subscribe_entities":
            await self._subscribe(socket, number, **asked)
            return
        if kind == "subscribe_trigger":
            await socket.send_json({"id": number, "type": "result", "success": True})
            self._subscribers.append((socket, number, asked["trigger"]["event_type"]))
            return
        try:
            result = getattr(self, "_" + kind.replace("/", "_"))(**asked)
        except (ValueError, KeyError, TypeError) as error:
            problem = {"code": "invalid_format", "message": str(error)}
            answer = {"success": False, "error": problem}
        else:
            answer = {"success": True, "result": result}
        await socket.send_json({"id": number + 1000, "type": "event"})  # news of something else
        await socket.send_json({"id": number, "type": "result", **answer})

    async def _subscribe(
        self, socket: web.WebSocketResponse, number: int, entity_ids: list[str]
    ) -> None:
        await socket.send_json({"id": number, "type": "result", "success": True, "result": None})
        told = {name: state for name, state in self.states.items() if name in entity_ids}
        await socket.send_json({"id": number, "type": "event", "event": {"a": told}})
        self._subscribers.append((socket, number, entity_ids))

    def _config_auth_list(self) -> Any:
        if self.users is None:
            raise ValueError("Unauthorized")
        return self.users

    def _config_entity_registry_list(self) -> list[dict[str, Any]]:
        return [
            {"platform": "mqtt", "unique_id": unique_id, "entity_id": entity_id}
            for unique_id, entity_id in self.entities.items()
        ]

    def _recorder_list_statistic_ids(self, statistic_type: str) -> list[dict[str, Any]]:
        assert statistic_type == "sum"
        return [
            {
                "statistic_id": entity,
                "name": None,
                "source": "recorder",
                "has_sum": True,
                "statistics_unit_of_measurement": self.unit,
                "unit_class": "energy",
            }
            for entity in self.rows
        ]

    def _recorder_statistics_during_period(self, **asked: Any) -> dict[str, Any]:
        if set(asked) != PERIOD or asked["period"] != "hour":
            raise ValueError("extra keys not allowed")
        start, end = (_seconds(asked[name]) for name in ("start_time", "end_time"))
        return {
            entity: [
                {"start": hour * 1000, "end": (hour + 3600) * 1000, "state": state, "sum": total}
                for hour, (state, total) in sorted(self.rows[entity].items())
                if start <= hour < end
            ]
            for entity in asked["statistic_ids"]
        }

    def _recorder_import_statistics(
        self, metadata: dict[str, Any], stats: list[dict[str, Any]]
    ) -> None:
        if set(metadata) != METADATA or metadata["source"] != "recorder":
            raise ValueError("extra keys not allowed")
        rows = self.rows[metadata["statistic_id"]]
        for one in stats:
            hour = _seconds(one["start"])
            if hour % 3600:
                raise ValueError("Invalid timestamp: timestamps must be from the top of the hour")
            rows[hour] = (one["state"], one["sum"])
        self.imports += 1


def _seconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("Naive timestamp: no or invalid timezone info provided")
    return int(moment.astimezone(UTC).timestamp())
