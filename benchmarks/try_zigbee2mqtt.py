"""Let zigbee2mqtt have a meter join on an emulated stick, and print what it publishes of it."""

import asyncio
from pathlib import Path
import subprocess
import sys
import tempfile
from typing import Final

from benchmarks.ear import Ear
from benchmarks.programs import Zigbee2mqtt
from benchmarks.reports import broker
from benchmarks.rig import HOST, Process, Stick
from benchmarks.side_by_side import CACHE, ONLINE_WITHIN, set_up
from sebridge.simulator.modules.emulated import Model

_WATT: Final = 1234
_WITHIN: Final = 30  # seconds
_TOPIC: Final = "zigbee2mqtt/+"


async def published(kind: str, program: Zigbee2mqtt) -> str:
    """Return the topic and the message of a report; TimeoutError where nothing comes of it."""
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as port:
        async with Stick(Model(kind), 1) as stick:
            ear = Ear(HOST, port, program)
            process = Process(program, Path(name), broker=port, stick=stick)
            try:
                await asyncio.wait_for(ear.online.wait(), ONLINE_WITHIN)
                await set_up(program, stick, ear)
                listener = await asyncio.create_subprocess_exec(
                    *("mosquitto_sub", "-p", str(port), "-v", "-R", "-W", str(_WITHIN)),
                    *("-C", "1", "-t", _TOPIC),
                    stdout=subprocess.PIPE,
                )
                said = asyncio.create_task(listener.communicate())
                while not said.done():
                    stick.report(_WATT)
                    await asyncio.wait([said], timeout=1)
            finally:
                ear.close()
                await asyncio.to_thread(process.stop)
    message = said.result()[0].decode().strip()
    if f'"power":{_WATT}' not in message:
        raise TimeoutError(f"no report within {_WITHIN} s, but: {message}")
    return message


def main(kind: str) -> None:
    """Try it on a stick of this kind."""
    program = Zigbee2mqtt(CACHE)
    program.install(CACHE)
    print(asyncio.run(published(kind, program)))


if __name__ == "__main__":
    main(sys.argv[1])
