"""What the host asks of the module as such: its configuration, values, policies, and endpoints.

Source: Silicon Labs UG100, configuration frames, utilities frames.
"""

from collections.abc import Mapping, MutableMapping
import struct
from typing import Annotated, Final

from sebridge.base.signals import SignalBus
from sebridge.model.data_types import CountedBy, OctetString, Uint8, Uint16, Uint32
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.settings import Settings
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.wording import Wording
from sebridge.simulator.modules.signals import StackRestarted
from sebridge.zcl.zdo import SimpleDescriptor

Endpoints = MutableMapping[int, SimpleDescriptor]
"""What the host has registered, by number."""

MOST_ENDPOINTS: Final = 32
_FIRST_ENDPOINT, _LAST_ENDPOINT = 1, 254
_COUNTERS: Final = 40
_ENDPOINT_FLAGS: Final = 0x00
_MADE_WITH: Final[Mapping[int, bytes]] = {
    0x00: bytes(2),  # custom version
    0x01: b"sebridge".ljust(16, b"\xff"),  # who made it
    0x02: b"emulated NCP".ljust(16, b"\xff"),  # the board
    0x03: bytes(2),  # manufacturer's code
    0x0A: b"\xff" * 20,  # installation code
    0x0C: b"\xff" * 8,  # another EUI-64
}
"""The tokens that are written in the factory."""


class _Endpoint(Record):
    endpoint: Uint8
    profile_id: Uint16
    device_id: Uint16
    version: Uint8
    input_count: Uint8
    output_count: Uint8
    input_clusters: Annotated[tuple[Uint16, ...], CountedBy("input_count")]
    output_clusters: Annotated[tuple[Uint16, ...], CountedBy("output_count")]


class _Number(Record):
    number: Uint8


class _Extended(Record):
    number: Uint8
    characteristics: Uint32


class _Setting(Record):
    number: Uint8
    value: Uint16


class _Value(Record):
    number: Uint8
    value: OctetString


class _Decision(Record):
    policy: Uint8
    decision: Uint8


class _Octets(Record):
    octets: OctetString


class _Code(Record):
    code: Uint16


class SystemCommands:
    """The commands. `endpoints` is where it keeps those of the host, for others to see."""

    def __init__(
        self,
        wording: Wording,
        settings: Settings,
        stack: Stack,
        endpoints: Endpoints,
        keys: Keys,
        bus: SignalBus,
    ) -> None:
        self._status = status = wording.status
        self._settings = settings
        self._stack = stack
        self._endpoints = endpoints
        self._keys = keys
        bus.listen(StackRestarted, lambda _: endpoints.clear())
        self.commands: Mapping[int, Command] = {
            0x02: Command(_Endpoint, self._add_endpoint),
            0x03: Command(_Extended, self._extended_value),
            0x05: Command(Nothing, lambda _: b""),
            0x0B: Command(_Number, lambda token: _counted(_MADE_WITH.get(token.number, b""))),
            0x15: Command(_Code, lambda _: wording.done(Status.OK)),
            0x47: Command(_Octets, lambda _: status(Status.NO_EXTENSION) + b"\0"),
            0x52: Command(_Number, self._configuration),
            0x53: Command(_Setting, self._configure),
            0x55: Command(_Decision, self._decide),
            0x56: Command(_Number, self._policy),
            0x65: Command(Nothing, lambda _: bytes(2 * _COUNTERS)),
            0x81: Command(_Octets, lambda echo: _counted(echo.octets)),
            0x99: Command(_Number, lambda _: status(Status.OK)),
            0xAA: Command(_Number, self._value),
            0xAB: Command(_Value, lambda one: status(settings.set_value(one.number, one.value))),
            0xF1: Command(Nothing, lambda _: bytes(2 * _COUNTERS)),
        }

    def _add_endpoint(self, request: _Endpoint) -> bytes:
        """Take an endpoint, which is to be done before the network is there."""
        if self._stack.is_up or self._stack.is_starting:
            return self._status(Status.NOT_NOW)
        if not _FIRST_ENDPOINT <= request.endpoint <= _LAST_ENDPOINT:
            return self._status(Status.INVALID_VALUE)
        if len(self._endpoints) >= MOST_ENDPOINTS:
            return self._status(Status.NO_MEMORY)
        self._endpoints[request.endpoint] = SimpleDescriptor(
            endpoint=request.endpoint,
            profile_id=request.profile_id,
            device_id=request.device_id,
            device_version=request.version,
            input_clusters=request.input_clusters,
            output_clusters=request.output_clusters,
        )
        return self._status(Status.OK)

    def _extended_value(self, request: _Extended) -> bytes:
        """Tell whether an endpoint is there, of which the flags are that it is in use."""
        if request.number != _ENDPOINT_FLAGS:
            return self._status(Status.INVALID_ID) + b"\0"
        is_there = request.characteristics in self._endpoints
        status = Status.OK if is_there else Status.INVALID_VALUE
        return self._status(status) + struct.pack("<BH", 2, is_there)

    def _configuration(self, request: _Number) -> bytes:
        value = self._settings.configuration.get(request.number)
        status = Status.INVALID_ID if value is None else Status.OK
        return self._status(status) + struct.pack("<H", value or 0)

    def _configure(self, request: _Setting) -> bytes:
        """Set a size or limit, which is to be done before the network is there."""
        if self._stack.is_up:
            return self._status(Status.NOT_NOW)
        return self._status(self._settings.configure(request.number, request.value))

    def _decide(self, request: _Decision) -> bytes:
        status = self._settings.decide(request.policy, request.decision)
        self._keys.decide()
        return self._status(status)

    def _policy(self, request: _Number) -> bytes:
        decision = self._settings.policies.get(request.number)
        status = Status.INVALID_ID if decision is None else Status.OK
        return self._status(status) + bytes((decision or 0,))

    def _value(self, request: _Number) -> bytes:
        value = self._settings.value(request.number)
        if value is None:
            return self._status(Status.INVALID_ID) + b"\0"
        return self._status(Status.OK) + _counted(value)


def _counted(octets: bytes) -> bytes:
    return bytes((len(octets),)) + octets
