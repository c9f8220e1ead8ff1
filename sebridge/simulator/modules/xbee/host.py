"""The serial line to the host: the API, data as it is, and command mode.

Source: Digi, XBee 3 Zigbee RF Module User Guide, operating mode, command mode.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from sebridge.base.clock import Clock, Timer
from sebridge.simulator.modules.serial_line import Write
from sebridge.simulator.modules.xbee.control import Answer
from sebridge.simulator.modules.xbee.frame import ApiMode, Unpacker, packed
from sebridge.simulator.modules.xbee.identity import Fields, octets_of
from sebridge.simulator.modules.xbee.lines import sampled
from sebridge.simulator.modules.xbee.registers import AtStatus, Registers
from sebridge.simulator.modules.xbee.searches import Search, Searches

_LONGEST_LINE: Final = 64  # octets of a command
_NAME: Final = 2
_END: Final = 0x0D
_OF_TEXT: Final = frozenset({"NI", "ND", "DN"})
"""Commands whose value is text."""

CarryOut = Callable[[str, bytes], Answer]


class HostLine:
    """Where the host is.

    In the API modes `on_frame` is given the frames, in transparent mode `on_data` the octets.
    There the sequence of three CC between two silences of GT begins command mode, in which
    `carry_out` or `searches` are asked and values are applied by `leave`, as CN and CT end it.
    """

    def __init__(
        self,
        registers: Registers,
        clock: Clock,
        *,
        on_frame: Callable[[bytes], object],
        on_data: Callable[[bytes], object],
        carry_out: CarryOut,
        searches: Searches,
        leave: Callable[[], object],
    ) -> None:
        self._registers = registers
        self._clock = clock
        self._on_frame = on_frame
        self._on_data = on_data
        self._carry_out = carry_out
        self._searches = searches
        self._leave = leave
        self._write: Write | None = None
        self._unpacker = Unpacker()
        self._line: bytearray | None = None  # of command mode, while it lasts
        self._heard_at = clock.monotonic()
        self._guard: Timer | None = None
        self._end: Timer | None = None

    def open(self, write: Write) -> None:
        """Serve this host from now on."""
        self.close()
        self._write = write

    def close(self) -> None:
        """Serve nobody; what was begun is forgotten, as on a cable that is pulled out."""
        self._write = None
        self._unpacker.clear()
        self._stop_guard()
        self._end_command_mode()

    @property
    def mode(self) -> ApiMode:
        """What is spoken on the line."""
        return ApiMode(self._registers["AP"])

    # ------------------------------------------------------------------ saying

    def say(self, content: bytes) -> None:
        """Send a frame, where frames are spoken."""
        mode = self.mode
        if mode is not ApiMode.TRANSPARENT and self._line is None:
            self._put(packed(content, mode))

    def hand_over(self, data: bytes) -> None:
        """Send octets as they are, where no frames are spoken."""
        if self.mode is ApiMode.TRANSPARENT and self._line is None:
            self._put(data)

    def _put(self, octets: bytes) -> None:
        if self._write is not None:
            self._write(octets)

    # ------------------------------------------------------------------ hearing

    def feed(self, octets: bytes) -> None:
        """Take what the host sends, in pieces of any size."""
        if self._line is not None:
            self._read_commands(octets)
        elif self.mode is ApiMode.TRANSPARENT:
            self._take_data(octets)
        else:
            self._unpacker.feed(octets)
            self._read_frames()

    def _read_frames(self) -> None:
        mode = self.mode
        while content := self._unpacker.next(mode):
            self._on_frame(content)
            mode = self.mode  # which the frame may have changed

    def _take_data(self, octets: bytes) -> None:
        now = self._clock.monotonic()
        was_quiet = now - self._heard_at >= self._guard_time
        self._heard_at = now
        self._stop_guard()
        if was_quiet and octets == bytes((self._registers["CC"],)) * 3:
            self._guard = self._clock.call_later(self._guard_time, self._begin_command_mode)
        else:
            self._on_data(octets)

    @property
    def _guard_time(self) -> float:
        return self._registers["GT"] / 1000

    def _stop_guard(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
            self._guard = None

    # ------------------------------------------------------------------ command mode

    def _begin_command_mode(self) -> None:
        self._guard = None
        self._line = bytearray()
        self._put(b"OK\r")
        self._await_command()

    def _await_command(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._end = self._clock.call_later(self._registers["CT"] / 10, self._leave_command_mode)

    def _leave_command_mode(self) -> None:
        self._end_command_mode()
        self._leave()

    def _end_command_mode(self) -> None:
        self._line = None
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _read_commands(self, octets: bytes) -> None:
        for number, octet in enumerate(octets):
            if self._line is None:  # by CN
                self.feed(octets[number:])
                return
            if octet != _END:
                self._line = self._line[: _LONGEST_LINE - 1] + bytes((octet,))
                continue
            text, self._line = self._line.decode("latin-1"), bytearray()
            self._await_command()
            self._answer(text[_NAME:] if text[:_NAME].upper() == "AT" else text)

    def _answer(self, text: str) -> None:
        name, written = text[:_NAME].upper(), text[_NAME:].strip()
        value = _value_of(name, written)
        if name == "CN":
            self._put(b"OK\r")
            self._leave_command_mode()
        elif value is None or len(name) != _NAME:
            self._put(b"ERROR\r")
        elif name == "DN":
            self._searches.begin(name, value, Search(self._address, self._addressed))
        elif self._searches.knows(name):
            self._searches.begin(name, value, Search(self._show, self._searched))
        else:
            self._say_answer(name, *self._carry_out(name, value))

    def _say_answer(self, name: str, status: AtStatus, found: bytes) -> None:
        if status is not AtStatus.OK:
            self._put(b"ERROR\r")
        elif name == "IS":
            self._show(sampled(self._registers))
        elif name == "NI" and found:
            self._put(found + b"\r")
        else:
            self._put(_shown(found) + b"\r" if found else b"OK\r")

    def _show(self, fields: Fields) -> None:
        """Say what was found, a line for each part, and an empty one."""
        if self._line is not None:
            self._put(b"".join(_shown(field) + b"\r" for field in fields) + b"\r")

    def _searched(self, status: AtStatus) -> None:
        if self._line is not None:
            self._put(b"\r" if status is AtStatus.OK else b"ERROR\r")

    def _address(self, fields: Fields) -> None:
        """Have octets go to who was found."""
        for name, field in zip(("DH", "DL"), fields[1:], strict=True):
            self._registers.queue(name, octets_of((field,)))

    def _addressed(self, status: AtStatus) -> None:
        if self._line is None:
            return
        if status is not AtStatus.OK:
            self._put(b"ERROR\r")
            return
        self._put(b"OK\r")
        self._leave_command_mode()


def _value_of(name: str, written: str) -> bytes | None:
    """Return what is written behind a command; None where it is no number, and should be."""
    if name in _OF_TEXT:
        return written.encode("latin-1")
    with suppress(ValueError):
        return bytes.fromhex(written.rjust(len(written) + len(written) % 2, "0"))
    return None


def _shown(field: bytes | str) -> bytes:
    """Return a part as command mode has it: text as it is, numbers in hex."""
    if isinstance(field, str):
        return field.encode("latin-1")
    return (field.hex().upper().lstrip("0") or "0").encode("ascii")
