"""An EZSP module on a perfect air whose time is virtual, with a host that speaks octets."""

import binascii
from random import Random

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.ezsp.ash_frames import randomized
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP, chip
from sebridge.simulator.modules.ezsp.module import EzspModule
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import METER, METER_ENDPOINT, Ears

ANYBODY = b"\xff" * 8
SE_ENDPOINT = bytes.fromhex("5e 0901 0005 00 02 01 0000 0007 0207")
HA_ENDPOINT = bytes.fromhex("01 0401 0700 00 01 01 0000 0207")
NETWORK_KEY = bytes(range(0x10, 0x20))
TRUST_CENTER_KEY = bytes(range(0x20, 0x30))
SECURITY = b"\x84\x0b" + TRUST_CENTER_KEY + NETWORK_KEY + b"\x03" + bytes(8)
PARAMETERS = bytes.fromhex("0102030405060708 b15e 08 0f 00 0000 00 00f8ff07")
STACKS = {8: b"\x80\x67", 13: b"\x10\x73", 14: b"\x20\x80", 19: b"\x00\x91"}
RESET = bytes.fromhex("1a c0 38bc 7e")


def framed(control: int, field: bytes = b"") -> bytes:
    """Return a frame of ASH, written octet by octet as the protocol says."""
    plain = bytes((control,)) + field
    plain += binascii.crc_hqx(plain, 0xFFFF).to_bytes(2, "big")
    stuffed = b"".join(
        bytes((0x7D, octet ^ 0x20)) if octet in b"\x7e\x7d\x11\x13\x18\x1a" else bytes((octet,))
        for octet in plain
    )
    return stuffed + b"\x7e"


def plain(frame: bytes) -> bytes:
    """Return the control octet and the field of a frame, whose checksum must be right."""
    octets, found = frame.removesuffix(b"\x7e"), bytearray()
    while octets:
        escape = octets[0] == 0x7D
        found.append(octets[1] ^ 0x20 if escape else octets[0])
        octets = octets[2 if escape else 1 :]
    assert binascii.crc_hqx(bytes(found), 0xFFFF) == 0
    return bytes(found[:-2])


