"""A host's octets for the emulated EZSP module, which is on a network and has a meter on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from sebridge.simulator.modules.ezsp.tokens import MOST_MEMBERS
from tests.fuzz.framed import give, grow_frames
from tests.fuzz.target import Target, must
from tests.simulator.modules.ezsp.bench import Bench

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
        give(bench, octets)
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


def _content(random: Random) -> bytes:
    frame_id: int = random.choice(_FRAMES)
    head = bytes((random.randrange(256), 0, 1)) + frame_id.to_bytes(2, "little")
    chances = (*_NUMBERS, random.randbytes(1), random.randbytes(2))
    parts = [random.choice(chances) for _ in range(9)]
    data = b"".join(parts)[: random.choice((0, 1, 2, 4, 8, 14, 20, 43))]
    return head + data


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
    grow=grow_frames(_content),
    lasts=50,
    in_suite=300,
)
