"""`sebridge frames`: what the radio of a running gateway hears and sends, as a capture file."""

import base64
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, Final

import click
import msgspec

from sebridge.base.clock import SystemClock
from sebridge.base.errors import RefusedError
from sebridge.cli.broker import gateway_options
from sebridge.cli.call import answer_to
from sebridge.cli.ending import finish, silence_log
from sebridge.cli.examples import examples
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import MqttOptions

_LONGEST: Final = 86_400  # seconds of a recording
_ANSWER_WITHIN: Final = 60.0  # seconds


@click.command(
    "frames",
    epilog=examples(
        "sebridge frames house.pcapng --seconds 60",
        "sebridge frames - --seconds 600 | wireshark -k -i -",
    ),
)
@click.argument("file", type=click.File("wb", lazy=True))
@gateway_options
@click.option(
    "--seconds",
    type=click.IntRange(0, _LONGEST),
    default=0,
    show_default=True,
    help="Record for so long first; 0 takes what the gateway has recorded.",
)
def frames_command(
    file: BinaryIO, broker: BrokerAddress, gateway: str, base_topic: str, seconds: int
) -> None:
    """Write the frames that the radio hears and sends into FILE, which Wireshark opens.

    Keys and codes in them are zeros. The interface mqtt must let through the scope admin, or allow
    record_frames and export_frames.
    """
    silence_log()
    mqtt = MqttOptions(broker=broker, base_topic=base_topic)
    finish(_write(file, _Gateway(mqtt, gateway), seconds))


class _Gateway(msgspec.Struct, frozen=True):
    """A running gateway, at its broker."""

    mqtt: MqttOptions
    name: str

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the result of a method; raise RefusedError where it is refused."""
        answer = await answer_to(self.mqtt, self.name, method, params, _ANSWER_WITHIN)
        if answer.get("status") != "ok":
            raise RefusedError(answer["error"]["message"])
        return dict(answer["result"])

    async def captured(self) -> AsyncIterator[bytes]:
        """Yield the pages of what is recorded."""
        since, last = 0, 1
        while since < last:
            page = await self.ask("export_frames", since=since)
            yield base64.b64decode(page["capture_file"])
            since, last = page["since"], page["last_number"]


async def _write(file: BinaryIO, gateway: _Gateway, seconds: int) -> None:
    if seconds:
        await gateway.ask("record_frames", seconds=seconds, clear=True)
        await SystemClock().sleep(seconds)
    async for octets in gateway.captured():
        file.write(octets)
    file.flush()
