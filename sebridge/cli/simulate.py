"""`sebridge simulate`: an emulated radio module with a simulated house, for who has no stick."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
import signal
import sys
from typing import Any, Final

import click

from sebridge.app.certificate_store import install
from sebridge.app.emulated_stick import EmulatedStick
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.clock import SimulatedClock, SystemClock
from sebridge.base.computing import in_thread
from sebridge.cli.configuration import configuration
from sebridge.cli.ending import started
from sebridge.cli.examples import examples
from sebridge.cli.log_output import set_up_logging
from sebridge.cli.serving import serve
from sebridge.crypto.suite import SUITES
from sebridge.settings.options import LogOptions
from sebridge.settings.simulator_options import (
    HOUSEHOLD,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import labelled
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import KINDS, ZNP, Model
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, VERSIONS
from sebridge.simulator.modules.xbee.firmware import FIRMWARE, ZIGBEE
from sebridge.storage.database import Database

_GROUP: Final = 4  # digits of an installation code, as it stands on a device
_LAST_PORT: Final = 0xFFFF


def _address(_context: Any, _parameter: Any, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise click.BadParameter(f"{text!r} is not HOST:PORT with a port of 0 to 65535")
    return host, int(port)


@click.command(
    "simulate",
    epilog=examples(
        "sebridge simulate --listen 127.0.0.1:6638",
        "sebridge simulate --module ezsp --ezsp-version 14",
        "sebridge simulate --module xbee --firmware zb",
        "sebridge simulate --household config.yaml --directory stick",
    ),
)
@click.option(
    "--module",
    type=click.Choice(KINDS),
    default=ZNP,
    show_default=True,
    help="What it is: znp, a Texas Instruments CC2652 with Z-Stack 3.x.0, ezsp, a Silicon Labs "
    "EFR32 with EmberZNet, or xbee, a module of Digi.",
)
@click.option(
    "--ezsp-version",
    type=click.Choice([str(version) for version in VERSIONS]),
    default=str(USUAL_VERSION),
    show_default=True,
    help="What a module of kind ezsp speaks: 8 is that of EmberZNet 6.7, 13 of 7.3, 14 of 8.0, "
    "19 of 9.1.",
)
@click.option(
    "--firmware",
    type=click.Choice(tuple(FIRMWARE)),
    default=ZIGBEE.name,
    show_default=True,
    help="What is in a module of kind xbee: zb, that of an XBee 3, or se, that of a coordinator of "
    "Smart Energy, which establishes keys itself.",
)
@click.option(
    "--listen",
    callback=_address,
    default="127.0.0.1:6638",
    show_default=True,
    metavar="HOST:PORT",
    help="Where it is plugged in; port 0 is any that is free.",
)
@click.option(
    "--household",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A configuration whose section simulator has the devices; else one of each kind.",
)
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulate-data"),
    show_default=True,
    help="Where the stick and the house are kept.",
)
def simulate_command(
    module: str,
    ezsp_version: str,
    firmware: str,
    listen: tuple[str, int],
    household: Path | None,
    directory: Path,
) -> None:
    """Be a radio stick that is none, behind a TCP port, with a simulated house.

    Any program that drives such a stick can be plugged in, this bridge or another.
    """
    options = SimulatorOptions(devices=HOUSEHOLD)
    if household is not None:
        options = configuration(household).simulator
    set_up_logging(LogOptions(), for_people=sys.stderr.isatty())
    serve(_run(Model(module, int(ezsp_version), firmware), listen, options, directory))


async def _run(
    model: Model,
    listen: tuple[str, int],
    options: SimulatorOptions,
    directory: Path,
) -> None:
    """Run the stick until it is told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    host, port = listen
    devices = tuple(labelled(device) for device in options.devices)
    database = Database(directory / "stick.db", SystemClock())
    await database.open()
    try:
        security = None
        if model.establishes_keys:
            security = secure_house(options.suites, database.collection, in_thread)
        certificates = None
        if security is not None and model.takes_keys:
            certificates = _certificates(directory, security, options.suites)
        stick = EmulatedStick(
            model,
            replace(options, devices=devices),
            features=FEATURES,
            open_collection=database.collection,
            clock=SimulatedClock(options.speed),
            line_clock=SystemClock(),
            security=security,
            host=host,
            port=port,
        )
        try:
            if await started(stick.start(), stop):
                _introduce(model.kind, f"socket://{host}:{stick.port.port}", certificates, devices)
                await stop.wait()
        finally:
            await stick.stop()
    finally:
        await database.close()


def _certificates(directory: Path, security: HouseSecurity, suites: Collection[int]) -> Path:
    """Write what a gateway on this stick proves itself with; return the file."""
    file = directory / "certificates.txt"
    for suite in SUITES:
        if suite.number in suites:
            install(file, security.certificates.of(CHIP).find(suite))
    return file.resolve()


def _introduce(
    module: str, path: str, certificates: Path | None, devices: tuple[SimulatedDeviceOptions, ...]
) -> None:
    """Say how the stick is used, and what stands on the devices."""
    click.echo("The stick is there. In the config.yaml of a bridge of yours:\n\nradio:")
    click.echo(f"  type: {module}\n  path: {path}")
    if certificates is not None:
        click.echo(f"security:\n  certificate_store: {certificates}")
    click.echo("\nThe devices:\n")
    for device in devices:
        code = device.installation_code
        digits = "" if code is None else code.reveal().hex().upper()
        groups = " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
        click.echo(f"{device.eui64}  {device.kind:<12}  {device.name:<24}  {groups}".rstrip())
    click.echo("\nThey join when you open the network; those with a code, once you added them.")
