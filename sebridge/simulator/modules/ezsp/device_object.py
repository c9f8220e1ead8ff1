"""ZDO, the device object of the module: what it answers, and what it leaves to the host.

Source: ZigBee specification, device profile; Silicon Labs UG100, EmberZdoConfigurationFlags.
"""

import enum
from typing import Final

from sebridge.base.signals import SignalBus
from sebridge.radio.channel_change import announced
from sebridge.radio.zdo_server import Binding, ZdoServer, node_descriptor
from sebridge.simulator.modules.ezsp.messaging import Messaging
from sebridge.simulator.modules.ezsp.settings import Config, Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.system_commands import Endpoints
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import FrameHeard, NetworkCameUp, StackRestarted
from sebridge.simulator.modules.zdo_sender import ZdoSender
from sebridge.zcl.identifiers import ZDO_ENDPOINT
from sebridge.zcl.zdo import ANSWER_BIT, LogicalType, ZdoCommand


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
        ZdoCommand.Mgmt_Lqi_req,
        ZdoCommand.Mgmt_Rtg_req,
    }
)


class DeviceObject(ZdoSender):
    """Serves endpoint 0, and tells the host through `messaging` what is its business."""

    def __init__(
        self,
        stack: Stack,
        settings: Settings,
        endpoints: Endpoints,
        messaging: Messaging,
        bus: SignalBus,
    ) -> None:
        super().__init__(stack)
        self._stack = stack
        self._settings = settings
        self._endpoints = endpoints
        self._messaging = messaging
        self._bindings: dict[Binding, bool] = {}
        self._server = ZdoServer(
            stack.address, (), node_descriptor(), self._bindings, stack.nwk, stack.tables
        )
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
        if answer is not None:
            self._say(frame.source_nwk, answer.cluster_id, answer.data)

    def _is_ours(self, cluster_id: int, flags: int) -> bool:
        """Say whether the stack answers a question; else the host does."""
        if cluster_id in _OF_ENDPOINTS:
            return not flags & ZdoFlag.ANSWERS_FOR_ENDPOINTS
        if cluster_id in _OF_BINDINGS:
            return not flags & ZdoFlag.ANSWERS_FOR_BINDINGS
        return cluster_id in _SUPPORTED or not flags & ZdoFlag.ANSWERS_UNSUPPORTED
