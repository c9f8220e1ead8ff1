"""`sebridge token`: make a token for the HTTP server."""

import re
from typing import Any

import click

from sebridge.cli.examples import examples
from sebridge.transports.web.tokens import hash_of, new_token


def _name(_context: Any, _parameter: Any, text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", text):
        raise click.BadParameter("must be 1 to 64 of letters, digits and . _ -")
    return text


@click.command(
    "token",
    epilog=examples("sebridge token dashboard", "sebridge token head-end --scope command"),
)
@click.argument("name", callback=_name)
@click.option(
    "--scope",
    type=click.Choice(["read", "command", "admin"]),
    default="read",
    show_default=True,
    help="What its owner may do.",
)
def token_command(name: str, scope: str) -> None:
    """Make a token for the HTTP server, and print it and the line for config.yaml.

    It is shown this once: the configuration has only its hash. Take the line out again and it is
    worth nothing.
    """
    token = new_token()
    click.echo("The token, which is shown only now:\n")
    click.echo(f"  {token.reveal().decode()}\n")
    click.echo("The line for config.yaml, below http.tokens:\n")
    click.echo(f"  - {{name: {name}, scope: {scope}, hash: {hash_of(token).reveal().hex()}}}")
