"""Talk to a running bridge over its broker: call a method, watch its topics."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
import json
from random import Random
import secrets
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sebridge.base.clock import SystemClock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.secret import Secret
from sebridge.settings.options import MqttOptions, TlsOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.topics import Topics

_CONNECT_WITHIN: Final = 5.0  # seconds
_LONGEST_SHOWN: Final = 160  # characters of a payload in a table
_SCHEMES: Final = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker is, and how to sign in."""

    host: str
    port: int
    tls: bool
    username: str | None = None
    password: Secret | None = None

    @classmethod
    def parse(cls, text: str) -> "BrokerAddress":
        """Read mqtt://[user:password@]host[:port]; ValueError tells what is wrong."""
        parts = urlsplit(text if "://" in text else f"mqtt://{text}")
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError("the broker must be mqtt://host[:port] or mqtts://host[:port]")
        password = None if parts.password is None else unquote(parts.password)
        return cls(
            parts.hostname,
            parts.port or _SCHEMES[parts.scheme],
            parts.scheme == "mqtts",
            None if parts.username is None else unquote(parts.username),
            None if password is None else Secret(password.encode()),
        )

    def options(self) -> MqttOptions:
        """Return the options of a connection to it."""
        return MqttOptions(
            broker=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            client_id=f"sebridge-cli-{secrets.token_hex(4)}",
            tls=TlsOptions() if self.tls else None,
        )


def parameters_of(pairs: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of KEY=VALUE pairs: values are JSON or else text, dots reach down.

    Raises ValueError for a pair without `=` and for a key that is given twice.
    """
    params: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise ValueError(f"{pair!r} is not KEY=VALUE")
        place, names = params, key.split(".")
        for name in names[:-1]:
            below = place.setdefault(name, {})
            if not isinstance(below, dict):
                problem = f"{key!r} reaches below a value"
                raise ValueError(problem)  # noqa: TRY004  # the text is wrong, not its type
            place = below
        if names[-1] in place:
            raise ValueError(f"{key!r} is given twice")
        place[names[-1]] = _value(text)
    return params


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def call(  # where, whom, what, how long
    address: BrokerAddress,
    base: str,
    gateway: str,
    method: str,
    params: dict[str, Any],
    timeout: float,  # noqa: ASYNC109  # the caller's own option
) -> dict[str, Any]:
    """Call a method and return its answer; AnswerTimeoutError when nobody answers."""
    topics = Topics(base, gateway)
    clock = SystemClock()
    ticket = secrets.token_hex(8)
    answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def on_answer(message: Message) -> None:
        body = _object(message.payload)
        if body.get("request_identifier") == ticket and not answer.done():
            body.pop("request_identifier")
            answer.set_result(body)

    async with _Visit(address) as link:
        link.subscribe(topics.response_to(method), on_answer)
        await _ready(link, clock, address)
        request = json.dumps(params | {"request_identifier": ticket}).encode()
        link.stream(f"{topics.request}/{method}", request)
        try:
            return await clock.within(timeout, answer)
        except AnswerTimeoutError as error:
            message = f"no answer from gateway {gateway} within {timeout:g} s; is it running?"
            raise AnswerTimeoutError(message) from error


def _object(payload: bytes) -> dict[str, Any]:
    """Return a JSON object; an empty one for what is none, as anybody may write to the topic."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


class _Visit:
    """A connection for as long as a subcommand lasts; it leaves no trace at the broker."""

    def __init__(self, address: BrokerAddress) -> None:
        chance = Random()  # noqa: S311  # pauses between attempts, no secret
        self._link = Connection.visitor(address.options(), SystemClock(), chance)

    async def __aenter__(self) -> Connection:
        await self._link.start()
        return self._link

    async def __aexit__(self, *_error: object) -> None:
        await self._link.stop()


async def _ready(link: Connection, clock: SystemClock, address: BrokerAddress) -> None:
    ready = asyncio.Event()
    link.on_session(lambda _present: ready.set())
    try:
        await clock.within(_CONNECT_WITHIN, ready.wait())
    except AnswerTimeoutError as error:
        where = f"{address.host}:{address.port}"
        raise AnswerTimeoutError(f"no MQTT broker answers at {where}") from error


async def watch(address: BrokerAddress, topic_filter: str, console: Console) -> None:
    """Show the last message of each topic in a table, until interrupted."""
    clock = SystemClock()
    seen: dict[str, tuple[str, int, float]] = {}
    changed = asyncio.Event()

    def on_message(message: Message) -> None:
        _, count, _ = seen.get(message.topic, ("", 0, 0.0))
        text = message.payload.decode(errors="replace")
        seen[message.topic] = (text, count + 1, clock.monotonic())
        changed.set()

    async with _Visit(address) as link:
        link.subscribe(topic_filter, on_message)
        await _ready(link, clock, address)
        with Live(console=console, auto_refresh=False) as live:
            while True:
                live.update(table_of(seen, clock.monotonic()), refresh=True)
                changed.clear()
                try:
                    await clock.within(1.0, changed.wait())
                except AnswerTimeoutError:
                    continue  # the ages have changed


def table_of(seen: dict[str, tuple[str, int, float]], now: float) -> Table:
    """Return topics, payloads, counts and ages as a table."""
    table = Table(expand=True)
    table.add_column("topic", overflow="fold", ratio=2)
    table.add_column("payload", overflow="fold", ratio=3)
    table.add_column("n", justify="right")
    table.add_column("age", justify="right")
    for topic, (text, count, time) in sorted(seen.items()):
        shown = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
        table.add_row(_as_it_is(topic), _as_it_is(shown), str(count), f"{now - time:.0f} s")
    return table


def _as_it_is(text: str) -> Text:
    """Return text of others without markup, and without codes that a terminal would obey."""
    return Text("".join(sign if sign.isprintable() else " " for sign in text))
