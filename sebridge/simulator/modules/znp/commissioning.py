"""APP_CNF: forming the network, and with which keys devices may join.

Source: Z-Stack Monitor and Test API, MT_APP_CONFIG; Base Device Behavior, commissioning.
"""

from collections.abc import Mapping
import enum
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.crypto import install_code
from sebridge.model.data_types import AllOctets, Uint8, Uint32, Uint64
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.signals import StackRestarted
from sebridge.simulator.modules.znp.frame import Subsystem
from sebridge.simulator.modules.znp.host import HostLine
from sebridge.simulator.modules.znp.items import configured_channels
from sebridge.simulator.modules.znp.nv import NvMemory
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.simulator.modules.znp.status import Status

_NOTIFICATION: Final = 0x80
_OPEN: Final = 180  # seconds for which steering opens the network
_KEY_OCTETS: Final = 16


class _Mode(enum.IntFlag):
    """What commissioning may be asked for."""

    STEERING = 0x02
    FORMATION = 0x04


class _Step(enum.IntEnum):
    """What a notification is about."""

    STEERING = 1
    FORMATION = 2


class _Outcome(enum.IntEnum):
    """How a step of commissioning came out."""

    SUCCESS = 0x00
    NO_NETWORK = 0x02
    FORMATION_FAILURE = 0x08  # also where there is a network already


class _CodeFormat(enum.IntEnum):
    """What is given of an installation code."""

    CODE = 1  # with its CRC
    KEY = 2


class _Code(Record):
    kind: Uint8
    device: Uint64
    code: AllOctets


class _Start(Record):
    mode: Uint8


class _Flag(Record):
    is_set: Uint8


class _Channels(Record):
    is_primary: Uint8
    mask: Uint32


class Commissioning:
    """The subsystem APP_CNF."""

    def __init__(self, host: HostLine, memory: NvMemory, stack: Stack, bus: SignalBus) -> None:
        self._host = host
        self._memory = memory
        self._stack = stack
        self._channels = 0  # the mask of those to form a network on; 0 for what the memory says
        bus.listen(StackRestarted, self._on_restart)
        self.commands: Mapping[int, Command] = {
            0x04: Command(_Code, self._add_code),
            0x05: Command(_Start, self._start),
            0x06: Command(_Flag, self._require_codes),
            0x08: Command(_Channels, self._set_channels),
            0x09: Command(_Flag, lambda _: Status.SUCCESS.octets),
        }

    def _on_restart(self, _signal: StackRestarted) -> None:
        self._channels = 0

    def _start(self, request: _Start) -> bytes:
        if request.mode & _Mode.FORMATION:
            channels = self._channels or configured_channels(self._memory)
            is_new = self._stack.start(channels)
            outcome = _Outcome.SUCCESS if is_new else _Outcome.FORMATION_FAILURE
            self._notify(outcome, _Step.FORMATION)
        elif request.mode & _Mode.STEERING:
            self._steer()
        else:
            return Status.INVALID_PARAMETER.octets
        return Status.SUCCESS.octets

    def _steer(self) -> None:
        if self._stack.is_up:
            self._stack.open_joining(_OPEN)
            self._notify(_Outcome.SUCCESS, _Step.STEERING)
        else:
            self._notify(_Outcome.NO_NETWORK, _Step.STEERING)

    def _notify(self, outcome: _Outcome, step: _Step) -> None:
        """Tell how a step came out; no other remains."""
        self._host.call_back(Subsystem.APP_CNF, _NOTIFICATION, bytes((outcome, step, 0)))

    def _set_channels(self, request: _Channels) -> bytes:
        if request.is_primary:
            self._channels = request.mask
        return Status.SUCCESS.octets

    def _require_codes(self, request: _Flag) -> bytes:
        self._stack.require_own_keys(required=bool(request.is_set))
        return Status.SUCCESS.octets

    def _add_code(self, request: _Code) -> bytes:
        key = _key_of(request)
        if key is None:
            return Status.INVALID_PARAMETER.octets
        return self._stack.admit_with(Eui64(request.device), key).octets


def _key_of(request: _Code) -> Secret | None:
    """Return the link key that is given, or follows from a code; None for neither."""
    if request.kind == _CodeFormat.KEY and len(request.code) == _KEY_OCTETS:
        return Secret(request.code)
    if request.kind == _CodeFormat.CODE:
        try:
            return install_code.link_key(request.code)
        except ParameterError:
            return None
    return None
