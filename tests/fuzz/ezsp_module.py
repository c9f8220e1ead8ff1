"""A host's octets for the emulated EZSP module, which is on a network and has a meter on it.

An input is a number of EZSP frames, each after an octet with its length, for what lies below them
has checksums; or, after an octet 0xFF, what comes on the line.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from sebridge.simulator.modules.ezsp.tokens import MOST_MEMBERS
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.simulator.modules.ezsp.bench import Bench

_LINE = 0xFF
_LONGEST_FRAME = 200
_MOST_KEYS = 127
_MOST_SAID = 5000  # frames for one input: a few for each that it has room for
_FRAMES = (*range(0x100), *range(0x100, 0x118))
_ENDS = bytes.fromhex("0901 0207 5e 0a 6001 0000 00 05 05")
_NUMBERS = (b"\0", b"\0\0", b"\xff\xff", b"\xfd\xff", b"\x0d", _ENDS, bytes(8), b"\xff" * 8)


class EzspSubject:
    """The module, its host, and the air between it and a meter."""

    def __init__(self, bench: Bench) -> None:
        self.keys: set[str] = set()
        self._bench = bench

    async def take(self, octets: bytes) -> None:
        """Give the frames or the octets, then begin anew: the module must agree on the version."""
        bench = self._bench
        bench.heard.clear()
        if octets[:1] == bytes((_LINE,)):
            bench.module.take(octets[1:])
        else:
            for content in _frames(octets):
                bench.say(content)
        await bench.clock.advance(5)
        must(len(bench.heard) < _MOST_SAID, f"{len(bench.heard)} frames are said")
        bench.answers.clear()
        bench.callbacks.clear()
        bench.begin()
        kept = (
            len(bench.drawers("ezsp_members", int, int)),
            len(bench.drawers("ezsp_keys", int, int)),
        )
        must(kept[0] <= MOST_MEMBERS and kept[1] <= _MOST_KEYS, f"{kept} entries are kept")


def _frames(octets: bytes) -> list[bytes]:
    found = []
    while octets:
        end = 1 + min(octets[0], _LONGEST_FRAME)
        found.append(octets[1:end])
        octets = octets[end:]
    return found


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return frames of all commands, some of them of a seed, some with changes in octets."""
    if random.random() < 0.1:
        return bytes((_LINE,)) + random.randbytes(random.choice((1, 20, 300)))
    if random.random() < 0.3:
        octets = random.choice(seeds)
    else:
        octets = b"".join(_frame(random) for _ in range(random.choice((1, 2, 5))))
    return changed(random, octets, seeds) if random.random() < 0.4 else octets


def _frame(random: Random) -> bytes:
    frame_id: int = random.choice(_FRAMES)
    head = bytes((random.randrange(256), 0, 1)) + frame_id.to_bytes(2, "little")
    chances = (*_NUMBERS, random.randbytes(1), random.randbytes(2))
    parts = [random.choice(chances) for _ in range(9)]
    data = b"".join(parts)[: random.choice((0, 1, 2, 4, 8, 14, 20, 43))]
    content = head + data
    return bytes((len(content),)) + content


@asynccontextmanager
async def _module(_directory: Path) -> AsyncIterator[EzspSubject]:
    bench = Bench()
    await bench.form()
    bench.admit()
    await bench.let_in()
    yield EzspSubject(bench)
    await bench.stop()


TARGET = Target(
    name="ezsp_module",
    told="octets of a host for the emulated EZSP module",
    subject=_module,
    grow=grow,
    lasts=50,
    in_suite=300,
)
