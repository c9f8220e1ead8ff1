"""A played XBee module behind a TCP port, for what the emulated one does not do: faults.

It speaks Digi's API mode 2 (escaped) with frames 0x08, 0x09, 0x11 and 0x24, and says what it was
told and what was sent through it.
"""

import asyncio
from collections.abc import Iterator

_START, _ESCAPE = 0x7E, 0x7D
_TO_ESCAPE = (0x7E, 0x7D, 0x11, 0x13)

REGISTERS = {
    "AP": b"\x02",
    "AO": b"\x03",
    "AI": b"\x00",
    "MY": b"\x00\x00",
    "SH": b"\x00\x13\xa2\x00",
    "SL": b"\x41\x51\xc0\xde",
    "CE": b"\x01",
    "VR": b"\x21\xa7",
    "OI": b"\x1a\x62",
    "OP": b"\x00\x00\x00\x00\x00\x00\xbe\xef",
    "ID": b"\x00\x00\x00\x00\x00\x00\xbe\xef",
    "II": b"\xff\xff",
    "SC": b"\x7f\xff",
    "CH": b"\x0f",
    "EE": b"\x01",
    "EO": b"\x02",
    "ZS": b"\x02",
    "NP": b"\x00\xff",
}

FROM_THE_SHOP = {
    "AI": b"\x22",
    "MY": b"\xff\xfe",
    "CE": b"\x00",
    "OI": b"\xff\xff",
    "OP": bytes(8),
    "ID": bytes(8),
    "II": b"\xff\xff",
    "SC": b"\x7f\xff",
    "CH": b"\x00",
    "EE": b"\x00",
    "EO": b"\x00",
    "ZS": b"\x00",
}
SMART_ENERGY = {"VR": b"\x31\x15", "EO": b"\x02"}
NOT_OF_SMART_ENERGY = frozenset({"ZS", "KT", "II", "CE"})


class XBeeModule:
    """The module: what it holds in its registers, what it was given to send."""

    def __init__(self) -> None:
        self.registers = dict(REGISTERS)
        self.set: dict[str, bytes] = {}
        self.queued: dict[str, bytes] = {}  # until the command AC
        self.is_forming = False
        self.is_slow = False  # forms after it was asked once more whether it has
        self.formed = 0  # how often a network was formed
        self.indications: list[bytes] = []  # what AI tells first, before what is in its register
        self.is_hung = False  # takes what it is given, and says nothing
        self.asked: list[str] = []  # registers that were read or set, in order
        self.missing: set[str] = set()  # registers that this firmware does not have
        self.silent: set[str] = set()  # registers that are not answered, the next time
        self.unanswered: list[bytes] = []  # what they would have been answered
        self.sent: list[bytes] = []  # frames 0x11 without type and frame id
        self.keys: list[bytes] = []  # frames 0x24 without type and frame id
        self.transmit_status = 0x00
        self.registration_status = 0x00
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._ended = asyncio.Event()

    async def start(self) -> str:
        """Open the port; return the path for the configuration."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"socket://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.unplug()
        if self._writer is not None:
            await self._ended.wait()
        await self._server.wait_closed()

    def unplug(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def receive(self, frame: bytes) -> None:
        """Hand a frame from the air to the host: type 0x91 and what follows it."""
        self.write(packed(frame))

    def write(self, octets: bytes) -> None:
        """Put octets on the line, whatever they are."""
        assert self._writer is not None
        self._writer.write(octets)

    def answer_late(self) -> None:
        """Answer what was not answered yet."""
        for answer in self.unanswered:
            self.write(answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        buffer = bytearray()
        try:
            while data := await reader.read(1024):
                buffer += data
                for frame in _frames(buffer):
                    if self.is_hung:
                        continue
                    answer = packed(self._answer(frame))
                    if (name := frame[2:4].decode("latin-1")) in self.silent:
                        self.silent.discard(name)
                        self.unanswered.append(answer)
                    else:
                        writer.write(answer)
        except ConnectionError:
            pass  # the test unplugged it
        finally:
            writer.close()
            self._ended.set()

    def _answer(self, frame: bytes) -> bytes:
        kind, number = frame[0], frame[1:2]
        if kind == 0x11:
            self.sent.append(frame[2:])
            return b"\x8b" + number + frame[10:12] + bytes((0, self.transmit_status, 0))
        if kind == 0x24:
            self.keys.append(frame[2:])
            return b"\xa4" + number + bytes((self.registration_status,))
        head = b"\x88" + number + frame[2:4]
        name, value = frame[2:4].decode(), frame[4:]
        self.asked.append(name)
        if name in self.missing:
            return head + b"\x02"
        if kind == 0x09:
            self.queued[name] = value
            return head + b"\x00"
        return head + b"\x00" + self._carry_out(name, value)

    def _carry_out(self, name: str, value: bytes) -> bytes:
        """Set a register, or read one, or carry out a command."""
        if value:
            self.set[name] = value
            if name in FROM_THE_SHOP:
                self.registers[name] = value
            return b""
        if name == "AC":
            self.is_forming = bool(self.queued)
        elif name == "AI":
            return self._association()
        elif name == "OP":
            self.is_slow = False
        return self.registers.get(name, b"")

    def _association(self) -> bytes:
        if self.is_forming and not self.is_slow:
            self._form()
        return self.indications.pop(0) if self.indications else self.registers["AI"]

    def _form(self) -> None:
        """Form a network by what was queued, on the first of the channels."""
        self.is_forming = False
        self.set.update(self.queued)
        self.registers.update(self.queued)
        self.queued.clear()
        self.registers.pop("NK")  # keys cannot be read
        self.registers.pop("KY")
        mask = int.from_bytes(self.registers["SC"], "big")
        self.registers["OP"] = self.registers["ID"]
        self.registers["OI"] = self.registers.get("II", b"\x1a\x62")
        self.registers["CH"] = bytes((11 + (mask & -mask).bit_length() - 1,))
        self.registers["MY"] = b"\x00\x00"
        self.registers["AI"] = b"\x00"
        self.formed += 1


def packed(frame: bytes) -> bytes:
    """Return a frame as it is written on the line."""
    content = len(frame).to_bytes(2, "big") + frame + bytes((0xFF - sum(frame) % 256,))
    escaped = bytearray((_START,))
    for octet in content:
        escaped += bytes((_ESCAPE, octet ^ 0x20)) if octet in _TO_ESCAPE else bytes((octet,))
    return bytes(escaped)


def _frames(buffer: bytearray) -> Iterator[bytes]:
    """Take the whole frames out of a buffer."""
    while True:
        end = buffer.find(_START, 1)
        piece = bytes(buffer if end < 0 else buffer[:end])
        plain = _unescaped(piece[1:])
        length = int.from_bytes(plain[:2], "big")
        if len(plain) < length + 3:
            if end < 0:
                return
            del buffer[:end]
            continue
        del buffer[: len(piece)]
        yield plain[2 : 2 + length]


def _unescaped(octets: bytes) -> bytes:
    plain = bytearray()
    stream = iter(octets)
    for octet in stream:
        plain.append(next(stream, 0x20) ^ 0x20 if octet == _ESCAPE else octet)
    return bytes(plain)
