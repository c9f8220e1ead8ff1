"""The module as a whole: octets of the host in, octets for the host out."""

from collections.abc import Mapping, MutableMapping
import random
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DecodeError
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.plugged import PluggedModule
from sebridge.simulator.modules.signals import HostSpoke
from sebridge.simulator.modules.znp.commissioning import Commissioning
from sebridge.simulator.modules.znp.device_callbacks import DeviceCallbacks
from sebridge.simulator.modules.znp.device_commands import DeviceCommands
from sebridge.simulator.modules.znp.device_object import DeviceObject
from sebridge.simulator.modules.znp.frame import Frame, Kind, Subsystem, encode
from sebridge.simulator.modules.znp.framework import Endpoints, Framework, Members
from sebridge.simulator.modules.znp.host import HostLine
from sebridge.simulator.modules.znp.nv import NvId, NvMemory
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.simulator.modules.znp.status import RpcError
from sebridge.simulator.modules.znp.system import System
from sebridge.simulator.modules.znp.utilities import Utilities

_RPC_ERROR: Final = 0x00


class ZnpModule(PluggedModule):
    """A stick on the simulated air. It stays what it is while hosts come and go.

    `items` is its non-volatile memory; whoever keeps it can pull the plug. `bus` tells what the
    stack does, see `signals`.
    """

    def __init__(
        self,
        ether: Ether,
        items: MutableMapping[NvId, bytes],
        *,
        clock: Clock,
        seed: random.Random,
        bus: SignalBus,
        chip: Eui64 = CHIP,
    ) -> None:
        self._bus = bus
        host = HostLine(self._answer)
        memory = NvMemory(items)
        endpoints: Endpoints = {}
        self.members: Members = set()
        self.stack = Stack(ether, memory, chip, seed, bus)
        framework = Framework(host, self.stack, endpoints, self.members, clock, bus)
        callbacks = DeviceCallbacks(host, memory, bus)
        zdo = DeviceObject(self.stack, endpoints, callbacks, bus)
        self._system = system = System(host, memory, self.stack, clock, seed)
        device_commands = DeviceCommands(memory, self.stack, zdo, callbacks, self.members, bus)
        self._parts: Mapping[int, Mapping[int, Command]] = {
            Subsystem.SYS: system.commands,
            Subsystem.AF: framework.commands,
            Subsystem.ZDO: device_commands.commands,
            Subsystem.UTIL: Utilities(self.stack).commands,
            Subsystem.APP_CNF: Commissioning(host, memory, self.stack, bus).commands,
        }
        super().__init__(host, self.stack, framework, (framework, zdo), self.stack.reset)

    def restart(self) -> None:
        """Reset by itself, as its watchdog does it."""
        self._system.restart()

    def _answer(self, frame: Frame) -> bytes | None:
        """Carry out a request; return the frame of its response."""
        self._bus.send(HostSpoke())
        commands = self._parts.get(frame.subsystem)
        if commands is None:
            return _refusal(RpcError.SUBSYSTEM, frame)
        command = commands.get(frame.command)
        if command is None:
            return _refusal(RpcError.COMMAND, frame)
        try:
            request = command.request.deserialize(frame.data)
        except DecodeError:
            return _refusal(RpcError.LENGTH, frame)
        response = command.carry_out(request)
        if response is None:
            return None
        return encode(Kind.RESPONSE, frame.subsystem, frame.command, response)


def _refusal(error: RpcError, frame: Frame) -> bytes | None:
    """Return the response to a request that cannot be carried out; what is only told has none."""
    if frame.kind != Kind.REQUEST:
        return None
    return encode(
        Kind.RESPONSE, Subsystem.RPC, _RPC_ERROR, bytes((error, frame.head, frame.command))
    )
