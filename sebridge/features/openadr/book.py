"""What the VTN has said, what became of it, and what stays over restarts. Pure.

Times are whole seconds since 2000 UTC.
"""

from collections.abc import Callable, MutableMapping, Sequence, Set as AbstractSet
from typing import Any, Final

import msgspec

from sebridge.base.errors import InvalidFieldError
from sebridge.base.printable import printable
from sebridge.features.openadr.documents import (
    GridEvent,
    GridProgram,
    id_in,
    read_event,
    read_program,
)
from sebridge.model.data_types import Uint32

MOST_UNCLEAR: Final = 16
"""Objects that cannot be read, of which it is told why."""

_LONGEST_ID: Final = 40  # characters of an id that are shown


class KeptEvent(msgspec.Struct, frozen=True):
    """An event, when it was seen first, and by what part of its randomizeStart it is moved."""

    event: GridEvent
    seen: Uint32
    chance: float


class GridBook:
    """Keeps programs and events, both by their ids, as the VTN said last.

    `chosen` are the names and ids of the programs that count; without any, all do. `draw` gives a
    number of -1..1, once for each event.
    """

    def __init__(
        self,
        chosen: AbstractSet[str],
        programs: MutableMapping[str, GridProgram],
        events: MutableMapping[str, KeptEvent],
        draw: Callable[[], float],
    ) -> None:
        self._chosen = chosen
        self._programs = programs
        self._events = events
        self._draw = draw
        self.unclear: tuple[str, ...] = ()
        """What of the last answer could not be read, and why."""

    @property
    def programs(self) -> Sequence[GridProgram]:
        """The programs that count."""
        return tuple(self._programs.values())

    @property
    def events(self) -> Sequence[GridEvent]:
        """The events of these programs."""
        return tuple(kept.event for kept in self._events.values())

    def take_programs(self, documents: Sequence[Any]) -> None:
        """Take all programs that there are."""
        found: dict[str, GridProgram] = {}
        unclear: list[str] = []
        for document in documents:
            program = self._programs.get(id_in(document) or "")
            try:
                program = read_program(document)
            except InvalidFieldError as error:
                unclear.append(_words("program", document, error))
            if program is not None and self._counts(program):
                found[program.program_id] = program
        _become(self._programs, found)
        self.unclear = tuple(unclear[:MOST_UNCLEAR])

    def take_events(self, documents: Sequence[Any], now: int) -> None:
        """Take all events that there are. One that cannot be read stays as it was."""
        found: dict[str, KeptEvent] = {}
        unclear = list(self.unclear)
        for document in documents:
            event_id = id_in(document) or ""
            kept = self._events.get(event_id)
            try:
                kept = self._read(document, kept, now)
            except InvalidFieldError as error:
                unclear.append(_words("event", document, error))
            if kept is not None and kept.event.program_id in self._programs:
                found[event_id] = kept
        _become(self._events, found)
        self.unclear = tuple(unclear[:MOST_UNCLEAR])

    def _read(self, document: Any, before: KeptEvent | None, now: int) -> KeptEvent:
        seen = now if before is None else before.seen
        chance = self._draw() if before is None else before.chance
        program = document.get("programID") if isinstance(document, dict) else None
        known = self._programs.get(program) if isinstance(program, str) else None
        measures = {} if known is None else known.measures
        event = read_event(document, measures, seen=seen, chance=chance)
        return KeptEvent(event, seen, chance)

    def _counts(self, program: GridProgram) -> bool:
        return not self._chosen or not self._chosen.isdisjoint((program.name, program.program_id))


def _words(kind: str, document: Any, error: InvalidFieldError) -> str:
    name = (id_in(document) or "without an id")[:_LONGEST_ID]
    return printable(f"{kind} {name}: {error}", "?")


def _become(kept: MutableMapping[str, Any], found: MutableMapping[str, Any]) -> None:
    """Make what is kept what was found; what is as it was is not written again."""
    for name in kept.keys() - found.keys():
        del kept[name]
    for name, value in found.items():
        if kept.get(name) != value:
            kept[name] = value
