"""The subcommands import-files and export-files: the saved files of the first gateways."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
import sys
from typing import Any, Final

import click

from sebridge.app.saved_file_transfer import (
    Kept,
    check,
    read_directory,
    summary,
    warnings_of,
    write_directory,
)
from sebridge.base.clock import SystemClock
from sebridge.base.errors import ConfigError, StorageError
from sebridge.settings.config import load
from sebridge.settings.options import Options
from sebridge.settings.saved_files import FILE_NAMES, SavedFiles
from sebridge.storage.database import Database

# a backspace is click's mark for "do not wrap this paragraph"
_IMPORT_EXAMPLES: Final = """\b
Examples:
  sebridge import-files old-gateway --dry-run
  sebridge import-files old-gateway -c /etc/sebridge/config.yaml"""
_EXPORT_EXAMPLES: Final = """\b
Examples:
  sebridge export-files saved"""

_DIRECTORY: Final = click.argument(
    "directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR"
)
_CONFIG: Final = click.option(
    "-c",
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration file, which names the database.",
)


@click.command("import-files", epilog=_IMPORT_EXAMPLES)
@_DIRECTORY
@_CONFIG
@click.option("--dry-run", is_flag=True, help="Say what is wrong, and change nothing.")
def import_command(directory: Path, config: Path, *, dry_run: bool) -> None:
    """Take the saved files of an old gateway into the database.

    DIR has any of registry_settings.ini, devices.ini, modules.ini, interfaces.ini, endpoints.ini
    and clusters.ini. Where anything is wrong, all of it is told, nothing is imported, and the exit
    status is 1. The bridge must not run meanwhile.
    """
    options = _load(config)
    _told(_import(options, directory, dry_run=dry_run))


@click.command("export-files", epilog=_EXPORT_EXAMPLES)
@_DIRECTORY
@_CONFIG
def export_command(directory: Path, config: Path) -> None:
    """Write the saved files of an old gateway from the database.

    Files that are in DIR already are not overwritten. The bridge must not run meanwhile.
    """
    options = _load(config)
    _told(_export(options, directory))


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


def _load(path: Path) -> Options:
    try:
        return load(path)
    except ConfigError as error:
        _complain([f"{path}: {problem}" for problem in error.problems])
        sys.exit(2)


def _told(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except ConfigError as error:
        _complain(error.problems)
        sys.exit(1)
    except StorageError as error:
        _complain([f"sebridge: {error}"])
        sys.exit(1)


def _complain(problems: Any) -> None:
    for problem in problems:
        click.echo(problem, err=True)
