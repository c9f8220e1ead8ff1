"""Start and end offsets of load-control events, from a generator handed in."""

from random import Random
from typing import Any, Final

import msgspec

from sebridge.schedule.event import ScheduledEvent

RANDOMISE_START: Final = 0x01
RANDOMISE_END: Final = 0x02
LONGEST_IN_MINUTES: Final = 60


class Offsets(msgspec.Struct, frozen=True):
    """Random delays of one event, in seconds."""

    start: int
    end: int


def draw(
    event_control: int,
    start_minutes: int,
    end_minutes: int,
    random: Random,
    *,
    neighbour: ScheduledEvent[Any] | None = None,
) -> Offsets:
    """Return the offsets of an event, to be drawn once and kept with it (DRLC-15).

    Bit 0 of `event_control` asks for a start delay of 0..start_minutes, bit 1 for an end delay of
    0..end_minutes; more than 60 minutes count as 60. Beside a `neighbour`, an event which ends
    as this one starts or the other way round, the values are the neighbour's, so that no gap
    opens between the two (DRLC-18).
    """
    start_wanted = bool(event_control & RANDOMISE_START)
    end_wanted = bool(event_control & RANDOMISE_END)
    if neighbour is not None:
        return Offsets(
            neighbour.start_delay if start_wanted else 0,
            neighbour.end_delay if end_wanted else 0,
        )
    return Offsets(
        _seconds(start_minutes, random) if start_wanted else 0,
        _seconds(end_minutes, random) if end_wanted else 0,
    )


def _seconds(longest_in_minutes: int, random: Random) -> int:
    return random.randint(0, 60 * min(max(longest_in_minutes, 0), LONGEST_IN_MINUTES))
