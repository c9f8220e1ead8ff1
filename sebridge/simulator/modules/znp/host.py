"""The line to the host: responses go out at once, what happens meanwhile comes after them."""

from collections.abc import Callable

from sebridge.simulator.modules.serial_line import Write
from sebridge.simulator.modules.znp.frame import Frame, FrameReader, Kind, Subsystem, encode


class HostLine:
    """Where the stack says something; without a host nobody hears it.

    `carry_out` does what a frame of the host wants, and returns the frame of its response.
    """

    def __init__(self, carry_out: Callable[[Frame], bytes | None]) -> None:
        self._carry_out = carry_out
        self._reader = FrameReader()
        self._write: Write | None = None
        self._waiting: list[bytes] = []
        self._is_answering = False

    def open(self, write: Write) -> None:
        """Speak to this host from now on."""
        self._reader = FrameReader()
        self._write = write

    def close(self) -> None:
        """Speak to nobody."""
        self._write = None

    def call_back(self, subsystem: Subsystem, command: int, data: bytes) -> None:
        """Tell the host what it did not ask for just now."""
        self.say(encode(Kind.CALLBACK, subsystem, command, data))

    def say(self, octets: bytes) -> None:
        """Send a whole frame; while a request is carried out it waits for the response."""
        if self._is_answering:
            self._waiting.append(octets)
        elif self._write is not None:
            self._write(octets)

    def feed(self, octets: bytes) -> None:
        """Take what the host sends, in pieces of any size."""
        for frame in self._reader.feed(octets):
            if frame.kind in {Kind.REQUEST, Kind.CALLBACK}:
                self._answer(frame)

    def _answer(self, frame: Frame) -> None:
        """Send the response to a frame, then what there was to tell besides."""
        self._is_answering = True
        try:
            response = self._carry_out(frame)
        finally:
            self._is_answering = False
        waiting, self._waiting = self._waiting, []
        for octets in (response, *waiting):
            if octets is not None:
                self.say(octets)
