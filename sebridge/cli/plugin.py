"""The subcommands of `plugin`, each imported when it is called."""

from typing import Final

import click

from sebridge.cli.examples import examples
from sebridge.cli.main import LazyCommand

_SUBCOMMANDS: Final = (
    LazyCommand("new", "plugin_folder.new_command", "Make a plug-in that works, with a test."),
    LazyCommand(
        "check",
        "plugin_package.check_command",
        "Say all that is wrong with a plug-in, with file, key and line.",
    ),
    LazyCommand("pack", "plugin_package.pack_command", "Make the package of a plug-in."),
    LazyCommand(
        "install",
        "plugin_remote.install_command",
        "Hand a package to a running bridge, install and start it.",
    ),
    LazyCommand(
        "list", "plugin_remote.list_command", "Show the plug-ins that a running bridge has."
    ),
)


@click.group(
    "plugin",
    commands=_SUBCOMMANDS,
    epilog=examples(
        "sebridge plugin new report_count",
        "sebridge plugin check report_count",
        "sebridge plugin pack report_count",
        "sebridge plugin install report_count-1.0.zip --enable",
        "sebridge plugin list",
    ),
)
def plugin_command() -> None:
    """Plug-ins: make one, check and pack it, install it in a running bridge."""
