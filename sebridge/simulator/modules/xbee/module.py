"""The module as a whole: octets of the host in, octets for the host out."""

from collections.abc import Callable, Mapping
from random import Random
import struct
from typing import Final

from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.plugged import PluggedModule
from sebridge.simulator.modules.signals import HostSpoke
from sebridge.simulator.modules.xbee.authentication import Authentication, Proof
from sebridge.simulator.modules.xbee.control import Answer, Control, key_lifetime
from sebridge.simulator.modules.xbee.device_object import DeviceObject
from sebridge.simulator.modules.xbee.firmware import ZIGBEE, Firmware
from sebridge.simulator.modules.xbee.frame import ModemStatus, Report, Request
from sebridge.simulator.modules.xbee.host import HostLine
from sebridge.simulator.modules.xbee.identity import octets_of
from sebridge.simulator.modules.xbee.keys import Keys
from sebridge.simulator.modules.xbee.memory import Memory
from sebridge.simulator.modules.xbee.messaging import (
    Messaging,
    Order,
    read_explicit,
    read_transmit,
)
from sebridge.simulator.modules.xbee.registers import AtStatus, Registers
from sebridge.simulator.modules.xbee.registration import registered
from sebridge.simulator.modules.xbee.remote_commands import RemoteAnswer, RemoteCommands
from sebridge.simulator.modules.xbee.searches import Search, Searches
from sebridge.simulator.modules.xbee.stack import Stack
from sebridge.storage.collection import OpenCollection
from sebridge.zcl.zdo import SimpleDescriptor

_REMOTE: Final = struct.Struct(">BQHB2s")
_REGISTRATION: Final = struct.Struct(">BQHB")
_NAME: Final = 2
_SHORTEST_COMMAND: Final = 1 + _NAME


class XbeeModule(PluggedModule):
    """A module on the simulated air. It stays what it is while hosts come and go.

    `open_collection` gives its non-volatile memory; whoever keeps that can pull the plug. `clock`
    is that of the air, `line_clock` that of the host, `seed` what it chooses by. `bus` tells what
    the stack does. Firmware of Smart Energy establishes keys where it has a `proof`.
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
        firmware: Firmware = ZIGBEE,
        proof: Proof | None = None,
        chip: Eui64 = CHIP,
    ) -> None:
        self._bus = bus
        self._firmware = firmware
        memory = Memory(open_collection)
        registers = Registers(firmware.registers, memory.registers)
        self._keys = Keys(memory, lambda: key_lifetime(registers), clock)
        self.stack = Stack(ether, memory, self._keys, chip, seed, bus, longest=firmware.longest)
        self._control = Control(
            firmware,
            registers,
            self.stack,
            self._tell,
            clock,
            bus,
            was_made_certified=proof is not None and proof.certificate is not None,
        )
        self._commands = RemoteCommands(
            registers, self._control, self.stack, seed=seed, clock=clock, bus=bus
        )
        self._searches = Searches(registers, self.stack, self._commands, clock, bus)
        self._host = HostLine(
            registers,
            line_clock,
            on_frame=self._take_frame,
            on_data=self._take_data,
            carry_out=self._control.queue,
            searches=self._searches,
            leave=self._control.apply,
        )
        own_endpoints: Callable[[], tuple[SimpleDescriptor, ...]] = tuple
        services: list[Service] = []
        if firmware.establishes_keys and proof is not None:
            authentication = Authentication(
                registers,
                self.stack,
                self._keys,
                self._tell,
                proof,
                clock,
                bus,
            )
            own_endpoints = authentication.endpoints
            services = [authentication]
        self._messaging = Messaging(firmware.longest, self._host, registers, self.stack, bus)
        zdo = DeviceObject(firmware, self.stack, registers, self._messaging, own_endpoints, bus)
        self._requests: Mapping[int, Callable[[bytes], None]] = {
            Request.AT_COMMAND: self._at_command,
            Request.QUEUED_AT_COMMAND: self._queued_at_command,
            Request.TRANSMIT: lambda content: self._transmit(read_transmit(content)),
            Request.EXPLICIT_TRANSMIT: lambda content: self._transmit(read_explicit(content)),
            Request.REMOTE_AT_COMMAND: self._remote_at_command,
            Request.REGISTER_JOINING_DEVICE: self._register,
        }
        services = [self._searches, self._commands, self._messaging, zdo, *services]
        power_off = self._control.power_off
        super().__init__(self._host, self.stack, self._messaging, services, power_off)

    @override
    async def start(self) -> None:
        """Give it power: it looks for its network by itself."""
        self._control.power_on()
        await super().start()

    def restart(self) -> None:
        """Reset by itself, as its watchdog does it."""
        self._control.restart(ModemStatus.WATCHDOG_RESET)

    def _tell(self, status: ModemStatus) -> None:
        self._host.say(bytes((Report.MODEM_STATUS, status)))

    def _take_data(self, data: bytes) -> None:
        self._messaging.send_data(data)

    # ------------------------------------------------------------------ frames of the host

    def _take_frame(self, content: bytes) -> None:
        """Do what a frame says; one that is unknown or too short is not answered."""
        self._bus.send(HostSpoke())
        request = self._requests.get(content[0])
        if request is not None:
            request(content[1:])

    def _at_command(self, content: bytes) -> None:
        self._answer(content, self._control.carry_out)

    def _queued_at_command(self, content: bytes) -> None:
        self._answer(content, self._control.queue)

    def _answer(self, content: bytes, carry_out: Callable[[str, bytes], Answer]) -> None:
        if len(content) < _SHORTEST_COMMAND:
            return
        number, name = content[:1], content[1:_SHORTEST_COMMAND]
        command, value = name.decode("latin-1"), content[_SHORTEST_COMMAND:]

        def say(status: AtStatus, found: bytes = b"") -> None:
            if number != b"\0":
                head = bytes((Report.AT_RESPONSE,)) + number + name
                self._host.say(head + bytes((status,)) + found)

        def ended(status: AtStatus) -> None:
            if status is not AtStatus.OK:
                say(status)

        if self._searches.knows(command):
            search = Search(lambda fields: say(AtStatus.OK, octets_of(fields)), ended)
            self._searches.begin(command, value, search)
        else:
            say(*carry_out(command, value))

    def _transmit(self, order: Order | None) -> None:
        if order is not None:
            self._messaging.transmit(order)

    def _remote_at_command(self, content: bytes) -> None:
        """Give another module a command, and tell what it says."""
        if len(content) < _REMOTE.size:
            return
        number, device, nwk, options, name = _REMOTE.unpack_from(content)
        value = content[_REMOTE.size :]

        def say(answer: RemoteAnswer) -> None:
            if number:
                head = (Report.REMOTE_AT_RESPONSE, number, device, answer.nwk, name, answer.status)
                self._host.say(struct.pack(">BBQH2sB", *head) + answer.found)

        self._commands.give(Eui64(device), nwk, options, name, value, say)

    def _register(self, content: bytes) -> None:
        if len(content) < _REGISTRATION.size:
            return
        number, device, _nwk, kind = _REGISTRATION.unpack_from(content)
        key = content[_REGISTRATION.size :]
        status = registered(self._keys, self._firmware, Eui64(device), kind, key)
        if number:
            self._host.say(bytes((Report.REGISTRATION_STATUS, number, status)))
