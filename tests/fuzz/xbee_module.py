"""A host's octets for the emulated XBee, which is on a network and has a meter on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from sebridge.base.secret import Secret
from sebridge.simulator.modules.xbee.firmware import ZIGBEE
from sebridge.simulator.modules.xbee.memory import MOST_MEMBERS
from tests.fuzz.framed import give, grow_frames
from tests.fuzz.target import Target, must
from tests.simulator.modules.xbee.bench import OK, Bench, order

_MOST_SAID = 100_000  # octets for one input
_KINDS = (0x08, 0x08, 0x08, 0x09, 0x09, 0x10, 0x11, 0x11, 0x17, 0x24, 0x24, 0x55)
_COMMANDS = (b"AC", b"WR", b"RE", b"FR", b"NR", b"CB", b"ED", b"QQ")
_NUMBERS = (b"\0", b"\x01", b"\x02", b"\xff", b"\0\0", b"\xff\xfe", bytes(8), b"\xff" * 8)


class XbeeSubject:
    """The module, its host, and the air between it and a meter."""

    def __init__(self, bench: Bench) -> None:
        self.keys: set[str] = set()
        self._bench = bench

    async def take(self, octets: bytes) -> None:
        """Give the frames or the octets, then begin anew from the shop, and ask for a register."""
        bench = self._bench
        bench.line = b""
        give(bench, octets)
        await bench.clock.advance(15)
        must(len(bench.line) < _MOST_SAID, f"{len(bench.line)} octets are said")
        kept = [len(bench.drawers(f"xbee_{name}", int, int)) for name in ("members", "keys")]
        must(max(kept) <= MOST_MEMBERS, f"{kept} entries are kept")
        registers = bench.drawers("xbee_registers", str, Secret)
        must(set(registers) <= set(ZIGBEE.registers), f"{set(registers)} are written")
        await bench.module.stop()
        registers.clear()
        registers["AP"] = Secret(b"\x01")
        bench.module.plug_in(bench.hear)
        bench.line = b""
        bench.told.clear()
        await bench.form()
        must(bench.at("AI") == (OK, b"\0"), "it is on no network")


def _content(random: Random) -> bytes:
    kind = random.choice(_KINDS)
    content = bytes((kind, random.randrange(256)))
    if kind in {0x08, 0x09}:
        name = random.choice((random.choice(_COMMANDS), random.choice(_NAMES).encode("ascii")))
        content += name + random.choice((b"", *_NUMBERS, random.randbytes(random.randrange(20))))
    elif kind == 0x11 and random.random() < 0.7:
        content += order(options=random.randrange(256), data=random.randbytes(random.randrange(90)))
    else:
        parts = [random.choice((*_NUMBERS, random.randbytes(2))) for _ in range(9)]
        content += b"".join(parts)[: random.choice((0, 1, 4, 12, 20, 28, 43))]
    return content


_NAMES = tuple(ZIGBEE.registers)


@asynccontextmanager
async def _module(_directory: Path) -> AsyncIterator[XbeeSubject]:
    bench = Bench()
    await bench.form()
    await bench.let_in()
    yield XbeeSubject(bench)
    await bench.stop()


TARGET = Target(
    name="xbee_module",
    told="octets of a host for the emulated XBee",
    subject=_module,
    grow=grow_frames(_content),
    lasts=50,
    in_suite=300,
)
