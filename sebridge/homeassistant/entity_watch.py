"""Watch an entity of Home Assistant, for ever: its state and attributes whenever they change.

Source: the compressed states that `subscribe_entities` tells in Core 2026.2
(homeassistant/components/websocket_api/messages.py): what is there at first under `a`, what is
added and taken away under `c`, and what is gone under `r`.
"""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from random import Random
from typing import Any

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import MalformedAnswerError
from sebridge.base.secret import Secret
from sebridge.homeassistant.conversation import Conversation
from sebridge.homeassistant.websocket import HomeAssistantLink


class EntityState(msgspec.Struct, frozen=True):
    """What an entity says of itself."""

    state: str = "unknown"
    attributes: Mapping[str, Any] = msgspec.field(default_factory=dict)


class _Told(msgspec.Struct, frozen=True):
    s: str | None = None
    a: dict[str, Any] = msgspec.field(default_factory=dict)


class _Gone(msgspec.Struct, frozen=True):
    a: list[str] = msgspec.field(default_factory=list)


class _Change(msgspec.Struct, frozen=True, rename={"more": "+", "less": "-"}):
    more: _Told = msgspec.field(default_factory=_Told)
    less: _Gone = msgspec.field(default_factory=_Gone)


class _News(msgspec.Struct, frozen=True):
    a: dict[str, _Told] = msgspec.field(default_factory=dict)
    c: dict[str, _Change] = msgspec.field(default_factory=dict)
    r: list[str] = msgspec.field(default_factory=list)


def after(known: EntityState | None, event: Any, entity_id: str) -> EntityState | None:
    """Return how an entity is after an event of `subscribe_entities`; None where there is none.

    MalformedAnswerError for an event of another form.
    """
    try:
        news = msgspec.convert(event, _News)
    except msgspec.ValidationError as error:
        raise MalformedAnswerError(f"Home Assistant tells of states otherwise: {error}") from None
    if entity_id in news.r:
        return None
    if entity_id in news.a:
        told = news.a[entity_id]
        return EntityState(told.s or "unknown", told.a)
    change = news.c.get(entity_id)
    if change is None or known is None:
        return known
    kept = {name: v for name, v in known.attributes.items() if name not in change.less.a}
    return EntityState(change.more.s or known.state, kept | change.more.a)


class EntityWatch(Conversation):
    """Hands each state of an entity to `take`, and to `fail` why there is none just now."""

    def __init__(
        self,
        url: str,
        token: Secret,
        entity_id: str,
        *,
        take: Callable[[EntityState], object],
        fail: Callable[[str], object],
        clock: Clock,
        random: Random,
    ) -> None:
        super().__init__(url, token, clock=clock, random=random)
        self._entity_id = entity_id
        self._take = take
        self._fail = fail

    @override
    async def converse(self, link: HomeAssistantLink) -> None:
        """Hand over what the entity is, and what becomes of it."""
        known: EntityState | None = None
        news = await link.news("subscribe_entities", entity_ids=[self._entity_id])
        async with aclosing(news) as events:
            async for event in events:
                known = after(known, event, self._entity_id)
                self.goes_well()
                self._tell(known)

    @override
    def failed(self, problem: str) -> None:
        """Say why there is no state."""
        self._fail(problem)

    def _tell(self, known: EntityState | None) -> None:
        if known is None:
            self._fail("Home Assistant has no such entity")
        elif known.state == "unavailable":
            self._fail("it is unavailable in Home Assistant")
        else:
            self._take(known)
