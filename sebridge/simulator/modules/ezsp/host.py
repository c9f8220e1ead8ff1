"""The line to the host: answers go out at once, what happens meanwhile comes after them."""

from collections.abc import Callable

from sebridge.simulator.modules.ezsp.frame import Request, callback


class HostLine:
    """Where the stack says something: whole EZSP frames, by `send`."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self._send = send
        self._sequence = 0  # of the last answer
        self._waiting: list[tuple[int, bytes]] = []
        self._is_answering = False

    def call_back(self, frame_id: int, fields: bytes) -> None:
        """Tell the host what it did not ask for just now."""
        if self._is_answering:
            self._waiting.append((frame_id, fields))
        else:
            self._send(callback(self._sequence, frame_id, fields))

    def answer(self, request: Request, make: Callable[[], bytes]) -> None:
        """Send the response that `make` returns, then what the stack had to tell besides."""
        self._is_answering = True
        try:
            octets = make()
        finally:
            self._is_answering = False
        self._sequence = request.sequence
        self._send(octets)
        waiting, self._waiting = self._waiting, []
        for frame_id, fields in waiting:
            self.call_back(frame_id, fields)
