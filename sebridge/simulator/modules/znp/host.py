"""The line to the host: responses go out at once, what happens meanwhile comes after them."""

from collections.abc import Callable

from sebridge.simulator.modules.znp.frame import Kind, Subsystem, encode

Write = Callable[[bytes], object]


class HostLine:
    """Where the stack says something; without a host nobody hears it."""

    def __init__(self) -> None:
        self._write: Write | None = None
        self._waiting: list[bytes] = []
        self._is_answering = False

    def open(self, write: Write) -> None:
        """Speak to this host from now on."""
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

    def answer(self, make: Callable[[], bytes | None]) -> None:
        """Send the response that `make` returns, then what it had to tell besides."""
        self._is_answering = True
        try:
            response = make()
        finally:
            self._is_answering = False
        waiting, self._waiting = self._waiting, []
        for octets in (response, *waiting):
            if octets is not None:
                self.say(octets)
