"""A stand-in for a VTN of OpenADR 3.1: programs and events page by page, for who has a token.

What it serves is checked by the types below, which say what the published OpenAPI (openadr3.yaml,
3.1.0: components programs, events, and what they are made of) says of them, in our own words. Ids
are 1 to 128 characters, times RFC 3339, durations ISO 8601; `limit` is 50 at most.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
import ssl
from typing import Annotated, Any, Literal

from aiohttp import web
import msgspec

from sebridge.base.clock import Clock, iso_time

CLIENT, SECRET = "home-17", "a-secret-of-a-client"
PROGRAM = "program-1"

Id = Annotated[str, msgspec.Meta(pattern="^[a-zA-Z0-9_-]*$", min_length=1, max_length=128)]
Duration = Annotated[str, msgspec.Meta(pattern=r"^-?P(\d+Y)?(\d+M)?(\d+[DW])?(T[0-9HMS.]+)?$")]
Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$")]


class Period(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    start: Time | None = None
    duration: Duration | None = None
    randomize_start: Duration | None = None


class Payload(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    values: list[float | int | str | bool]


class Interval(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    id: int
    payloads: list[Payload]
    interval_period: Period | None = None


class Descriptor(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    payload_type: str
    object_type: Literal["EVENT_PAYLOAD_DESCRIPTOR"] = "EVENT_PAYLOAD_DESCRIPTOR"
    units: str | None = None
    currency: str | None = None


class Program(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    id: Id
    created_date_time: Time
    modification_date_time: Time
    object_type: Literal["PROGRAM"]
    program_name: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    payload_descriptors: list[Descriptor] | None = None
    targets: list[str] | None = None


class Event(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    id: Id
    created_date_time: Time
    modification_date_time: Time
    object_type: Literal["EVENT"]
    program_id: Id = msgspec.field(name="programID")
    event_name: str | None = None
    duration: Duration | None = None
    priority: Annotated[int, msgspec.Meta(ge=0)] | None = None
    targets: list[str] | None = None
    payload_descriptors: list[Descriptor] | None = None
    interval_period: Period | None = None
    intervals: list[Interval] | None = None


class StandInVtn:
    """A VTN by a clock; `wrong` is answered in the place of a page, as status and text."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.programs: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.tokens = 0
        self.lasts: float | None = 3_600
        self.wrong: tuple[int, str] | None = None
        self.wrong_token: tuple[int, str] | None = None
        self.ahead = 0.0  # seconds
        self.tells_time = True
        self.knows_skip = True
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.forms: list[dict[str, str]] = []
        self.port = 0
        self.add_program()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/openadr3/3.1.0"

    @property
    def looks(self) -> int:
        """How often all events were asked for."""
        return sum(path == "events" and ("skip", "0") in params for path, params in self.asked)

    def add_program(self, program_id: str = PROGRAM, name: str = "ResTOU", **more: Any) -> None:
        document = {
            "id": program_id,
            **self._dates(),
            "objectType": "PROGRAM",
            "programName": name,
        }
        self.programs.append(self._checked(document | more, Program))

    def add(self, event_id: str, *payloads: Any, **more: Any) -> None:
        """Have an event, in place of one with this id; `payloads` are those of its intervals."""
        intervals = [
            {"id": place, "payloads": [{"type": kind, "values": list(values)}]}
            for place, (kind, *values) in enumerate(payloads)
        ]
        document = {
            "id": event_id,
            **self._dates(),
            "objectType": "EVENT",
            "programID": PROGRAM,
            "intervals": intervals,
        }
        self.remove(event_id)
        self.events.append(self._checked(document | more, Event))

    def remove(self, event_id: str) -> None:
        self.events = [event for event in self.events if event["id"] != event_id]

    def at(self, seconds: float) -> str:
        """Return a moment, counted from now, as it is written."""
        return iso_time(self._clock.utc() + seconds)

    def period(self, seconds: float, duration: str, **more: str) -> dict[str, str]:
        return {"start": self.at(seconds), "duration": duration, **more}

    def _dates(self) -> dict[str, str]:
        return {"createdDateTime": self.at(0), "modificationDateTime": self.at(0)}

    def _checked(self, document: dict[str, Any], kind: type) -> dict[str, Any]:
        msgspec.convert(document, kind)
        return document

    @asynccontextmanager
    async def serving(
        self, context: ssl.SSLContext | None = None, port: int = 0
    ) -> AsyncIterator["StandInVtn"]:
        application = web.Application()
        base = "/openadr3/3.1.0"
        application.router.add_post(f"{base}/auth/token", self._give_token)
        application.router.add_get(f"{base}/{{path:programs|events}}", self._tell)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _give_token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.wrong_token is not None:
            status, text = self.wrong_token
            return web.Response(status=status, text=text)
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        self.tokens += 1
        answer = {"access_token": self._token, "token_type": "Bearer", "expires_in": self.lasts}
        return web.json_response(answer, headers=self._date())

    @property
    def _token(self) -> str:
        return f"token-{self.tokens}"

    def _date(self) -> dict[str, str]:
        told = formatdate(self._clock.utc() + self.ahead, usegmt=True) if self.tells_time else "?"
        return {"Date": told}

    async def _tell(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.asked.append((path, list(request.query.items())))
        if self.wrong is not None:
            status, text = self.wrong
            return web.Response(status=status, text=text, headers=self._date())
        if request.headers.get("Authorization") != f"Bearer {self._token}" and self.forms:
            return web.json_response({"title": "Unauthorized", "status": 401}, status=401)
        limit = int(request.query["limit"])
        assert 1 <= limit <= 50
        skip = int(request.query["skip"]) if self.knows_skip else 0
        found = self.programs if path == "programs" else self.events
        return web.json_response(found[skip : skip + limit], headers=self._date())
