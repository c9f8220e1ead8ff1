"""The request for what a utility's VTN says, and what becomes of it.

Own extension: the reference has no such request.
"""

from collections.abc import Sequence

import msgspec

from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import RequestError
from sebridge.features.openadr.documents import GridEvent
from sebridge.features.openadr.moments import LAST
from sebridge.features.openadr.ven import Ven
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method


class OpenAdrProgram(msgspec.Struct, frozen=True, kw_only=True):
    """A program of the VTN, by its id there."""

    id: str
    name: str


class OpenAdrEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the VTN, and what became of it.

    It lasts `from_time` `until`, null for no end; a lower `priority` goes before. `prices` is how
    many slots of the curve of prices are its, `issuer_event_ids` are the load-control events that
    were made of it and are not over. `problems` say of what nothing was made, and why.
    """

    id: str
    name: str
    program_id: str
    priority: int | None
    from_time: str | None
    until: str | None
    prices: int
    issuer_event_ids: Sequence[int]
    problems: Sequence[str]


class OpenAdrResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the VTN says, and how the connection to it is.

    `last_contact` is when it last answered; it is `stale` when that is so long ago that what it
    said may be wrong. `skew` is by how many seconds its clock is ahead of ours, `problem` what is
    wrong with the connection, `unclear` what of its last answer could not be read.
    """

    url: str
    connected: bool
    last_contact: str | None
    stale: bool
    skew: int | None
    problem: str | None
    programs: Sequence[OpenAdrProgram]
    events: Sequence[OpenAdrEvent]
    unclear: Sequence[str]


class OpenAdrMethods:
    """What is known of OpenADR."""

    rpc_interface = SE_INTERFACE

    def __init__(self, ven: Ven | None) -> None:
        self._ven = ven

    @method(scope=Scope.READ)
    async def get_openadr(self) -> OpenAdrResponse:
        """Tell which programs and events the VTN has for us, what became of each, and why not.

        Refused where `openadr` is not in the configuration.
        """
        ven = self._ven
        if ven is None:
            raise RequestError("openadr is not configured")
        facts = ven.facts()
        return OpenAdrResponse(
            url=ven.options.url,
            connected=facts["connected"],
            last_contact=facts["last_contact"],
            stale=facts["stale"],
            skew=facts["skew"],
            problem=facts["problem"],
            programs=[OpenAdrProgram(id=p.program_id, name=p.name) for p in ven.book.programs],
            events=[_told(ven, event) for event in ven.book.events],
            unclear=ven.book.unclear,
        )


def _told(ven: Ven, event: GridEvent) -> OpenAdrEvent:
    begin = min((span.start for span in event.spans), default=None)
    is_endless = begin is None or event.until >= LAST
    verdict = ven.verdict(event.event_id)
    return OpenAdrEvent(
        id=event.event_id,
        name=event.name,
        program_id=event.program_id,
        priority=event.priority,
        from_time=None if begin is None else iso_time(unix_time(begin)),
        until=None if is_endless else iso_time(unix_time(event.until)),
        prices=verdict.prices,
        issuer_event_ids=ven.issued_for(event.event_id),
        problems=verdict.problems,
    )
