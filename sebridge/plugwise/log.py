"""The log of a circle: which buffers are to be read, and the hours in them, each once. Pure.

A circle logs each hour at the next place of a ring. Four places are a buffer, read at once. Its
dates are by its own clock, so the log is to be read before that clock is set.

Source: command reference of the RESTwise project, log addresses and dates. That the date is the end
of its hour follows from its sample code, which takes an hour off. The size of the ring, and that an
hour's production is logged behind its consumption with the same date, are from public
implementations.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from sebridge.base.errors import DecodeError
from sebridge.model.data_types import WholeMoment
from sebridge.plugwise.answers import LogBuffer, LogEntry

LOG_START: Final = 0x44000
"""The address of the first buffer."""
PLACES: Final = 4
"""Hours in a buffer."""
PLACE: Final = 8
"""Address units of an hour."""
_BUFFER: Final = PLACES * PLACE
BUFFERS: Final = 6016
"""How many buffers there are, before the first is written again."""
_HOUR: Final = 3600
_SPARE_HOURS: Final = 2 * PLACES
"""By how many hours a log may have gone on further than time has."""


def index_of(address: int) -> int:
    """Return the number of the buffer at an address, or around it; DecodeError where none is."""
    index = (address - LOG_START) // _BUFFER
    if not 0 <= index < BUFFERS:
        raise DecodeError(f"there is no log at address {address:#x}")
    return index


def address_of(index: int) -> int:
    """Return the address of a buffer by its number, 0 to 6015."""
    return LOG_START + _BUFFER * index


class Progress(msgspec.Struct, frozen=True):
    """How far a log has been read: the buffer and place of the newest hour, and when that ended.

    `date` is the end by the clock of the circle, `end` by ours; seconds since 1970.
    """

    index: int
    place: int
    date: WholeMoment
    end: WholeMoment


class LoggedHour(msgspec.Struct, frozen=True, gc=False):
    """Pulses of the hour which began at `start`, in seconds since 1970, by our clock.

    Production has an hour of its own where it is logged apart. Where the circle's clock was set,
    two may have the same start: they add up.
    """

    start: int
    pulses: int
    is_production: bool = False


def buffers_to_read(progress: Progress | None, log_address: int, clock: int) -> Sequence[int]:
    """Return the addresses of the buffers to read, in their order.

    `log_address` is where the circle logs, and `clock` what its clock says, in seconds since 1970.
    All from the first on where nothing was read, or the log was begun anew: that is so when it
    is further than it could have come since. DecodeError for an address that is not in the log.
    """
    current = index_of(log_address)
    if progress is None:
        return [address_of(index) for index in range(current + 1)]
    behind = (current - progress.index) % BUFFERS
    hours = max(clock - progress.date, 0) // _HOUR
    # where production is logged apart, an hour takes two places
    if behind * PLACES > 2 * hours + _SPARE_HOURS:
        return [address_of(index) for index in range(current + 1)]
    full = int(progress.place == PLACES - 1)
    return [address_of((progress.index + number) % BUFFERS) for number in range(full, behind + 1)]


def take(
    progress: Progress | None, buffer: LogBuffer, offset: int
) -> tuple[Sequence[LoggedHour], Progress | None]:
    """Return the hours of a buffer that were not taken before, and how far the log is read then.

    `offset` is by how many seconds the clock of the circle is fast. What is not written yet, or is
    of the ring's round before, is left for the next time.
    """
    index, hours = index_of(buffer.log_address), []
    for place, entry in enumerate(buffer.entries):
        if progress is not None and progress.index == index and place <= progress.place:
            continue
        date = _date_of(entry)
        if date is None:
            continue
        end = _full_hour(date - offset)
        if progress is not None and end < progress.end:
            continue
        is_production = progress is not None and date == progress.date and entry.pulses <= 0
        hours.append(LoggedHour(end - _HOUR, entry.pulses, is_production))
        progress = Progress(index, place, date, end)
    return hours, progress


def _date_of(entry: LogEntry) -> int | None:
    """Return the end of an hour by the circle's clock; None where nothing was logged."""
    if not entry.date.is_set:
        return None
    try:
        return entry.date.seconds()
    except DecodeError:
        return None  # a damaged place of the flash: its hour is lost, those behind it are not


def _full_hour(moment: int) -> int:
    return (moment + _HOUR // 2) // _HOUR * _HOUR
