"""What a Plugwise stick says to its host: acknowledgements, answers, and what nobody asked for.

Source: command reference of the RESTwise project, and its frames. A field named `unknown` has no
explanation there. An answer has the sequence number of its request, which the stick gives it; what
nobody asked for has one of `UNASKED`.
"""

from collections.abc import Mapping
import enum
from typing import ClassVar, Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.plugwise.fields import (
    F32,
    S16,
    S32,
    U8,
    U16,
    U32,
    U64,
    Hardware,
    Mac,
    digits_of,
    read_record,
    write_record,
)
from sebridge.plugwise.moments import MonthMinutes, RealTime, TimeOfDay

_HEAD_DIGITS: Final = 8
UNASKED: Final = range(0xFFFC, 0x10000)
"""Sequence numbers of what nobody asked for, as public implementations show; no request has one."""
ENDPOINTS: Final = 63
"""How many endpoints may be associated with a Circle+."""
FREE: Final = Eui64((1 << 64) - 1)
"""The address at a place of the Circle+ where no endpoint is."""
FIFTY_HERTZ: Final = 0x85
"""What stands for 50 Hz, as the command reference takes it."""
_CIRCLE_OF_CODE: Final = (1 << 56) - 1


class Status(enum.IntEnum):
    """What an acknowledgement says. Those of the relay are known from public implementations."""

    ACCEPTED = 0xC1
    WRONG_CRC = 0xC2
    CLOCK_SET = 0xD7
    SWITCHED_ON = 0xD8
    CIRCLE_PLUS_JOINING = 0xD9
    CIRCLE_PLUS = 0xDD
    SWITCHED_OFF = 0xDE
    REAL_TIME_SET = 0xDF
    NOT_FOUND = 0xE1
    NOT_SWITCHED = 0xE2
    DONE_40 = 0xE5
    REAL_TIME_NOT_SET = 0xE7
    DONE_4A = 0xF1
    DISASSOCIATED = 0xF2
    INTERVALS_SET = 0xF8
    DONE_58 = 0xF9


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What follows code and sequence number; CODE is that of the class."""

    CODE: ClassVar[int] = 0x0000


class Acknowledgement(Answer, frozen=True, kw_only=True, gc=False):
    """The stick has a request, or it cannot be carried out; `status` is mostly of `Status`."""

    status: U16


class Confirmation(Answer, frozen=True, kw_only=True, gc=False):
    """The answer to commands without data in it: what became of it, and at whom."""

    status: U16
    mac: Mac


class JoiningWanted(Answer, frozen=True, kw_only=True, gc=False):
    """0006, which nobody asked for: an endpoint is not associated, and would like to be.

    Not in the command reference; from public implementations.
    """

    CODE = 0x0006
    mac: Mac


class StickAlone(Answer, frozen=True, kw_only=True, gc=False):
    """0011, to 000A, of a stick without a Circle+; this short form is from public implementations.

    `link_up` is 1 where the stick is associated with its Circle+.
    """

    CODE = 0x0011
    mac: Mac
    unknown1: U8 = 1
    link_up: U8


class StickInfo(StickAlone, frozen=True, kw_only=True, gc=False):
    """0011, to 000A, of a stick with a Circle+."""

    long_network_code: U64
    short_network_code: U16
    unknown2: U8 = 0xFF

    @property
    def circle_plus(self) -> Eui64:
        """The Circle+: its address is the network code but for the first octet, which is zero."""
        return Eui64(self.long_network_code & _CIRCLE_OF_CODE)


class PingAnswer(Answer, frozen=True, kw_only=True, gc=False):
    """000E, to 000D: how well both hear each other, and how long it took in milliseconds.

    Not in the command reference; from public implementations.
    """

    CODE = 0x000E
    mac: Mac
    strength_in: U8
    strength_out: U8
    milliseconds: U16


class PowerNow(Answer, frozen=True, kw_only=True, gc=False):
    """0013, to 0012: pulses in the last second, the last 8 seconds, and of the hour until now.

    Negative where more is produced than consumed; public implementations show the sign.
    """

    CODE = 0x0013
    mac: Mac
    pulses_1s: S16
    pulses_8s: S16
    consumed: S32
    produced: S32
    unknown: U16 = 0


class EndpointInfo(Answer, frozen=True, kw_only=True, gc=False):
    """0019, to 0018: which endpoint is at a place of the Circle+; `FREE` where none is."""

    CODE = 0x0019
    circle_plus: Mac
    mac: Mac
    index: U8


class EndpointRemoved(Answer, frozen=True, kw_only=True, gc=False):
    """001D, to 001C; `success` is 1 where the endpoint is not in the list any more."""

    CODE = 0x001D
    circle_plus: Mac
    mac: Mac
    success: U8


class DeviceInfo(Answer, frozen=True, kw_only=True, gc=False):
    """0024, to 0023. `frequency` is FIFTY_HERTZ at 50 Hz, `build_date` in seconds since 1970.

    `log_address` is where in its log the circle is.
    """

    CODE = 0x0024
    mac: Mac
    clock: MonthMinutes
    log_address: U32
    relay: U8
    frequency: U8
    hardware: Hardware
    build_date: U32
    unknown: U8


class Calibration(Answer, frozen=True, kw_only=True, gc=False):
    """0027, to 0026: the numbers by which pulses become energy."""

    CODE = 0x0027
    mac: Mac
    gain_a: F32
    gain_b: F32
    offset_total: F32
    offset_noise: F32


class RealTimeNow(Answer, frozen=True, kw_only=True, gc=False):
    """003A, to 0029: what the battery-backed clock of the Circle+ says."""

    CODE = 0x003A
    circle_plus: Mac
    moment: RealTime


class ClockNow(Answer, frozen=True, kw_only=True, gc=False):
    """003F, to 003E: what the clock of a circle says."""

    CODE = 0x003F
    mac: Mac
    moment: TimeOfDay
    unknown1: U8 = 1
    unknown2: U16 = 0


class LogEntry(msgspec.Struct, frozen=True, gc=False):
    """The pulses of one hour, whose end `date` is; negative where more was produced."""

    date: MonthMinutes
    pulses: S32


class LogBuffer(Answer, frozen=True, kw_only=True, gc=False):
    """0049, to 0048: four hours."""

    CODE = 0x0049
    mac: Mac
    entries: tuple[LogEntry, LogEntry, LogEntry, LogEntry]
    log_address: U32


class Features(Answer, frozen=True, kw_only=True, gc=False):
    """0060, to 005F."""

    CODE = 0x0060
    mac: Mac
    unknown: U64


_BY_CODE: Final[Mapping[int, type[Answer]]] = {
    kind.CODE: kind
    for kind in (
        Confirmation,
        JoiningWanted,
        StickInfo,
        PingAnswer,
        PowerNow,
        EndpointInfo,
        EndpointRemoved,
        DeviceInfo,
        Calibration,
        RealTimeNow,
        ClockNow,
        LogBuffer,
        Features,
    )
}
_SHORT: Final[Mapping[type[Answer], type[Answer]]] = {
    Confirmation: Acknowledgement,
    StickInfo: StickAlone,
}
"""Which answers share a code with a shorter one: the length tells which it is."""


class Numbered(msgspec.Struct, frozen=True):
    """An answer with its sequence number, 0 to 0xFFFF."""

    sequence: int
    answer: Answer


def read_answer(payload: str) -> Numbered:
    """Read the payload of a frame; DecodeError for an unknown code, or digits that do not fit it.

    The offset of the error counts digits behind code and sequence number.
    """
    if len(payload) < _HEAD_DIGITS:
        raise DecodeError("an answer has a code and a sequence number", len(payload))
    code, sequence = int(payload[:4], 16), int(payload[4:_HEAD_DIGITS], 16)
    data = payload[_HEAD_DIGITS:]
    if code not in _BY_CODE:
        raise DecodeError(f"there is no answer {code:04X}")
    kind = _BY_CODE[code]
    short = _SHORT.get(kind)
    if short is not None and len(data) == digits_of(short):
        kind = short
    return Numbered(sequence, read_record(kind, data))


def write_answer(sequence: int, answer: Answer) -> str:
    """Return the payload of a frame; ValueError for a value that its field cannot hold."""
    return f"{answer.CODE:04X}{sequence:04X}{write_record(answer)}"


def sender_of(answer: Answer) -> Eui64 | None:
    """Return the device whose answer it is; None where it is the stick's own."""
    mac = getattr(answer, "mac", None)
    return getattr(answer, "circle_plus", mac)
