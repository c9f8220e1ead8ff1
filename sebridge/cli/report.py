"""`sebridge report`: a support report, of a running bridge or of one that does not run."""

import base64
from dataclasses import replace
import io
import json
from pathlib import Path
from typing import Any, Final
import zipfile

import click

from sebridge.api.report import MOST_MINUTES
from sebridge.app.report import (
    CONFIGURATION,
    configuration_part,
    file_name,
    report_of,
    versions_part,
)
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SystemClock
from sebridge.base.errors import AnswerTimeoutError, RefusedError, RequestError, StorageError
from sebridge.base.signals import SignalBus
from sebridge.cli.backup_file import check_free
from sebridge.cli.call import answer_to
from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.ending import fail, finish, silence_log
from sebridge.cli.examples import examples
from sebridge.network.known_device import KnownDevice
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions, Options
from sebridge.settings.registry import Registry
from sebridge.storage.database import Database
from sebridge.transports.mqtt.broker import HOST

_ANSWER_WITHIN: Final = 30.0  # seconds


@click.command(
    "report", epilog=examples("sebridge report", "sebridge report trouble.zip --minutes 30")
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@config_option("The configuration file, which names the broker and the database.")
@click.option(
    "--minutes",
    type=click.IntRange(1, MOST_MINUTES),
    default=15,
    show_default=True,
    help="Of how many of the last minutes frames are wanted.",
)
@click.option(
    "--offline", is_flag=True, help="Ask nobody; take what configuration and database tell."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def report_command(
    file: Path | None, config: Path, minutes: int, *, offline: bool, force: bool
) -> None:
    """Write a support report into FILE: what helps to find out what is wrong, without keys.

    A bridge that runs is asked over its broker. Of one that does not answer, what its
    configuration and its database tell is taken. Without FILE, its name is made of the gateway's
    and the time.
    """
    options, clock = configuration(config), SystemClock()
    target = file or Path(file_name(options.gateway.name, "report", clock.utc(), "zip"))
    silence_log()

    try:
        check_free(target, force=force)
    except RefusedError as error:
        fail(f"sebridge: {error}")
    kind, octets = finish(_report(options, minutes, clock, offline=offline))
    try:
        target.write_bytes(octets)
    except OSError as error:
        fail(f"sebridge: {target} cannot be written: {error.strerror}")
    click.echo(f"{target} has {kind} gateway {options.gateway.name}")
    click.echo("There are no keys in it, but addresses and names: look before it is made public.")


async def _report(
    options: Options, minutes: int, clock: Clock, *, offline: bool
) -> tuple[str, bytes]:
    """Return what it is a report of, in words, and the report."""
    has_database, problem = True, "nobody was to be asked"
    if not offline:
        try:
            return "a report of", await _of_running(options, minutes)
        except AnswerTimeoutError as error:
            problem = str(error)
        except RequestError as error:
            has_database, problem = False, str(error)  # it runs, and its database is in use
        click.echo(f"The bridge did not tell: {problem}", err=True)
    told = "what configuration and database tell of" if has_database else "the configuration of"
    return told, await _of_disk(options, clock, problem, has_database=has_database)


async def _of_running(options: Options, minutes: int) -> bytes:
    """Return the report that the bridge makes, with the configuration that is at hand here."""
    answer = await answer_to(
        _reachable(options.mqtt),
        options.gateway.name,
        "make_report",
        {"minutes": minutes},
        _ANSWER_WITHIN,
    )
    if answer.get("status") != "ok":
        raise RequestError(str(answer.get("error", {}).get("message", "refused")))
    return completed(answer.get("result"), options)


def completed(result: Any, options: Options) -> bytes:
    """Return the report that was answered, with the configuration, if that is not in it.

    RequestError for what is no report: anybody may write to the topic of answers.
    """
    try:
        octets = io.BytesIO(base64.b64decode(result["content"]["base64"]))
        with zipfile.ZipFile(octets) as archive:  # who only adds would take anything
            has = archive.namelist()
        with zipfile.ZipFile(octets, "a", zipfile.ZIP_DEFLATED) as archive:
            if CONFIGURATION not in has:
                archive.writestr(CONFIGURATION, json.dumps(configuration_part(options), indent=1))
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise RequestError("its answer is no report") from error
    return octets.getvalue()


def _reachable(mqtt: MqttOptions) -> MqttOptions:
    if not mqtt.broker.is_embedded:
        return mqtt
    return replace(mqtt, broker=BrokerAddress(host=HOST, port=mqtt.address.port), port=None)


async def _of_disk(options: Options, clock: Clock, problem: str, *, has_database: bool) -> bytes:
    """Return a report of what lies on the disk."""
    parts: dict[str, Any] = {
        "versions.json": versions_part(),
        CONFIGURATION: configuration_part(options),
    }
    remarks = [f"The bridge did not tell: {problem}. There is no log in here; add it by hand."]
    try:
        parts |= await _of_database(options, clock) if has_database else {}
    except StorageError as error:
        remarks.append(str(error))
    return report_of(options, parts, clock.utc(), remarks)


async def _of_database(options: Options, clock: Clock) -> dict[str, Any]:
    if not options.storage.path.exists():
        raise StorageError(f"There is no database at {options.storage.path} yet.")
    database = Database(options.storage.path, clock)
    await database.open()
    try:
        store = database.collection("registry", str, Any)
        registry = Registry(store, SignalBus(), options.registry)
        devices = database.collection("devices", Eui64, KnownDevice)
        return {
            "registry.json": {name: value for name, value, _ in registry.described()},
            "devices.json": [
                {"eui64": str(one), "manufacturer": known.manufacturer, "model": known.model}
                for one, known in devices.items()
            ],
        }
    finally:
        await database.close()
