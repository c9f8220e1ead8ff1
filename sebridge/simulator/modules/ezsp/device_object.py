"""ZDO, the device object of the module: what it answers, and what it leaves to the host.

Source: ZigBee specification, device profile; Silicon Labs UG100, EmberZdoConfigurationFlags.
"""

import enum
import logging
from typing import Final

from sebridge.base.errors import DeliveryError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.channel_change import announced
from sebridge.radio.ether import AirFrame
from sebridge.radio.zdo_server import Binding, ZdoAnswer, ZdoServer, node_descriptor
from sebridge.simulator.modules.ezsp.messaging import Messaging
from sebridge.simulator.modules.ezsp.settings import Config, Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.system_commands import Endpoints
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import FrameHeard, NetworkCameUp, StackRestarted
from sebridge.zcl.identifiers import ZDO_ENDPOINT, ZDO_PROFILE
from sebridge.zcl.zdo import ANSWER_BIT, LogicalType, ZdoCommand

_LOGGER = logging.getLogger(__name__)

MOST_IN_FLIGHT: Final = 16
"""Answers whose acknowledgement is waited for; to more questions there is none."""


class ZdoFlag(enum.IntFlag):
    """What the host wants to have of ZDO."""

    HEARS_SUPPORTED = 0x01
    ANSWERS_UNSUPPORTED = 0x02
    ANSWERS_FOR_ENDPOINTS = 0x04
    ANSWERS_FOR_BINDINGS = 0x08


_OF_ENDPOINTS: Final = frozenset(
    {ZdoCommand.Simple_Desc_req, ZdoCommand.Active_EP_req, ZdoCommand.Match_Desc_req}
)
_OF_BINDINGS: Final = frozenset({ZdoCommand.Bind_req, ZdoCommand.Unbind_req})
_SUPPORTED: Final = frozenset(
    {
        ZdoCommand.NWK_addr_req,
        ZdoCommand.IEEE_addr_req,
        ZdoCommand.Node_Desc_req,
        ZdoCommand.Power_Desc_req,
    }
)


class DeviceObject(Service):
    """Serves endpoint 0, and tells the host through `messaging` what is its business."""

    def __init__(
        self,
        stack: Stack,
        settings: Settings,
        endpoints: Endpoints,
        messaging: Messaging,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._stack = stack
        self._settings = settings
        self._endpoints = endpoints
        self._messaging = messaging
        self._bindings: dict[Binding, bool] = {}
        self._in_flight = 0
        self._server = ZdoServer(stack.address, (), node_descriptor(), self._bindings, stack.nwk)
        bus.listen(FrameHeard, self._on_frame)
        bus.listen(StackRestarted, lambda _: self._bindings.clear())
        bus.listen(NetworkCameUp, self._on_network)

    def _on_network(self, _signal: NetworkCameUp) -> None:
        is_coordinator = self._stack.nwk == COORDINATOR_NWK
        kind = LogicalType.COORDINATOR if is_coordinator else LogicalType.ROUTER
        self._server.describe(node_descriptor(kind))
        self._server.move(self._stack.nwk)

    def _on_frame(self, signal: FrameHeard) -> None:
        frame = signal.frame
        if frame.destination_endpoint != ZDO_ENDPOINT or not frame.data:
            return
        if frame.cluster_id & ANSWER_BIT or frame.cluster_id == ZdoCommand.Device_annce:
            self._messaging.tell(signal, ZDO_ENDPOINT)
            return
        channel = announced(frame.cluster_id, frame.source_nwk, frame.data)
        if channel is not None and frame.source == self._stack.address:
            self._stack.move(channel)  # which the stack does not answer
            return
        flags = self._settings.configuration[Config.ZDO_FLAGS]
        if not self._is_ours(frame.cluster_id, flags):
            self._messaging.tell(signal, ZDO_ENDPOINT)
            return
        if flags & ZdoFlag.HEARS_SUPPORTED:
            self._messaging.tell(signal, ZDO_ENDPOINT)
        self._server.offer(self._endpoints.values())
        answer = self._server.answer(frame.cluster_id, frame.data, broadcast=frame.broadcast)
        if answer is not None and self._in_flight < MOST_IN_FLIGHT:
            self._in_flight += 1
            self.spawn(self._answer(frame.source_nwk, answer), "device object")

    def _is_ours(self, cluster_id: int, flags: int) -> bool:
        """Say whether the stack answers a question; else the host does."""
        if cluster_id in _OF_ENDPOINTS:
            return not flags & ZdoFlag.ANSWERS_FOR_ENDPOINTS
        if cluster_id in _OF_BINDINGS:
            return not flags & ZdoFlag.ANSWERS_FOR_BINDINGS
        return cluster_id in _SUPPORTED or not flags & ZdoFlag.ANSWERS_UNSUPPORTED

    async def _answer(self, nwk: int, answer: ZdoAnswer) -> None:
        ends = (ZDO_PROFILE, answer.cluster_id, ZDO_ENDPOINT, ZDO_ENDPOINT)
        frame = AirFrame(self._stack.address, self._stack.nwk, nwk, *ends, answer.data)
        try:
            await self._stack.send(frame)
        except DeliveryError as error:
            _LOGGER.debug("not answered: %s", error)
        finally:
            self._in_flight -= 1
