"""What comes on the line of a Plugwise stick: an input is octets, which come in several pieces."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

from sebridge.base.errors import DecodeError, SebridgeError
from sebridge.plugwise.answers import (
    Acknowledgement,
    PowerNow,
    Status,
    read_answer,
    write_answer,
)
from sebridge.plugwise.exchange import ACKNOWLEDGED_WITHIN, ANSWERED_WITHIN
from sebridge.plugwise.frame import FrameReader, framed
from sebridge.plugwise.requests import GetPower, read_request, write_request
from sebridge.plugwise.stick import ATTEMPTS
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must
from tests.plugwise.bench import CIRCLE_PLUS, Bench, plugged_in

_PIECE = 50  # octets
_NOISE = b"noise that is no frame, so long that it ends whatever had begun " * 4
_LONGEST = ATTEMPTS * (ACKNOWLEDGED_WITHIN + ANSWERED_WITHIN)  # seconds
_GOOD = write_answer(1, Acknowledgement(status=Status.ACCEPTED))


class LineSubject:
    """A stick of ours, an emulated one, and what reads their frames."""

    def __init__(self, bench: Bench) -> None:
        self.keys: set[str] = set()
        self._reader = FrameReader()
        self._bench = bench

    async def take(self, octets: bytes) -> None:
        """Have both ends hear it while something is asked; the next question is answered."""
        for start in range(0, len(octets), _PIECE):
            for payload in self._reader.feed(octets[start : start + _PIECE]):
                _read(payload)
        found = list(self._reader.feed(framed(_GOOD)))
        must(found[-1:] == [_GOOD], "a good frame is not found")
        asked = asyncio.ensure_future(self._ask())
        await self._bench.clock.settle()
        self._bench.cable.say(octets)
        self._bench.emulated.take(octets)
        with suppress(SebridgeError):
            await self._bench.within(_LONGEST, asked)
        power = await self._bench.within(_LONGEST, self._ask())
        must(power.mac == CIRCLE_PLUS, "another circle answers")

    async def _ask(self) -> PowerNow:
        return await self._bench.stick.ask(GetPower(mac=CIRCLE_PLUS), PowerNow)


def _read(payload: str) -> None:
    with suppress(DecodeError):
        numbered = read_answer(payload)
        again = write_answer(numbered.sequence, numbered.answer)
        must(again == payload, "an answer is written otherwise than it was read")
    with suppress(DecodeError):
        must(write_request(read_request(payload)) == payload, "a request is written otherwise")


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return noise, frames with changes in octets, or frames with changes within a right CRC."""
    if random.random() < 0.1:
        return random.randbytes(random.choice((1, 20, 300))) + _NOISE[: random.randrange(200)]
    octets = random.choice(seeds)
    if random.random() < 0.4:
        return changed(random, octets, seeds)
    payloads = list(FrameReader().feed(octets))
    return b"".join(framed(_altered(random, random.choice(payloads))) for _ in range(5))


def _altered(random: Random, payload: str) -> str:
    place = random.randrange(4, len(payload) + 1)
    said = f"{random.getrandbits(32):X}"[: random.choice((0, 1, 2, 8))]
    return (payload[:place] + said + payload[place + random.choice((0, len(said))) :])[:128]


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[LineSubject]:
    async with plugged_in() as bench:
        yield LineSubject(bench)


TARGET = Target(
    name="plugwise_line",
    told="octets of a Plugwise stick, and of who speaks to an emulated one",
    subject=_subject,
    grow=grow,
    lasts=200,
    in_suite=100,
)
