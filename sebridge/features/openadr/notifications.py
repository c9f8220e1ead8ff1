"""What nobody asked for of OpenADR: a VTN that goes and comes, and events that say too much."""

from typing import Any, Final

from sebridge.api.notifications import (
    ERROR,
    STATUS_NOTICE,
    MessageNotice,
    NotificationType,
    notice,
)
from sebridge.features.openadr.signals import GridEventUnclear, VtnFound, VtnLost, VtnStale


def _of_loss(signal: VtnLost) -> MessageNotice:
    description = f"OpenADR: {signal.problem}; what the VTN said before still holds"
    return MessageNotice(severity=ERROR, description=description)


def _of_return(_signal: VtnFound) -> MessageNotice:
    return MessageNotice(severity=STATUS_NOTICE, description="OpenADR: the VTN answers")


def _of_age(signal: VtnStale) -> MessageNotice:
    description = f"OpenADR: the VTN has said nothing for {signal.age / 3600:.1f} h"
    return MessageNotice(severity=ERROR, description=description)


def _of_event(signal: GridEventUnclear) -> MessageNotice:
    description = f"OpenADR: event {signal.event}: {signal.problem}"
    return MessageNotice(severity=ERROR, description=description)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    notice(VtnLost, _of_loss),
    notice(VtnFound, _of_return),
    notice(VtnStale, _of_age),
    notice(GridEventUnclear, _of_event),
)
