"""`sebridge backfill`: what a meter counted during an outage, into Home Assistant's statistics."""

from collections.abc import Awaitable, Callable
from datetime import datetime
import functools
import os
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SystemClock, unix_time, zigbee_time
from sebridge.base.errors import DecodeError, RequestError
from sebridge.base.secret import Secret
from sebridge.cli.broker import gateway_options
from sebridge.cli.call import answer_to
from sebridge.cli.ending import finish, silence_log
from sebridge.cli.examples import examples
from sebridge.homeassistant.backfill import (
    HOUR,
    Filling,
    Gap,
    Used,
    filling,
    gaps,
    usage_by_hour,
)
from sebridge.homeassistant.naming import Naming, unique_id
from sebridge.homeassistant.statistics_link import Statistic, StatisticsLink
from sebridge.network.identities import Exchange, Identities
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.homeassistant_address import websocket_url
from sebridge.settings.options import MqttOptions

_VARIABLE: Final = "SEBRIDGE_HOMEASSISTANT_TOKEN"
_SUMS: Final = (("energy_in", 0), ("energy_out", 1))
"""Sums of a meter, and the channels of its load profile."""
_ANSWER_WITHIN: Final = 60.0  # seconds
_PERIODS: Final = 24  # intervals of one question: what most meters give at most
_MOST_QUESTIONS: Final = 400
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


Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Calls an RPC method of the gateway by its name, and returns the result; SebridgeError."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done: for which meter of which gateway, where Home Assistant is.

    Gaps are looked for from `since` on (seconds since 1970; None: ten days ago).
    """

    gateway: str
    meter: Eui64
    endpoint: int | None = None
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
    meter: Eui64,
    broker: BrokerAddress,
    gateway: str,
    base_topic: str,
    endpoint: int | None,
    url: str,
    token_file: Path | None,
    since: int | None,
    dry_run: bool,  # noqa: FBT001  # an option
) -> None:
    """Write what a meter counted during an outage into Home Assistant's statistics.

    The gaps of its sums are filled from its load profile. Hours of which the meter keeps no
    intervals any more are named, and left out. Once more it changes nothing. Exit status 0: done,
    or nothing to do; 1: refused; 2: wrong use.
    """
    task = Task(
        gateway=gateway,
        meter=meter,
        endpoint=endpoint,
        url=url,
        token=_token(token_file),
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


def _token(path: Path | None) -> Secret:
    text = os.environ.get(_VARIABLE, "") if path is None else path.read_text("utf-8", "replace")
    if not text.strip():
        where = f"the environment has no {_VARIABLE}" if path is None else f"{path} is empty"
        raise click.UsageError(f"a long-lived access token is needed: {where}")
    return Secret(text.strip().encode())


class Backfill:
    """One run of the command; what comes of it is printed."""

    def __init__(self, task: Task, call: Call, clock: Clock) -> None:
        self._task = task
        self._method = call
        self._clock = clock

    async def run(self) -> None:
        """Fill the gaps of each sum that the meter has."""
        task = self._task
        endpoint = {} if task.endpoint is None else {"destination_endpoint_id": task.endpoint}
        reading = await self._call("get_meter_reading", **self._at(), **endpoint)
        number = int(reading["source_endpoint_id"])
        known_as = await self._known_as(number)
        async with StatisticsLink.open(task.url, task.token, self._clock) as link:
            for key, channel in _SUMS:
                if reading[key] is not None:
                    about = await link.statistic(await link.entity_of(known_as(key)))
                    if about.unit != reading["unit"]:
                        raise RequestError(
                            f"{about.statistic_id} is kept in {about.unit}, and the meter counts"
                            f" {reading['unit']}"
                        )
                    await self._fill(link, about, number, channel, float(reading[key]))

    async def _fill(
        self, link: StatisticsLink, about: Statistic, endpoint: int, channel: int, register: float
    ) -> None:
        now = self._clock.utc()
        since = self._task.since or int(now) - 10 * 24 * HOUR
        rows = await link.rows(about, since // HOUR * HOUR - 2 * HOUR, int(now))
        found = [gap for gap in gaps(rows, now) if gap.last >= since]
        if not found:
            click.echo(f"{about.statistic_id}: no gap")
            return
        usage = usage_by_hour(await self._profile(endpoint, channel, found[0].first - HOUR))
        fillings = [filling(rows, usage, gap, register) for gap in found]
        for gap, one in zip(found, fillings, strict=True):
            _print(about, gap, one)
        wanted = {hour: row for one in fillings for hour, row in one.rows.items()}
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

    async def _profile(self, endpoint: int, channel: int, since: int) -> list[Used]:
        """Return the intervals since a time, as far back as the meter keeps them."""
        found: list[Used] = []
        end = 0  # now
        for _ in range(_MOST_QUESTIONS):
            answer = await self._call(
                "get_meter_profile",
                **self._at(),
                destination_endpoint_id=endpoint,
                interval_channel=channel,
                end_time=end,
                number_of_periods=_PERIODS,
            )
            records = answer["record_list"]
            found += [
                Used(int(unix_time(r["start"])), int(unix_time(r["end"])), r["value"])
                for r in records
            ]
            oldest = min((r["start"] for r in records), default=0)
            if oldest <= zigbee_time(since) or (end and oldest >= end):
                break
            end = oldest
        return found

    async def _known_as(self, endpoint: int) -> Any:
        """Return what gives the unique id of a component of the meter, by its key."""
        swaps = await self._call("get_meter_swaps")
        identities = Identities()
        identities.arrange(
            Exchange(
                old=Eui64.parse(swap["old_address"]),
                new=Eui64.parse(swap["new_address"]),
                endpoints={
                    record["new_endpoint_id"]: record["old_endpoint_id"]
                    for record in swap["record_list"]
                    if record["new_endpoint_id"] is not None
                },
            )
            for swap in swaps["record_list"]
            if swap["done"] is not None
        )
        meter = self._task.meter
        identifier = Naming("", self._task.gateway, identities).device(meter)
        number = identities.endpoint(meter, endpoint)
        return functools.partial(_component, identifier, number)

    def _at(self) -> dict[str, str]:
        return {"destination_address": str(self._task.meter)}

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return await self._method(method, params)


def _component(identifier: str, endpoint: int, key: str) -> str:
    return unique_id(identifier, f"{endpoint}_{key}")


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
