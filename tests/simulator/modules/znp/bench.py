"""A ZNP module on a perfect air whose time is virtual, with a host that speaks octets."""

from functools import reduce
from operator import xor
from random import Random

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.znp.module import ZnpModule
from sebridge.simulator.modules.znp.nv import NvId
from tests.radio.simulated_air import METER, METER_ENDPOINT, Ears

SYS, AF, ZDO, UTIL, APP_CNF = 1, 4, 5, 7, 15
SE_REGISTRATION = bytes.fromhex("5e 0901 0005 00 00 02 0000 0007 01 0207")
HA_REGISTRATION = bytes.fromhex("01 0401 0700 00 00 01 0000 01 0207")


def framed(head: int, command: int, data: bytes) -> bytes:
    body = bytes((len(data), head, command)) + data
    return b"\xfe" + body + bytes((reduce(xor, body),))


class Bench:
    """The module, its host and a meter; `told` is what the host heard without asking."""

    def __init__(self, items: dict[NvId, bytes] | None = None) -> None:
        self.clock = VirtualClock()
        self.ether = Ether(self.clock, AirOptions(delay=0))
        self.bus = SignalBus(strict=True)
        self.items = {} if items is None else items
        self.module = ZnpModule(
            self.ether, self.items, clock=self.clock, seed=Random(1), bus=self.bus
        )
        self.heard: list[tuple[int, int, bytes]] = []
        self.module.plug_in(self.hear)
        self.meter = SimulatedRadio(self.ether, METER, WELL_KNOWN_KEY, [METER_ENDPOINT], {})
        self.ears = Ears()

    def hear(self, octets: bytes) -> None:
        """Take what the module says; it is whole frames."""
        length = octets[1]
        assert octets == framed(octets[2], octets[3], octets[4 : 4 + length])
        self.heard.append((octets[2], octets[3], octets[4 : 4 + length]))

    # ------------------------------------------------------------------ the host

    def tell(self, subsystem: int, command: int, data: bytes = b"") -> None:
        """Send a command that has no response."""
        self.module.take(framed(0x40 | subsystem, command, data))

    def ask(self, subsystem: int, command: int, data: bytes = b"") -> bytes:
        """Send a request; return the data of its response, which comes before all else."""
        before = len(self.heard)
        self.module.take(framed(0x20 | subsystem, command, data))
        head, number, answer = self.heard.pop(before)
        assert (head, number) == (0x60 | subsystem, command)
        return answer

    def refused(self, subsystem: int, command: int, data: bytes = b"") -> int:
        """Send a request that is not even looked at; return why."""
        self.module.take(framed(0x20 | subsystem, command, data))
        head, number, answer = self.heard.pop()
        assert (head, number, answer[1:]) == (0x60, 0, bytes((0x20 | subsystem, command)))
        return answer[0]

    def told(self, subsystem: int, command: int) -> list[bytes]:
        """Return the data of the callbacks of one kind, and forget these."""
        found = [
            data
            for head, number, data in self.heard
            if (head, number)
            == (
                0x40 | subsystem,
                command,
            )
        ]
        self.heard = [one for one in self.heard if one[:2] != (0x40 | subsystem, command)]
        return found

    # ------------------------------------------------------------------ the network

    async def form(self) -> None:
        """Form a network, with an endpoint of each profile."""
        assert self.ask(APP_CNF, 0x05, b"\x04") == b"\0"
        await self.clock.advance(1)
        assert self.ask(AF, 0x00, SE_REGISTRATION) == b"\0"
        assert self.ask(AF, 0x00, HA_REGISTRATION) == b"\0"

    async def let_in(self, key: Secret = WELL_KNOWN_KEY) -> int:
        """Open the network for the meter; return its network address."""
        self.meter = SimulatedRadio(self.ether, METER, key, [METER_ENDPOINT], {})
        assert self.ask(ZDO, 0x36, bytes.fromhex("0f fcff ff 00")) == b"\0"
        await self.clock.settle()
        await self.start_meter()
        return self.meter.network.nwk

    async def let_in_by_others(self) -> None:
        """Let the meter in while no host is there."""
        self.ether.open_joining(10)
        await self.start_meter()

    async def start_again(self, key: Secret, counters: FrameCounters) -> None:
        """Let a meter that was here before come back, with a key that it established."""
        self.meter = SimulatedRadio(self.ether, METER, key, [METER_ENDPOINT], {})
        await self.start_meter()
        await self.meter.establish_link_key(CHIP, key, counters)

    async def start_meter(self) -> None:
        await self.meter.start(self.ears)
        await self.clock.settle()

    async def restart(self) -> None:
        self.tell(SYS, 0x00, b"\x01")
        await self.clock.advance(1)

    async def stop(self) -> None:
        await self.meter.stop()
        await self.module.stop()


def little(number: int, size: int = 2) -> bytes:
    return number.to_bytes(size, "little")


def octets(address: Eui64 = CHIP) -> bytes:
    return bytes(address)
