"""`sebridge backfill`: what a meter counted during an outage, into Home Assistant's statistics."""

from datetime import datetime
import functools
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SystemClock
from sebridge.base.errors import DecodeError, RequestError
from sebridge.base.secret import Secret
from sebridge.cli.backfill_sources import Call, CircleSource, MeterSource, Source, Sum
from sebridge.cli.broker import gateway_options
from sebridge.cli.call import answer_to
from sebridge.cli.ending import finish, silence_log
from sebridge.cli.examples import examples
from sebridge.cli.token_source import read_token
from sebridge.homeassistant.backfill import (
    HOUR,
    Filling,
    Gap,
    filling,
    gaps,
    usage_by_hour,
)
from sebridge.homeassistant.statistics_link import Statistic, StatisticsLink
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.homeassistant_address import websocket_url
from sebridge.settings.options import MqttOptions

_VARIABLE: Final = "SEBRIDGE_HOMEASSISTANT_TOKEN"
_ANSWER_WITHIN: Final = 60.0  # seconds
_CHECKS: Final = 20
_BETWEEN_CHECKS: Final = 0.5  # seconds: Home Assistant answers before it has written


def _eui64(_context: click.Context, _parameter: click.Parameter, text: str) -> Eui64:
    try:
        return Eui64.parse(text)
    except DecodeError as error:
        raise click.UsageError(f"METER: {error}") from error


