"""ZDO: what the module answers, and what AO leaves to the host.

Source: Digi, XBee 3 Zigbee RF Module User Guide, AO; ZigBee specification, device profile. That a
coordinator goes to the channel to which its host has it call others is not said there: EmberZNet,
the stack in these modules, does so where it hears that from itself.
"""

from collections.abc import Callable, Sequence
import enum
from typing import Final

from sebridge.base.signals import SignalBus
from sebridge.radio.channel_change import announced
from sebridge.radio.ether import AirFrame
from sebridge.radio.zdo_server import Binding, ZdoAnswer, ZdoServer, node_descriptor
from sebridge.simulator.modules.signals import FrameHeard, NetworkCameUp
from sebridge.simulator.modules.xbee.firmware import Firmware
from sebridge.simulator.modules.xbee.messaging import Messaging
from sebridge.simulator.modules.xbee.registers import Registers
from sebridge.simulator.modules.xbee.stack import Stack
from sebridge.simulator.modules.zdo_sender import ZdoSender
from sebridge.zcl import digi
from sebridge.zcl.identifiers import ZDO_ENDPOINT
from sebridge.zcl.zdo import ANSWER_BIT, LogicalType, SimpleDescriptor, ZdoCommand, ZdoStatus

_DEVICE: Final = 0x0050


class ZdoOption(enum.IntFlag):
    """What AO says of ZDO."""

    SUPPORTED_TO_HOST = 0x02
    UNSUPPORTED_TO_HOST = 0x04
    BINDINGS_TO_HOST = 0x08
    ECHO = 0x10
    NONE_TO_HOST = 0x20


_OF_BINDINGS: Final = frozenset({ZdoCommand.Bind_req, ZdoCommand.Unbind_req})
_SUPPORTED: Final = frozenset(
    {
        ZdoCommand.NWK_addr_req,
        ZdoCommand.IEEE_addr_req,
        ZdoCommand.Node_Desc_req,
        ZdoCommand.Power_Desc_req,
        ZdoCommand.Simple_Desc_req,
        ZdoCommand.Active_EP_req,
        ZdoCommand.Match_Desc_req,
    }
)
_TABLES: Final = frozenset({ZdoCommand.Mgmt_Lqi_req, ZdoCommand.Mgmt_Rtg_req})
"""What a module without Smart Energy always answers itself: the host does not have it."""
_OLD_KEPT: Final = _SUPPORTED - {
    ZdoCommand.Simple_Desc_req,
    ZdoCommand.Active_EP_req,
    ZdoCommand.Match_Desc_req,
}
"""What firmware of Smart Energy answers itself, whatever AO says; of the rest, 3 leaves all."""
_FIRST_MATCH: Final = 5  # where the endpoints that match begin, behind their number
_OWN: Final = SimpleDescriptor(
    endpoint=digi.DATA_ENDPOINT,
    profile_id=digi.PROFILE,
    device_id=_DEVICE,
    input_clusters=(digi.SERIAL_DATA,),
    output_clusters=(digi.SERIAL_DATA,),
)


class DeviceObject(ZdoSender):
    """Serves endpoint 0, and tells the host through `messaging` what is its business."""

    def __init__(
        self,
        firmware: Firmware,
        stack: Stack,
        registers: Registers,
        messaging: Messaging,
        own_endpoints: Callable[[], Sequence[SimpleDescriptor]],
        bus: SignalBus,
    ) -> None:
        super().__init__(stack)
        self._is_old = firmware.establishes_keys
        self._own_endpoints = own_endpoints
        self._stack = stack
        self._registers = registers
        self._messaging = messaging
        self._bindings: dict[Binding, bool] = {}
        node = node_descriptor(LogicalType.COORDINATOR, digi.MANUFACTURER)
        self._server = ZdoServer(
            stack.address, (_OWN,), node, self._bindings, stack.nwk, stack.tables
        )
        bus.listen(FrameHeard, self._on_frame)
        bus.listen(NetworkCameUp, self._on_network)

    def _on_network(self, _signal: NetworkCameUp) -> None:
        stack = self._stack
        kind = LogicalType.ROUTER if stack.is_router else LogicalType.COORDINATOR
        self._server.describe(node_descriptor(kind, digi.MANUFACTURER))
        self._server.move(stack.nwk)

    def _on_frame(self, signal: FrameHeard) -> None:
        frame = signal.frame
        if frame.destination_endpoint != ZDO_ENDPOINT or not frame.data:
            return
        channel = announced(frame.cluster_id, frame.source_nwk, frame.data)
        if channel is not None and frame.source == self._stack.address:
            self._stack.move(channel)  # which the stack does not answer
            return
        self._server.offer((_OWN, *self._own_endpoints()))
        option = self._option
        is_answer = frame.cluster_id & ANSWER_BIT or frame.cluster_id == ZdoCommand.Device_annce
        if is_answer or (self._is_hosts(frame.cluster_id, option) and not self._is_for_us(frame)):
            if not option & ZdoOption.NONE_TO_HOST:
                self._messaging.hand_over(frame)
            return
        if option & ZdoOption.ECHO and frame.cluster_id in _SUPPORTED:
            self._messaging.hand_over(frame)
        answer = self._answer(frame)
        if answer is not None:
            self._say(frame.source_nwk, answer.cluster_id, answer.data)

    @property
    def _option(self) -> ZdoOption:
        option = ZdoOption(self._registers["AO"])
        if self._is_old and option & ZdoOption.SUPPORTED_TO_HOST:
            option |= ZdoOption.UNSUPPORTED_TO_HOST | ZdoOption.BINDINGS_TO_HOST
        return option

    def _is_for_us(self, frame: AirFrame) -> bool:
        """Say whether somebody looks for what the module itself serves, besides serial data."""
        if frame.cluster_id != ZdoCommand.Match_Desc_req or not self._own_endpoints():
            return False
        answer = self._server.answer(frame.cluster_id, frame.data, broadcast=frame.broadcast)
        return answer is not None and len(answer.data) > _FIRST_MATCH

    def _is_hosts(self, cluster_id: int, option: ZdoOption) -> bool:
        """Say whether the host answers a question, and not the module."""
        kept = _OLD_KEPT if self._is_old else _TABLES
        if option & ZdoOption.NONE_TO_HOST or cluster_id in kept:
            return False
        if cluster_id in _OF_BINDINGS:
            return bool(option & ZdoOption.BINDINGS_TO_HOST)
        if cluster_id in _SUPPORTED:
            return bool(option & ZdoOption.SUPPORTED_TO_HOST)
        return bool(option & ZdoOption.UNSUPPORTED_TO_HOST)

    def _answer(self, frame: AirFrame) -> ZdoAnswer | None:
        if frame.cluster_id in _SUPPORTED | _TABLES:
            return self._server.answer(frame.cluster_id, frame.data, broadcast=frame.broadcast)
        if frame.broadcast:
            return None
        refusal = frame.data[:1] + bytes((ZdoStatus.NOT_SUPPORTED,))
        return ZdoAnswer(frame.cluster_id | ANSWER_BIT, refusal)
