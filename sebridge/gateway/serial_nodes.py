"""Frames of Digi's profile, which are no ZCL: whose are taken, and how octets go to a serial port.

Nobody's are, until `serve` says whose: the feature that wants them is off otherwise.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.zcl import digi

MOST_OCTETS: Final = 64
"""Octets for a serial port in one frame: they fit one on the air, also with a route in it."""

_TAKEN: Final = frozenset({digi.SERIAL_DATA, digi.IO_SAMPLE})


class SerialNodes:
    """Says of a frame whether it is of a node that is served, and brings octets to such a node.

    `send` is the way to all devices, with their turns.
    """

    def __init__(self, send: Callable[[Outgoing], Awaitable[None]]) -> None:
        self._send = send
        self._is_served: Callable[[Eui64], bool] = _nobody
        self._take: Callable[[Incoming], object] = _nobody

    def serve(self, is_served: Callable[[Eui64], bool], take: Callable[[Incoming], object]) -> None:
        """Have the data and the samples of these nodes from now on; there may be one who does."""
        self._is_served = is_served
        self._take = take

    def knows(self, frame: Incoming) -> bool:
        """Say whether a frame is data or a sample of a node that is served."""
        return (
            frame.profile_id == digi.PROFILE
            and frame.destination_endpoint == digi.DATA_ENDPOINT
            and frame.cluster_id in _TAKEN
            and self._is_served(frame.source)
        )

    def take(self, frame: Incoming) -> None:
        """Hand over a frame of which `knows` said so."""
        self._take(frame)

    async def write(self, node: Eui64, octets: bytes) -> None:
        """Return when a node has confirmed these octets, at most MOST_OCTETS.

        Raises NotTakenError where they never went on the air, another DeliveryError where it is
        not known whether they arrived.
        """
        ends = (digi.DATA_ENDPOINT, digi.DATA_ENDPOINT)
        await self._send(Outgoing(node, digi.PROFILE, digi.SERIAL_DATA, *ends, octets))


def _nobody(_whose: object) -> bool:
    return False
