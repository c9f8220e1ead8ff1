"""What the host asks of a stack that is to be in the network of another: join it, come back.

Source: Silicon Labs UG100, networking frames, security frames.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import enum
from functools import partial
import struct
from typing import Any, Final

from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import NotJoinedError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.model.data_types import Uint8, Uint32, Uint64
from sebridge.model.record import Record
from sebridge.radio.radio import Association
from sebridge.simulator.modules.command import Command
from sebridge.simulator.modules.ezsp.host import HostLine
from sebridge.simulator.modules.ezsp.network_commands import InitialSecurity, Parameters
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.tokens import KeptNetwork, Tokens
from sebridge.simulator.modules.ezsp.wording import Wording
from sebridge.simulator.modules.signals import KeyShared, StackRestarted

_ROUTER: Final = 2
_ASSOCIATING: Final = 0.1  # seconds
_KEY_AWAITED: Final = 5.0  # seconds, until who grants none is not waited for any more
_WHY_NOT: Final[Mapping[int, Status]] = {
    Association.NO_NETWORK: Status.NO_BEACONS,
    Association.NOT_ALLOWED: Status.JOIN_FAILED,
    Association.REFUSED: Status.NO_NETWORK_KEY_RECEIVED,
}


class _KeyStatus(enum.IntEnum):
    """What became of a key that was asked for."""

    ESTABLISHED = 0x01
    TIMEOUT = 0x04
    TABLE_FULL = 0x05


class _Callback(enum.IntEnum):
    STACK_STATUS = 0x19
    KEY_ESTABLISHMENT = 0x9B


class _Join(Record):
    kind: Uint8
    network: Parameters


class _Rejoin(Record):
    """How to come back; why, and as what, stands behind it in later versions."""

    has_key: Uint8
    channels: Uint32


class _Partner(Record):
    device: Uint64


class JoiningCommands(Service):
    """The commands; `prepared` returns what the host has set up for the next network.

    What comes of them is told later: the stack is on the network, or why it is not.
    """

    def __init__(
        self,
        wording: Wording,
        host: HostLine,
        tokens: Tokens,
        stack: Stack,
        prepared: Callable[[], InitialSecurity | None],
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._status = wording.status
        self._host = host
        self._tokens = tokens
        self._stack = stack
        self._prepared = prepared
        self._clock = clock
        self._trying: asyncio.Task[Any] | None = None
        bus.listen(StackRestarted, lambda _: self._give_up())
        bus.listen(KeyShared, self._on_key)
        self.commands: Mapping[int, Command] = {
            0x14: Command(_Partner, self._request_key),
            0x1F: Command(_Join, self._join),
            0x21: Command(_Rejoin, self._rejoin),
        }

    def _give_up(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            self._trying = None

    @property
    def _is_busy(self) -> bool:
        is_trying = self._trying is not None and not self._trying.done()
        return is_trying or self._stack.is_starting

    # ------------------------------------------------------------------ the network

    def _join(self, request: _Join) -> bytes:
        if self._stack.is_up or self._is_busy:
            return self._status(Status.INVALID_CALL)
        if request.kind != _ROUTER:
            return self._status(Status.BAD_ARGUMENT)
        security = self._prepared()
        if security is None:
            return self._status(Status.SECURITY_STATE_NOT_SET)
        return self._begin(partial(self._associate, request.network, security))

    def _rejoin(self, request: _Rejoin) -> bytes:
        network = self._tokens.network
        if network is None or network.trust_center is None:
            return self._status(Status.NOT_JOINED)
        if self._is_busy:
            return self._status(Status.INVALID_CALL)
        self._stack.switch_off()
        known = network.key if request.has_key else None
        return self._begin(partial(self._come_back, network, known))

    def _begin(self, attempt: Callable[[], Awaitable[None]]) -> bytes:
        self._trying = self.spawn(self._try(attempt), "join")
        return self._status(Status.OK)

    async def _try(self, attempt: Callable[[], Awaitable[None]]) -> None:
        try:
            await attempt()
        except NotJoinedError as error:
            why = self._status(_WHY_NOT[error.association])
            self._host.call_back(_Callback.STACK_STATUS, why)

    async def _associate(self, wanted: Parameters, security: InitialSecurity) -> None:
        await self._clock.sleep(_ASSOCIATING)
        heard = self._stack.scan()
        if heard is None or int(heard.info.pan_id) != wanted.pan_id:
            raise NotJoinedError("nobody answers", Association.NO_NETWORK)
        network = KeptNetwork(
            extended_pan_id=heard.extended_pan_id,
            pan_id=wanted.pan_id,
            power=wanted.power,
            channel=int(heard.info.channel),
            manager=wanted.manager,
            update_id=wanted.update_id,
            channels=wanted.channels,
            security=security.bits,
            link_key=Secret(security.link_key),
            key=heard.network_key,
            key_number=0,
            trust_center=heard.coordinator,
        )
        await self._stack.join(network, is_new=True)

    async def _come_back(self, network: KeptNetwork, known: Secret | None) -> None:
        await self._clock.sleep(_ASSOCIATING)
        heard = self._stack.scan()
        if heard is None or heard.extended_pan_id != network.extended_pan_id:
            raise NotJoinedError("nobody answers", Association.NO_NETWORK)
        if known is not None and heard.network_key != known:
            raise NotJoinedError("it has another key", Association.REFUSED)
        await self._stack.join(replace(network, key=heard.network_key), known, is_new=False)

    # ------------------------------------------------------------------ keys with others

    def _request_key(self, request: _Partner) -> bytes:
        if not self._stack.is_up:
            return self._status(Status.NOT_JOINED)
        self.spawn(self._ask(Eui64(request.device)), "key with another device")
        return self._status(Status.OK)

    async def _ask(self, partner: Eui64) -> None:
        try:
            await self._stack.request_key(partner)
        except SebridgeError:
            await self._clock.sleep(_KEY_AWAITED)
            self._tell_key(partner, _KeyStatus.TIMEOUT)

    def _on_key(self, signal: KeyShared) -> None:
        status = _KeyStatus.ESTABLISHED if signal.is_stored else _KeyStatus.TABLE_FULL
        self._tell_key(signal.partner, status)

    def _tell_key(self, partner: Eui64, status: _KeyStatus) -> None:
        self._host.call_back(_Callback.KEY_ESTABLISHMENT, struct.pack("<QB", partner, status))
