"""The broker of a running gateway: the options that say where it is, and a short connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
import secrets
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import click

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.secret import Secret
from sebridge.settings.options import MqttOptions, TlsOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.subscriptions import Handler

F = TypeVar("F", bound=Callable[..., Any])

_CONNECT_WITHIN: Final = 5.0  # seconds
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


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> BrokerAddress:
    try:
        return BrokerAddress.parse(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


_BROKER: Final = click.option(
    "--broker",
    default="mqtt://127.0.0.1:1883",
    show_default=True,
    envvar="SEBRIDGE_BROKER",
    callback=_address,
    help="mqtt://[user:password@]host[:port], or mqtts:// with TLS.",
)
_GATEWAY: Final = click.option(
    "--gateway", default="home", show_default=True, help="The gateway's name in its topics."
)
_BASE: Final = click.option(
    "--base-topic", default="sebridge", show_default=True, help="The first level of all topics."
)


def gateway_options(function: F) -> F:
    """Give a subcommand the options `broker`, `gateway` and `base_topic`."""
    return _BROKER(_GATEWAY(_BASE(function)))


@asynccontextmanager
async def subscribed(
    address: BrokerAddress, topic_filter: str, handler: Handler, clock: Clock
) -> AsyncIterator[Connection]:
    """Hear topics for as long as a subcommand lasts; nothing is left of it at the broker.

    Raises AnswerTimeoutError when no broker answers.
    """
    chance = Random()  # noqa: S311  # pauses between attempts, no secret
    link = Connection.visitor(address.options(), clock, chance)
    link.subscribe(topic_filter, handler)
    ready = asyncio.Event()
    link.on_session(lambda _present: ready.set())
    await link.start()
    try:
        await _in_time(ready, address, clock)
        yield link
    finally:
        await link.stop()


async def _in_time(ready: asyncio.Event, address: BrokerAddress, clock: Clock) -> None:
    try:
        await clock.within(_CONNECT_WITHIN, ready.wait())
    except AnswerTimeoutError as error:
        where = f"{address.host}:{address.port}"
        raise AnswerTimeoutError(f"no MQTT broker answers at {where}") from error
