"""Who of Home Assistant's users is its administrator: known while it says so, and no longer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Set as AbstractSet
from contextlib import asynccontextmanager
import json
import logging
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import MalformedAnswerError
from sebridge.base.secret import Secret
from sebridge.homeassistant.administrators import Administrators, users_in
from tests.homeassistant_websocket import StandIn
from tests.patience import until

TOKEN = "a-long-lived-access-token"
RECORDED = json.loads(
    (Path(__file__).parents[1] / "reference" / "homeassistant_users.json").read_text("utf-8")
)


def user(user_id: str, *groups: str, **more: Any) -> dict[str, Any]:
    told = {"id": user_id, "is_owner": False, "is_active": True, "group_ids": list(groups)}
    return told | more


ANNA = user("anna", "system-admin")
BEN = user("ben", "system-users")


# ------------------------------------------------------------------ what is told


@pytest.mark.parametrize("step", RECORDED)
def test_users_are_what_a_real_home_assistant_made_them(step: dict[str, Any]) -> None:
    assert users_in(step["users"]) == step["are"]


def test_an_owner_is_an_administrator_whatever_his_groups_and_who_is_inactive_is_nobody() -> None:
    told = [
        user("anna", is_owner=True),
        user("ben", "system-users", "system-admin"),
        user("carla", "system-read-only"),
        user("dora", "system-admin", is_active=False),
    ]

    assert users_in(told) == {"anna": True, "ben": True, "carla": False}


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        [None],
        [{k: v for k, v in ANNA.items() if k != "is_active"}],
        [{k: v for k, v in ANNA.items() if k != "is_owner"}],
        [ANNA | {"is_owner": "no"}],
        [ANNA | {"group_ids": "system-admin"}],
    ],
)
def test_what_is_told_otherwise_is_not_guessed_at(told: Any) -> None:
    with pytest.raises(MalformedAnswerError, match="Home Assistant tells of users otherwise"):
        users_in(told)


# ------------------------------------------------------------------ how long it is known


class Asking:
    """Somebody who asks, and of whom something else was known each time."""

    def __init__(self, clock: VirtualClock, there: StandIn, token: str) -> None:
        self.changes: list[AbstractSet[str]] = []
        self.administrators = Administrators(
            there.url,
            Secret(token.encode()),
            changed=self.changes.append,
            clock=clock,
            random=Random(1),
        )

    def known(self, *user_ids: str) -> list[bool | None]:
        return [self.administrators.is_administrator(user_id) for user_id in user_ids]

    async def changed(self, *user_ids: str) -> None:
        """Wait for a change, and see whom it is about."""
        await until(lambda: self.changes)
        assert self.changes.pop() == set(user_ids)
        assert not self.changes


@asynccontextmanager
async def asking(clock: VirtualClock, there: StandIn, token: str = TOKEN) -> AsyncIterator[Asking]:
    one = Asking(clock, there, token)
    await one.administrators.start()
    try:
        yield one
    finally:
        await one.administrators.stop()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines of our own log."""
    return [one.getMessage() for one in caplog.records if one.name.startswith("sebridge.")]


async def passing(clock: VirtualClock, condition: Callable[[], object]) -> None:
    """Let pauses pass until something is so, too slowly for the limit of an answer to pass."""
    while not condition():
        await clock.advance(seconds=0.1)
        await asyncio.sleep(0.002)


@pytest.fixture
async def there() -> AsyncIterator[StandIn]:
    async with StandIn(TOKEN, {}).serving() as one:
        one.users = [ANNA, BEN]
        yield one


async def test_nothing_is_known_before_it_was_told_nor_after_the_end(
    clock: VirtualClock, there: StandIn
) -> None:
    async with asking(clock, there) as one:
        before = one.known("anna", "ben")
        await one.changed("anna", "ben")
        known = one.known("anna", "ben", "carla", "")

    assert before == [None, None]
    assert known == [True, False, None, None]
    assert one.known("anna", "ben") == [None, None]
    await one.changed("anna", "ben")


async def test_what_changes_is_known_at_once(clock: VirtualClock, there: StandIn) -> None:
    async with asking(clock, there) as one:
        await one.changed("anna", "ben")
        await there.change_users(user("anna", "system-users"), BEN)
        await one.changed("anna")
        demoted = one.known("anna", "ben")
        await there.change_users(ANNA, user("carla", is_owner=True))
        await one.changed("anna", "ben", "carla")

        assert demoted == [False, False]
        assert one.known("anna", "ben", "carla") == [True, None, True]
        assert there.visits == 1  # one conversation for all of it


async def test_a_change_of_something_else_is_none(clock: VirtualClock, there: StandIn) -> None:
    async with asking(clock, there) as one:
        await one.changed("anna", "ben")
        await there.change_users(ANNA | {"name": "Anna"}, BEN)
        await there.change_users(ANNA, BEN, user("carla"))

        await one.changed("carla")


async def test_while_home_assistant_is_away_nobody_is_known(
    clock: VirtualClock, there: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sebridge")
    async with asking(clock, there) as one:
        await one.changed("anna", "ben")
        there.ends_early = True
        await there.hang_up()
        await one.changed("anna", "ben")
        known = one.known("anna", "ben")
        await until(lambda: said(caplog))
        await passing(clock, lambda: there.visits == 3)
        there.ends_early = False
        await passing(clock, lambda: one.changes)
        await one.changed("anna", "ben")

        assert known == [None, None]
        assert one.known("anna", "ben") == [True, False]
        await until(lambda: len(said(caplog)) == 2)
    assert said(caplog) == [
        "no user of Home Assistant is let in: Home Assistant has ended the conversation",
        "Home Assistant tells again who its administrators are",
    ]


async def test_who_is_silent_is_taken_for_gone(clock: VirtualClock, there: StandIn) -> None:
    async with asking(clock, there) as one:
        await one.changed("anna", "ben")
        there.silent = True
        await clock.advance(seconds=60)
        await until(lambda: there.pings)
        still = one.known("anna")
        await clock.advance(seconds=30)
        await one.changed("anna", "ben")

        assert still == [True]
        assert one.known("anna") == [None]


@pytest.mark.parametrize(
    ("users", "token", "problem"),
    [
        (None, TOKEN, "Home Assistant refuses config/auth/list: Unauthorized"),
        ([{}], TOKEN, "Home Assistant tells of users otherwise"),
        ([ANNA], "another-secret-token", "Home Assistant does not take the token"),
    ],
)
async def test_the_log_says_why_nobody_is_known_and_no_token(
    clock: VirtualClock,
    there: StandIn,
    caplog: pytest.LogCaptureFixture,
    users: Any,
    token: str,
    problem: str,
) -> None:
    there.users = users
    async with asking(clock, there, token) as one:
        await until(lambda: said(caplog))
        assert one.known("anna") == [None]

    (line,) = said(caplog)
    assert line.startswith(f"no user of Home Assistant is let in: {problem}")
    assert token not in caplog.text
    assert one.changes == []
