"""The broker of a running gateway: the options that say where it is, and a short connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
import secrets
from typing import Any, Final, TypeVar

import click

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, ParameterError
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.connection import Connection
from sebridge.transports.mqtt.subscriptions import Handler

F = TypeVar("F", bound=Callable[..., Any])

_CONNECT_WITHIN: Final = 5.0  # seconds


def _address(_context: click.Context, _parameter: click.Parameter, text: str) -> BrokerAddress:
    try:
        address = BrokerAddress.parse(text)
    except ParameterError as error:
        raise click.UsageError(error.problem) from error
    if address.is_embedded:
        raise click.UsageError("an embedded broker is at mqtt://127.0.0.1, on the port of the log")
    return address


_BROKER: Final = click.option(
    "--broker",
    metavar="ADDRESS",
    default="mqtt://127.0.0.1:1883",
    show_default=True,
    envvar="SEBRIDGE_BROKER",
    callback=_address,
    help="As mqtt.broker: host[:port], or mqtt://, mqtts://, ws:// or wss://"
    "[user:password@]host[:port].",
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
    mqtt: MqttOptions, topic_filter: str, handler: Handler, clock: Clock
) -> AsyncIterator[Connection]:
    """Hear topics for as long as a subcommand lasts; nothing is left of it at the broker.

    Raises AnswerTimeoutError when no broker answers.
    """
    chance = Random()  # noqa: S311  # pauses between attempts, no secret
    options = replace(mqtt, client_id=f"sebridge-cli-{secrets.token_hex(4)}")
    link = Connection.visitor(options, clock, chance)
    link.subscribe(topic_filter, handler)
    ready = asyncio.Event()
    link.on_session(lambda _present: ready.set())
    await link.start()
    try:
        await _in_time(ready, options.address, clock)
        yield link
    finally:
        await link.stop()


async def _in_time(ready: asyncio.Event, address: BrokerAddress, clock: Clock) -> None:
    try:
        await clock.within(_CONNECT_WITHIN, ready.wait())
    except AnswerTimeoutError as error:
        raise AnswerTimeoutError(f"no MQTT broker answers at {address}") from error
