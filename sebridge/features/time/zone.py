"""The time zone that was chosen: a name of the time zone database, or the rules themselves."""

from datetime import UTC, tzinfo
import logging
import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import tzlocal

from sebridge.base.errors import ParameterError
from sebridge.features.time.local_time import FARTHEST, ZoneRules, rules_of

_LOGGER = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}")


class ChosenZone(msgspec.Struct, frozen=True, kw_only=True):
    """A zone by name, such as Europe/Berlin, or by its rules where there is no name."""

    name: str | None = None
    rules: ZoneRules = ZoneRules()  # frozen, so it may be shared

    def at(self, time: int) -> ZoneRules:
        """Return the rules as they stand at a time (seconds since 2000 UTC)."""
        return self.rules if self.name is None else rules_of(zone_named(self.name), time)


def zone_named(name: str) -> ZoneInfo:
    """Return a zone of the time zone database; ParameterError when there is none of that name."""
    if _NAME.fullmatch(name):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError, ValueError) as error:
            raise ParameterError("name", f"there is no time zone {name}") from error
    raise ParameterError("name", "is no name of a time zone, such as Europe/Berlin")


def chosen_rules(rules: ZoneRules) -> ChosenZone:
    """Return a zone by its rules; ParameterError names the one that cannot be.

    Zone and shift are seconds in -86400..86400, start and end seconds since 2000 UTC.
    """
    for name, seconds in (("time_zone", rules.time_zone), ("dst_shift", rules.dst_shift)):
        if abs(seconds) > FARTHEST:
            raise ParameterError(name, f"{seconds} is not in -{FARTHEST}..{FARTHEST}")
    if rules.dst_end < rules.dst_start:
        raise ParameterError("dst_end", "is before dst_start")
    return ChosenZone(rules=rules)


def system_zone() -> tzinfo:
    """Return the time zone of the operating system; UTC where it cannot be found."""
    try:
        return tzlocal.get_localzone()
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        _LOGGER.warning("the system's time zone cannot be found, UTC is taken: %s", error)
        return UTC
