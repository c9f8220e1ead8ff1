"""`sebridge call`: call an RPC method of a running gateway over its broker."""

import asyncio
from collections.abc import Iterable
import json
import re
import secrets
import sys
from typing import Any

import click

from sebridge.base.clock import SystemClock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.redaction import shown
from sebridge.cli.broker import gateway_options, subscribed
from sebridge.cli.ending import DONE, FAILED, NO_ANSWER, finish, silence_log
from sebridge.cli.examples import examples
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.topics import Topics


@click.command(
    "call",
    epilog=examples(
        "sebridge call get_version",
        "sebridge call create_price_event record.issuer_event_id=7 record.price=25"
        " record.duration_in_minutes=60 record.rate_label=night",
        "sebridge call read_attributes cluster_id=0x0702 server_or_client=0"
        " destination_endpoint_id=9 source_endpoint_id=0x5E"
        " destination_address=00:0d:6f:00:0a:00:00:01 'record_list=[{\"attribute_id\":0}]'",
    ),
)
@click.argument("method")
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
@gateway_options
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the answer.",
)
def call_command(  # one parameter for each option
    method: str,
    parameters: tuple[str, ...],
    broker: BrokerAddress,
    gateway: str,
    base_topic: str,
    timeout: float,
) -> None:
    """Call an RPC method and print its answer as JSON.

    A value is JSON, or else text; dots reach into records. Exit status 0: answered, 1: refused,
    2: wrong use, 3: no broker or no answer.
    """
    if not re.fullmatch(r"\w+|[\w-]+\.\w+", method) or method[0].isdecimal():  # or a plug-in's
        raise click.UsageError(f"{method!r} cannot be the name of a method")
    try:
        params = parameters_of(parameters)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    silence_log()
    mqtt = MqttOptions(broker=broker, base_topic=base_topic)
    work = answer_to(mqtt, gateway, method, params, timeout)
    answer = finish(work, status=NO_ANSWER)
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    sys.exit(DONE if answer.get("status") == "ok" else FAILED)


def parameters_of(pairs: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of KEY=VALUE pairs: values are JSON or else text, dots reach down.

    Raises ValueError for a pair without `=` and for a key that is given twice.
    """
    params: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise ValueError(f"{shown(pair)} is not KEY=VALUE")
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


async def answer_to(  # where, whom, what, how long
    mqtt: MqttOptions,
    gateway: str,
    method: str,
    params: dict[str, Any],
    timeout: float,  # noqa: ASYNC109  # the caller's own option
) -> dict[str, Any]:
    """Call a method and return its answer; AnswerTimeoutError when nobody answers."""
    topics, clock = Topics(mqtt.base_topic, gateway), SystemClock()
    ticket = secrets.token_hex(8)
    answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    def on_answer(message: Message) -> None:
        body = _object(message.payload)
        if body.get("request_identifier") == ticket and not answer.done():
            body.pop("request_identifier")
            answer.set_result(body)

    async with subscribed(mqtt, topics.response_to(method), on_answer, clock) as link:
        request = json.dumps(params | {"request_identifier": ticket}).encode()
        link.stream(f"{topics.request}/{method}", request)
        try:
            return await clock.within(timeout, answer)
        except AnswerTimeoutError as error:
            problem = f"no answer from gateway {gateway} within {timeout:g} s; is it running?"
            raise AnswerTimeoutError(problem) from error


def _object(payload: bytes) -> dict[str, Any]:
    """Return a JSON object; an empty one for what is none, as anybody may write to the topic."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
