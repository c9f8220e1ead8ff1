"""What a VTN says: an input is its programs and its events, as one JSON object of both lists."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import itertools
from pathlib import Path
from random import Random
from typing import Any

from sebridge.base.errors import SebridgeError
from sebridge.features.openadr.book import MOST_UNCLEAR, GridBook, KeptEvent
from sebridge.features.openadr.documents import MOST_PROBLEMS, GridProgram
from sebridge.features.openadr.plan import Decision, Rules, changes, decide
from sebridge.model.row_codec import RowCodec
from sebridge.rpc.json_codec import parse
from tests.fuzz.mutation import changed, changed_document
from tests.fuzz.target import Target, must

_NOW = 849_225_600  # 2026-11-29 00:00:00 UTC
_DAY = 86_400
_LARGEST = 1 << 20
_LONGEST = 1_000  # characters of a problem
_RULES = Rules(
    currency="EUR",
    unit="kWh",
    nominal=10_000,
    device_class=0x0FFF,
    duty_cycle=(75, 50, 0),
    criticality=(1, 3, 6),
    limit_criticality=6,
)
_EVENTS: RowCodec[KeptEvent] = RowCodec(KeptEvent)


class OpenAdrSubject:
    """The book of a VEN, and what it decides by it."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self._chance = Random(0)
        self._events: dict[str, KeptEvent] = {}
        self._programs: dict[str, GridProgram] = {}
        self._book = GridBook(
            frozenset(), self._programs, self._events, lambda: self._chance.uniform(-1, 1)
        )

    async def take(self, octets: bytes) -> None:
        """Take all that a VTN says: what is wrong is said with words; then what is right counts."""
        try:
            told = parse(octets, _LARGEST)
        except SebridgeError:
            return
        if isinstance(told, dict):
            self._say(_listed(told, "programs"), _listed(told, "events"))
        self._check(decide(self._book.events, _RULES, _NOW))
        self._say([_PROGRAM], [_EVENT])
        decision = decide(self._book.events, _RULES, _NOW)
        must([slot.value for slot in decision.prices] == [0.25], "a good price does not count")

    def _say(self, programs: list[Any], events: list[Any]) -> None:
        self._book.take_programs(programs)
        self._book.take_events(events, _NOW)
        must(len(self._book.unclear) <= MOST_UNCLEAR, "too much is unclear")
        for problem in self._book.unclear:
            must(problem.isprintable(), "what cannot be printed is said")
            must(len(problem) < _LONGEST, "too much is said")
        for kept in self._events.values():
            must(_EVENTS.read(_EVENTS.write(kept)) == kept, "an event cannot be kept")

    def _check(self, decision: Decision) -> None:
        for one, other in itertools.pairwise(decision.prices):
            must(one.start < one.end <= other.start, "prices overlap")
        for load, later in itertools.pairwise(decision.loads):
            must(load.end <= later.start, "load control overlaps")
        for load in decision.loads:
            must(load.start < _NOW + _DAY, "devices get load control of a day later")
            must(load.minutes > 0 and load.duty_cycle in range(101), "no device can do that")
        for verdict in decision.verdicts.values():
            must(len(verdict.problems) <= MOST_PROBLEMS, "too much is said of an event")
        again = changes(dict(enumerate(decision.loads)), decision.loads, _NOW)
        must(not (again.new or again.withdrawn), "what is there is issued again")


def _listed(told: dict[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    return found if isinstance(found, list) else []


_PROGRAM = {"id": "good", "programName": "Good"}
_EVENT = {
    "id": "good",
    "programID": "good",
    "intervalPeriod": {"start": "2026-11-29T00:00:00Z", "duration": "PT1H"},
    "payloadDescriptors": [{"payloadType": "PRICE", "units": "KWH", "currency": "EUR"}],
    "intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [0.25]}]}],
}


def grow(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Return what a VTN says with changes in values or in octets."""
    octets = random.choice(seeds)
    if random.random() < 0.3:
        return changed(random, octets, seeds)
    return changed_document(random, octets)


@asynccontextmanager
async def _subject(_directory: Path) -> AsyncIterator[OpenAdrSubject]:
    yield OpenAdrSubject()


TARGET = Target(
    name="openadr",
    told="programs and events of a VTN of OpenADR",
    subject=_subject,
    grow=grow,
    lasts=200,
    in_suite=300,
)
