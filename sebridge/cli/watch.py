"""`sebridge watch`: the topics of a running gateway, live, for people and for other programs."""

import asyncio
import contextlib
import os
from pathlib import Path
import select
import sys
from typing import Final

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sebridge.base.clock import SystemClock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.printable import printable
from sebridge.cli.broker import gateway_options, subscribed
from sebridge.cli.ending import finish, silence_log
from sebridge.cli.examples import examples
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions
from sebridge.transports.mqtt.messages import Message, is_filter

_LONGEST_SHOWN: Final = 160  # characters of a payload in a table


@click.command(
    "watch",
    epilog=examples(
        "sebridge watch",
        "sebridge watch 'device/+/+/metering'",
        "sebridge watch 'price/#' | head -n 3",
    ),
)
@click.argument("topic_filter", default="#", metavar="[FILTER]")
@gateway_options
def watch_command(topic_filter: str, broker: BrokerAddress, gateway: str, base_topic: str) -> None:
    """Show the gateway's topics live, as a table.

    Where the output is no terminal, each message is a line: its topic and its payload.
    """
    if not is_filter(topic_filter):
        raise click.UsageError(f"{topic_filter!r} is no topic filter: + is a level, # the last one")
    silence_log()
    mqtt = MqttOptions(broker=broker, base_topic=base_topic)
    topics, console = f"{base_topic}/{gateway}/{topic_filter}", Console()
    finish(_table(mqtt, topics, console) if console.is_terminal else _lines(mqtt, topics))


async def _lines(mqtt: MqttOptions, topic_filter: str) -> None:
    """Print each message on a line, at once, until interrupted or until nobody reads any more."""
    clock = SystemClock()
    messages: asyncio.Queue[Message] = asyncio.Queue()
    async with subscribed(mqtt, topic_filter, messages.put_nowait, clock):
        try:
            while not _is_closed(sys.stdout.fileno()):
                with contextlib.suppress(AnswerTimeoutError):
                    message = await clock.within(1.0, messages.get())
                    text = f"{message.topic} {message.payload.decode(errors='replace')}"
                    sys.stdout.write(printable(text, " ") + "\n")
                    sys.stdout.flush()
        except BrokenPipeError:
            _say_no_more()


def _say_no_more() -> None:
    """Let what is left in the buffer go nowhere, or it would fail again when Python ends."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _is_closed(descriptor: int) -> bool:
    """Tell whether it is a pipe whose reader has gone, such as `head` with its lines."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


async def _table(mqtt: MqttOptions, topic_filter: str, console: Console) -> None:
    """Show the last message of each topic in a table, until interrupted."""
    clock = SystemClock()
    seen: dict[str, tuple[str, int, float]] = {}
    changed = asyncio.Event()

    def on_message(message: Message) -> None:
        _, count, _ = seen.get(message.topic, ("", 0, 0.0))
        text = message.payload.decode(errors="replace")
        seen[message.topic] = (text, count + 1, clock.monotonic())
        changed.set()

    async with subscribed(mqtt, topic_filter, on_message, clock):
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
    return Text(printable(text, " "))
