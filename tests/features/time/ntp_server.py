"""A small NTP server on a real UDP port of this machine."""

import asyncio
import struct
from typing import Any

from typing_extensions import override

EPOCH = 2_208_988_800  # 1970 in seconds since 1900


def stamp(utc: float) -> bytes:
    """Return seconds since 1970 as a time of a packet, in whatever era that is."""
    whole = int(utc)
    return struct.pack(">2I", (whole + EPOCH) % (1 << 32), int((utc - whole) * (1 << 32)))


def answer_to(question: bytes, utc: float, *, head: int = 0x24, stratum: int = 2) -> bytes:
    """Return the answer of a server whose clock shows `utc`."""
    header = bytes((head, stratum, 6, 0xEC)) + bytes(8) + b"TEST"
    return header + stamp(utc - 60) + question[40:48] + stamp(utc) + stamp(utc)


class NtpServer(asyncio.DatagramProtocol):
    """Answers with the time that it is set to; silent, or with other octets, when told so."""

    def __init__(self, utc: float = 0.0) -> None:
        self.utc = utc
        self.asked = 0
        self.silent = False
        self.instead: bytes | None = None
        self._transport: Any = None

    @property
    def address(self) -> str:
        host, port = self._transport.get_extra_info("sockname")
        return f"{host}:{port}"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )

    def stop(self) -> None:
        self._transport.close()

    @override
    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.asked += 1
        if not self.silent:
            answer = answer_to(data, self.utc) if self.instead is None else self.instead
            self._transport.sendto(answer, addr)
