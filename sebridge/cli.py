"""The command line: run, demo, check-config, call, watch."""

import asyncio
from collections.abc import Callable, Coroutine
import inspect
import json
import logging
from pathlib import Path
import signal
import sys
from typing import Any, TypeVar

import click
from click.shell_completion import get_completion_class
from rich.console import Console

from sebridge.app.bridge import Bridge, broker_url
from sebridge.app.certificate_commands import certificate_command
from sebridge.app.codec_commands import decode_command, encode_command
from sebridge.app.demo import run_demo
from sebridge.app.logs import set_up_logging
from sebridge.app.remote import BrokerAddress, call, parameters_of, watch
from sebridge.app.saved_file_commands import export_command, import_command
from sebridge.app.systemd import notify, watchdog_interval
from sebridge.app.token_command import token_command
from sebridge.base.errors import ConfigError, SebridgeError
from sebridge.settings.config import load
from sebridge.settings.options import Options
from sebridge.transports.mqtt.messages import is_filter

F = TypeVar("F", bound=Callable[..., Any])

_LOGGER = logging.getLogger(__name__)

_CONFIG = click.option(
    "-c",
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path("config.yaml"),
    show_default=True,
    help="The configuration file.",
)
_BROKER = click.option(
    "--broker",
    default="mqtt://127.0.0.1:1883",
    show_default=True,
    envvar="SEBRIDGE_BROKER",
    help="mqtt://[user:password@]host[:port], or mqtts:// with TLS.",
)
_GATEWAY = click.option(
    "--gateway", default="home", show_default=True, help="The gateway's name in its topics."
)
_BASE = click.option(
    "--base-topic", default="sebridge", show_default=True, help="The first level of all topics."
)


def _examples(*lines: str) -> Callable[[F], F]:
    """Add examples to a subcommand's help, each on a line of its own."""

    def add(function: F) -> F:
        shown = "".join(f"\n  {line}" for line in lines)
        # click's mark for "do not wrap this paragraph" is a backspace
        function.__doc__ = (
            f"{inspect.cleandoc(function.__doc__ or '')}\n\n{chr(8)}\nExamples:{shown}"
        )
        return function

    return add


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Try `sebridge demo` first: it needs neither a stick nor a broker.",
)
@click.version_option(package_name="sebridge")
def main() -> None:
    """Bridge ZigBee Smart Energy to MQTT: meters, prices, demand response, messages."""


@main.command()
@_CONFIG
@_examples(
    "sebridge run -c /etc/sebridge/config.yaml",
    "SEBRIDGE_MQTT__PASSWORD=secret sebridge run",
)
def run(config: Path) -> None:
    """Run the bridge until it is told to stop (SIGTERM, SIGINT)."""
    options = _load(config)
    set_up_logging(options.log, for_people=sys.stderr.isatty())
    _finish(_run(options))


@main.command()
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
@_examples(
    "sebridge demo",
    "sebridge demo --display",
    "sebridge demo --speed 60",
)
def demo(
    speed: float, port: int, directory: Path, *, display: bool, exit_after_stories: bool
) -> None:
    """Show a Smart Energy home live on MQTT, with nothing but this machine."""
    work = run_demo(
        Console(),
        speed=speed,
        port=port,
        directory=directory,
        with_display=display,
        stay=not exit_after_stories,
    )
    _finish(work)


@main.command("check-config")
@_CONFIG
@_examples(
    "sebridge check-config -c config.yaml",
)
def check_config(config: Path) -> None:
    """Tell whether the configuration is right, and everything that is wrong in it."""
    options = _load(config)
    click.echo(
        f"{config} is right: gateway {options.gateway.name}, radio {options.radio.type}, "
        f"broker {options.mqtt.broker}"
    )


@main.command("call")
@click.argument("method")
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
@_BROKER
@_GATEWAY
@_BASE
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the answer.",
)
@_examples(
    "sebridge call get_version",
    "sebridge call create_price_event record.issuer_event_id=7 record.price=25"
    " record.duration_in_minutes=60 record.rate_label=night",
    "sebridge call read_attributes cluster_id=0x0702 server_or_client=0"
    " destination_endpoint_id=9 source_endpoint_id=0x5E"
    " destination_address=00:0d:6f:00:0a:00:00:01 'record_list=[{\"attribute_id\":0}]'",
)
def call_command(  # one parameter for each option
    method: str,
    parameters: tuple[str, ...],
    broker: str,
    gateway: str,
    base_topic: str,
    timeout: float,
) -> None:
    """Call an RPC method and print its answer as JSON.

    A value is JSON, or else text; dots reach into records. Exit status 0: answered, 1: refused,
    2: wrong use, 3: no broker or no answer.
    """
    if not method.isidentifier():
        raise click.UsageError(f"{method!r} cannot be the name of a method")
    try:
        address = BrokerAddress.parse(broker)
        params = parameters_of(parameters)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _say_only_the_answer()
    answer = _answered(call(address, base_topic, gateway, method, params, timeout))
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    sys.exit(0 if answer.get("status") == "ok" else 1)


@main.command("watch")
@click.argument("topic_filter", default="#", metavar="[FILTER]")
@_BROKER
@_GATEWAY
@_BASE
@_examples(
    "sebridge watch",
    "sebridge watch 'device/+/+/metering'",
)
def watch_command(topic_filter: str, broker: str, gateway: str, base_topic: str) -> None:
    """Show the gateway's topics live, as a table."""
    if not is_filter(topic_filter):
        raise click.UsageError(f"{topic_filter!r} is no topic filter: + is a level, # the last one")
    try:
        address = BrokerAddress.parse(broker)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _say_only_the_answer()
    _finish(watch(address, f"{base_topic}/{gateway}/{topic_filter}", Console()))


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@_examples(
    "sebridge completion bash >> ~/.bashrc",
    "sebridge completion fish > ~/.config/fish/completions/sebridge.fish",
)
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(main, {}, "sebridge", "_SEBRIDGE_COMPLETE").source())


main.add_command(certificate_command)
main.add_command(decode_command)
main.add_command(encode_command)
main.add_command(token_command)
main.add_command(import_command)
main.add_command(export_command)


# ------------------------------------------------------------------ how it ends


async def _run(options: Options) -> None:
    bridge = Bridge(options)
    stop = bridge.ended
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await bridge.start()
    _LOGGER.info("gateway %s is up; broker %s", options.gateway.name, broker_url(bridge.mqtt))
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
        await bridge.stop()


def _say_only_the_answer() -> None:
    """Leave it to the last line to say what went wrong."""
    logging.getLogger("sebridge").setLevel(logging.CRITICAL)


def _load(path: Path) -> Options:
    try:
        return load(path)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"{path}: {problem}", err=True)
        sys.exit(2)


def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends; an error that the bridge raises on purpose is told in one line."""
    try:
        asyncio.run(work)
    except SebridgeError as error:
        click.echo(f"sebridge: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _answered(work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    try:
        return asyncio.run(work)
    except SebridgeError as error:
        click.echo(f"sebridge: {error}", err=True)
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
