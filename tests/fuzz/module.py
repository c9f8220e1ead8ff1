"""A host's octets for the emulated ZNP module, which is on a network and has a meter on it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from sebridge.simulator.modules.znp.nv import MOST_OCTETS
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.simulator.modules.znp.bench import Bench, framed

_PING = framed(0x21, 0x01, b"")
_LONGEST_FRAME = 255
_HEADS = (0x21, 0x21, 0x24, 0x25, 0x25, 0x27, 0x2F, 0x41, 0x45, 0x22, 0x61)
_MOST_SAID = 5000  # callbacks for one input: a few for each frame that it has room for
_NUMBERS = (b"\0\0", b"\xff\xff", b"\xfd\xff", b"\x01\0", b"\x5e\x01", b"\x02\x07")


class ModuleSubject:
    """The module, its host, and the air between it and a meter."""

    def __init__(self, bench: Bench) -> None:
        self.keys: set[str] = set()
        self._bench = bench

    async def take(self, octets: bytes) -> None:
        """Give the octets, then what ends any frame, and ask who is there."""
        bench = self._bench
        bench.heard.clear()
        bench.module.take(octets)
        bench.module.take(bytes(_LONGEST_FRAME))
        await bench.clock.advance(5)
        must(len(bench.heard) < _MOST_SAID, f"{len(bench.heard)} frames are said")
        bench.heard.clear()
        bench.module.take(_PING)
        must(bench.heard == [(0x61, 0x01, b"\x59\x06")], f"it says {bench.heard}")
        kept = sum(len(item) for item in bench.items.values())
        must(kept <= MOST_OCTETS, f"{kept} octets are kept")


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return frames of all subsystems, some of them of a seed, some with changes in octets."""
    if random.random() < 0.5:
        octets = random.choice(seeds)
    else:
        octets = b"".join(_frame(random) for _ in range(random.choice((1, 2, 5))))
    return changed(random, octets, seeds) if random.random() < 0.4 else octets


def _frame(random: Random) -> bytes:
    head = random.choice(_HEADS)
    command = random.choice((random.randrange(0x14), random.randrange(0x60), random.randrange(256)))
    chances = (*_NUMBERS, random.randbytes(1), random.randbytes(2), random.randbytes(8))
    parts = [random.choice(chances) for _ in range(8)]
    data = b"".join(parts)[: random.choice((0, 1, 2, 4, 8, 14, 30))]
    return framed(head, command, data)


@asynccontextmanager
async def _module(_directory: Path) -> AsyncIterator[ModuleSubject]:
    bench = Bench()
    await bench.form()
    await bench.let_in()
    yield ModuleSubject(bench)
    await bench.stop()


TARGET = Target(
    name="module",
    told="octets of a host for the emulated ZNP module",
    subject=_module,
    grow=grow,
    lasts=50,
    in_suite=300,
)
