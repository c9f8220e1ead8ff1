"""What the device object of any module says on the air, a few frames at a time."""

import logging
from typing import Final

from sebridge.base.errors import DeliveryError
from sebridge.base.service import Service
from sebridge.radio.ether import AirFrame
from sebridge.simulator.modules.node import ModuleNode
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE

_LOGGER = logging.getLogger(__name__)

MOST_IN_FLIGHT: Final = 16
"""Frames whose acknowledgement is waited for, unless a kind of module has room for more."""


class ZdoSender(Service):
    """Sends frames of endpoint 0 through a stack, of which so many may be under way."""

    def __init__(self, stack: ModuleNode, most_in_flight: int = MOST_IN_FLIGHT) -> None:
        super().__init__()
        self._node = stack
        self._most_in_flight = most_in_flight
        self._in_flight = 0

    def _say(self, nwk: int, cluster_id: int, data: bytes) -> bool:
        """Begin to send a frame to one device, or to many; False where too much is under way."""
        ends = (ZDO_PROFILE, cluster_id, ZDO_ENDPOINT, ZDO_ENDPOINT)
        frame = AirFrame(self._node.address, self._node.nwk, nwk, *ends, data)
        if frame.broadcast:
            self._node.broadcast(frame)
            return True
        if self._in_flight >= self._most_in_flight:
            return False
        self._in_flight += 1
        self.spawn(self._send(frame), "device object")
        return True

    async def _send(self, frame: AirFrame) -> None:
        try:
            await self._node.send(frame)
        except DeliveryError as error:
            _LOGGER.debug("not delivered: %s", error)
        finally:
            self._in_flight -= 1
