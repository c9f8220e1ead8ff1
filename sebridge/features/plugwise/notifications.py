"""What nobody asked for of Plugwise: circles that come, go, and would like to join."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sebridge.api.notifications import (
    ERROR,
    STATUS_NOTICE,
    MessageNotice,
    NotificationType,
    notice,
)
from sebridge.base.addresses import Eui64
from sebridge.plugwise.signals import CircleLost, EndpointWantsToJoin, StickChanged


class CircleWantsToJoin(msgspec.Struct, frozen=True, kw_only=True):
    """`circle_wants_to_join`: a circle is in no Plugwise network; add_circle takes it into ours."""

    circle_address: Eui64


def _of_wish(signal: EndpointWantsToJoin) -> Iterable[CircleWantsToJoin]:
    yield CircleWantsToJoin(circle_address=signal.mac)


def _of_stick(signal: StickChanged) -> MessageNotice:
    severity = STATUS_NOTICE if signal.is_there else ERROR
    return MessageNotice(severity=severity, description=signal.reason)


def _of_loss(signal: CircleLost) -> MessageNotice:
    description = f"circle {signal.mac} is lost: {signal.reason}"
    return MessageNotice(severity=STATUS_NOTICE, description=description)


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    NotificationType(
        name="circle_wants_to_join",
        parameters=CircleWantsToJoin,
        signal=EndpointWantsToJoin,
        parameters_of=_of_wish,
    ),
    notice(StickChanged, _of_stick),
    notice(CircleLost, _of_loss),
)
