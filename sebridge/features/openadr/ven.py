"""Ask the VTN, keep what it says, and have prices and load control of the home follow it."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from random import Random
from typing import Any, Final, Protocol

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock, iso_time, zigbee_time
from sebridge.base.errors import RefusedError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.openadr.book import GridBook
from sebridge.features.openadr.plan import Decision, Load, Rules, Verdict, changes, decide
from sebridge.features.openadr.signals import (
    GridEventUnclear,
    OpenAdrTold,
    VtnFound,
    VtnLost,
    VtnStale,
)
from sebridge.gateway.events.server_service import EventServerService
from sebridge.gateway.events.signals import CurveTold
from sebridge.settings.openadr_options import OpenAdrOptions
from sebridge.zcl.status import Status

CONTACT: Final = "contact"
"""The one key of when the VTN last answered."""

_FIRST_LOOK: Final = 10.0  # seconds, of which chance takes a part: not all homes come at once
_FIRST_PAUSE: Final = 10.0  # seconds after a failure
_LONGEST_PAUSE: Final = 900.0
_PLANNED_AGAIN: Final = 600.0
_SHORTEST_STALE: Final = 3_600.0
_POLLS_MISSED: Final = 3
_WORST_SKEW: Final = 60.0  # seconds

LoadControl = Callable[[], EventServerService[Any] | None]
"""Gives what takes load-control events; None where there is no server for them."""


class Vtn(Protocol):
    """Whoever is asked for what a VTN has for us."""

    @property
    def skew(self) -> float | None:
        """How many seconds its clock is ahead of ours; None where it does not tell."""

    async def objects(self, path: str, params: Sequence[tuple[str, str]]) -> list[Any]:
        """Return all objects of a collection such as `programs`; SebridgeError says why not."""


class Ven(Service):
    """The VEN of a gateway.

    `issued` keeps which load-control event of ours, by its identifier, was made of what, and
    `contact` when the VTN last answered (seconds since 1970). `tells_prices` says whether the
    curve of prices comes from here.
    """

    def __init__(
        self,
        options: OpenAdrOptions,
        vtn: Vtn,
        book: GridBook,
        rules: Rules,
        *,
        issued: MutableMapping[int, Load],
        contact: MutableMapping[str, float],
        load_control: LoadControl,
        tells_prices: bool,
        clock: Clock,
        network_clock: Clock,
        time_is_known: Callable[[], bool],
        random: Random,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._options = options
        self._vtn = vtn
        self._book = book
        self._rules = rules
        self._issued = issued
        self._contact = contact
        self._load_control = load_control
        self._tells_prices = tells_prices
        self._clock = clock
        self._network_clock = network_clock
        self._time_is_known = time_is_known
        self._random = random
        self._bus = bus
        self._began = clock.utc()
        self._pause = _FIRST_PAUSE
        self._problem: str | None = None
        self._has_answered = False
        self._is_stale = False
        self._verdicts: Mapping[str, Verdict] = {}
        self._refusals: dict[str, str] = {}
        self._curve: Decision | None = None

    # ------------------------------------------------------------------ how it is

    @property
    def options(self) -> OpenAdrOptions:
        """What the configuration says of it."""
        return self._options

    @property
    def book(self) -> GridBook:
        """What the VTN has said."""
        return self._book

    def facts(self) -> dict[str, Any]:
        """Return how the connection is, and how much there is of what the VTN said."""
        last, skew = self._contact.get(CONTACT), self._vtn.skew
        return {
            "connected": self._has_answered and self._problem is None,
            "last_contact": None if last is None else iso_time(last),
            "stale": self._is_stale,
            "skew": None if skew is None else round(skew),
            "programs": len(self._book.programs),
            "events": len(self._book.events),
            "problem": self._problem,
        }

    def notes(self) -> list[str]:
        """Return what people should know: what is wrong with the VTN, and what it says wrong."""
        found = [] if self._problem is None else [f"OpenADR: {self._problem}"]
        if self._is_stale:
            found.append("OpenADR: the VTN has not answered for long: what it said may be wrong")
        skew = self._vtn.skew
        if skew is not None and abs(skew) > _WORST_SKEW:
            side = "ahead of" if skew > 0 else "behind"
            found.append(f"OpenADR: the VTN's clock is {abs(skew):.0f} s {side} ours")
        return [*found, *(f"OpenADR: {problem}" for problem in self._book.unclear)]

    def issued_for(self, source: str) -> list[int]:
        """Return the identifiers of the load-control events that an event of the VTN has become."""
        return [event_id for event_id, load in self._issued.items() if load.source == source]

    def verdict(self, source: str) -> Verdict:
        """Return what has become of an event of the VTN, and why not more."""
        found = self._verdicts.get(source, Verdict())
        refusal = self._refusals.get(source)
        if refusal is None:
            return found
        return msgspec.structs.replace(found, problems=(*found.problems, refusal))

    # ------------------------------------------------------------------ what it does

    @override
    async def start(self) -> None:
        """Tell how it is, in the place of what was told before a restart."""
        self._tell()
        await super().start()

    @override
    async def run(self) -> None:
        """Look again and again; between two looks, go on with what is known."""
        await self._apply(heard=False)
        pause = self._random.uniform(0, _FIRST_LOOK)
        while True:
            due = self._clock.monotonic() + pause
            while (rest := due - self._clock.monotonic()) > 0:
                await self._clock.sleep(min(rest, _PLANNED_AGAIN))
                await self._apply(heard=False)
            try:
                await self._look()
            except SebridgeError as error:
                pause = self._lost(error)
            else:
                pause = self._found()
            await self._apply(heard=self._problem is None)

    async def _look(self) -> None:
        """Ask for all programs and events, and keep them together."""
        targets = [("targets", target) for target in self._options.targets]
        programs = await self._vtn.objects("programs", targets)
        events = await self._vtn.objects("events", targets)
        self._book.take_programs(programs)
        self._book.take_events(events, self._now)

    def _lost(self, error: SebridgeError) -> float:
        """Tell once what is wrong; return after how many seconds to look again."""
        problem = str(error)
        if problem != self._problem:
            self._problem = problem
            self._bus.send(VtnLost(problem))
        longest = max(_LONGEST_PAUSE, self._options.poll)
        pause = longest if isinstance(error, RefusedError) else self._pause
        self._pause = min(2 * self._pause, longest)
        return pause * self._random.uniform(0.5, 1)

    def _found(self) -> float:
        """Note that the VTN has answered; return after how many seconds to look again."""
        if self._problem is not None:
            self._bus.send(VtnFound())
        self._problem = None
        self._has_answered = True
        self._pause = _FIRST_PAUSE
        self._contact[CONTACT] = self._clock.utc()
        return self._options.poll * self._random.uniform(0.9, 1.1)

    async def _apply(self, *, heard: bool) -> None:
        """Have prices and load control follow what is known; `heard` says that it is news."""
        self._note_age()
        if self._time_is_known():
            now = self._now
            decision = decide(self._book.events, self._rules, now)
            if heard:
                self._complain(decision)
            self._verdicts = decision.verdicts
            self._tell_prices(decision, heard=heard)
            await self._issue(decision, now)
        self._tell()

    def _tell_prices(self, decision: Decision, *, heard: bool) -> None:
        before, self._curve = self._curve, decision
        is_new = before is not None and before.prices != decision.prices
        if self._tells_prices and (heard or is_new):
            self._bus.send(CurveTold(decision.prices))

    async def _issue(self, decision: Decision, now: int) -> None:
        """Take back what is not wanted any more, and issue what is not there yet.

        Which event of ours is of what is noted in the same step in which the event is made, so that
        both are on the disk after a loss of power, or neither is.
        """
        server = self._load_control()
        if server is None:
            return
        todo = changes(self._issued, decision.loads, now)
        for event_id in todo.over:
            del self._issued[event_id]
        for event_id in todo.withdrawn:
            load = self._issued.pop(event_id)
            command = server.record(
                "cancel_load_control_event",
                issuer_event_id=event_id,
                device_class=load.device_class,
            )
            await server.cancel(event_id, 0, command)
        self._refusals.clear()
        for load in todo.new:
            await self._create(server, load)

    async def _create(self, server: EventServerService[Any], load: Load) -> None:
        event_id = server.free_id()
        self._issued[event_id] = load
        record = server.record(
            "load_control_event",
            issuer_event_id=event_id,
            device_class=load.device_class,
            start_time=load.start,
            duration_in_minutes=load.minutes,
            criticality_level=load.criticality,
            duty_cycle=load.duty_cycle,
            event_control=0,  # its start is random already, where the VTN wants that
        )
        created = await server.create(record)
        if created.status is not Status.SUCCESS:
            del self._issued[event_id]
            self._refusals[load.source] = created.reason

    def _complain(self, decision: Decision) -> None:
        """Tell once of each event what nothing can be made of."""
        for source, verdict in decision.verdicts.items():
            before = self._verdicts.get(source, Verdict()).problems
            for problem in verdict.problems:
                if problem not in before:
                    self._bus.send(GridEventUnclear(source, problem))

    def _note_age(self) -> None:
        """Tell once when the VTN has been away for so long that what it said may be wrong."""
        age = self._clock.utc() - self._contact.get(CONTACT, self._began)
        was_stale = self._is_stale
        self._is_stale = age > max(_POLLS_MISSED * self._options.poll, _SHORTEST_STALE)
        if self._is_stale and not was_stale:
            self._bus.send(VtnStale(age))

    def _tell(self) -> None:
        self._bus.send(OpenAdrTold(self.facts()))

    @property
    def _now(self) -> int:
        return zigbee_time(self._network_clock.utc())


class NoVen(Service):
    """Tells once that OpenADR is not configured, in the place of what was told before."""

    def __init__(self, bus: SignalBus) -> None:
        super().__init__()
        self._bus = bus

    @override
    async def start(self) -> None:
        """Tell it."""
        self._bus.send(OpenAdrTold(None))
        await super().start()
