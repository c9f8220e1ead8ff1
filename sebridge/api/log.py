"""Requests for the log: its last records, and how much of which part is logged."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import GENERAL_INTERFACE, method

LevelName = Literal["debug", "info", "warning", "error"]

MOST_LINES: Final = 500
"""So many records are in one answer."""
LONGEST_LEVEL: Final = 3600
"""Seconds for which a level may be set."""


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the log: nothing in it could be a key or a password.

    `number` counts from 1 at the start of the bridge. `trace` is there where an error was logged
    with it.
    """

    number: int
    time: float  # UTC since 1970
    level: str
    name: str
    message: str
    trace: str | Absent = ABSENT


class KeptLines(Protocol):
    """The last records, as they are kept in memory."""

    @property
    def newest(self) -> int:
        """The number of the newest record; 0 where there was none yet."""

    def lines(self) -> Sequence[LogLine]:
        """Return them, the oldest first."""


class SetLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level that holds for some time."""

    name: str
    level: str
    until: float  # UTC since 1970


class Levels(Protocol):
    """How much is logged of which part."""

    def present(self) -> Mapping[str, str]:
        """Return the level of the whole, as an empty name, and those that parts have besides."""

    def changed(self) -> Sequence[SetLevel]:
        """Return what was set for some time."""

    def set(self, name: str, level: str, seconds: int) -> SetLevel:
        """Log so much of a part for so many seconds; ParameterError for what is no part."""

    def reset(self, name: str) -> None:
        """Log of a part what is logged of it by the configuration."""


class GetLogResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The records that were asked for, the oldest first.

    `newest` is the number of the newest that there is, `more` says that others would have been
    in the answer if it had room.
    """

    lines: Sequence[LogLine]
    newest: int
    more: bool


class LogLevelsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What is logged: `levels` by the names of parts, and those set for some time.

    The level of the whole has an empty name.
    """

    levels: Mapping[str, str]
    changed: Sequence[SetLevel]


class LogMethods:
    """Look into the log, and have more or less of it."""

    rpc_interface = GENERAL_INTERFACE

    def __init__(self, kept: KeptLines, levels: Levels) -> None:
        self._kept = kept
        self._levels = levels

    @method  # not for the scope read: it tells of what others do
    async def get_log(
        self,
        since: int = 0,
        level: LevelName = "debug",
        name: str = "",
        limit: int = MOST_LINES,
    ) -> GetLogResponse:
        """Return the last records, those after the number `since`, with this level or above.

        `name` is that of a part, such as `sebridge.radio`. Of more than `limit` (1..500) the newest
        are returned. Warnings and errors are kept longest, everything else for 15 minutes at most.
        """
        if not 1 <= limit <= MOST_LINES:
            raise ParameterError("limit", f"{limit} is not in 1..{MOST_LINES}")
        found = [
            line
            for line in self._kept.lines()
            if line.number > since and _is_at_least(line.level, level) and _is_of(line.name, name)
        ]
        return GetLogResponse(
            lines=found[-limit:], newest=self._kept.newest, more=len(found) > limit
        )

    @method(scope=Scope.READ)
    async def get_log_levels(self) -> LogLevelsResponse:
        """Return how much is logged of which part."""
        return LogLevelsResponse(levels=self._levels.present(), changed=self._levels.changed())

    @method(scope=Scope.ADMIN)
    async def set_log_level(
        self, name: str, level: LevelName | None, seconds: int = 600
    ) -> LogLevelsResponse:
        """Log more or less of a part for some time, as the configuration says afterwards.

        `name` is a package or module of the bridge, such as `sebridge.radio`; `sebridge` is all of
        it. `seconds` are 1..3600; a level of null ends it at once. A restart ends it, too.
        """
        if level is None:
            self._levels.reset(name)
        elif not 1 <= seconds <= LONGEST_LEVEL:
            raise ParameterError("seconds", f"{seconds} is not in 1..{LONGEST_LEVEL}")
        else:
            self._levels.set(name, level, seconds)
        return await self.get_log_levels()


_ORDER: Final = ("debug", "info", "warning", "error", "critical")


def _is_at_least(level: str, least: str) -> bool:
    return _ORDER.index(level) >= _ORDER.index(least)


def _is_of(logger: str, name: str) -> bool:
    return not name or logger == name or logger.startswith(f"{name}.")
