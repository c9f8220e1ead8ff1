"""What the host asks of the network: form it, go on with it, open it, leave it.

Source: Silicon Labs UG100, networking frames, security frames, trust center frames.
"""

from collections.abc import Mapping
import enum
import struct
from typing import Annotated, Final

from sebridge.base.addresses import UNKNOWN_NWK, Eui64
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.model.data_types import FixedOctets, Int8, Uint8, Uint16, Uint32, Uint64
from sebridge.model.record import Record
from sebridge.radio.ether_network import Arrival
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.ezsp.host import HostLine
from sebridge.simulator.modules.ezsp.settings import Joins, Policy, Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.tokens import KeptNetwork, Tokens
from sebridge.simulator.modules.ezsp.wording import Wording
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import (
    ChannelChanged,
    DeviceJoined,
    DeviceLeft,
    NetworkCameUp,
    NetworkWentDown,
    StackRestarted,
)

_UNKNOWN, _COORDINATOR, _ROUTER = 0, 1, 2
"""Kinds of nodes."""
_NO_PARENT: Final = struct.Struct("<BQH").pack(0, 0, UNKNOWN_NWK)
_NO_CHILD: Final = bytes(struct.calcsize("<QBHBBBI"))
_PARAMETERS: Final = struct.Struct("<QHbBBHBI")
_NOT_ON_A_NETWORK: Final = bytes(_PARAMETERS.size)
_CURRENT: Final = 0x0086  # bits of the initial security state that the current one tells, too
_HAS_LINK_KEY: Final = 0x0010
FIRST_CHANNEL, LAST_CHANNEL = 11, 26


class _State(enum.IntEnum):
    """Whether it is on a network."""

    NO_NETWORK = 0
    JOINING = 1
    JOINED = 2


class _Callback(enum.IntEnum):
    STACK_STATUS = 0x19
    TRUST_CENTER_JOIN = 0x24


class _Update(enum.IntEnum):
    """What the trust centre is told of a device."""

    SECURED_REJOIN = 0
    UNSECURED_JOIN = 1
    LEFT = 2
    UNSECURED_REJOIN = 3


class _Decision(enum.IntEnum):
    """What the trust centre does about it."""

    USE_PRECONFIGURED_KEY = 0
    NO_ACTION = 3


_TOLD: Final[Mapping[Arrival, tuple[_Update, _Decision]]] = {
    Arrival.JOIN: (_Update.UNSECURED_JOIN, _Decision.USE_PRECONFIGURED_KEY),
    Arrival.SECURED_REJOIN: (_Update.SECURED_REJOIN, _Decision.NO_ACTION),
    Arrival.UNSECURED_REJOIN: (_Update.UNSECURED_REJOIN, _Decision.USE_PRECONFIGURED_KEY),
}
"""What the host is told of who has come in."""


class Parameters(Record):
    """A network, as it is to be formed or joined."""

    extended_pan_id: Uint64
    pan_id: Uint16
    power: Int8
    channel: Uint8
    method: Uint8
    manager: Uint16
    update_id: Uint8
    channels: Uint32


class InitialSecurity(Record):
    """What the next network is to be formed or joined with."""

    bits: Uint16
    link_key: Annotated[bytes, FixedOctets(16)]
    key: Annotated[bytes, FixedOctets(16)]
    key_number: Uint8
    trust_center: Uint64


class _NextKey(Record):
    key: Annotated[bytes, FixedOctets(16)]


class _Options(Record):
    options: Uint16


class _Seconds(Record):
    seconds: Uint8


class _Index(Record):
    index: Uint8


class _Removal(Record):
    nwk: Uint16
    receiver: Uint64
    device: Uint64


