"""`sebridge` itself: its subcommands by name, each imported when it is called.

What is imported here is imported for `sebridge --version`, too, and whenever a shell completes.
"""

import importlib
from typing import Any, Final

import click
from typing_extensions import override

from sebridge import __version__


class LazyCommand(click.Command):
    """Stands for a subcommand until it is called: its name, and the summary that lists show.

    `place` is where the subcommand itself is, as module.attribute of this package.
    """

    def __init__(self, name: str, place: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self._place = place

    def load(self) -> click.Command:
        """Import the subcommand."""
        module, _, attribute = self._place.rpartition(".")
        command = getattr(importlib.import_module(f"sebridge.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    @override
    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Let the subcommand read its arguments: from here on it is the one that is called."""
        return self.load().make_context(*arguments, **extra)


_SUBCOMMANDS: Final = (
    LazyCommand(
        "run", "run.run_command", "Run the bridge until it is told to stop (SIGTERM, SIGINT)."
    ),
    LazyCommand(
        "demo",
        "demo.demo_command",
        "Show a Smart Energy home live on MQTT, with nothing but this machine.",
    ),
    LazyCommand(
        "simulate",
        "simulate.simulate_command",
        "Be a radio stick that is none, or several, behind TCP ports, with a simulated house.",
    ),
    LazyCommand(
        "check-config",
        "check_config.check_config_command",
        "Tell whether the configuration is right, and everything that is wrong in it.",
    ),
    LazyCommand("call", "call.call_command", "Call an RPC method and print its answer as JSON."),
    LazyCommand(
        "backfill",
        "backfill.backfill_command",
        "Write what a meter counted during an outage into Home Assistant's statistics.",
    ),
    LazyCommand(
        "frames",
        "frames.frames_command",
        "Write the frames that the radio hears and sends into FILE, which Wireshark opens.",
    ),
    LazyCommand("watch", "watch.watch_command", "Show the gateway's topics live, as a table."),
    LazyCommand(
        "completion", "completion.completion_command", "Print the completion script of a shell."
    ),
    LazyCommand(
        "network",
        "network.network_command",
        "Look at the network of the stick, or form it.",
    ),
    LazyCommand(
        "backup",
        "backup.backup_command",
        "Write the network of the stick into FILE: its keys, counters and devices.",
    ),
    LazyCommand(
        "restore",
        "backup.restore_command",
        "Write the network of FILE into the stick, which may be of another kind.",
    ),
    LazyCommand(
        "report",
        "report.report_command",
        "Write a support report into FILE: what helps to find out what is wrong, without keys.",
    ),
    LazyCommand(
        "certificate",
        "certificate.certificate_command",
        "Certificates for key establishment: ours, and those of simulated devices.",
    ),
    LazyCommand(
        "decode",
        "codec.decode_command",
        "Print a ZCL frame: its header and payload with names, units and words.",
    ),
    LazyCommand(
        "encode",
        "codec.encode_command",
        "Print the hex of a ZCL frame given as JSON, in the form which `decode --json` prints.",
    ),
    LazyCommand(
        "plugin",
        "plugin.plugin_command",
        "Plug-ins: make one, check and pack it, install it in a running bridge.",
    ),
    LazyCommand(
        "token",
        "http_token.token_command",
        "Make a token for the HTTP server, and print it and the line for config.yaml.",
    ),
    LazyCommand(
        "import-files",
        "saved_files.import_command",
        "Take the saved files of an old gateway into the database.",
    ),
    LazyCommand(
        "export-files",
        "saved_files.export_command",
        "Write the saved files of an old gateway from the database.",
    ),
)


@click.group(
    commands=_SUBCOMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Try `sebridge demo` first: it needs neither a stick nor a broker.",
)
@click.version_option(__version__)
def main() -> None:
    """Bridge ZigBee Smart Energy to MQTT: meters, prices, demand response, messages."""
