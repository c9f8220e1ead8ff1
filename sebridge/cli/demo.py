"""`sebridge demo`: a home on MQTT without hardware, and a few stories told on the terminal."""

import asyncio
from pathlib import Path
import signal
from typing import Final

import click
from rich.console import Console

from sebridge.app.joining_gateway import gateway_address
from sebridge.app.process import Process
from sebridge.base.secret import Secret
from sebridge.cli.demo_stories import Stories
from sebridge.cli.ending import started
from sebridge.cli.examples import examples
from sebridge.cli.log_output import set_up_logging
from sebridge.cli.serving import serve
from sebridge.feature import Role
from sebridge.settings.broker_address import EMBEDDED
from sebridge.settings.http_options import HttpOptions, TokenOptions
from sebridge.settings.options import (
    GatewayOptions,
    LogOptions,
    MqttOptions,
    Options,
    RadioOptions,
    StorageOptions,
)
from sebridge.settings.rpc_options import InterfaceOptions, PolicyOptions, RpcOptions
from sebridge.settings.simulator_options import HOUSEHOLD, SimulatorOptions
from sebridge.simulator.household import link_key_of
from sebridge.transports.mqtt.broker import free_port
from sebridge.transports.web.tokens import hash_of, new_token

_STORY_SPEED: Final = 20.0
"""A minute of the stories lasts three seconds, so that events which last minutes can be watched."""
_JOIN_TIME: Final = 240  # seconds


@click.command(
    "demo",
    epilog=examples("sebridge demo", "sebridge demo --display", "sebridge demo --speed 60"),
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 600),
    default=1.0,
    show_default=True,
    help="Simulated seconds in a real one.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=1883,
    show_default=True,
    help="The broker's port; another is taken when it is in use.",
)
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-data"),
    show_default=True,
    help="Where the house is kept.",
)
@click.option(
    "--display",
    is_flag=True,
    help="Run a second gateway beside it: an in-premise display, under sebridge/display.",
)
@click.option("--exit-after-stories", is_flag=True, help="Do not stay up afterwards.")
def demo_command(
    speed: float, port: int, directory: Path, *, display: bool, exit_after_stories: bool
) -> None:
    """Show a Smart Energy home live on MQTT, with nothing but this machine."""
    work = _run_demo(
        Console(),
        speed=speed,
        port=port,
        directory=directory,
        with_display=display,
        stay=not exit_after_stories,
    )
    serve(work)


def demo_options(speed: float, port: int, directory: Path, http: HttpOptions) -> Options:
    """Return the configuration of the demonstration."""
    return Options(
        http=http,
        mqtt=MqttOptions(broker=EMBEDDED, port=port),
        rpc=RpcOptions(policy=PolicyOptions(mqtt=InterfaceOptions(scope="admin"))),
        storage=StorageOptions(path=directory / "sebridge.db"),
        simulator=SimulatorOptions(devices=HOUSEHOLD, speed=max(speed, _STORY_SPEED)),
        log=LogOptions(level="warning"),
    )


def _console_options(token: Secret) -> HttpOptions:
    """Return those of a web console on this machine, for whoever has the token."""
    owner = TokenOptions(name="demo", scope="admin", hash=hash_of(token))
    return HttpOptions(port=free_port(HttpOptions().port), tokens=(owner,))


def _display_options(house: Process, directory: Path) -> Options:
    """Return the configuration of a display gateway in the house of another."""
    return Options(
        gateway=GatewayOptions(name=Role.DISPLAY.value, role=Role.DISPLAY.value),
        radio=RadioOptions(link_key=link_key_of(gateway_address(Role.DISPLAY.value))),
        mqtt=MqttOptions(broker=house.mqtt.broker),
        storage=StorageOptions(path=directory / "display.db"),
        log=LogOptions(level="warning"),
    )


async def _join(display: Process, house: Process) -> None:
    """Start a display gateway, and let it join the house."""
    address = gateway_address(Role.DISPLAY.value)
    await house.bridge.gateway.manager.add(address, link_key_of(address), _JOIN_TIME)
    await display.start()


async def _run_demo(  # one parameter for each option
    console: Console,
    *,
    speed: float,
    port: int,
    directory: Path,
    with_display: bool,
    stay: bool,
) -> None:
    """Start the house, tell the stories, then stay up until interrupted."""
    token = new_token()
    http = _console_options(token)
    options = demo_options(speed, port, directory, http)
    set_up_logging(options.log, for_people=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    house = Process(options)
    console.print("[bold]sebridge demo[/]: a simulated Smart Energy home, live on MQTT")
    console.print(
        "Four stories, in about half a minute: a meter is read, a price changes, loads are shed,\n"
        "and a message is confirmed. All of it goes over the air of the house.\n",
        highlight=False,
    )
    if not await started(house.start(), stop):
        return
    display = Process(_display_options(house, directory), beside=house) if with_display else None
    try:
        if display is not None and not await started(_join(display, house), stop):
            return
        if stay:
            console.print("Open the console in a browser; the link lets whoever has it in:")
            link = f"http://localhost:{http.port}/#token={token.reveal().decode()}"
            console.print(f"  [green]{link}[/]", soft_wrap=True, highlight=False)
        console.print(
            f"The broker listens on [cyan]{house.mqtt.broker}[/]. Watch all of"
            " it in another terminal:"
        )
        console.print(f"  [green]{_subscribe_line(house)}[/]")
        guest = None if display is None else display.bridge
        telling = asyncio.ensure_future(Stories(house.bridge, console, guest).tell())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({telling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if telling.done():
            telling.result()
            house.go_on_at(speed)
            if stay:
                _say_how_to_go_on(console, house)
                await stopping
        telling.cancel()
        stopping.cancel()
    finally:
        if display is not None:
            await display.stop()
        await house.stop()


def _subscribe_line(house: Process) -> str:
    return (
        f"mosquitto_sub -h {house.mqtt.broker.host} -p {house.mqtt.broker.port} -v -t 'sebridge/#'"
    )


def _say_how_to_go_on(console: Console, house: Process) -> None:
    where = f"--broker {house.mqtt.address}"
    console.print("\nThe home stays up until Ctrl+C. Talk to it:")
    message = "record.message_id=99 record.duration_in_minutes=5 record.message='Hello'"
    for line in (
        _subscribe_line(house),
        f".venv/bin/sebridge watch {where}",
        f".venv/bin/sebridge call get_price_events {where}",
        f".venv/bin/sebridge call create_message_event {message} {where}",
    ):
        console.print(f"  [green]{line}[/]", soft_wrap=True)
    console.print(
        "Everything may be tried here: the demo allows each method over MQTT"
        " (rpc.policy.mqtt.scope: admin). A bridge of your own refuses what could end the service."
    )
