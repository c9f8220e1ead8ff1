"""What the host is told of endpoint 0: answers of devices, who comes and goes, where we stand.

An answer is told by a callback of its own where the memory says so, and as a message of its cluster
where the host has asked for these. Source: Z-Stack Monitor and Test API, MT_ZDO, its callbacks.
"""

import enum
import struct
from typing import Final

from sebridge.base.signals import SignalBus
from sebridge.radio.ether import AirFrame
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import (
    DeviceJoined,
    DeviceLeft,
    JoiningOpened,
    StackRestarted,
)
from sebridge.simulator.modules.znp.frame import LONGEST_DATA, Subsystem
from sebridge.simulator.modules.znp.host import HostLine
from sebridge.simulator.modules.znp.items import direct_callbacks
from sebridge.simulator.modules.znp.nv import NvMemory
from sebridge.simulator.modules.znp.signals import StateChanged
from sebridge.zcl.zdo import ANSWER_BIT, ZdoCommand

_EVERY_CLUSTER: Final = 0xFFFF
_WITH_CALLBACK: Final = frozenset((*range(0x07), 0x21, 0x22, *range(0x31, 0x37), 0x38))
"""The questions whose answers have a callback of their own: its number is theirs, and 0x80."""
_ADDRESSES: Final = (ZdoCommand.NWK_addr_rsp, ZdoCommand.IEEE_addr_rsp)
_ADDRESS_FIELDS: Final = 11  # octets: status and both addresses
_ANNOUNCEMENT: Final = 11  # octets: both addresses and the capability


class _Callback(enum.IntEnum):
    STATE = 0xC0
    ANNOUNCED = 0xC1
    LEFT = 0xC9
    JOINED = 0xCA
    JOINING_OPENED = 0xCB
    MESSAGE = 0xFF


class DeviceCallbacks:
    """Tells the host; which messages it hears besides is forgotten at a restart."""

    def __init__(self, host: HostLine, memory: NvMemory, bus: SignalBus) -> None:
        self.clusters: set[int] = set()  # whose messages the host has asked for
        self._host = host
        self._memory = memory
        bus.listen(StackRestarted, lambda _: self.clusters.clear())
        bus.listen(StateChanged, lambda signal: self._tell(_Callback.STATE, bytes((signal.state,))))
        bus.listen(DeviceJoined, self._on_joined)
        bus.listen(DeviceLeft, self._on_left)
        bus.listen(
            JoiningOpened,
            lambda signal: self._tell(_Callback.JOINING_OPENED, bytes((signal.seconds,))),
        )

    def _tell(self, command: int, data: bytes) -> None:
        self._host.call_back(Subsystem.ZDO, command, data[:LONGEST_DATA])

    def _on_joined(self, signal: DeviceJoined) -> None:
        data = struct.pack("<HQH", signal.nwk, signal.device, COORDINATOR_NWK)
        self._tell(_Callback.JOINED, data)

    def _on_left(self, signal: DeviceLeft) -> None:
        """Tell that a device left: not at our request, nor with its children, nor to come back."""
        self._tell(_Callback.LEFT, struct.pack("<HQ3x", signal.nwk, signal.device))

    def heard(self, frame: AirFrame) -> None:
        """Tell of a message to our endpoint 0."""
        if frame.cluster_id == ZdoCommand.Device_annce:
            self._announced(frame)
        elif direct_callbacks(self._memory):
            self._answered(frame)
        if {frame.cluster_id, _EVERY_CLUSTER} & self.clusters and frame.data:
            self._message(frame)

    def _announced(self, frame: AirFrame) -> None:
        announcement = frame.data[1 : 1 + _ANNOUNCEMENT]
        if len(announcement) == _ANNOUNCEMENT:
            source = frame.source_nwk.to_bytes(2, "little")
            self._tell(_Callback.ANNOUNCED, source + announcement)

    def _answered(self, frame: AirFrame) -> None:
        question = frame.cluster_id ^ ANSWER_BIT
        if question not in _WITH_CALLBACK:
            return
        answer = frame.data[1:]
        if frame.cluster_id in _ADDRESSES:
            # the stack tells where a list of children begins before it tells their number
            count, start, children = answer[11:12], answer[12:13], answer[13:]
            data = answer[:_ADDRESS_FIELDS] + (start or b"\0") + (count or b"\0") + children
        else:
            data = frame.source_nwk.to_bytes(2, "little") + answer
        self._tell(0x80 | question, data)

    def _message(self, frame: AirFrame) -> None:
        head = struct.pack(
            "<HBHBBH",
            frame.source_nwk,
            frame.broadcast,
            frame.cluster_id,
            0,  # no security but that of the network
            frame.data[0],
            frame.destination_nwk,
        )
        self._tell(_Callback.MESSAGE, head + frame.data[1:])
