"""`sebridge simulate`: emulated radio modules with a simulated house, for who has no stick."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
import itertools
from pathlib import Path
from random import Random
import signal
import sys
from typing import Any, Final

import click

from sebridge.app.certificate_store import install
from sebridge.app.emulated_plugwise import PLUGWISE, WATTS, PlugwisePlug, PlugwiseSticks
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.clock import SimulatedClock, SystemClock
from sebridge.base.computing import in_thread
from sebridge.base.errors import ConfigError
from sebridge.cli.configuration import configuration
from sebridge.cli.ending import started
from sebridge.cli.examples import examples
from sebridge.cli.log_output import set_up_logging
from sebridge.cli.serving import serve
from sebridge.crypto.suite import SUITES
from sebridge.features.serial_nodes.simulated import SENSOR_INPUT
from sebridge.settings.options import LogOptions
from sebridge.settings.simulator_options import (
    HOUSEHOLD,
    XBEE_NODES,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import labelled
from sebridge.simulator.modules.chip import chip
from sebridge.simulator.modules.emulated import EZSP, KINDS, XBEE, ZNP, Model
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, VERSIONS
from sebridge.simulator.modules.faults import Faults, read_faults
from sebridge.simulator.modules.xbee.firmware import FIRMWARE, ZIGBEE
from sebridge.simulator.vocabulary import SERIAL_NODE, XBEE_SENSOR
from sebridge.storage.database import Database

_GROUP: Final = 4  # digits of an installation code, as it stands on a device
_LAST_PORT: Final = 0xFFFF


def _addresses(_context: Any, _parameter: Any, texts: Sequence[str]) -> list[tuple[str, int]]:
    return [_address(text) for text in texts]


def _address(text: str) -> tuple[str, int]:
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
        "sebridge simulate --fault hang-after=500 --fault garbage-every=20",
        "sebridge simulate --household config.yaml --directory stick",
        "sebridge simulate --module znp --module ezsp --listen 127.0.0.1:6638",
        "sebridge simulate --module znp --module ezsp --fault 2:reset-after=500",
        "sebridge simulate --module plugwise",
    ),
)
@click.option(
    "--module",
    "modules",
    type=click.Choice((*KINDS, PLUGWISE)),
    multiple=True,
    default=(ZNP,),
    show_default=True,
    help="What it is: znp, a Texas Instruments CC2652 with Z-Stack 3.x.0, ezsp, a Silicon Labs "
    "EFR32 with EmberZNet, or xbee, a module of Digi. Given again, one more on the same air: "
    "the network of the first is joined with the others. Or plugwise, which is no ZigBee to its "
    "host: a Plugwise stick with circles of its own.",
)
@click.option(
    "--ezsp-version",
    "ezsp_versions",
    type=click.Choice([str(version) for version in VERSIONS]),
    multiple=True,
    default=(str(USUAL_VERSION),),
    show_default=True,
    help="What a module of kind ezsp speaks: 8 is that of EmberZNet 6.7, 13 of 7.3, 14 of 8.0, "
    "19 of 9.1. Given again, for the next module of this kind; the last is for all that follow.",
)
@click.option(
    "--firmware",
    "firmwares",
    type=click.Choice(tuple(FIRMWARE)),
    multiple=True,
    default=(ZIGBEE.name,),
    show_default=True,
    help="What is in a module of kind xbee: zb, that of an XBee 3, or se and se-router, those of a "
    "coordinator and of a router of Smart Energy, which establish keys themselves. Given again, "
    "for the next module of this kind.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="[MODULE:]NAME=NUMBER",
    help="What goes wrong: hang-after, reset-after, full-after, hang-up-after, in frames of the "
    "host, garbage-every, lose-every, in frames to it, or baud. Given again, one more. Of the "
    "first module, unless its number says which: 2:reset-after=500.",
)
@click.option(
    "--listen",
    callback=_addresses,
    multiple=True,
    default=("127.0.0.1:6638",),
    show_default=True,
    metavar="HOST:PORT",
    help="Where it is plugged in; port 0 is any that is free. Given again, for the next module; "
    "without, that has the next port.",
)
@click.option(
    "--household",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A configuration whose section simulator has the devices; else one of each kind of Smart "
    "Energy, and behind an XBee two of its nodes.",
)
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulate-data"),
    show_default=True,
    help="Where the sticks and the house are kept.",
)
def simulate_command(
    modules: tuple[str, ...],
    ezsp_versions: tuple[str, ...],
    firmwares: tuple[str, ...],
    faults: tuple[str, ...],
    listen: list[tuple[str, int]],
    household: Path | None,
    directory: Path,
) -> None:
    """Be a radio stick that is none, or several, behind TCP ports, with a simulated house.

    Any program that drives such a stick can be plugged in, this bridge or another.
    """
    options = SimulatorOptions(devices=HOUSEHOLD + (XBEE_NODES if XBEE in modules else ()))
    if household is not None:
        options = configuration(household).simulator
    set_up_logging(LogOptions(), for_people=sys.stderr.isatty())
    places = _places(len(modules), listen)
    wrong = _faults(len(modules), faults)
    if PLUGWISE in modules:
        if set(modules) != {PLUGWISE}:
            raise click.UsageError("a Plugwise stick is on no air with modules of other kinds")
        sticks = [PlugwisePlug(*place, fault) for place, fault in zip(places, wrong, strict=True)]
        serve(_run_plugwise(sticks, options))
        return
    models = _models(modules, ezsp_versions, firmwares)
    plugs = [
        Plug(model, *place, fault)
        for model, place, fault in zip(models, places, wrong, strict=True)
    ]
    serve(_run(plugs, options, directory))


def _models(
    kinds: Sequence[str], ezsp_versions: Sequence[str], firmwares: Sequence[str]
) -> list[Model]:
    """Return the modules: what is in them is for each kind told in turn, the last for all more."""
    versions, contents = _and_so_on(ezsp_versions), _and_so_on(firmwares)
    return [
        Model(
            kind,
            ezsp_version=int(next(versions)) if kind == EZSP else USUAL_VERSION,
            firmware=next(contents) if kind == XBEE else ZIGBEE.name,
        )
        for kind in kinds
    ]


def _and_so_on(given: Sequence[str]) -> Iterator[str]:
    return itertools.chain(given, itertools.repeat(given[-1]))


def _places(count: int, listen: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return where each module is plugged in; UsageError for more places than modules."""
    if len(listen) > count:
        raise click.UsageError(f"--listen is given {len(listen)} times for {count} module(s)")
    places = list(listen)
    host, port = listen[-1]
    for _ in range(count - len(listen)):
        port = port and port + 1  # any that is free stays that
        places.append((host, port))
    return places


