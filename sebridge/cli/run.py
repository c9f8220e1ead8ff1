"""`sebridge run`: the bridge as a service, for a terminal and for systemd (sd_notify(3))."""

import asyncio
import gc
import logging
import os
from pathlib import Path
import signal
import socket
import sys
from typing import Final

import click

from sebridge.app.process import Process
from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.ending import started
from sebridge.cli.examples import examples
from sebridge.cli.log_output import set_up_logging
from sebridge.cli.serving import serve
from sebridge.settings.options import Options

_LOGGER = logging.getLogger(__name__)

_COLLECTING: Final = (10_000, 10, 10)
"""Objects more than there were before the youngest are looked through; and of those looked through,
so many times before the older ones are."""


@click.command(
    "run",
    epilog=examples(
        "sebridge run -c /etc/sebridge/config.yaml",
        "SEBRIDGE_MQTT__PASSWORD=secret sebridge run",
    ),
)
@config_option()
def run_command(config: Path) -> None:
    """Run the bridge until it is told to stop (SIGTERM, SIGINT).

    SIGUSR1 has it write a copy of its database beside it, whose name ends with .copy.
    """
    options = configuration(config)
    set_up_logging(options.log, for_people=sys.stderr.isatty())
    serve(_run(options))


async def _run(options: Options) -> None:
    process = Process(options)
    stop = process.ended
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, process.copy_database)
    if not await started(process.start(), stop):
        return
    _LOGGER.info("gateway %s is up; broker %s", options.gateway.name, process.mqtt.address)
    spare_the_collector()
    notify("READY=1")
    interval = watchdog_interval()
    try:
        while not stop.is_set():
            notify("WATCHDOG=1")
            try:
                await asyncio.wait_for(stop.wait(), interval)
            except TimeoutError:
                continue
    finally:
        notify("STOPPING=1")
        await process.stop()


# ------------------------------------------------------------------ garbage


def spare_the_collector() -> None:
    """Have the garbage collector pass by what is there now, which is there for good.

    Modules, configuration and what the database held are some 100,000 objects. Frames and
    messages hold no cycles, so that it finds next to nothing, and need not look often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)


# ------------------------------------------------------------------ systemd


def notify(state: str) -> bool:
    """Send a state such as READY=1 to the service manager; False when there is none."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]  # a socket in the abstract name space
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
        try:
            link.sendto(state.encode(), address)
        except OSError:
            return False
    return True


def watchdog_interval() -> float | None:
    """Return after how many seconds systemd wants to hear WATCHDOG=1, or None for never."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    process = os.environ.get("WATCHDOG_PID", "")
    if not microseconds.isdigit() or (process and process != str(os.getpid())):
        return None
    return int(microseconds) / 2_000_000 or None