def _url(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    try:
        return websocket_url(text)
    except ValueError as error:
        raise click.UsageError(f"--homeassistant {error}") from error


def moment(text: str) -> int:
    """Return seconds since 1970 of a time; without an offset it is this machine's local time.

    ValueError for what is no time, and for one that the clocks show twice or never.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        once, again = (found.replace(fold=fold).astimezone() for fold in (0, 1))
        if once.utcoffset() != again.utcoffset():
            raise ValueError(f"the clocks show {text} twice or never: add the offset, as +01:00")
    return int(found.timestamp())


def _moment(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    try:
        return None if text is None else moment(text)
    except ValueError as error:
        raise click.UsageError(f"--from: {error}") from error


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done: for which meter, or circle, of which gateway, where Home Assistant is.

    Gaps are looked for from `since` on (seconds since 1970; None: ten days ago).
    """

    gateway: str
    meter: Eui64
    endpoint: int | None = None
    is_circle: bool = False
    url: str
    token: Secret
    since: int | None = None
    dry_run: bool = False


@click.command(
    "backfill",
    epilog=examples(
        "sebridge backfill 00:0d:6f:00:0a:00:00:01 --homeassistant http://homeassistant.local:8123"
        " --token-file token.txt --dry-run",
        "sebridge backfill 00:0d:6f:00:0a:00:00:01 --token-file token.txt"
        " --from 2026-10-24T18:00+02:00",
    ),
)
@click.argument("meter", callback=_eui64)
@gateway_options
@click.option(
    "--endpoint", type=click.IntRange(1, 240), help="Of the meter; its first if left out."
)
@click.option("--circle", "is_circle", is_flag=True, help="METER is a Plugwise circle.")
@click.option(
    "--homeassistant",
    "url",
    metavar="ADDRESS",
    default="http://127.0.0.1:8123",
    show_default=True,
    callback=_url,
    help="Where Home Assistant is: http:// or https://host[:port].",
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"File with a long-lived access token; else {_VARIABLE} of the environment has it.",
)
@click.option(
    "--from",
    "since",
    metavar="TIME",
    callback=_moment,
    help="Look for gaps from then on, ISO 8601; ten days back if left out.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
def backfill_command(  # one parameter for each option
    *,
    meter: Eui64,
    broker: BrokerAddress,
    gateway: str,
    base_topic: str,
    endpoint: int | None,
    is_circle: bool,
    url: str,
    token_file: Path | None,
    since: int | None,
    dry_run: bool,
) -> None:
    """Write what a meter counted during an outage into Home Assistant's statistics.

    The gaps of its sums are filled from its load profile, or from the log of a circle. Hours of
    which the meter keeps no intervals any more are named, and left out. Once more it changes
    nothing. Exit status 0: done, or nothing to do; 1: refused; 2: wrong use.
    """
    task = Task(
        gateway=gateway,
        meter=meter,
        endpoint=endpoint,
        is_circle=is_circle,
        url=url,
        token=read_token(token_file, _VARIABLE, "a long-lived access token"),
        since=since,
        dry_run=dry_run,
    )
    silence_log()
    call = functools.partial(_call, MqttOptions(broker=broker, base_topic=base_topic), gateway)
    finish(Backfill(task, call, SystemClock()).run())


async def _call(
    mqtt: MqttOptions, gateway: str, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    answer = await answer_to(mqtt, gateway, method, params, _ANSWER_WITHIN)
    if answer.get("status") != "ok":
        raise RequestError(str(answer.get("error", {}).get("message", "refused")))
    return dict(answer["result"])


class Backfill:
    """One run of the command; what comes of it is printed."""

    def __init__(self, task: Task, call: Call, clock: Clock) -> None:
        self._task = task
        self._call = call
        self._clock = clock

    async def run(self) -> None:
        """Fill the gaps of each sum that the meter or circle has."""
        task = self._task
        source: Source = MeterSource(self._call, task.gateway, task.meter, task.endpoint)
        if task.is_circle:
            source = CircleSource(self._call, task.gateway, task.meter)
        sums = await source.sums()
        async with StatisticsLink.open(task.url, task.token, self._clock) as link:
            for one in sums:
                about = await link.statistic(await link.entity_of(one.unique_id))
                if about.unit != one.unit:
                    raise RequestError(
                        f"{about.statistic_id} is kept in {about.unit}, and the meter counts"
                        f" {one.unit}"
                    )
                await self._fill(link, about, source, one)

    async def _fill(self, link: StatisticsLink, about: Statistic, source: Source, one: Sum) -> None:
        now = self._clock.utc()
        since = self._task.since or int(now) - 10 * 24 * HOUR
        rows = await link.rows(about, since // HOUR * HOUR - 2 * HOUR, int(now))
        found = [gap for gap in gaps(rows, now) if gap.last >= since]
        if not found:
            click.echo(f"{about.statistic_id}: no gap")
            return
        usage = usage_by_hour(await source.used(one, found[0].first - HOUR))
        fillings = [filling(rows, usage, gap, one.register) for gap in found]
        for gap, filled in zip(found, fillings, strict=True):
            _print(about, gap, filled)
        wanted = {hour: row for filled in fillings for hour, row in filled.rows.items()}
        if not wanted or self._task.dry_run:
            click.echo("nothing to write" if not wanted else "nothing was written: a dry run")
            return
        await link.write(about, wanted)
        for _ in range(_CHECKS):
            kept = await link.rows(about, min(wanted), max(wanted) + HOUR)
            if all(hour in kept and row.is_same(kept[hour]) for hour, row in wanted.items()):
                click.echo(f"{len(wanted)} hours were written, and read again")
                return
            await self._clock.sleep(_BETWEEN_CHECKS)
        raise RequestError("Home Assistant has taken the hours, and does not show them")


def _print(about: Statistic, gap: Gap, one: Filling) -> None:
    click.echo(
        f"{about.statistic_id}: no statistics from {_local(gap.first)} to {_local(gap.last + HOUR)}"
    )
    for hour, row in one.rows.items():
        click.echo(f"  {_local(hour)}  state {row.state:.3f}  sum {row.sum:.3f} {about.unit}")
    for hour in one.unknown:
        click.echo(f"  {_local(hour)}  the meter does not keep all of this hour any more")


def _local(seconds: int) -> str:
    """Return a time as the clocks of this machine show it, with the offset."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "minutes")
