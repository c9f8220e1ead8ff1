"""ZDO, the device object of the coordinator: what it answers, and whom it hears.

Source: ZigBee specification, device profile; Z-Stack Monitor and Test API, MT_ZDO, its callbacks.
"""

from collections.abc import Callable, Mapping
import struct
from typing import Final

from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame
from sebridge.radio.zdo_server import Binding, ZdoAnswer, ZdoServer, node_descriptor
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import FrameHeard, StackRestarted
from sebridge.simulator.modules.zdo_sender import ZdoSender
from sebridge.simulator.modules.znp.device_callbacks import DeviceCallbacks
from sebridge.simulator.modules.znp.framework import MOST_IN_FLIGHT, Endpoints
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.zcl.identifiers import ZDO_ENDPOINT
from sebridge.zcl.zdo import ANSWER_BIT, LogicalType, ZdoStatus

BINDINGS, PERMIT, UPDATE = 0x0033, 0x0036, 0x0038
"""Clusters of management: Mgmt_Bind_req, Mgmt_Permit_Joining_req and Mgmt_NWK_Update_req."""

_EMPTY_TABLE: Final = bytes((ZdoStatus.SUCCESS, 0, 0, 0))
_LONGEST_SCAN: Final = 5
_CHANGE_CHANNEL: Final = 0xFE
_QUIET: Final = 0x20  # energy of a channel on which nobody is
_FIRST_CHANNEL, _LAST_CHANNEL = 11, 26


class DeviceObject(ZdoSender):
    """Serves endpoint 0, and tells the host through `callbacks` what came there."""

    def __init__(
        self, stack: Stack, endpoints: Endpoints, callbacks: DeviceCallbacks, bus: SignalBus
    ) -> None:
        super().__init__(stack, MOST_IN_FLIGHT)
        self._stack = stack
        self._endpoints = endpoints
        self._callbacks = callbacks
        self._bindings: dict[Binding, bool] = {}
        self._server = self._new_server()
        self._sequence = 0
        self._management: Mapping[int, Callable[[bytes], bytes | None]] = {
            BINDINGS: lambda _: _EMPTY_TABLE,
            PERMIT: self._permit,
            UPDATE: self._update,
        }
        bus.listen(FrameHeard, self._on_frame)
        bus.listen(StackRestarted, self._on_restart)

    def _on_restart(self, _signal: StackRestarted) -> None:
        self._bindings.clear()
        self._server = self._new_server()

    def _new_server(self) -> ZdoServer:
        node = node_descriptor(LogicalType.COORDINATOR)
        stack = self._stack
        return ZdoServer(stack.address, (), node, self._bindings, COORDINATOR_NWK, stack.tables)

    # ------------------------------------------------------------------ asking

    def ask(self, nwk: int, cluster_id: int, payload: bytes) -> bool:
        """Send a question to one device, ourselves too, or to many; `payload` has no number.

        False where too much is under way.
        """
        self._sequence = (self._sequence + 1) & 0xFF
        return self._say(nwk, cluster_id, bytes((self._sequence,)) + payload)

    # ------------------------------------------------------------------ answering

    def _on_frame(self, signal: FrameHeard) -> None:
        frame = signal.frame
        if frame.destination_endpoint != ZDO_ENDPOINT:
            return
        self._callbacks.heard(frame)
        if frame.cluster_id & ANSWER_BIT or not frame.data:
            return
        answer = self._answer(frame)
        if answer is not None:
            self._say(frame.source_nwk, answer.cluster_id, answer.data)

    def _answer(self, frame: AirFrame) -> ZdoAnswer | None:
        cluster_id, data = frame.cluster_id, frame.data
        manage = self._management.get(cluster_id)
        if manage is None:
            self._server.offer(self._endpoints.values())
            return self._server.answer(cluster_id, data, broadcast=frame.broadcast)
        payload = manage(data[1:])
        if payload is None or frame.broadcast:
            return None
        return ZdoAnswer(cluster_id | ANSWER_BIT, data[:1] + payload)

    def _permit(self, payload: bytes) -> bytes:
        if not payload:
            return bytes((ZdoStatus.INV_REQUESTTYPE,))
        self._stack.open_joining(payload[0])
        return bytes((ZdoStatus.SUCCESS,))

    def _update(self, payload: bytes) -> bytes | None:
        """Listen on channels, or change to another; all are quiet, for nobody else is there."""
        if len(payload) < _UPDATE.size:
            return bytes((ZdoStatus.INV_REQUESTTYPE,))
        mask, duration = _UPDATE.unpack_from(payload)
        channels = [n for n in range(_FIRST_CHANNEL, _LAST_CHANNEL + 1) if mask >> n & 1]
        if duration == _CHANGE_CHANNEL and len(channels) == 1:
            self._stack.move(channels[0])
            return None  # as Z-Stack, which is silent
        if duration > _LONGEST_SCAN:
            return bytes((ZdoStatus.NOT_SUPPORTED,))
        found = bytes(_QUIET for _ in channels)
        return _SCANNED.pack(ZdoStatus.SUCCESS, mask, 0, 0, len(found)) + found


_UPDATE: Final = struct.Struct("<IB")
_SCANNED: Final = struct.Struct("<BIHHB")
