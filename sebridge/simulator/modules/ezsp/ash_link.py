"""ASH, the module's end of it: frames come in order and whole, or not at all.

Source: Silicon Labs UG101, data frame transmission, retransmission, reset and error frames.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from sebridge.base.clock import Clock, Timer
from sebridge.simulator.modules.ezsp.ash_frame import (
    AshFrame,
    Kind,
    LineReader,
    ack,
    data,
    failed,
    nak,
    reset_done,
)
from sebridge.simulator.modules.serial_line import Write

WINDOW: Final = 5
"""Frames that are sent before the first of them is acknowledged."""
MOST_WAITING: Final = 200
"""Frames that wait for room in the window; what is more is lost."""
_FIRST_WAIT, _LONGEST_WAIT = 1.6, 3.2  # seconds for an acknowledgement
_MOST_ATTEMPTS: Final = 5
_NUMBERS: Final = 8
_RESET_BY_WATCHDOG: Final = 0x03
_RESET_BY_SOFTWARE: Final = 0x0B
_TOO_MANY_TIMEOUTS: Final = 0x51


class AshLink:
    """Gives whole EZSP frames to `take`, and tells `reset` when the host begins anew.

    Until a host has reset the module, and after it has not been heard for too long, it says only
    that it waits for a reset.
    """

    def __init__(
        self, clock: Clock, take: Callable[[bytes], object], reset: Callable[[], object]
    ) -> None:
        self.lost = 0  # frames for which there was no room
        self._clock = clock
        self._take = take
        self._reset = reset
        self._write: Write | None = None
        self._reader = LineReader()
        self._timer: Timer | None = None
        self._is_connected = False
        self._begin()

    def _begin(self) -> None:
        self._sent: deque[tuple[int, bytes]] = deque()  # not yet acknowledged
        self._waiting: deque[bytes] = deque()
        self._next = 0  # the number of the next frame
        self._expected = 0  # the number of the host's next frame
        self._acknowledged = 0  # what the host was told of that
        self._is_rejecting = False
        self._attempts = 0
        self._wait = _FIRST_WAIT
        self._stop_timer()

    # ------------------------------------------------------------------ hosts

    def open(self, write: Write) -> None:
        """Speak to this host from now on."""
        self._reader = LineReader()
        self._write = write

    def close(self) -> None:
        """Speak to nobody: what was to be said is lost."""
        self._write = None
        self._is_connected = False
        self._begin()

    def restart(self) -> None:
        """Begin anew by ourselves, and say so; then wait for the host to reset us."""
        self._is_connected = False
        self._begin()
        self._put(reset_done(_RESET_BY_WATCHDOG))

    def feed(self, octets: bytes) -> None:
        """Take what the host sends, in pieces of any size."""
        for frame in self._reader.feed(octets):
            if frame is not None and frame.kind is Kind.RST:
                self._begin()
                self._is_connected = True
                self._reset()
                self._put(reset_done(_RESET_BY_SOFTWARE))
            elif not self._is_connected:
                self._put(failed(_TOO_MANY_TIMEOUTS))
            elif frame is None:
                self._reject()
            else:
                self._hear(frame)

    # ------------------------------------------------------------------ hearing

    def _hear(self, frame: AshFrame) -> None:
        self._on_acknowledged(frame.acknowledged)
        if frame.kind is Kind.NAK:
            self._send_again()
        elif frame.kind is Kind.DATA:
            self._on_data(frame)

    def _on_data(self, frame: AshFrame) -> None:
        if frame.number == self._expected:
            self._expected = (self._expected + 1) % _NUMBERS
            self._is_rejecting = False
            self._take(frame.content)
            if self._acknowledged != self._expected:
                self._acknowledge()
        elif frame.again:
            self._acknowledge()
        else:
            self._reject()

    def _acknowledge(self) -> None:
        self._acknowledged = self._expected
        self._put(ack(self._expected))

    def _reject(self) -> None:
        """Ask once for what is missing."""
        if not self._is_rejecting:
            self._is_rejecting = True
            self._put(nak(self._expected))

    def _on_acknowledged(self, number: int) -> None:
        """Forget the frames before this number, if it is one of those that are on the way."""
        numbers = [one for one, _ in self._sent]
        if number != self._next and number not in numbers:
            return
        before = len(self._sent)
        while self._sent and self._sent[0][0] != number:
            self._sent.popleft()
        if len(self._sent) < before:
            self._attempts = 0
            self._wait = _FIRST_WAIT
            self._stop_timer()
        self._fill()

    # ------------------------------------------------------------------ sending

    def send(self, content: bytes) -> None:
        """Send an EZSP frame, once there is room in the window."""
        if not self._is_connected or len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            return
        self._waiting.append(content)
        self._fill()

    def _fill(self) -> None:
        while self._waiting and len(self._sent) < WINDOW:
            number, content = self._next, self._waiting.popleft()
            self._next = (number + 1) % _NUMBERS
            self._sent.append((number, content))
            self._put_data(number, content)
        if self._sent and self._timer is None:
            self._timer = self._clock.call_later(self._wait, self._on_silence)

    def _send_again(self) -> None:
        for number, content in tuple(self._sent):
            self._put_data(number, content, again=True)

    def _put_data(self, number: int, content: bytes, *, again: bool = False) -> None:
        self._acknowledged = self._expected
        self._put(data(number, self._expected, content, again=again))

    def _on_silence(self) -> None:
        """Send again what the host has not acknowledged; give up when that does not help."""
        self._timer = None
        self._attempts += 1
        if self._attempts >= _MOST_ATTEMPTS:
            self._is_connected = False
            self._begin()
            self._put(failed(_TOO_MANY_TIMEOUTS))
            return
        self._wait = min(2 * self._wait, _LONGEST_WAIT)
        self._send_again()
        self._fill()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _put(self, octets: bytes) -> None:
        if self._write is not None:
            self._write(octets)
