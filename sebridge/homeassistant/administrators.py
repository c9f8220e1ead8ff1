"""Who of Home Assistant's users is its administrator, as it says itself.

Source: what `config/auth/list` tells in Core 2026.2 (homeassistant/components/config/auth.py), the
events of its users (homeassistant/auth/__init__.py), and its group of administrators
(homeassistant/auth/const.py).
"""

from collections.abc import Callable, Mapping, Set as AbstractSet
from contextlib import aclosing
import logging
from random import Random
from typing import Any, Final

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import MalformedAnswerError
from sebridge.base.secret import Secret
from sebridge.homeassistant.conversation import Conversation
from sebridge.homeassistant.websocket import HomeAssistantLink

_LOGGER = logging.getLogger(__name__)

_GROUP: Final = "system-admin"
_CHANGES: Final = {
    "trigger": "event",
    "event_type": ["user_added", "user_updated", "user_removed"],
}


class _User(msgspec.Struct, frozen=True):
    """All of these must be told: what is left out would be guessed."""

    id: str
    is_owner: bool
    is_active: bool
    group_ids: list[str]


def users_in(answer: Any) -> Mapping[str, bool]:
    """Return the ids of all users who may sign in, and of each whether that is an administrator.

    MalformedAnswerError for an answer of another form.
    """
    try:
        users = msgspec.convert(answer, list[_User])
    except msgspec.ValidationError as error:
        raise MalformedAnswerError(f"Home Assistant tells of users otherwise: {error}") from None
    return {user.id: user.is_owner or _GROUP in user.group_ids for user in users if user.is_active}


class Administrators(Conversation):
    """Has Home Assistant tell who its administrators are, at first and whenever users change.

    While it does not, nothing is known of anybody, and it is asked again after a pause. `changed`
    is called with the ids of those of whom something else is known than before. `url` is that of
    the WebSocket, and the token that of an administrator.
    """

    def __init__(
        self,
        url: str,
        token: Secret,
        *,
        changed: Callable[[AbstractSet[str]], object],
        clock: Clock,
        random: Random,
    ) -> None:
        super().__init__(url, token, clock=clock, random=random)
        self._changed = changed
        self._users: Mapping[str, bool] = {}
        self._problem = ""

    def is_administrator(self, user_id: str) -> bool | None:
        """Say whether a user is one; None where that is not known."""
        return self._users.get(user_id)

    @override
    async def converse(self, link: HomeAssistantLink) -> None:
        """Know who they are as long as the conversation lasts."""
        # before the question: of what changes after its answer there will be news
        news = await link.news("subscribe_trigger", trigger=_CHANGES)
        async with aclosing(news) as changes:
            try:
                await self._ask(link)
                async for _ in changes:
                    await self._ask(link)
            finally:
                self._learn({})

    @override
    def failed(self, problem: str) -> None:
        """Log why nothing is known, once for each reason."""
        if problem != self._problem:
            _LOGGER.warning("no user of Home Assistant is let in: %s", problem)
        self._problem = problem

    async def _ask(self, link: HomeAssistantLink) -> None:
        self._learn(users_in(await link.ask("config/auth/list")))
        self.goes_well()
        if self._problem:
            _LOGGER.info("Home Assistant tells again who its administrators are")
        self._problem = ""

    def _learn(self, users: Mapping[str, bool]) -> None:
        others = {user_id for user_id, _ in users.items() ^ self._users.items()}
        self._users = users
        if others:
            self._changed(others)
