"""What comes on the line of a Plugwise stick: an input is octets, which come in several pieces."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

from sebridge.base.errors import DecodeError
from sebridge.plugwise.answers import Acknowledgement, Status, read_answer, write_answer
from sebridge.plugwise.frame import FrameReader, framed
from sebridge.plugwise.requests import read_request, write_request
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target, must

_PIECE = 50  # octets
_NOISE = b"noise that is no frame, so long that it ends whatever had begun " * 4
_GOOD = write_answer(1, Acknowledgement(status=Status.ACCEPTED))


class LineSubject:
    """A reader of frames, and what reads their payloads."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._reader = FrameReader()

    async def take(self, octets: bytes) -> None:
        """Read it: nothing but DecodeError comes of it, and a good frame is found afterwards."""
        for start in range(0, len(octets), _PIECE):
            for payload in self._reader.feed(octets[start : start + _PIECE]):
                _read(payload)
        found = list(self._reader.feed(framed(_GOOD)))
        must(found[-1:] == [_GOOD], "a good frame is not found")


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
    yield LineSubject()


TARGET = Target(
    name="plugwise_line",
    told="octets of a Plugwise stick, and of who speaks to an emulated one",
    subject=_subject,
    grow=grow,
    lasts=200,
    in_suite=300,
)
