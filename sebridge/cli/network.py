"""The subcommands of `network`: status and form."""

from dataclasses import replace
from pathlib import Path

import click

from sebridge.base.errors import RefusedError
from sebridge.cli.at_stick import STICK_CONFIG, AtStick, carry_out, told
from sebridge.cli.examples import examples


@click.group(
    "network",
    epilog=examples(
        "sebridge network status",
        "sebridge network form --force-new",
    ),
)
def network_command() -> None:
    """Look at the network of the stick, or form it.

    The bridge must not run meanwhile: the stick serves one program at a time.
    """


@network_command.command("status")
@STICK_CONFIG
def status_command(config: Path) -> None:
    """Tell which network the stick has, and which one the bridge expects.

    Exit status 1 where that is not the same.
    """
    carry_out(config, _status)


@network_command.command("form")
@STICK_CONFIG
@click.option(
    "--force-new",
    is_flag=True,
    help="Also where a network is known already: every device must join the new one again.",
)
def form_command(config: Path, *, force_new: bool) -> None:
    """Form a new network."""
    carry_out(config, lambda at: _form(at, force_new=force_new))


# ------------------------------------------------------------------ what they do


async def _status(at: AtStick) -> None:
    found, expected = await at.stick.network(), at.guard.expected
    click.echo(f"the stick has {told(found)}")
    click.echo(f"expected: {'any network' if expected is None else expected}")
    click.echo(f"devices known: {len(at.devices)}")
    if found is None:
        at.guard.check_forming()
    else:
        at.guard.check(found.formed)


async def _form(at: AtStick, *, force_new: bool) -> None:
    if not force_new:
        at.guard.check_forming()
        found = await at.stick.network()
        if found is not None:
            raise RefusedError(f"the stick has {told(found)} already; --force-new replaces it")
    network = await at.stick.form()
    at.guard.remember(network.formed)
    for device, known in tuple(at.devices.items()):
        at.devices[device] = replace(known, nwk=None)
    click.echo(f"the stick has the network {network} now")
    if at.devices:
        click.echo(f"the devices that are known ({len(at.devices)}) must join it again")
