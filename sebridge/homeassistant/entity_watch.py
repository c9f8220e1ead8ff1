"""Watch an entity of Home Assistant, for ever: its state and attributes whenever they change."""

from collections.abc import Callable
from contextlib import aclosing
from random import Random

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.secret import Secret
from sebridge.homeassistant.conversation import Conversation
from sebridge.homeassistant.entity_state import EntityState, after
from sebridge.homeassistant.websocket import HomeAssistantLink


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
