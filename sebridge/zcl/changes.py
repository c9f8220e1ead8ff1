"""Whether a value has changed by enough for a report, whatever its data type. Pure.

Source: ZigBee Cluster Library, Configure Reporting command: Reportable Change Field. What is no
number and no time is reported whenever it is not the same any more.
"""

from typing import Any, Final

from sebridge.zcl.data_types import DATE, TIME_OF_DAY, is_analog

_OCTET: Final = 8
_UNSAID: Final = 0xFF
"""What an octet of a date or a time of day holds that means any."""
_MONTHS, _DAYS = 12, 31
_IN_PARTS: Final = frozenset({TIME_OF_DAY, DATE})


def has_changed(attribute_type: int, before: Any, after: Any, change: Any) -> bool:
    """Say whether a plain value differs from the one before by `change` or more.

    None is "no value", which comes and goes by itself. Without a change, any difference counts; so
    it does where a date or a time of day leaves something open. Months are 31 days here: a date
    that is one day later is one day away, at the end of a shorter month some more.
    """
    if before is None or after is None or not change or not is_analog(attribute_type):
        return bool(before != after)
    then, now, least = (_amount(attribute_type, value) for value in (before, after, change))
    if then is None or now is None or least is None:
        return bool(before != after)
    return abs(now - then) >= abs(least)


def _amount(attribute_type: int, value: Any) -> float | None:
    """Return what to reckon with; None for what is no number, or leaves a part of it open."""
    if attribute_type in _IN_PARTS:
        return _amount_of_parts(attribute_type, value) if isinstance(value, int) else None
    return value if isinstance(value, (int, float)) else None  # it may be of another type


def _amount_of_parts(attribute_type: int, value: int) -> int | None:
    first, second, third, fourth = (value >> _OCTET * place & 0xFF for place in range(4))
    if attribute_type == DATE:  # years since 1900, month, day; the day of the week says no more
        is_open = _UNSAID in {first, second, third}
        return None if is_open else (first * _MONTHS + second) * _DAYS + third
    is_open = _UNSAID in {first, second, third, fourth}
    return None if is_open else ((first * 60 + second) * 60 + third) * 100 + fourth
