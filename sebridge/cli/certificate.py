"""The subcommands of `certificate`: check, install, show, revert, test-ca."""

from pathlib import Path
from secrets import SystemRandom
from typing import Any, Final, NoReturn

import click

from sebridge.app.certificate_store import (
    install,
    previous,
    read_store,
    read_text,
    revert,
    write_private,
)
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError, DecodeError, ParameterError
from sebridge.base.secret import Secret
from sebridge.cli.ending import fail
from sebridge.cli.examples import examples
from sebridge.crypto.certificate_authority import Authority, new_authority
from sebridge.crypto.certificate_text import read_certificate_text, write_certificate_text
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITES, Suite
from sebridge.model.plain import from_plain, hex_octets

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_STORE: Final = click.option(
    "--store",
    type=_FILE,
    default=Path("certificates.txt"),
    show_default=True,
    envvar="SEBRIDGE_SECURITY__CERTIFICATE_STORE",
    help="The file which security.certificate_store of the configuration names.",
)


@click.group(
    "certificate",
    epilog=examples(
        "sebridge certificate check from-the-authority.txt",
        "sebridge certificate install from-the-authority.txt",
        "sebridge certificate show",
        "sebridge certificate test-ca 00:0d:6f:00:0a:00:00:01 -o meter.txt",
    ),
)
def certificate_command() -> None:
    """Certificates for key establishment: ours, and those of simulated devices.

    Private keys are shown as asterisks. Exit status 1 for a bad certificate or file, with what is
    wrong on one line each.
    """


@certificate_command.command("check")
@click.argument("file", type=_FILE)
def check_command(file: Path) -> None:
    """Check a certificate with its keys, as an authority hands it out.

    FILE names CA Public Key, Device Implicit Cert, Device Private Key and, if it likes, Device
    Public Key. The private key must fit the certificate and the authority.
    """
    for one in _checked(file):
        _show(one)
    click.echo(f"{file} is right")


@certificate_command.command("install")
@click.argument("file", type=_FILE)
@_STORE
def install_command(file: Path, store: Path) -> None:
    """Check a certificate, and put it into the store; `revert` takes it back."""
    for one in _checked(file):
        try:
            install(store, one)
        except ConfigError as error:
            _fail(error)
        device = str(one.certificate.subject)
        click.echo(f"{store} has the certificate of suite {one.suite.number} for {device} now")


@certificate_command.command("show")
@_STORE
def show_command(store: Path) -> None:
    """Print the certificates in the store, without their private keys."""
    try:
        found = read_store(store)
    except ConfigError as error:
        _fail(error)
    for one in found:
        _show(one)
    if previous(store).exists():
        click.echo(f"{previous(store)} is what was there before")


@certificate_command.command("revert")
@_STORE
def revert_command(store: Path) -> None:
    """Put back what was in the store before the last change; again, to undo that.

    Before the first certificate there was no store: then there is none again, and a gateway whose
    security.certificate_store names it does not start.
    """
    try:
        revert(store)
    except ConfigError as error:
        _fail(error)
    if store.exists():
        click.echo(f"{store} is as it was before")
    else:
        click.echo(f"{store} is no more, as before the first certificate; {previous(store)} has it")


def _address(_context: Any, _parameter: Any, text: str) -> Eui64:
    try:
        address: Eui64 = from_plain(Eui64, text)
    except ParameterError as error:
        raise click.BadParameter(f"{text!r} is not a 64-bit address of 16 hex digits") from error
    return address


@certificate_command.command("test-ca")
@click.argument("address", callback=_address, metavar="EUI64")
@click.option(
    "--suite",
    "number",
    type=click.Choice(["1", "2"]),
    default="1",
    show_default=True,
    help="1: sect163k1, all of Smart Energy; 2: sect283k1, from 1.2 on.",
)
@click.option(
    "--authority",
    type=_FILE,
    default=Path("test-authority.txt"),
    show_default=True,
    help="The authority's own file; it is made when it is not there.",
)
@click.option("-o", "--output", type=_FILE, required=True, help="Where the certificate is put.")
def test_ca_command(address: Eui64, number: str, authority: Path, output: Path) -> None:
    """Issue a certificate for a device of a simulated house.

    Devices that one can buy do not know this authority, and refuse its certificates.
    """
    suite, randomness = SUITES[int(number) - 1], SystemRandom()
    if output.exists():
        _fail(ConfigError([f"{output} exists already"]))
    try:
        own = _authority(authority, suite)
        write_private(output, write_certificate_text(own.issue(address, randomness)))
    except ConfigError as error:
        _fail(error)
    click.echo(f"{output} has a certificate of suite {suite.number} for {address}")


def _authority(path: Path, suite: Suite) -> Authority:
    """Return the authority of a suite; its key is one line of the file for each suite."""
    name = f"Suite {suite.number} Private Key"
    lines = read_text(path).splitlines() if path.exists() else []
    for line in lines:
        if line.startswith(f"{name}:"):
            return _known_authority(path, suite, line.partition(":")[2])
    made = new_authority(suite, SystemRandom())
    lines.append(f"{name}: {made.private_key.reveal().hex()}")
    write_private(path, "\n".join(lines) + "\n")
    return made


def _known_authority(path: Path, suite: Suite, digits: str) -> Authority:
    try:
        return Authority(suite, Secret(hex_octets(digits.strip())))
    except (ParameterError, DecodeError) as error:
        problem = f"{path}: the private key of suite {suite.number} is none"
        raise ConfigError([problem]) from error


# ------------------------------------------------------------------ how it is told


def _checked(file: Path) -> list[Credentials]:
    try:
        return [read_certificate_text(read_text(file))]
    except ConfigError as error:
        _fail(error)


def _show(credentials: Credentials) -> None:
    for name, value in credentials.lines().items():
        click.echo(f"{name}: {value}")


def _fail(error: ConfigError) -> NoReturn:
    fail(*(f"sebridge: {problem}" for problem in error.problems))
