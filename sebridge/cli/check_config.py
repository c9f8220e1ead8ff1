"""`sebridge check-config`: tell whether a configuration is right."""

from pathlib import Path

import click

from sebridge.base.redaction import redacted
from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.examples import examples


@click.command("check-config", epilog=examples("sebridge check-config -c config.yaml"))
@config_option()
def check_config_command(config: Path) -> None:
    """Tell whether the configuration is right, and everything that is wrong in it."""
    options = configuration(config)
    click.echo(
        f"{config} is right: gateway {options.gateway.name}, radio {options.radio.type}, "
        f"broker {redacted(options.mqtt.broker)}"
    )