class Bench:
    """The module, its host and a meter; `callbacks` is what the host heard without asking."""

    def __init__(
        self,
        drawers: Drawers | None = None,
        version: int = 13,
        *,
        beside: "Bench | None" = None,
        certificates: CertificateStore | None = None,
    ) -> None:
        """Another one `beside` it is on the same air."""
        self.version = version
        self.ok = b"\0" if version < 14 else bytes(4)
        self._up = b"\x90" if version < 14 else b"\x15\0\0\0"
        self.clock: VirtualClock = VirtualClock() if beside is None else beside.clock
        own_air = Ether(self.clock, AirOptions(delay=0))
        self.ether: Ether = own_air if beside is None else beside.ether
        self.address = chip(0 if beside is None else 1)
        self.bus = SignalBus(strict=True)
        self.drawers = drawers or Drawers()
        self.module = EzspModule(
            self.ether,
            self.drawers,
            clock=self.clock,
            line_clock=self.clock,
            seed=Random(1),
            bus=self.bus,
            certificates=certificates,
            chip=self.address,
            version=version,
        )
        self.acknowledges = True
        self.heard: list[bytes] = []  # frames of ASH, control octet and field
        self.answers: list[tuple[int, int, bytes]] = []  # sequence, frame, fields
        self.callbacks: list[tuple[int, bytes]] = []
        self._expected = 0
        self._number = 0
        self._sequence = 0
        self.module.plug_in(self.hear)
        self.meter = SimulatedRadio(self.ether, METER, WELL_KNOWN_KEY, [METER_ENDPOINT], {})
        self.ears = Ears()

    # ------------------------------------------------------------------ the line

    def hear(self, octets: bytes) -> None:
        """Take what the module says; it is whole frames."""
        frame = plain(octets)
        self.heard.append(frame)
        if frame[0] & 0x80 or frame[0] >> 4 != self._expected or not self.acknowledges:
            return
        self._expected = (self._expected + 1) % 8
        self._take(randomized(frame[1:]))
        self.module.take(framed(0x80 | self._expected))

    def _take(self, octets: bytes) -> None:
        if octets[2] != 0x01:  # as the first versions have it
            self.answers.append((octets[0], octets[2], octets[3:]))
            return
        frame_id = int.from_bytes(octets[3:5], "little")
        if octets[1] == 0x90:
            self.callbacks.append((frame_id, octets[5:]))
        else:
            assert octets[1] == 0x80
            self.answers.append((octets[0], frame_id, octets[5:]))

    def say(self, content: bytes) -> None:
        """Send an EZSP frame."""
        control = self._number << 4 | self._expected
        self._number = (self._number + 1) % 8
        self.module.take(framed(control, randomized(content)))

    def reset(self) -> None:
        """Reset the module."""
        self._expected = self._number = 0
        self.module.take(RESET)
        assert self.heard.pop() == b"\xc1\x02\x0b"

    def begin(self) -> None:
        """Reset the module, and agree on the version."""
        self.reset()
        self.say(b"\x00\x00\x00\x04")
        number = bytes((self.version,))
        version = number + b"\x02" + STACKS[self.version]
        assert self.answers.pop() == (0, 0, version)
        assert self.ask(0x00, number) == version

    def ask(self, frame_id: int, fields: bytes = b"") -> bytes:
        """Send a command; return the fields of its answer, which comes before all else."""
        self._sequence = (self._sequence + 1) % 256
        before = len(self.callbacks)
        self.say(bytes((self._sequence, 0, 1)) + frame_id.to_bytes(2, "little") + fields)
        sequence, answered, found = self.answers.pop()
        assert not self.answers
        assert (sequence, answered) == (self._sequence, frame_id), found.hex()
        assert len(self.callbacks) >= before
        return found

    def refused(self, frame_id: int, fields: bytes = b"") -> int:
        """Send a command that is not even looked at; return why."""
        self.say(b"\x07\x00\x01" + frame_id.to_bytes(2, "little") + fields)
        sequence, answered, found = self.answers.pop()
        assert (sequence, answered) == (7, 0x58)
        return found[0]

    def told(self, frame_id: int) -> list[bytes]:
        """Return the fields of the callbacks of one kind, and forget these."""
        found = [fields for one, fields in self.callbacks if one == frame_id]
        self.callbacks = [one for one in self.callbacks if one[0] != frame_id]
        return found

    # ------------------------------------------------------------------ the network

    async def form(self) -> None:
        """Form a network, with an endpoint of each profile."""
        self.begin()
        assert self.ask(0x53, b"\x1e\x04\x00") == self.ok  # room for link keys
        assert self.ask(0x02, SE_ENDPOINT) == self.ok
        assert self.ask(0x02, HA_ENDPOINT) == self.ok
        assert self.ask(0x68, SECURITY) == self.ok
        assert self.ask(0x1E, PARAMETERS) == self.ok
        await self.clock.advance(1)
        assert self.told(0x19) == [self._up]

    async def resume(self) -> None:
        """Reset the module, and go on with its network."""
        self.begin()
        assert self.ask(0x53, b"\x1e\x04\x00") == self.ok
        assert self.ask(0x02, SE_ENDPOINT) == self.ok
        assert self.ask(0x17, b"\0\0") == self.ok
        await self.clock.advance(1)
        assert self.told(0x19) == [self._up]

    def admit(self, device: bytes = ANYBODY, key: Secret = WELL_KNOWN_KEY) -> int:
        """Give a key to join with; return the status."""
        if self.version < 13:
            return self.ask(0xAF, device + key.reveal())[0]
        flags = b"\0" if self.version < 14 else b""
        return int.from_bytes(self.ask(0x111, device + key.reveal() + flags), "little")

    async def let_in(self, key: Secret = WELL_KNOWN_KEY) -> int:
        """Open the network for the meter; return its network address."""
        assert self.ask(0x22, b"\x3c") == self.ok
        self.meter = SimulatedRadio(self.ether, METER, key, [METER_ENDPOINT], {})
        await self.meter.start(self.ears)
        await self.clock.settle()
        return self.meter.network.nwk

    async def share(self, key: Secret, counters: FrameCounters) -> None:
        """Let the meter use a key that it established."""
        await self.meter.establish_link_key(CHIP, key, counters)

    async def stop(self) -> None:
        await self.meter.stop()
        await self.module.stop()


def little(number: int, size: int = 2) -> bytes:
    return number.to_bytes(size, "little")


def octets(address: Eui64 = CHIP) -> bytes:
    return bytes(address)


def aps(
    cluster_id: int = 0x0702,
    *,
    profile_id: int = 0x0109,
    source: int = 0x5E,
    destination: int = 0x0A,
    options: int = 0x0140,
) -> bytes:
    """Return the head of a frame as the host writes it."""
    ends = bytes((source, destination))
    return little(profile_id) + little(cluster_id) + ends + little(options) + bytes(3)
