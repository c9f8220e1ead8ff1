"""Which circles belong to a stick: find them, take one in, and have one leave.

Source: command reference of the RESTwise project. That a Circle+ has 63 places is from there; that
0008 opens the network for those who want to join is from public implementations.
"""

from collections.abc import Sequence
import contextlib
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, UnknownDeviceError
from sebridge.plugwise.answers import (
    ENDPOINTS,
    FREE,
    Confirmation,
    DeviceInfo,
    EndpointInfo,
    EndpointRemoved,
    StickInfo,
)
from sebridge.plugwise.requests import (
    Associate,
    Disassociate,
    FindCirclePlus,
    GetEndpoint,
    GetInfo,
    RemoveEndpoint,
)
from sebridge.plugwise.stick import Stick

_LOOKS: Final = 10
_BETWEEN_LOOKS: Final = 3.0  # seconds


def circle_plus_of(stick: Stick) -> Eui64:
    """Return the Circle+ of a stick; DeliveryError where there is no stick, or it has none."""
    if stick.info is None:
        raise DeliveryError("the Plugwise stick is not there")
    if not isinstance(stick.info, StickInfo) or not stick.info.link_up:
        raise DeliveryError("the Plugwise stick is not associated with a Circle+")
    return stick.info.circle_plus


async def list_circles(stick: Stick) -> Sequence[Eui64]:
    """Return the Circle+ and all that are associated with it; raises as `Stick.ask` does."""
    circle_plus = circle_plus_of(stick)
    found = [circle_plus]
    for index in range(ENDPOINTS):
        place = await stick.ask(GetEndpoint(mac=circle_plus, index=index), EndpointInfo)
        if place.mac != FREE:
            found.append(place.mac)
    return found


async def permit_joining(stick: Stick, *, permitted: bool) -> None:
    """Let circles ask to be associated, or not; raises as `Stick.ask` does."""
    await stick.ask(FindCirclePlus(flag=int(permitted)), Confirmation)


async def add_circle(stick: Stick, circle: Eui64, clock: Clock) -> DeviceInfo:
    """Associate a circle, and return what it says of itself as soon as it is there.

    Nothing answers the request, so it is looked for until half a minute has passed, and longer as
    the stick itself takes to find out. DeliveryError or AnswerTimeoutError when it is not there
    then.
    """
    await stick.tell(Associate(mac=circle))
    for _ in range(_LOOKS - 1):
        await clock.sleep(_BETWEEN_LOOKS)
        try:
            return await stick.ask(GetInfo(mac=circle), DeviceInfo)
        except (DeliveryError, AnswerTimeoutError):
            continue
    return await stick.ask(GetInfo(mac=circle), DeviceInfo)


async def remove_circle(stick: Stick, circle: Eui64) -> None:
    """Have a circle leave, if it is reached, and take it from the list of the Circle+.

    UnknownDeviceError where it is not in that; else raises as `Stick.ask` does.
    """
    circle_plus = circle_plus_of(stick)
    with contextlib.suppress(DeliveryError, AnswerTimeoutError):
        # one that is away hears of it when it asks to be associated: the list forgets it now
        await stick.ask(Disassociate(mac=circle), Confirmation)
    request = RemoveEndpoint(mac=circle_plus, endpoint=circle)
    removed = await stick.ask(request, EndpointRemoved)
    if not removed.success:
        raise UnknownDeviceError(f"{circle} is not associated with {circle_plus}")
