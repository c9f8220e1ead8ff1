"""The subcommands import-files and export-files: the saved files of the first gateways."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import click

from sebridge.base.clock import SystemClock
from sebridge.base.errors import ConfigError, StorageError
from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.ending import fail
from sebridge.cli.examples import examples
from sebridge.cli.saved_file_transfer import (
    Kept,
    check,
    read_directory,
    summary,
    warnings_of,
    write_directory,
)
from sebridge.settings.options import Options
from sebridge.settings.saved_files import FILE_NAMES, SavedFiles
from sebridge.storage.database import Database

_DIRECTORY: Final = click.argument(
    "directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR"
)
_CONFIG: Final = config_option("The configuration file, which names the database.")


@click.command(
    "import-files",
    epilog=examples(
        "sebridge import-files old-gateway --dry-run",
        "sebridge import-files old-gateway -c /etc/sebridge/config.yaml",
    ),
)
@_DIRECTORY
@_CONFIG
@click.option("--dry-run", is_flag=True, help="Say what is wrong, and change nothing.")
def import_command(directory: Path, config: Path, *, dry_run: bool) -> None:
    """Take the saved files of an old gateway into the database.

    DIR has any of registry_settings.ini, devices.ini, modules.ini, interfaces.ini, endpoints.ini
    and clusters.ini. Where anything is wrong, all of it is told, nothing is imported, and the exit
    status is 1. The bridge must not run meanwhile.
    """
    _finish(_import(configuration(config), directory, dry_run=dry_run))


@click.command("export-files", epilog=examples("sebridge export-files saved"))
@_DIRECTORY
@_CONFIG
def export_command(directory: Path, config: Path) -> None:
    """Write the saved files of an old gateway from the database.

    Files that are in DIR already are not overwritten. The bridge must not run meanwhile.
    """
    _finish(_export(configuration(config), directory))


async def _import(options: Options, directory: Path, *, dry_run: bool) -> None:
    saved = read_directory(directory)
    path = options.storage.path
    if dry_run and not path.exists():
        check(saved, Kept.by(lambda _name, _key, _value: {}))
    else:
        await _with_database(path, lambda kept: _take(saved, kept, dry_run=dry_run))
    for warning in warnings_of(saved, options.modules.directory):
        click.echo(f"warning: {warning}", err=True)
    for line in summary(saved):
        click.echo(line)
    click.echo("nothing was changed" if dry_run else f"{path} has it now")


async def _export(options: Options, directory: Path) -> None:
    path = options.storage.path
    if not path.exists():
        raise StorageError(f"there is no database {path}")
    found: list[SavedFiles] = []
    await _with_database(path, lambda kept: found.append(kept.saved()))
    write_directory(directory, found[0])
    click.echo(f"{directory} has {', '.join(FILE_NAMES)}")


def _take(saved: SavedFiles, kept: Kept, *, dry_run: bool) -> None:
    check(saved, kept)
    if not dry_run:
        kept.take(saved)


async def _with_database(path: Path, work: Callable[[Kept], object]) -> None:
    """Do something with what is kept; changes are on the disk afterwards, all or none."""
    database = Database(path, SystemClock())
    await database.open()
    try:
        work(Kept.by(database.collection))
    finally:
        await database.close()


def _finish(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except ConfigError as error:
        fail(*error.problems)  # each begins with the name of its file
    except StorageError as error:
        fail(f"sebridge: {error}")
