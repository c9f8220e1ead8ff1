"""The state of an entity of Home Assistant, and what becomes of it by what is told.

Source: the compressed states that `subscribe_entities` tells in Core 2026.2
(homeassistant/components/websocket_api/messages.py): what is there at first under `a`, what is
added and taken away under `c`, and what is gone under `r`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from sebridge.base.errors import MalformedAnswerError


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
