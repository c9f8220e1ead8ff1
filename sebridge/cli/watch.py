"""`sebridge watch`: the topics of a running gateway, live."""

import asyncio
from typing import Final

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sebridge.base.clock import SystemClock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.cli.broker import gateway_options, subscribed
from sebridge.cli.ending import finish, silence_log
from sebridge.cli.examples import examples
from sebridge.settings.broker_address import BrokerAddress
from sebridge.transports.mqtt.messages import Message, is_filter

_LONGEST_SHOWN: Final = 160  # characters of a payload in a table


@click.command("watch", epilog=examples("sebridge watch", "sebridge watch 'device/+/+/metering'"))
@click.argument("topic_filter", default="#", metavar="[FILTER]")
@gateway_options
def watch_command(topic_filter: str, broker: BrokerAddress, gateway: str, base_topic: str) -> None:
    """Show the gateway's topics live, as a table."""
    if not is_filter(topic_filter):
        raise click.UsageError(f"{topic_filter!r} is no topic filter: + is a level, # the last one")
    silence_log()
    finish(_watch(broker, f"{base_topic}/{gateway}/{topic_filter}", Console()))


async def _watch(address: BrokerAddress, topic_filter: str, console: Console) -> None:
    """Show the last message of each topic in a table, until interrupted."""
    clock = SystemClock()
    seen: dict[str, tuple[str, int, float]] = {}
    changed = asyncio.Event()

    def on_message(message: Message) -> None:
        _, count, _ = seen.get(message.topic, ("", 0, 0.0))
        text = message.payload.decode(errors="replace")
        seen[message.topic] = (text, count + 1, clock.monotonic())
        changed.set()

    async with subscribed(address, topic_filter, on_message, clock):
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
