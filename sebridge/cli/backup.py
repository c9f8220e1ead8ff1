"""The subcommands `backup` and `restore`: the network of the stick into a file, and out of it."""

from pathlib import Path
from typing import Any, Final

import click

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError, RefusedError
from sebridge.cli.at_stick import STICK_CONFIG, AtStick, carry_out, told
from sebridge.cli.backup_file import check_free, passphrase_of, read_backup, write_backup
from sebridge.cli.examples import examples
from sebridge.radio.backup_document import read

_FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_PASSPHRASE: Final = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a passphrase in its first line; the backup is sealed with it.",
)


@click.command(
    "backup", epilog=examples("sebridge backup network.json --passphrase-file passphrase.txt")
)
@_FILE
@STICK_CONFIG
@_PASSPHRASE
@click.option("--force", is_flag=True, help="Overwrite the file.")
def backup_command(file: Path, config: Path, passphrase_file: Path | None, *, force: bool) -> None:
    """Write the network of the stick into FILE: its keys, counters and devices.

    Who has the file can read and forge everything on the network, unless it is sealed. The bridge
    must not run meanwhile: the stick serves one program at a time.
    """

    async def work(at: AtStick) -> None:
        check_free(file, force=force)
        passphrase = passphrase_of(passphrase_file)
        addresses = {d: known.nwk for d, known in at.devices.items() if known.nwk is not None}
        document = await at.stick.backup(addresses)
        _check(document, file)
        write_backup(file, document, passphrase)
        click.echo(f"{file} has the network, with {len(document['devices'])} devices")

    carry_out(config, work)


@click.command(
    "restore", epilog=examples("sebridge restore network.json --passphrase-file passphrase.txt")
)
@_FILE
@STICK_CONFIG
@_PASSPHRASE
@click.option(
    "--force", is_flag=True, help="Replace a network that the stick has, or that is expected."
)
def restore_command(file: Path, config: Path, passphrase_file: Path | None, *, force: bool) -> None:
    """Write the network of FILE into the stick, which may be of another kind.

    Frame counters go on 10000 further than they were. The stick of before must not be used again:
    two with one network disturb each other. The bridge must not run meanwhile.
    """

    async def work(at: AtStick) -> None:
        document = read_backup(file, passphrase_of(passphrase_file))
        _check(document, file)
        if not force:
            await _refuse_to_replace(at, document)
        network, without_key = await at.stick.restore(document)
        at.guard.remember(network.formed)
        click.echo(f"the stick has the network {network} now")
        for device in without_key:
            click.echo(f"warning: the stick did not take the link key of {device}", err=True)

    carry_out(config, work)


async def _refuse_to_replace(at: AtStick, document: Any) -> None:
    found = await at.stick.network()
    if found is not None:
        raise RefusedError(f"the stick has {told(found)} already; --force replaces it")
    wanted = Eui64(int(document["extended_pan_id"], 16))
    expected = at.guard.expected
    if expected is not None and expected.extended_pan_id != wanted:
        raise RefusedError(
            f"the backup is of the network {int(wanted):016x}, but {expected} is expected;"
            " --force has this one expected from now on"
        )


def _check(document: Any, file: Path) -> None:
    try:
        read(document)
    except DecodeError as error:
        raise RefusedError(f"{file} {error}") from error
