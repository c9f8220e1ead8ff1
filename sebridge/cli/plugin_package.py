"""`sebridge plugin check` and `pack`: what is wrong with a plug-in, and the package of it."""

from pathlib import Path
import subprocess
import sys
from typing import Final

import click

from sebridge.cli.ending import fail
from sebridge.cli.examples import examples
from sebridge.drivers.folder import problems_in
from sebridge.plugin.worker import LIBRARIES
from sebridge.plugins.manifest import MANIFEST, Manifest, read_manifest
from sebridge.plugins.packing import package_of, problems_of

_FOLDER: Final = click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
)
_REQUIREMENTS: Final = "requirements.txt"


@click.command("check", epilog=examples("sebridge plugin check report_count"))
@_FOLDER
def check_command(folder: Path) -> None:
    """Say all that is wrong with the plug-in in FOLDER, with file, key and line.

    Its code is read, and not run. Exit status 0: it can be packed, 1: it cannot.
    """
    _check(folder)
    click.echo(f"{folder} is right")


@click.command("pack", epilog=examples("sebridge plugin pack report_count -o reports.zip"))
@_FOLDER
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The package; without it, NAME-VERSION.zip here.",
)
@click.option(
    "--wheelhouse",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"Install {_REQUIREMENTS} of the plug-in into its folder {LIBRARIES} before, from the"
    " wheels in this folder and nowhere else.",
)
def pack_command(folder: Path, output: Path | None, wheelhouse: Path | None) -> None:
    """Check the plug-in in FOLDER, and make its package.

    The same files make the same package, to the octet. Left out are tests (test_*.py and the
    folder tests), hidden files, bytecode and other packages.
    """
    if wheelhouse is not None:
        _install(folder, wheelhouse)
    manifest = _check(folder)
    output = output or Path(f"{manifest.name}-{manifest.version}.zip")
    try:
        output.write_bytes(package_of(folder))
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
    click.echo(output)


def _check(folder: Path) -> Manifest:
    problems = problems_of(folder, problems_in)
    if problems:
        fail(*problems)
    return read_manifest((folder / MANIFEST).read_bytes())


def _install(folder: Path, wheelhouse: Path) -> None:
    """Put the packages that a plug-in needs into its folder, with pip; only wheels run no code."""
    done = subprocess.run(  # noqa: S603  # pip, with what its caller names
        [
            *(sys.executable, "-m", "pip", "install", "--isolated", "--quiet"),
            *(
                "--disable-pip-version-check",
                "--no-index",
                "--only-binary",
                ":all:",
                "--no-compile",
                "--upgrade",
            ),
            *("--find-links", str(wheelhouse), "--target", str(folder / LIBRARIES)),
            *("--requirement", str(folder / _REQUIREMENTS)),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        fail(*done.stderr.splitlines())
