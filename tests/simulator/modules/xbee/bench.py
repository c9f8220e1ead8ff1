"""An XBee on a perfect air whose time is virtual, with a host that speaks octets."""

from collections.abc import Callable
from random import Random
import struct

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, VirtualClock
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.authentication import Proof
from sebridge.simulator.modules.xbee.firmware import ZIGBEE, Firmware
from sebridge.simulator.modules.xbee.module import XbeeModule
from sebridge.simulator.modules.xbee.registers import Access
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import METER, METER_ENDPOINT, Ears

OK, ERROR, INVALID_COMMAND, INVALID_PARAMETER = range(4)
NETWORK_KEY = bytes(range(0x10, 0x20))
OWN_KEY = Secret(bytes(range(0x30, 0x40)))
NOBODY = 0xFFFE
SETUP = {
    "ID": b"\xbe\xef",
    "II": b"\xb1\x5e",
    "SC": b"\x00\x10",
    "ZS": b"\x02",
    "EE": b"\x01",
    "EO": b"\x02",
    "CE": b"\x01",
    "NK": NETWORK_KEY,
    "KY": WELL_KNOWN_KEY.reveal(),
}


def framed(content: bytes) -> bytes:
    """Return a frame of API mode 1, written octet by octet as the protocol says."""
    return b"\x7e" + len(content).to_bytes(2, "big") + content + bytes((255 - sum(content) % 256,))


def contents(line: bytes) -> list[bytes]:
    """Return what the frames of API mode 1 hold, whose checksums must be right."""
    found = []
    while line:
        size = int.from_bytes(line[1:3], "big")
        frame, line = line[: size + 4], line[size + 4 :]
        assert frame[0] == 0x7E
        assert sum(frame[3:]) % 256 == 0xFF
        found.append(frame[3:-1])
    return found


class Bench:
    """The module, its host and a meter; `told` is what the host heard without asking."""

    def __init__(
        self,
        drawers: Drawers | None = None,
        firmware: Firmware = ZIGBEE,
        make_proof: Callable[[Clock], Proof] | None = None,
        ether: Ether | None = None,
        clock: VirtualClock | None = None,
        chip: Eui64 = CHIP,
    ) -> None:
        self._firmware = firmware
        self.clock = clock or VirtualClock()
        self.ether = ether or Ether(self.clock, AirOptions(delay=0))
        self.drawers = drawers or Drawers()
        self.drawers("xbee_registers", str, Secret).setdefault("AP", Secret(b"\x01"))
        self.module = XbeeModule(
            self.ether,
            self.drawers,
            clock=self.clock,
            line_clock=self.clock,
            seed=Random(7),
            bus=SignalBus(strict=True),
            firmware=firmware,
            proof=None if make_proof is None else make_proof(self.clock),
            chip=chip,
        )
        self.line = b""  # what the module said, before it was read
        self.told: list[bytes] = []
        self._number = 0
        self.module.plug_in(self.hear)
        self.meter = SimulatedRadio(self.ether, METER, WELL_KNOWN_KEY, [METER_ENDPOINT], {})
        self.ears = Ears()

    def hear(self, octets: bytes) -> None:
        """Take what the module says."""
        self.line += octets

    def say(self, content: bytes) -> None:
        """Send a frame."""
        self.module.take(framed(content))

    def heard(self, kind: int | None = None) -> list[bytes]:
        """Return the frames of one kind that the host heard since, and forget these."""
        self.told += contents(self.line)
        self.line = b""
        found = [one for one in self.told if kind is None or one[0] == kind]
        self.told = [one for one in self.told if one not in found]
        return found

    def at(self, name: str, value: bytes = b"", kind: int = 0x08) -> tuple[int, bytes]:
        """Give a command; return its status and what it answers."""
        self._number = self._number % 255 + 1
        head = bytes((self._number,)) + name.encode("ascii")
        self.say(bytes((kind,)) + head + value)
        [answer] = self.heard(0x88)
        assert answer[1:4] == head
        return answer[4], answer[5:]

    def read(self, name: str) -> int:
        """Return the number in a register."""
        status, value = self.at(name)
        assert status == OK
        return int.from_bytes(value, "big")

    def set(self, name: str, value: int, octets: int = 1) -> None:
        assert self.at(name, value.to_bytes(octets, "big")) == (OK, b"")

    # ------------------------------------------------------------------ the network

    async def start(self) -> None:
        """Give the module power, and let it find out that it has no network."""
        await self.module.start()
        await self.clock.advance(2)
        self.heard()

    async def form(self) -> None:
        """Form a network, as a coordinator that has frames shown explicitly, and keep it."""
        await self.start()
        self.set("AO", 1)
        self.set("NJ", 0)
        for name, value in SETUP.items():
            register = self._firmware.registers.get(name)
            if register is not None and register.access is not Access.READ_ONLY:
                assert self.at(name, value, kind=0x09) == (OK, b"")
        assert self.at("AC") == (OK, b"")
        await self.clock.advance(2)
        assert b"\x8a\x06" in self.heard(0x8A)
        assert self.at("WR") == (OK, b"")

    def register(self, key: bytes, device: Eui64 = METER, kind: int = 0) -> int:
        """Register a device; return the status."""
        self.say(b"\x24\x07" + device.to_bytes(8, "big") + b"\xff\xfe" + bytes((kind,)) + key)
        [answer] = self.heard(0xA4)
        assert answer[1] == 7
        return answer[2]

    async def let_in(self, key: Secret = WELL_KNOWN_KEY) -> int:
        """Open the network for the meter; return its network address."""
        self.set("NJ", 0)
        self.set("NJ", 60)
        self.meter = SimulatedRadio(self.ether, METER, key, [METER_ENDPOINT], {})
        await self.meter.start(self.ears)
        await self.clock.settle()
        self.heard()
        return self.meter.network.nwk

    async def transmit(self, order: bytes) -> bytes:
        """Send a frame 0x11; return what is said of it: address, tries, status, discovery."""
        self.say(b"\x11\x05" + order)
        await self.clock.advance(1)
        [answer] = self.heard(0x8B)
        assert answer[1] == 5
        return answer[2:]

    async def stop(self) -> None:
        await self.meter.stop()
        await self.module.stop()


def order(
    device: int = METER,
    nwk: int = NOBODY,
    *,
    endpoint: int = 0x0A,
    cluster_id: int = 0x0702,
    profile_id: int = 0x0109,
    options: int = 0,
    data: bytes = b"\x01\x02\x03",
) -> bytes:
    """Return what stands in a frame 0x11 behind its number."""
    head = struct.pack(">QHBB", device, nwk, 0x5E, endpoint)
    return head + struct.pack(">HHBB", cluster_id, profile_id, 0, options) + data


def own() -> bytes:
    return CHIP.to_bytes(8, "big")