class NetworkCommands:
    """The commands, and what the host is told of the network without asking."""

    def __init__(
        self,
        wording: Wording,
        host: HostLine,
        tokens: Tokens,
        settings: Settings,
        stack: Stack,
        bus: SignalBus,
    ) -> None:
        self._wording = wording
        self._host = host
        self._tokens = tokens
        self._settings = settings
        self._stack = stack
        self.prepared: InitialSecurity | None = None
        """What the next network is to be formed or joined with."""
        bus.listen(StackRestarted, self._on_restart)
        bus.listen(NetworkWentDown, lambda _: self._tell_status(Status.NETWORK_DOWN))
        bus.listen(NetworkCameUp, lambda _: self._tell_status(Status.NETWORK_UP))
        bus.listen(ChannelChanged, lambda _: self._tell_status(Status.CHANNEL_CHANGED))
        bus.listen(DeviceJoined, self._on_joined)
        bus.listen(DeviceLeft, self._on_left)
        self.commands: Mapping[int, Command] = {
            0x17: Command(_Options, self._init),
            0x18: Command(Nothing, self._state),
            0x1E: Command(Parameters, self._form),
            0x20: Command(Nothing, self._leave),
            0x22: Command(_Seconds, self._permit),
            0x26: Command(Nothing, lambda _: bytes(stack.address)),
            0x27: Command(Nothing, self._node_id),
            0x28: Command(Nothing, self._parameters),
            0x29: Command(Nothing, lambda _: _NO_PARENT),
            0x4A: Command(_Index, lambda _: self._status(Status.NOT_JOINED) + _NO_CHILD),
            0x68: Command(InitialSecurity, self._prepare),
            0x69: Command(Nothing, self._current_security),
            0x73: Command(_NextKey, self._send_next_key),
            0x74: Command(Nothing, self._switch_key),
            0x77: Command(Nothing, self._forget),
            0xA8: Command(_Removal, self._remove),
        }

    def _on_restart(self, _signal: StackRestarted) -> None:
        self.prepared = None

    # ------------------------------------------------------------------ forming and resuming

    def _prepare(self, security: InitialSecurity) -> bytes:
        """Take what the next network is to be formed or joined with."""
        if self._stack.is_up:
            return self._status(Status.INVALID_CALL)
        self.prepared = security
        return self._status(Status.OK)

    def _form(self, request: Parameters) -> bytes:
        if self._stack.is_up or self._stack.is_starting:
            return self._status(Status.INVALID_CALL)
        if self.prepared is None:
            return self._status(Status.SECURITY_STATE_NOT_SET)
        if not FIRST_CHANNEL <= request.channel <= LAST_CHANNEL:
            return self._status(Status.INVALID_CHANNEL)
        network = KeptNetwork(
            extended_pan_id=Eui64(request.extended_pan_id),
            pan_id=request.pan_id,
            power=request.power,
            channel=request.channel,
            manager=request.manager,
            update_id=request.update_id,
            channels=request.channels,
            security=self.prepared.bits,
            link_key=Secret(self.prepared.link_key),
            key=Secret(self.prepared.key),
            key_number=self.prepared.key_number,
            first_frame=self._settings.first_network_frame,
        )
        self._stack.form(network)
        return self._status(Status.OK)

    def _init(self, _request: _Options) -> bytes:
        """Go on with the network of the memory."""
        network = self._tokens.network
        if network is None:
            return self._status(Status.NOT_JOINED)
        if self._stack.is_up or self._stack.is_starting:
            return self._status(Status.INVALID_CALL)
        self._stack.start(network)
        return self._status(Status.OK)

    def _leave(self, _request: Nothing) -> bytes:
        if not self._stack.is_up:
            return self._status(Status.INVALID_CALL)
        self._stack.dissolve()
        self._tell_status(Status.NETWORK_DOWN)
        return self._status(Status.OK)

    def _forget(self, _request: Nothing) -> bytes:
        """Forget the network, as it was made; one that is up goes on until a reset."""
        self._tokens.forget_network()
        return b""

    def _send_next_key(self, request: _NextKey) -> bytes:
        is_sent = self._stack.send_next_key(Secret(request.key))
        return self._status(Status.OK if is_sent else Status.INVALID_CALL)

    def _switch_key(self, _request: Nothing) -> bytes:
        is_switched = self._stack.switch_key()
        return self._status(Status.OK if is_switched else Status.INVALID_CALL)

    # ------------------------------------------------------------------ telling

    def _state(self, _request: Nothing) -> bytes:
        if self._stack.is_up:
            return bytes((_State.JOINED,))
        return bytes((_State.JOINING if self._stack.is_starting else _State.NO_NETWORK,))

    def _node_id(self, _request: Nothing) -> bytes:
        return struct.pack("<H", self._stack.nwk)

    def _parameters(self, _request: Nothing) -> bytes:
        network = self._tokens.network
        if network is None or not self._stack.is_up:
            return self._status(Status.NOT_JOINED) + bytes((_UNKNOWN,)) + _NOT_ON_A_NETWORK
        return (
            self._status(Status.OK)
            + bytes((_COORDINATOR if network.trust_center is None else _ROUTER,))
            + _PARAMETERS.pack(
                network.extended_pan_id,
                network.pan_id,
                network.power,
                network.channel,
                0,
                network.manager,
                network.update_id,
                network.channels,
            )
        )

    def _current_security(self, _request: Nothing) -> bytes:
        network = self._tokens.network
        if network is None or not self._stack.is_up:
            return self._status(Status.NOT_JOINED) + struct.pack("<HQ", 0, 0)
        bits = network.security & _CURRENT | _HAS_LINK_KEY
        trust_center = network.trust_center or self._stack.address
        return self._status(Status.OK) + struct.pack("<HQ", bits, trust_center)

    def _tell_status(self, status: Status) -> None:
        self._host.call_back(_Callback.STACK_STATUS, self._status(status))

    def _status(self, status: Status) -> bytes:
        return self._wording.status(status)

    # ------------------------------------------------------------------ who may be there

    def _permit(self, request: _Seconds) -> bytes:
        """Open the network, as far as the trust centre lets anybody in."""
        if not self._stack.is_up:
            return self._status(Status.NOT_JOINED)
        is_allowed = self._settings.policies[Policy.TRUST_CENTER] & Joins.NEW
        self._stack.open_joining(request.seconds if is_allowed else 0)
        return self._status(Status.OK)

    def _remove(self, request: _Removal) -> bytes:
        if not self._stack.is_up:
            return self._status(Status.NOT_JOINED)
        self._stack.expel(Eui64(request.device))
        return self._status(Status.OK)

    def _on_joined(self, signal: DeviceJoined) -> None:
        self._tell_update(signal.nwk, signal.device, *_TOLD[signal.arrival])

    def _on_left(self, signal: DeviceLeft) -> None:
        self._tell_update(signal.nwk, signal.device, _Update.LEFT, _Decision.NO_ACTION)

    def _tell_update(self, nwk: int, device: Eui64, update: _Update, decision: _Decision) -> None:
        fields = struct.pack("<HQBBH", nwk, device, update, decision, COORDINATOR_NWK)
        self._host.call_back(_Callback.TRUST_CENTER_JOIN, fields)
