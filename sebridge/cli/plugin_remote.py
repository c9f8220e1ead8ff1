"""`sebridge plugin install` and `list`: plug-ins of a running bridge, by HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from sebridge.base.errors import SebridgeError
from sebridge.cli.ending import NO_ANSWER, fail
from sebridge.cli.examples import examples
from sebridge.cli.http_gateway import HttpGateway, NobodyThereError
from sebridge.cli.token_source import read_token

F = TypeVar("F", bound=Callable[..., Any])

_SIGNATURE: Final = ".minisig"
_VARIABLE: Final = "SEBRIDGE_TOKEN"


def _gateway_options(function: F) -> F:
    """Add the options that say where the bridge is, and who asks."""
    url = click.option(
        "--url",
        default="http://localhost:8480",
        show_default=True,
        envvar="SEBRIDGE_URL",
        help="Where the bridge answers HTTP.",
    )
    token_file = click.option(
        "--token-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"A file with a token; without it, that of {_VARIABLE}.",
    )
    authority = click.option(
        "--ca",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The authorities to trust for https; without it, those of the system.",
    )
    return url(token_file(authority(function)))


def _gateway(url: str, token_file: Path | None, ca: Path | None) -> HttpGateway:
    token = read_token(token_file, _VARIABLE, "a token")
    try:
        return HttpGateway(url, token, ca)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from error


@click.command(
    "install",
    epilog=examples(
        "sebridge plugin install report_count-1.0.zip",
        "sebridge plugin install report_count-1.0.zip --enable --url https://bridge:8480",
    ),
)
@click.argument("package", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--enable", is_flag=True, help="Have it start with the bridge from now on.")
@click.option("--no-start", is_flag=True, help="Only install it.")
@_gateway_options
def install_command(*, package: Path, enable: bool, no_start: bool, **where: Any) -> None:
    """Hand PACKAGE to a running bridge, with its signature where there is one beside it.

    Then the bridge installs and starts it, in place of another version. The token needs the scope
    admin. Exit status 0: done, 1: refused, 3: nobody there.
    """
    if enable and no_start:
        raise click.UsageError("--enable starts it, and --no-start does not")
    gateway = _gateway(**where)
    signature = package.with_name(package.name + _SIGNATURE)
    try:
        gateway.upload(package.name, package.read_bytes())
        if signature.is_file():
            gateway.upload(signature.name, signature.read_bytes())
        state = gateway.call("install_package", filename=package.name)
        if not no_start:
            method = "enable_plugin" if enable else "start_plugin"
            state = gateway.call(method, plugin_name=state["plugin_name"])
    except NobodyThereError as error:
        fail(f"sebridge: {error}", status=NO_ANSWER)
    except SebridgeError as error:
        fail(f"sebridge: {error}")
    click.echo(_line(state))


@click.command("list", epilog=examples("sebridge plugin list"))
@_gateway_options
def list_command(**where: Any) -> None:
    """Show the plug-ins of a running bridge, each with its version and state."""
    try:
        plugins = _gateway(**where).call("list_plugins")["plugins"]
    except NobodyThereError as error:
        fail(f"sebridge: {error}", status=NO_ANSWER)
    except SebridgeError as error:
        fail(f"sebridge: {error}")
    for plugin in plugins:
        click.echo(_line(plugin))


def _line(plugin: dict[str, Any]) -> str:
    words = [plugin["plugin_name"], plugin["version"] or "broken"]
    words.append("active" if plugin["active"] else "stopped")
    if plugin["enabled"] == "True":
        words.append("enabled")
    return " ".join(words)
