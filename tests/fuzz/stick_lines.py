"""What a stick says to our radio: garbage, and frames that no stick would say, on each serial line.

An input is a number of frames, each after an octet with its length; they come with a right checksum
and number, as if the stick had said them. Or, after an octet 0xFF, it is what comes on the line.

Behind the line is a whole radio of ours with the library that drives it, and an emulated module
with a meter on its air. Real time passes only because the libraries have no other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
import gc
from pathlib import Path
from random import Random, SystemRandom
from typing import Protocol
from unittest.mock import patch

import bellows.ezsp

from sebridge.base.errors import SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.ezsp.ash_frames import data_frame, line
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import EZSP, XBEE, ZNP, EmulatedModule, Model, make_module
from sebridge.simulator.modules.ezsp import ash_frame
from sebridge.simulator.modules.ezsp.ash_frame import Kind
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.modules.xbee.frame import ApiMode, packed
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.integration.emulated_sticks import Drawers
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.radio.simulated_air import HA_ENDPOINT, METER, METER_ENDPOINT, SE_ENDPOINT, Ears, report
from tests.simulator.modules.znp.bench import framed

_LINE = 0xFF
_LONGEST_FRAME = 200
_SPEED = 50
_JOIN_TIME = 254
_ROUNDS = 400  # reports of which one must be heard
_TURNS = 20  # looks for each
_LOOK = 0.002  # seconds
_MOST_TASKS = 60
_LOOK_FOR_GROWTH = 10  # every so manieth input
_MOST_GROWTH = 30_000  # objects, over the life of a subject

Write = Callable[[bytes], object]


class Line(Protocol):
    """What is between the module and the host, and can say something of its own."""

    def plug_in(self, write: Write) -> None:
        """Serve a host."""

    def unplug(self) -> None:
        """Serve nobody."""

    def take(self, octets: bytes) -> None:
        """Take octets of the host."""

    def say(self, octets: bytes) -> None:
        """Have octets come on the line."""

    def say_frame(self, content: bytes) -> None:
        """Have a frame come on the line that is right as far as the line goes."""


class PlainLine:
    """A line on which frames are not numbered."""

    def __init__(self, module: EmulatedModule, frame: Callable[[bytes], bytes]) -> None:
        self._module = module
        self._frame = frame
        self._write: Write | None = None

    def plug_in(self, write: Write) -> None:
        self._write = write
        self._module.plug_in(write)

    def unplug(self) -> None:
        self._write = None
        self._module.unplug()

    def take(self, octets: bytes) -> None:
        self._module.take(octets)

    def say(self, octets: bytes) -> None:
        if self._write is not None:
            self._write(octets)

    def say_frame(self, content: bytes) -> None:
        self.say(self._frame(content))


class AshLine:
    """The line of ASH: the frames of both ends are numbered anew, as some are ours."""

    def __init__(self, module: EmulatedModule) -> None:
        self._module = module
        self._write: Write | None = None
        self._begin()

    def _begin(self) -> None:
        self._reader = ash_frame.LineReader()
        self._ours = 0
        self._next = 0
        self._acknowledged = 0

    def plug_in(self, write: Write) -> None:
        self._write = write
        self._begin()
        self._module.plug_in(self._heard)

    def unplug(self) -> None:
        self._write = None
        self._module.unplug()

    def take(self, octets: bytes) -> None:
        for frame in self._reader.feed(octets):
            if frame is not None:
                self._module.take(self._for_module(frame))

    def _for_module(self, frame: ash_frame.AshFrame) -> bytes:
        if frame.kind is Kind.RST:
            self._begin()
            return line(Kind.RST)
        acknowledged = (frame.acknowledged - self._ours) % 8
        if frame.kind is Kind.DATA:
            return ash_frame.data(frame.number, acknowledged, frame.content, again=frame.again)
        if frame.kind is Kind.NAK:
            return ash_frame.nak(acknowledged)
        return ash_frame.ack(acknowledged)

    def _heard(self, octets: bytes) -> None:
        found = data_frame(bytearray(octets))
        if found is None:
            self.say(octets)
            return
        number = (found.number + self._ours) % 8
        self._next, self._acknowledged = (number + 1) % 8, found.acknowledged
        again = found.retransmitted == 1
        self.say(ash_frame.data(number, found.acknowledged, found.content, again=again))

    def say(self, octets: bytes) -> None:
        if self._write is not None:
            self._write(octets)

    def say_frame(self, content: bytes) -> None:
        self.say(ash_frame.data(self._next, self._acknowledged, content))
        self._next = (self._next + 1) % 8
        self._ours += 1


def make_line(kind: str, module: EmulatedModule) -> Line:
    """Return the line of a module of a kind."""
    if kind == EZSP:
        return AshLine(module)
    if kind == XBEE:
        return PlainLine(module, partial(packed, mode=ApiMode.ESCAPED))
    return PlainLine(module, _znp_frame)


def _znp_frame(content: bytes) -> bytes:
    head, command, *data = content.ljust(2, b"\0")
    return framed(head, command, bytes(data))


class LineSubject:
    """Our radio on a line that says anything, and a meter that it must hear afterwards."""

    def __init__(self, kind: str, clock: SteadyClock) -> None:
        self.keys: set[str] = set()
        self.ears = Ears()
        self._kind = kind
        drawers = Drawers()
        if kind == XBEE:
            drawers("xbee_registers", str, Secret)["AP"] = Secret(bytes((ApiMode.ESCAPED,)))
        self._ether = Ether(clock, AirOptions(delay=0))
        self._module = make_module(
            Model(kind),
            self._ether,
            drawers,
            clock=clock,
            line_clock=clock,
            seed=SystemRandom(),
            bus=SignalBus(),
        )
        self.line = make_line(kind, self._module)
        self._port = ModulePort(self.line, "127.0.0.1", 0)
        self._meter = SimulatedRadio(self._ether, METER, WELL_KNOWN_KEY, [METER_ENDPOINT], {})
        self._clock = clock
        self._number = 0
        self._inputs = 0
        self._objects = 0

    async def start(self) -> None:
        """Form a network, and have the meter in it."""
        await self._module.start()
        await self._port.start()
        options = RadioOptions(
            type=self._kind, path=f"socket://127.0.0.1:{self._port.port}", channel=15
        )
        self._radio = make_radio(
            options, [SE_ENDPOINT, HA_ENDPOINT], {}, self._clock, NetworkGuard({})
        )
        await self._radio.start(self.ears)
        await self._radio.permit_joining(_JOIN_TIME)
        await self._meter.start(Ears())
        await until(lambda: self.ears.arrivals)
        assert self._ether.network is not None
        self.keys = {self._ether.network.network_key.reveal().hex()}

    async def stop(self) -> None:
        """Let go of everything."""
        await self._meter.stop()
        await self._radio.stop()
        await self._port.stop()
        await self._module.stop()

    async def take(self, octets: bytes) -> None:
        """Have it come from the stick, then a report; a radio that is lost is started again."""
        if octets[:1] == bytes((_LINE,)):
            self.line.say(octets[1:])
        else:
            for content in frames_of(octets):
                self.line.say_frame(content)
        must(await self._hears(), "a report is not heard any more")
        tasks = len(asyncio.all_tasks())
        must(tasks < _MOST_TASKS, f"{tasks} tasks are there")
        self._inputs += 1
        if self._inputs % _LOOK_FOR_GROWTH == 0:
            self._look_for_growth()

    def _look_for_growth(self) -> None:
        gc.collect()
        objects = len(gc.get_objects())
        self._objects = self._objects or objects
        grown = objects - self._objects
        must(grown < _MOST_GROWTH, f"{grown} objects more are there")

    async def _hears(self) -> bool:
        """Have the meter report; whose the report is, the stick may have lied about."""
        for _ in range(_ROUNDS):
            if self.ears.reasons:
                self.ears.reasons.clear()
                with suppress(SebridgeError):
                    await self._radio.start(self.ears)
            self._number = (self._number + 1) % 2**24
            said = b"\x18\x01\x0a\x00\x00\x25" + self._number.to_bytes(6, "little")
            with suppress(SebridgeError):
                await self._meter.send(report(CHIP, said))
            for _ in range(_TURNS):
                if any(frame.data == said for frame in self.ears.frames):
                    self.ears.frames.clear()
                    self.ears.arrivals.clear()
                    self.ears.departures.clear()
                    return True
                await asyncio.sleep(_LOOK)
        return False


def frames_of(octets: bytes) -> Iterator[bytes]:
    """Yield the frames of an input that has such."""
    while octets:
        end = 1 + min(octets[0], _LONGEST_FRAME)
        if octets[1:end]:
            yield octets[1:end]
        octets = octets[end:]


def input_of(frames: Sequence[bytes]) -> bytes:
    """Return an input of frames."""
    return b"".join(bytes((len(frame),)) + frame for frame in frames)


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return noise, or frames: those of a seed, with changes in octets, and some of chance."""
    if random.random() < 0.2:
        return bytes((_LINE,)) + random.randbytes(random.choice((100, 500, 2000)))
    found: list[bytes] = []
    for _ in range(random.choice((2, 5, 10))):
        frames = list(frames_of(random.choice(seeds)))
        chosen = random.choice(frames) if frames else b""
        if random.random() < 0.1:
            chosen = random.randbytes(random.choice((1, 5, 40, 150)))
        elif random.random() < 0.7:
            chosen = changed(random, chosen, frames)
        found.append(chosen[:_LONGEST_FRAME])
    octets = input_of([frame for frame in found if frame])
    if random.random() < 0.2:
        return bytes((_LINE,)) + octets
    return octets


@asynccontextmanager
async def _line(kind: str, _directory: Path) -> AsyncIterator[LineSubject]:
    """Give a line; bellows is not to wait for what a module says when it is given power."""
    async with ticking(SteadyClock(_SPEED)) as clock:
        subject = LineSubject(kind, clock)
        with patch.object(bellows.ezsp, "NETWORK_COORDINATOR_STARTUP_RESET_WAIT", 0):
            await subject.start()
            yield subject
            await subject.stop()


def _target(kind: str, told: str) -> Target:
    return Target(
        name=f"{kind}_line",
        told=told,
        subject=partial(_line, kind),
        grow=grow,
        lasts=50,
        in_suite=60,
    )


TARGETS = (
    _target(EZSP, "octets of a stick on the line of EZSP, ASH"),
    _target(XBEE, "octets of a stick on the line of an XBee"),
    _target(ZNP, "octets of a stick on the line of ZNP"),
)
