"""The module as a whole: octets of the host in, octets for the host out."""

from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
import struct
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DecodeError
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.radio.ether import Ether
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.command import Command, Part
from sebridge.simulator.modules.ezsp.addresses import AddressCommands
from sebridge.simulator.modules.ezsp.ash_link import AshLink
from sebridge.simulator.modules.ezsp.cbke_commands import CbkeCommands
from sebridge.simulator.modules.ezsp.device_object import DeviceObject
from sebridge.simulator.modules.ezsp.frame import (
    INVALID_COMMAND,
    VERSION,
    Request,
    read,
    response,
)
from sebridge.simulator.modules.ezsp.host import HostLine
from sebridge.simulator.modules.ezsp.joining import JoiningCommands
from sebridge.simulator.modules.ezsp.key_commands import KeyCommands
from sebridge.simulator.modules.ezsp.key_table_commands import KeyTableCommands
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.messaging import Messaging
from sebridge.simulator.modules.ezsp.network_commands import NetworkCommands
from sebridge.simulator.modules.ezsp.scanning import ScanCommands
from sebridge.simulator.modules.ezsp.settings import Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Refusal
from sebridge.simulator.modules.ezsp.system_commands import Endpoints, SystemCommands
from sebridge.simulator.modules.ezsp.tokens import Tokens
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, Wording
from sebridge.simulator.modules.plugged import PluggedModule
from sebridge.simulator.modules.signals import HostSpoke, StackRestarted
from sebridge.storage.collection import OpenCollection

_MESH: Final = 2  # the kind of stack


class EzspModule(PluggedModule):
    """A stick on the simulated air. It stays what it is while hosts come and go.

    `version`, one of `wording.VERSIONS`, is that of the protocol which it speaks.
    `open_collection` gives its non-volatile memory; whoever keeps that can pull the plug. `clock`
    is that of the air, `line_clock` that of the host, `seed` what it chooses by. `bus` tells what
    the stack does. It was made with `certificates`, and establishes keys with them.
    """

    def __init__(
        self,
        ether: Ether,
        open_collection: OpenCollection,
        *,
        clock: Clock,
        line_clock: Clock,
        seed: Random,
        bus: SignalBus,
        certificates: CertificateStore | None = None,
        chip: Eui64 = CHIP,
        version: int = USUAL_VERSION,
    ) -> None:
        self._bus = bus
        self._wording = wording = Wording(version)
        self._is_version_set = False
        self._link = AshLink(line_clock, self._answer, self._reset)
        self._host = HostLine(self._link.send)
        self.settings = Settings(wording.version_info)
        """How its host has set it up."""
        tokens = Tokens(open_collection)
        keys = Keys(tokens, self.settings, clock)
        endpoints: Endpoints = {}
        self.stack = Stack(ether, tokens, keys, chip, bus)
        messaging = Messaging(wording, self._host, self.settings, self.stack, endpoints, clock, bus)
        zdo = DeviceObject(self.stack, self.settings, endpoints, messaging, bus)
        network = NetworkCommands(wording, self._host, tokens, self.settings, self.stack, bus)
        joining = JoiningCommands(
            wording, self._host, tokens, self.stack, lambda: network.prepared, clock, bus
        )
        parts: Sequence[Part] = (
            SystemCommands(wording, self.settings, self.stack, endpoints, keys, bus),
            network,
            ScanCommands(wording, self._host, self.stack, clock),
            joining,
            KeyCommands(wording, tokens, keys),
            KeyTableCommands(wording, tokens, keys),
            CbkeCommands(
                wording,
                self._host,
                tokens,
                keys,
                self.stack,
                certificates or CertificateStore(),
                randomness=seed,
                clock=clock,
                bus=bus,
            ),
            AddressCommands(wording, self.settings, self.stack, bus),
            messaging,
        )
        self._commands: Mapping[int, Command] = {
            frame_id: command
            for part in parts
            for frame_id, command in part.commands.items()
            if wording.has(frame_id)
        }
        services = (messaging, zdo, joining)
        super().__init__(self._link, self.stack, messaging, services, self._reset)

    @property
    def lost(self) -> int:
        """Frames for the host for which there was no room."""
        return self._link.lost

    def restart(self) -> None:
        """Reset by itself, as its watchdog does it."""
        self._reset()
        self._link.restart()

    def _reset(self) -> None:
        """Begin anew, off the air; what is in the non-volatile memory stays."""
        self._is_version_set = False
        self.stack.switch_off()
        self.settings.restart()
        self._bus.send(StackRestarted())

    # ------------------------------------------------------------------ commands

    def _answer(self, octets: bytes) -> None:
        request = read(octets)
        if request is not None:
            self._bus.send(HostSpoke())
            self._host.answer(request, partial(self._response, request))

    def _response(self, request: Request) -> bytes:
        """Carry out a command; return the frame of its response."""
        if request.frame_id == VERSION:
            return self._version(request)
        if not self._is_version_set:
            return self._refusal(request, Refusal.VERSION_NOT_SET)
        command = self._commands.get(request.frame_id)
        if command is None:
            return self._refusal(request, Refusal.INVALID_FRAME_ID)
        try:
            fields = command.request.deserialize(request.fields)
        except DecodeError:
            return self._refusal(request, Refusal.TRUNCATED)
        return response(request, request.frame_id, command.carry_out(fields) or b"")

    def _version(self, request: Request) -> bytes:
        """Tell the version; once the host asks for the same, it may ask for the rest."""
        version = self._wording.version
        self._is_version_set = request.fields[:1] == bytes((version,))
        fields = struct.pack("<BBH", version, _MESH, self._wording.stack)
        return response(request, VERSION, fields)

    def _refusal(self, request: Request, reason: Refusal) -> bytes:
        return response(request, INVALID_COMMAND, self._wording.refusal(reason))
