"""The subcommands of `network`: status, form, backup, restore."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import click

from sebridge.app.network_settings import network_guard, network_plan
from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.errors import DecodeError, RefusedError, StorageError
from sebridge.cli.backup_file import check_free, passphrase_of, read_backup, write_backup
from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.ending import finish
from sebridge.cli.examples import examples
from sebridge.network.known_device import KnownDevice
from sebridge.radio.backup_document import read
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.stick import Stick, StickNetwork
from sebridge.settings.options import Options
from sebridge.storage.database import Database

_CONFIG: Final = config_option("The configuration file, which names the radio and the database.")
_FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_PASSPHRASE: Final = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a passphrase in its first line; the backup is sealed with it.",
)


@dataclass(frozen=True, slots=True)
class _At:
    """What the subcommands work on: the stick, and what the database knows of it."""

    stick: Stick
    guard: NetworkGuard
    devices: MutableMapping[Eui64, KnownDevice]


@click.group(
    "network",
    epilog=examples(
        "sebridge network status",
        "sebridge network backup network.json --passphrase-file passphrase.txt",
        "sebridge network restore network.json --passphrase-file passphrase.txt",
        "sebridge network form --force-new",
    ),
)
def network_command() -> None:
    """Look at the network of the stick, form it, back it up, restore it.

    The bridge must not run meanwhile: the stick serves one program at a time.
    """


@network_command.command("status")
@_CONFIG
def status_command(config: Path) -> None:
    """Tell which network the stick has, and which one the bridge expects.

    Exit status 1 where that is not the same.
    """
    _carry_out(config, _status)


@network_command.command("form")
@_CONFIG
@click.option(
    "--force-new",
    is_flag=True,
    help="Also where a network is known already: every device must join the new one again.",
)
def form_command(config: Path, *, force_new: bool) -> None:
    """Form a new network."""
    _carry_out(config, lambda at: _form(at, force_new=force_new))


@network_command.command("backup")
@_FILE
@_CONFIG
@_PASSPHRASE
@click.option("--force", is_flag=True, help="Overwrite the file.")
def backup_command(file: Path, config: Path, passphrase_file: Path | None, *, force: bool) -> None:
    """Write the network of the stick into FILE: its keys, counters and devices.

    Who has the file can read and forge everything on the network, unless it is sealed.
    """

    async def work(at: _At) -> None:
        check_free(file, force=force)
        passphrase = passphrase_of(passphrase_file)
        addresses = {d: known.nwk for d, known in at.devices.items() if known.nwk is not None}
        document = await at.stick.backup(addresses)
        _check(document, file)
        write_backup(file, document, passphrase)
        click.echo(f"{file} has the network, with {len(document['devices'])} devices")

    _carry_out(config, work)


@network_command.command("restore")
@_FILE
@_CONFIG
@_PASSPHRASE
@click.option(
    "--force", is_flag=True, help="Replace a network that the stick has, or that is expected."
)
def restore_command(file: Path, config: Path, passphrase_file: Path | None, *, force: bool) -> None:
    """Write the network of FILE into the stick, which may be of another kind.

    Frame counters go on 10000 further than they were. The stick of before must not be used again:
    two with one network disturb each other.
    """

    async def work(at: _At) -> None:
        document = read_backup(file, passphrase_of(passphrase_file))
        _check(document, file)
        if not force:
            await _refuse_to_replace(at, document)
        network, without_key = await at.stick.restore(document)
        at.guard.remember(network.formed)
        click.echo(f"the stick has the network {network} now")
        for device in without_key:
            click.echo(f"warning: the stick did not take the link key of {device}", err=True)

    _carry_out(config, work)


# ------------------------------------------------------------------ what they do


async def _status(at: _At) -> None:
    found, expected = await at.stick.network(), at.guard.expected
    click.echo(f"the stick has {_told(found)}")
    click.echo(f"expected: {'any network' if expected is None else expected}")
    click.echo(f"devices known: {len(at.devices)}")
    if found is None:
        at.guard.check_forming()
    else:
        at.guard.check(found.formed)


async def _form(at: _At, *, force_new: bool) -> None:
    if not force_new:
        at.guard.check_forming()
        found = await at.stick.network()
        if found is not None:
            raise RefusedError(f"the stick has {_told(found)} already; --force-new replaces it")
    network = await at.stick.form()
    at.guard.remember(network.formed)
    for device, known in tuple(at.devices.items()):
        at.devices[device] = replace(known, nwk=None)
    click.echo(f"the stick has the network {network} now")
    if at.devices:
        click.echo(f"the devices that are known ({len(at.devices)}) must join it again")


async def _refuse_to_replace(at: _At, document: Any) -> None:
    found = await at.stick.network()
    if found is not None:
        raise RefusedError(f"the stick has {_told(found)} already; --force replaces it")
    wanted = Eui64(int(document["extended_pan_id"], 16))
    expected = at.guard.expected
    if expected is not None and expected.extended_pan_id != wanted:
        raise RefusedError(
            f"the backup is of the network {int(wanted):016x}, but {expected} is expected;"
            " --force has this one expected from now on"
        )


def _told(found: StickNetwork | None) -> str:
    return "no network" if found is None else f"the network {found}"


def _check(document: Any, file: Path) -> None:
    try:
        read(document)
    except DecodeError as error:
        raise RefusedError(f"{file} {error}") from error


# ------------------------------------------------------------------ the stick and the database


def _carry_out(config: Path, work: Callable[[_At], Awaitable[None]]) -> None:
    finish(_with_stick(configuration(config), work))


async def _with_stick(options: Options, work: Callable[[_At], Awaitable[None]]) -> None:
    """Do something with the stick; what is to be remembered is on the disk afterwards."""
    clock = SystemClock()
    database = Database(options.storage.path, clock)
    try:
        await database.open()
    except StorageError as error:
        raise StorageError(f"{error} The bridge must not run while its stick is used") from error
    try:
        devices = database.collection("devices", Eui64, KnownDevice)
        plan = network_plan(database.collection, options.radio)
        stick = Stick(options.radio, plan, clock)
        await stick.open()
        try:
            guard = network_guard(database.collection, devices.values())
            await work(_At(stick, guard, devices))
        finally:
            await stick.close()
    finally:
        await database.close()
