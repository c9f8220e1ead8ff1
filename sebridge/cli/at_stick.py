"""A stick that subcommands work on while the bridge does not run, with what the database knows."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sebridge.app.emulated_stick import own_stick
from sebridge.app.network_settings import network_guard, network_plan
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SystemClock
from sebridge.base.errors import StorageError
from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.ending import finish
from sebridge.network.known_device import KnownDevice
from sebridge.radio.ether import Ether
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.stick import Stick, StickNetwork
from sebridge.settings.options import Options, RadioOptions
from sebridge.storage.collection import OpenCollection
from sebridge.storage.database import Database

STICK_CONFIG: Final = config_option(
    "The configuration file, which names the radio and the database."
)


@dataclass(frozen=True, slots=True)
class AtStick:
    """What the subcommands work on: the stick, and what the database knows of it."""

    stick: Stick
    guard: NetworkGuard
    devices: MutableMapping[Eui64, KnownDevice]


def told(found: StickNetwork | None) -> str:
    """Return what is said of the network of a stick."""
    return "no network" if found is None else f"the network {found}"


def carry_out(config: Path, work: Callable[[AtStick], Awaitable[None]]) -> None:
    """Do something with the stick of a configuration, and end as the command line does."""
    finish(_with_stick(configuration(config), work))


async def _with_stick(options: Options, work: Callable[[AtStick], Awaitable[None]]) -> None:
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
        async with _plugged_in(options, database.collection, clock) as radio:
            stick = Stick(radio, plan, clock)
            await stick.open()
            try:
                await work(
                    AtStick(stick, network_guard(database.collection, devices.values()), devices)
                )
            finally:
                await stick.close()
    finally:
        await database.close()


@asynccontextmanager
async def _plugged_in(
    options: Options, open_collection: OpenCollection, clock: Clock
) -> AsyncIterator[RadioOptions]:
    """Give the radio with its path, which an emulated module has as long as it runs."""
    if not options.radio.is_emulated:
        yield options.radio
        return
    ether = Ether(clock, options.simulator.air)
    module = own_stick(
        options, ether, open_collection, clock=clock, line_clock=clock, security=None
    )
    await module.start()
    try:
        yield replace(options.radio, path=module.path)
    finally:
        await module.stop()
