"""Have plugwise_usb use an emulated stick, and keep what it asked and what it understood."""

import argparse
import asyncio
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, SystemClock
from sebridge.base.signals import SignalBus
from sebridge.plugwise.frame import FrameReader
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import EmulatedPlugwiseStick

_ROOT: Final = Path(__file__).resolve().parent.parent
_ENVIRONMENT: Final = _ROOT / ".venv-plugwise-usb"
_PACKAGE: Final = "plugwise_usb==0.47.6"
_RECORDING: Final = _ROOT / "tests" / "reference" / "plugwise_usb.json"
_HOUR: Final = 3600
STICK: Final = Eui64.parse("000D6F0001A59EDC")
WATTS: Final = {
    Eui64.parse("000D6F0001A5A372"): 60.0,
    Eui64.parse("000D6F0001A400E2"): 100.0,
}
LOGGED: Final = 30
"""Hours that each circle has logged. With all places of a buffer free, the program reads no log."""


class TappedStick(EmulatedPlugwiseStick):
    """A stick whose requests are noted."""

    def __init__(self, clock: Clock, begun: float) -> None:
        circles = [SimulatedCircle(mac, begun, watts=watts) for mac, watts in WATTS.items()]
        super().__init__(STICK, circles, clock, SignalBus())
        self.requests: dict[str, None] = {}
        self._tap = FrameReader()

    @override
    def take(self, octets: bytes) -> None:
        self.requests.update(dict.fromkeys(self._tap.feed(octets)))
        super().take(octets)


async def record(python: Path) -> dict[str, Any]:
    """Return what the program asked, each request once, and what it understood."""
    clock = SystemClock()
    begun = int(clock.utc()) // _HOUR * _HOUR - LOGGED * _HOUR
    stick = TappedStick(clock, begun)
    port = ModulePort(stick, "127.0.0.1", 0)
    await port.start()
    program = await asyncio.create_subprocess_exec(
        *(python, "-W", "ignore", _ROOT / "script" / "plugwise_usb_program.py"),
        f"socket://127.0.0.1:{port.port}",
        stdout=subprocess.PIPE,
    )
    said, _ = await program.communicate()
    await port.stop()
    await stick.stop()
    if program.returncode:
        sys.exit("the program failed")
    relays = {f"{mac:016X}": circle.relay for mac, circle in stick.circles.items()}
    moment = {"time": clock.utc(), "relays": relays}
    return {**json.loads(said), **moment, "requests": list(stick.requests)}


def environment(python: str) -> Path:
    """Return the Python that has the program, which is installed once."""
    own = _ENVIRONMENT / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", _ENVIRONMENT], check=True)
        subprocess.run([own, "-m", "pip", "install", "--quiet", _PACKAGE], check=True)
    return own


def main() -> None:
    """Record, and say what was understood."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="python3.13", help="a Python 3.13 or later")
    found = asyncio.run(record(environment(parser.parse_args().python)))
    _RECORDING.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{found['program']}: {len(found['requests'])} requests")
    for mac, circle in found["circles"].items():
        print(f"{mac}: {circle}")


if __name__ == "__main__":
    main()
