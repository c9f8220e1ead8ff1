"""`sebridge check-config`: tell whether a configuration is right."""

from pathlib import Path

import click

from sebridge.cli.configuration import config_option, configuration
from sebridge.cli.examples import examples
from sebridge.settings.options import MqttOptions


@click.command("check-config", epilog=examples("sebridge check-config -c config.yaml"))
@config_option()
def check_config_command(config: Path) -> None:
    """Tell whether the configuration is right, and everything that is wrong in it."""
    options = configuration(config)
    click.echo(
        f"{config} is right: gateway {options.gateway.name}, radio {options.radio.type}, "
        f"broker {_broker(options.mqtt)}"
    )


def _broker(mqtt: MqttOptions) -> str:
    """Tell what was understood of the address, without what is to stay hidden."""
    if mqtt.broker.is_embedded:
        return "embedded"
    address = mqtt.address
    signs = " and ".join(
        word
        for word, value in (("user", address.username), ("password", address.password))
        if value is not None
    )
    return f"{address} with {signs}" if signs else str(address)