def _faults(count: int, texts: Sequence[str]) -> Sequence[Faults]:
    """Return what goes wrong at each module; BadParameter says what cannot."""
    try:
        return read_faults(texts, count)
    except ConfigError as error:
        raise click.BadParameter(str(error), param_hint="'--fault'") from error


def _told_to_stop() -> asyncio.Event:
    """Return what is set when a signal says that this is to end."""
    stop = asyncio.Event()
    for end in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(end, stop.set)
    return stop


async def _run_plugwise(plugs: Sequence[PlugwisePlug], options: SimulatorOptions) -> None:
    """Run Plugwise sticks until they are told to stop."""
    stop = _told_to_stop()
    seed = Random(options.air.seed)  # noqa: S311  # a simulation, no secret
    sticks = PlugwiseSticks(plugs, SystemClock(), seed)
    try:
        if await started(sticks.start(), stop):
            for plug, port, stick in zip(plugs, sticks.ports, sticks.sticks, strict=True):
                click.echo(f"A Plugwise stick is there, at socket://{plug.host}:{port.port}\n")
                for circle, watts in zip(stick.circles, WATTS, strict=True):
                    click.echo(f"{circle}  {watts:5g} W")
            click.echo("\nThey are associated with the stick, the first is its Circle+.")
            await stop.wait()
    finally:
        await sticks.stop()


async def _run(plugs: Sequence[Plug], options: SimulatorOptions, directory: Path) -> None:
    """Run the sticks until they are told to stop."""
    stop = _told_to_stop()
    devices = tuple(labelled(device) for device in options.devices)
    database = Database(directory / "stick.db", SystemClock())
    await database.open()
    try:
        security = None
        if plugs[0].model.establishes_keys:
            security = secure_house(options.suites, database.collection, in_thread)
        sticks = EmulatedSticks(
            plugs,
            replace(options, devices=devices),
            features=FEATURES,
            open_collection=database.collection,
            clock=SimulatedClock(options.speed),
            line_clock=SystemClock(),
            security=security,
        )
        try:
            if await started(sticks.start(), stop):
                for number, plug in enumerate(plugs):
                    certificates = None
                    if security is not None and plug.model.takes_keys:
                        certificates = _certificates(directory, security, options.suites, number)
                    _introduce(number, plug.model.kind, sticks.sticks[number].path, certificates)
                    if not number and plug.model.kind == XBEE:
                        _introduce_serial_ports(devices)
                _introduce_devices(devices)
                await stop.wait()
        finally:
            await sticks.stop()
    finally:
        await database.close()


def _certificates(
    directory: Path, security: HouseSecurity, suites: Collection[int], number: int
) -> Path:
    """Write what a gateway on this stick proves itself with; return the file."""
    file = directory / (f"certificates-{number + 1}.txt" if number else "certificates.txt")
    for suite in SUITES:
        if suite.number in suites:
            install(file, security.certificates.of(chip(number)).find(suite))
    return file.resolve()


def _introduce(number: int, module: str, path: str, certificates: Path | None) -> None:
    """Say how a stick is used."""
    if number:
        click.echo(f"\nStick {number + 1}, with which a gateway joins the network:\n")
    else:
        click.echo("The stick is there. In the config.yaml of a bridge of yours:\n")
    click.echo(f"radio:\n  type: {module}\n  path: {path}")
    if certificates is not None:
        click.echo(f"security:\n  certificate_store: {certificates}")
    if number:
        click.echo(f"\nIts address is {chip(number)}.")


def _introduce_serial_ports(devices: tuple[SimulatedDeviceOptions, ...]) -> None:
    """Say how the nodes of an XBee have TCP ports, where there are any."""
    if not any(device.kind in {SERIAL_NODE.name, XBEE_SENSOR.name} for device in devices):
        return
    sensors = [device.eui64 for device in devices if device.kind == XBEE_SENSOR.name]
    click.echo("control_port:" if sensors else "control_port: true")
    if sensors:
        click.echo("  nodes:")
    for sensor in sensors:
        click.echo(f"    - address: {sensor}\n      temperature_input: {SENSOR_INPUT}")


def _introduce_devices(devices: tuple[SimulatedDeviceOptions, ...]) -> None:
    """Say what stands on the devices."""
    click.echo("\nThe devices:\n")
    for device in devices:
        code = device.installation_code
        digits = "" if code is None else code.reveal().hex().upper()
        groups = " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
        click.echo(f"{device.eui64}  {device.kind:<12}  {device.name:<24}  {groups}".rstrip())
    click.echo("\nThey join when you open the network; those with a code, once you added them.")
