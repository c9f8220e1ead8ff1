"""What the host asks the stack to listen for: energy, and the networks of others.

Source: Silicon Labs UG100, networking frames.
"""

from collections.abc import Mapping
import enum
import struct
from typing import Final

from sebridge.base.clock import Clock
from sebridge.model.data_types import Uint8, Uint32
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.ezsp.host import HostLine
from sebridge.simulator.modules.ezsp.network_commands import FIRST_CHANNEL, LAST_CHANNEL
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.wording import Wording

_LONGEST: Final = 14
_QUIET: Final = -90  # dBm, of a channel on which nobody is
_NEAR: Final = (200, -60)  # link quality and dBm, of a coordinator in the same house
_ZIGBEE_PRO: Final = 2  # the stack profile


class _Kind(enum.IntEnum):
    """What is listened for."""

    ENERGY = 0
    NETWORKS = 1


class _Callback(enum.IntEnum):
    NETWORK_FOUND = 0x1B
    SCAN_COMPLETE = 0x1C
    ENERGY = 0x48


class _Listening(Record):
    kind: Uint8
    channels: Uint32
    duration: Uint8


class ScanCommands:
    """The command, and what the host is told of what is heard."""

    def __init__(self, wording: Wording, host: HostLine, stack: Stack, clock: Clock) -> None:
        self._wording = wording
        self._host = host
        self._stack = stack
        self._clock = clock
        self.commands: Mapping[int, Command] = {0x1A: Command(_Listening, self._scan)}

    def _scan(self, request: _Listening) -> bytes:
        if request.kind not in list(_Kind):
            return self._wording.of_scan(Status.INCORRECT_SCAN_TYPE)
        if request.duration > _LONGEST:
            return self._wording.of_scan(Status.BAD_SCAN_DURATION)
        if request.kind == _Kind.ENERGY:
            self._tell_energy(request.channels)
        else:
            self._tell_network(request.channels)
        complete = b"\0" + self._wording.status(Status.OK)
        self._host.call_back(_Callback.SCAN_COMPLETE, complete)
        return self._wording.of_scan(Status.OK)

    def _tell_energy(self, channels: int) -> None:
        """Tell that all channels are quiet: a network in the same house is not counted."""
        for channel in range(FIRST_CHANNEL, LAST_CHANNEL + 1):
            if channels >> channel & 1:
                self._host.call_back(_Callback.ENERGY, struct.pack("<Bb", channel, _QUIET))

    def _tell_network(self, channels: int) -> None:
        network = self._stack.scan()
        if network is None or not channels >> int(network.info.channel) & 1:
            return
        beacon = struct.pack(
            "<BHQBBB",
            network.info.channel,
            network.info.pan_id,
            network.extended_pan_id,
            network.is_open(self._clock.monotonic()),
            _ZIGBEE_PRO,
            0,  # changes of the network so far
        )
        self._host.call_back(_Callback.NETWORK_FOUND, beacon + struct.pack("<Bb", *_NEAR))
